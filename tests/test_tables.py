"""A closed set and the tables over it: a new member that was forgotten in one of them is named here.

mypy holds each `match` that ends in `assert_never`; this holds the tables, which no type can.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any, get_args

import core
from core import plugin_api
from core.domain.roles import Role
from core.rules.obligations import Duty, Trigger
from core.services.base.access import ACTS

ENTRANCES = ("core.cli.__main__", "core.cli.wsgi", "core.jobs.__main__", "core.documents.fonts.make_fonts")
"""Modules that do their work when they are imported."""
IN_PART = {
    "core.domain.lifecycle.finding._GUARDS_OF_FEATURES": "guards of the optional parts of a procedure",
    "core.domain.lifecycle.moves._OPTIONAL_STATES": "states of the optional parts of a procedure",
    "core.domain.profile._MASKED": "what a message never shows whole",
    "core.services.applications.guards._CHECKS": "guards of applications; others are of accreditations",
    "core.services.granting.starting._MOVES": "actions on applications that a person takes one by one",
    "core.services.supervision.actions.MESSAGES": "events told to a party in the same words each time",
    "core.services.supervision.actions._HANDLERS": "events that do more than write themselves down",
    "core.web.cases.application_steps.MOVES": "actions that have a step on the case's page",
    "core.web.forms.fact_fields._HINTS": "kinds whose input needs a hint",
}
"""Tables that are meant for some members only, and which those are."""
ALL_BUT = {
    # A verification is before the application; what is open has neither end nor letter nor result.
    "core.services.applications.own.STAGES": {"VERIFICATION"},
    "core.services.papers.extensions.TITLES": {"OPEN"},
    "core.services.people.invitations.WHY_CLOSED": {"OPEN"},
    "core.services.public.bodies._ENDS": {"IN_FORCE", "UPCOMING"},
    "core.services.public.state._ENDED": {"ACTIVE", "RECTIFYING"},
    "core.services.supervision.standings.RESULTS": {"OPEN"},
}
"""Tables that are meant for every member but these."""


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(core.__path__, "core."):
        if found.name not in ENTRANCES:
            yield importlib.import_module(found.name)


def tables() -> dict[str, Mapping[Enum, Any]]:
    """The tables of modules whose keys are members of one enumeration, each by its first name."""
    found: dict[int, tuple[str, Mapping[Enum, Any]]] = {}
    for module in modules():
        for name, table in vars(module).items():
            if isinstance(table, Mapping) and table and all(isinstance(key, Enum) for key in table):
                found.setdefault(id(table), (f"{module.__name__}.{name}", table))
    return {name: table for name, table in found.values() if len({type(key) for key in table}) == 1}


def test_a_table_over_an_enumeration_has_a_line_for_each_member() -> None:
    missing = {}
    for name, table in tables().items():
        lacking = {member.name for member in type(next(iter(table))) if member not in table}
        if name not in IN_PART and lacking != ALL_BUT.get(name, set()):
            missing[name] = lacking
    assert missing == {}, "give each its line, or say above which members the table is for"


def test_the_tables_named_here_are_there() -> None:
    assert {*IN_PART, *ALL_BUT} - set(tables()) == set(), "a line for a table that is gone"


def test_a_plugin_can_write_every_trigger_and_duty() -> None:
    written = {kind.__name__ for kind in (*get_args(Trigger), *get_args(Duty))}
    assert written - set(plugin_api.__all__) == set(), "export it from core/plugin_api.py"


def test_each_role_opens_something() -> None:
    acting = frozenset().union(*ACTS.values())
    assert acting | {Role.APPLICANT} == set(Role), "give the role its acts in core/services/base/access.py"
