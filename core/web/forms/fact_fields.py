"""Forms generated from facts: one input a fact, by its kind, and what is typed as `parse_facts` reads it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from core.domain import reading
from core.domain.errors import MalformedError
from core.rules.sentence import plain
from core.rules.terms import Fact, Kind
from core.rules.text import EMPTY, T
from core.web.forms.fields import Options, Spec

YES, NO = "yes", "no"
NEVER = "never"
_FLAGS = ((YES, T("是", "Yes")), (NO, T("否", "No")))
_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT)
_HINTS = {Kind.REGION: T("六位行政区划代码", "six-digit division code")}


def specs(
    facts: Iterable[Fact], *, required: bool = False, offered: Mapping[str, Collection[str]] | None = None
) -> list[Spec]:
    """An input for each fact; left empty it is not known. `offered` narrows the choices of some."""
    return [_spec(fact, required, (offered or {}).get(fact.name)) for fact in facts]


def _spec(fact: Fact, required: bool, offered: Collection[str] | None) -> Spec:
    unit = f"（{fact.unit.zh}）" if fact.unit.zh else "", f" ({fact.unit.en})" if fact.unit.en else ""
    label = T(f"{fact.label.zh}{unit[0]}", f"{fact.label.en}{unit[1]}")
    said = _HINTS.get(fact.kind, EMPTY)
    choices = [(key, text) for key, text in fact.choices if offered is None or key in offered]
    kind = "text"
    options: Options | None = None
    if fact.kind is Kind.FLAG:
        kind, options = "choice", lambda: _FLAGS
    elif fact.kind in (Kind.ENUM, Kind.LEVEL):
        kind, options = "choice", lambda: choices
    elif fact.kind is Kind.SET:
        kind, options = "checks", lambda: choices
    elif fact.kind is Kind.DATE:
        kind = "date-text"
    elif fact.kind is Kind.DATE_OR_NEVER:
        kind = "day-or-never"
    elif fact.kind in _NUMBERS:
        kind = "number-text"
    return Spec(fact.name, label, kind, required=required, hint=said, options=options, longest=500)


def start(facts: Iterable[Fact], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the inputs begin with, from the facts as JSON."""
    return {fact.name: _typed(fact, known[fact.name]) for fact in facts if known.get(fact.name) is not None}


def _typed(fact: Fact, value: Any) -> Any:
    if isinstance(value, bool):
        return YES if value else NO
    if fact.kind in _NUMBERS:
        return plain(value) if isinstance(value, int) else str(value)
    return value


def read(facts: Sequence[Fact], values: Mapping[str, Any]) -> dict[str, object]:
    """What was typed, as `parse_facts` reads it; an empty input takes a statement back (None)."""
    return {fact.name: _given(fact, values.get(fact.name)) for fact in facts}


def _day(typed: str) -> str:
    return reading.day(typed).isoformat()


def _number(typed: str) -> str:
    return f"{reading.number(typed):f}"


def _percent(typed: str) -> str:
    return f"{reading.percent(typed):f}"


_READERS: Mapping[Kind, Callable[[str], object]] = {
    Kind.FLAG: reading.yes_no,
    Kind.DATE: _day,
    Kind.DATE_OR_NEVER: _day,
    Kind.PERCENT: _percent,
    **dict.fromkeys((Kind.INTEGER, Kind.DECIMAL, Kind.MONEY), _number),
}
"""What people type, as facts are written in JSON."""


def _given(fact: Fact, value: Any) -> object:
    if value in (None, "", []):
        return None
    reader = _READERS.get(fact.kind)
    if reader is None or value == NEVER:
        return value
    try:
        return reader(value)
    except MalformedError:
        # As it was typed: `parse_facts` says what is wrong with it, and what the fact wants.
        return value
