"""The fields of a facts form under the clauses that ask for them: the officer's and the applicant's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.domain.facts import service_functions
from core.rules.terms import Fact
from core.rules.text import EMPTY, T
from core.services.applications import facts
from core.web.cases.application import ApplicationCase
from core.web.forms import fact_fields
from core.web.forms.fields import PlainForm, make_form

Block = tuple[str, T, list[Any]]
"""Fields asked for one function (its key and name), or for none."""


def fact_form(case: ApplicationCase, asked: Iterable[Fact], *, bind: bool = True) -> PlainForm:
    """The form of some facts of the case, filled in with what is known."""
    listed = list(asked)
    named = case.desk.rules.procedure.functions
    offered = {facts.FUNCTIONS: named} if named else {}
    known = fact_fields.start(listed, case.application.facts)
    return make_form(fact_fields.specs(listed, offered=offered), data=known, bind=bind)


def as_known(case: ApplicationCase, name: str) -> object:
    """The statement that holds, as the form would send it unchanged."""
    fact = case.desk.vocabulary[name]
    return fact_fields.read([fact], fact_fields.start([fact], case.application.facts))[name]


def blocks_of(asked: Iterable[facts.Asked], form: PlainForm) -> list[Block]:
    """The fields of the facts that the form has, those of one function together."""
    names = dict(service_functions.choices)
    blocks: dict[str, Block] = {}
    for item in asked:
        if item.fact.name in form._fields:
            block = blocks.setdefault(item.function, (item.function, names.get(item.function, EMPTY), []))
            block[2].append(form._fields[item.fact.name])
    return sorted(blocks.values(), key=lambda block: block[0] != "")


def groups_of(case: ApplicationCase, form: PlainForm) -> list[tuple[str, T, list[Block]]]:
    """The form's fields under the clauses that ask for them first."""
    found = [(group, blocks_of(group.asked, form)) for group in case.grouped(case.asked)]
    return [(group.clause, group.title, blocks) for group, blocks in found if blocks]
