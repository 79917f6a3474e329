"""What a screen shows of an enumeration has a name in both languages, at the enumeration itself."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import core
from core.domain.acts import Act
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Ask, Feature
from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.domain.supervision.replay import HappeningKind
from core.rules import clauses, obligations, terms
from core.rules.evaluate import Outcome
from core.rules.text import T
from core.rules.verdict import Eligibility
from core.services.applications.checklist import Needed
from core.services.delivery.letters import Hindrance
from core.services.duties import inspection_plans
from core.services.granting.matching import Door
from core.services.messaging.template import Sms
from core.services.public.register import Sort
from core.services.review.completeness import Missing
from core.services.review.recommenders_queue import Due
from core.services.review.tasks import Show
from core.services.supervision.accreditation_parts import Part
from core.storage.models.applications import Provenance
from core.storage.sealed import boxes
from core.storage.trail.changes import audited, columns
from core.web.system.action_words import action_words
from core.web.system.column_words import COLUMNS

UNSHOWN = {
    # Sentences of the rules have words of their own for them (core/domain/wording.py).
    clauses.Actor,
    clauses.Intake,
    clauses.Coverage,
    terms.Kind,
    terms.Op,
    obligations.Year,
    obligations.Overdue,
    obligations.Span,
    obligations.Effect,
    # Acts open doors, messages have whole texts.
    Act,
    MessageEvent,
    # A move has a label for each kind of case, a guard the reason why it does not hold.
    Action,
    Feature,
    Guard,
    # Pages choose what they show by them.
    Missing,
    Needed,
    Door,
    Sort,
    Hindrance,
    Sms,
    Ask,
    inspection_plans.Kind,
    Due,
    Show,
    Part,
    # By it a text is sealed.
    boxes.Kind,
    # The kinds of lines in a file of one life.
    HappeningKind,
}
"""Enumerations whose members are never shown as a word."""
LAYERS = ("core.rules", "core.domain", "core.storage", "core.services")


def enumerations() -> list[type[Enum]]:
    """All that the layers below the screens declare."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(core.__path__, "core.")
        if found.name.startswith(LAYERS)
    ]
    return sorted(
        {
            item
            for module in modules
            for item in vars(module).values()
            if isinstance(item, type) and issubclass(item, Enum) and item.__module__ == module.__name__
        },
        key=lambda item: (item.__module__, item.__name__),
    )


ALL = enumerations()
SHOWN = [item for item in ALL if item not in UNSHOWN]


def test_the_list_of_those_that_are_not_shown_is_exact() -> None:
    assert set(ALL) >= UNSHOWN
    assert not [item.__name__ for item in UNSHOWN if hasattr(item, "label")]
    assert not [item.__name__ for item in UNSHOWN if item.__module__.startswith("core.storage.models")]


@pytest.mark.parametrize("kind", SHOWN, ids=lambda item: item.__name__)
def test_every_member_has_a_name_of_its_own_in_both_languages(kind: type[Enum]) -> None:
    names = []
    for member in kind:
        label = getattr(member, "label", None)
        assert isinstance(label, T), f"{kind.__module__}.{kind.__name__} lacks a label for {member.name}"
        assert label.zh, member
        assert label.en, member
        names.append(label)
    assert len({name.zh for name in names}) == len(names)
    assert len({name.en for name in names}) == len(names)


def test_every_column_that_the_trail_covers_has_a_word() -> None:
    covered = {(entity.__name__, column.name) for entity in audited() for column in columns(entity).values()}
    assert not {found for found in covered if found[1] not in COLUMNS}


STARTS = {"acting", "attempt", "record_row", "run", "take_table", "unit", "work"}
"""By which an action is named: a unit of work, or what opens one."""
NAMED = re.compile(r"[a-z_]+\.[a-z_]+")


def actions() -> Iterator[str]:
    """What the trail may call an action: an act, or what a unit of work is opened for."""
    yield from (act.value for act in Act)
    for file in Path("core").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in STARTS:
                for given in (*call.args, *(named.value for named in call.keywords)):
                    said = getattr(given, "value", None)
                    if isinstance(said, str) and NAMED.fullmatch(said):
                        yield said


def test_every_action_that_the_trail_names_has_words_of_its_own() -> None:
    found = {action: action_words(action) for action in actions()}
    assert len(found) > 100
    assert not [action for action, words in found.items() if words is None]
    assert action_words("message.objection.received") == T("生成消息", "A message is written")
    assert action_words("daily_check") == T("每日检查", "Daily check")
    assert action_words("of_a_plugin.made_up") is None


@pytest.mark.parametrize("kind", [Provenance, Outcome, Eligibility, Role], ids=lambda item: item.__name__)
def test_the_glossary_calls_them_so(kind: type[Provenance | Outcome | Eligibility | Role]) -> None:
    glossary = Path("docs/glossary.md").read_text(encoding="utf-8").replace(" | ", " ")
    for member in kind:
        assert f"{member.value.replace('_', ' ')} {member.label.zh}" in glossary
