"""What the audit trail keeps of a change, told column by column: its name, before, after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from core.rules.text import T
from core.storage.models import Base
from core.web.frame.labels import measures
from core.web.frame.language import t, tr
from core.web.frame.show import NOTHING, STORED_MOMENT, data, program_title, show
from core.web.system.column_words import COLUMNS

PAIR, CELL = 2, 60


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
    for column, pair in changes.items():
        before, after = pair if isinstance(pair, list) and len(pair) == PAIR else (None, pair)
        held = [value for value in (before, after) if value not in (None, "", {})]
        if held and all(isinstance(value, dict) for value in held):
            old, new = before or {}, after or {}
            for key in dict.fromkeys((*old, *new)):
                name = Markup("{} · {}").format(_name(column), _name(key))
                yield Changed(name, _value(table, "", old.get(key)), _value(table, "", new.get(key)))
        else:
            yield Changed(_name(column), _value(table, column, before), _value(table, column, after))


def changes_text(table: str, changes: Mapping[str, Any]) -> Markup:
    """The changes on one line, shortened."""
    parts = (
        f"{_plain(row.name)}: {_short(row.after)}"
        if row.before == NOTHING
        else f"{_plain(row.name)}: {_short(row.before)} → {_short(row.after)}"
        for row in _rows(table, changes)
    )
    return data("; ".join(parts))


def _name(column: str) -> str | Markup:
    """The words for a column or a fact; one that has none is shown as it is called."""
    fact = measures().get(column)
    label = COLUMNS.get(column) or (fact.label if fact is not None else None)
    return tr(label) if label is not None else data(column)


def _value(table: str, column: str, value: Any) -> str | Markup:
    """A value as the trail keeps it, as a reader expects it."""
    if isinstance(value, T):
        return tr(value)
    if isinstance(value, dict):
        return escape(t("；", "; ")).join(
            Markup("{}: {}").format(_name(key), _value(table, "", item)) for key, item in value.items()
        )
    if isinstance(value, list):
        return escape(t("、", ", ")).join(escape(_value(table, column, item)) for item in value) or NOTHING
    if isinstance(value, str) and STORED_MOMENT.match(value):
        return show(datetime.fromisoformat(value))
    if column == "program" and isinstance(value, str) and value:
        return program_title(value)
    return show(_member(table, column, value))


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
