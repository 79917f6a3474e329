"""Forms generated from facts: one input a fact, by its kind, and what is typed as `parse_facts` reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never

from core.domain import reading
from core.domain.errors import MalformedError
from core.domain.profile import Unread
from core.domain.quantities import written
from core.rules import phrases
from core.rules.evaluate import NEVER
from core.rules.sentence import plain
from core.rules.terms import Fact, Kind
from core.rules.text import EMPTY, T
from core.web.forms.fields import FieldKind, Options, Spec

YES, NO = "yes", "no"
_FLAGS = ((YES, phrases.YES), (NO, phrases.NO))
DIVISION = T("六位行政区划代码", "six-digit division code")


def specs(
    facts: Iterable[Fact], *, required: bool = False, offered: Mapping[str, Collection[str]] | None = None
) -> list[Spec]:
    """An input for each fact; left empty it is not known. `offered` narrows the choices of some."""
    return [_spec(fact, required, (offered or {}).get(fact.name)) for fact in facts]


def _spec(fact: Fact, required: bool, offered: Collection[str] | None) -> Spec:
    unit = f"（{fact.unit.zh}）" if fact.unit.zh else "", f" ({fact.unit.en})" if fact.unit.en else ""
    label = T(f"{fact.label.zh}{unit[0]}", f"{fact.label.en}{unit[1]}")
    choices = [(key, text) for key, text in fact.choices if offered is None or key in offered]
    hint = EMPTY
    options: Options | None = None
    match fact.kind:
        case Kind.FLAG:
            kind, options = FieldKind.CHOICE, lambda: _FLAGS
        case Kind.ENUM | Kind.LEVEL:
            kind, options = FieldKind.CHOICE, lambda: choices
        case Kind.SET:
            kind, options = FieldKind.CHECKS, lambda: choices
        case Kind.DATE:
            kind = FieldKind.DATE_TEXT
        case Kind.DATE_OR_NEVER:
            kind = FieldKind.DAY_OR_NEVER
        case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY | Kind.PERCENT:
            kind = FieldKind.NUMBER_TEXT
        case Kind.REGION:
            kind, hint = FieldKind.TEXT, DIVISION
        case Kind.TEXT | Kind.USCC | Kind.ID_NUMBER | Kind.MOBILE | Kind.EMAIL:
            kind = FieldKind.TEXT
        case _:
            assert_never(fact.kind)
    return Spec(
        fact.name,
        label,
        kind,
        required=required,
        hint=hint,
        options=options,
        longest=500,
        unit=fact.unit.zh if fact.kind.is_number else "",
    )


def start(facts: Iterable[Fact], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the inputs begin with, from the facts as JSON."""
    return {fact.name: _typed(fact, known[fact.name]) for fact in facts if known.get(fact.name) is not None}


def _typed(fact: Fact, value: Any) -> Any:
    if isinstance(value, bool):
        return YES if value else NO
    if fact.kind is Kind.PERCENT:
        return written(Decimal(str(value)))
    if fact.kind.is_number:
        return plain(value) if isinstance(value, int) else str(value)
    return value


def read(facts: Sequence[Fact], values: Mapping[str, Any]) -> dict[str, object]:
    """What was typed, as `parse_facts` reads it; an empty input takes a statement back (None)."""
    return {fact.name: _given(fact, values.get(fact.name)) for fact in facts}


def _given(fact: Fact, value: Any) -> object:
    if value in (None, "", []):
        return None
    try:
        return _as_json(fact, value)
    except MalformedError as error:
        return Unread(value, error)


def _as_json(fact: Fact, typed: Any) -> object:
    """What was typed, as the fact is written in JSON."""
    match fact.kind:
        case Kind.FLAG:
            return reading.yes_no(typed)
        case Kind.DATE_OR_NEVER if typed == NEVER:
            return NEVER
        case Kind.DATE | Kind.DATE_OR_NEVER:
            return reading.day(typed).isoformat()
        case Kind.PERCENT:
            return f"{reading.percent(typed):f}"
        case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY:
            return f"{reading.number(typed, unit=fact.unit.zh):f}"
        case Kind.ENUM | Kind.LEVEL | Kind.SET | Kind.TEXT:
            return typed
        case Kind.USCC | Kind.ID_NUMBER | Kind.REGION | Kind.MOBILE | Kind.EMAIL:
            return typed
        case _:
            assert_never(fact.kind)
