"""What the audit trail keeps of a change, told column by column: its name, before, after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from core.hooks.catalogue import catalogue
from core.rules.clauses import ConditionKind, Interpretation
from core.rules.evaluate import Outcome
from core.rules.obligations import FindingKind
from core.rules.text import T
from core.rules.verdict import Eligibility
from core.storage.models import Base
from core.web.frame.labels import measures, parameter_label
from core.web.frame.language import t, tr
from core.web.frame.show import (
    NOTHING,
    STORED_MOMENT,
    clause_name,
    data,
    edition_title,
    fact_value,
    program_title,
    show,
    track_title,
)
from core.web.system.column_words import COLUMNS

PAIR, CELL = 2, 60
FACTS = "fact_entry"
_WORDS: dict[str, dict[str, T]] = {
    "outcome": {kind.value: kind.label for kind in (*Outcome, *Eligibility)},
    "kind": {kind.value: kind.label for kind in ConditionKind},
    "finding": {kind.value: kind.label for kind in FindingKind},
}
"""Those within a verdict or a happening, by the name that they stand under."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A column, or a value within one that holds several, before and after."""

    name: str
    before: str | Markup
    after: str | Markup


def changed(table: str, changes: Mapping[str, Any]) -> list[Changed]:
    """The changes of a row of a table, in their order; of values within a column each for itself."""
    return list(_rows(table, changes))


def _rows(table: str, changes: Mapping[str, Any]) -> Iterator[Changed]:
    row = {column: _pair(pair)[1] for column, pair in changes.items()}
    for column, pair in changes.items():
        before, after = _pair(pair)
        held = [value for value in (before, after) if value not in (None, "", {})]
        if held and all(isinstance(value, dict) for value in held):
            old, new = before or {}, after or {}
            for key in dict.fromkeys((*old, *new)):
                name = Markup("{} · {}").format(_name(column), _name(key))
                yield Changed(name, _within(key, old.get(key)), _within(key, new.get(key)))
        else:
            yield Changed(
                _name(column), _value(table, column, before, row), _value(table, column, after, row)
            )


def _pair(pair: Any) -> tuple[Any, Any]:
    """Before and after; of a row taken over from an earlier register only what is."""
    return (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == PAIR else (None, pair)


def changes_text(table: str, changes: Mapping[str, Any]) -> Markup:
    """The changes on one line, shortened."""
    parts = (
        f"{_plain(row.name)}: {_short(row.after)}"
        if row.before == NOTHING
        else f"{_plain(row.name)}: {_short(row.before)} → {_short(row.after)}"
        for row in _rows(table, changes)
    )
    return data("; ".join(parts))


def _name(key: str) -> str | Markup:
    """The words for a column, a fact, a reading or a number of a clause; what has none is as it is called."""
    fact, reading = measures().get(key), _reading(key)
    if (label := COLUMNS.get(key) or (fact.label if fact is not None else None)) is not None:
        return tr(label)
    if reading is not None:
        return tr(reading.question)
    clause, _, subject = key.rpartition(".")
    label = parameter_label(key)
    if not clause or label.zh == subject:
        return data(key)
    return Markup("{} {}").format(show(clause_name(clause)), tr(label))


def _reading(key: str) -> Interpretation | None:
    """The open text of that id, of whichever programme: ids begin with the programme's."""
    readings = (item for loaded in catalogue().programs.values() for item in loaded.interpretations)
    return next((item for item in readings if item.id == key), None) if "." in key else None


def _value(table: str, column: str, value: Any, row: Mapping[str, Any]) -> str | Markup:
    """A column's value as the trail keeps it, as a reader expects it; `row` has what stands beside it."""
    if isinstance(value, list):
        return escape(t("、", ", ")).join(_value(table, column, item, row) for item in value) or NOTHING
    program = row.get("program")
    match column:
        case "program" if isinstance(value, str) and value:
            return program_title(value)
        case "track" | "tracks" if isinstance(value, str) and program:
            return track_title(program, value)
        case "edition" if isinstance(value, str) and program:
            return edition_title(program, value)
        case "name" if table == FACTS and isinstance(value, str):
            return _name(value)
        case "value" if table == FACTS:
            return _of_fact(str(row.get("name")), value)
        case _:
            return _within("", _member(table, column, value))


def _within(key: str, value: Any) -> str | Markup:
    """A value within others: of a fact, a reading, a verdict, or any other."""
    if isinstance(value, T):
        return tr(value)
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return show(T(value["zh"], value["en"]))
        return escape(t("；", "; ")).join(
            Markup("{}: {}").format(_name(inner), _within(inner, item)) for inner, item in value.items()
        )
    if key in measures():
        return _of_fact(key, value)
    if isinstance(value, list):
        return escape(t("、", ", ")).join(escape(_within(key, item)) for item in value) or NOTHING
    if not isinstance(value, str):
        return show(value)
    if STORED_MOMENT.match(value):
        return show(datetime.fromisoformat(value))
    reading = _reading(key)
    word = _WORDS.get(key, {}).get(value) or dict(reading.values if reading else ()).get(value)
    return tr(word) if word is not None else show(value)


def _of_fact(name: str, value: Any) -> str | Markup:
    """The value of a fact in its words; what stands in the place of a number is shown as it is."""
    try:
        return fact_value(measures().get(name), value) if value is not None else NOTHING
    except ArithmeticError:
        return data(value)


def _member(table: str, column: str, value: Any) -> Any:
    """The label of one of a closed set; any other value as it is."""
    found = Base.metadata.tables.get(table)
    kept = found.c.get(column) if found is not None else None
    kind = getattr(kept.type, "enum_class", None) if kept is not None else None
    if kind is None or not isinstance(value, str) or value not in {item.value for item in kind}:
        return value
    label = getattr(kind(value), "label", None)
    return label if isinstance(label, T) else value


def _plain(text: str | Markup) -> str:
    return Markup(text).striptags()  # noqa: S704  # made above, escaped


def _short(text: str | Markup) -> str:
    found = _plain(text)
    return found if len(found) <= CELL else f"{found[: CELL - 1]}…"
