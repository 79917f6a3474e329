"""What a download of one's own data is made of: sections of rows, which people and machines read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from html import escape
from typing import Any

from core.documents.indexpage import STYLE
from core.domain.clock import SHANGHAI
from core.rules.phrases import NO, YES
from core.rules.text import T


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a section's rows: its key for machines, its name for people, and where it is read."""

    key: str
    label: T
    read: Callable[[Any], Any]


def of(key: str, label: T, read: Callable[[Any], Any] | None = None) -> Field:
    """A field that is the row's attribute of that key, unless told otherwise."""
    return Field(key, label, read or (lambda row: getattr(row, key)))


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind, each as its values by key."""

    key: str
    title: T
    fields: Sequence[Field]
    rows: Sequence[Mapping[str, Any]]


def section(key: str, title: T, fields: Sequence[Field], rows: Iterable[Any]) -> Section:
    """A section of whatever rows its fields can read."""
    return Section(key, title, fields, [{field.key: field.read(row) for field in fields} for row in rows])


def as_json(sections: Iterable[Section], **about: Any) -> bytes:
    """The sections as JSON: moments in ISO 8601, states by their names in code, decimals as texts."""
    told = {**about, **{item.key: list(item.rows) for item in sections}}
    return json.dumps(told, ensure_ascii=False, indent=1, default=_plain).encode()


def as_page(title: str, sections: Iterable[Section], language: str, notes: Iterable[T]) -> bytes:
    """The same as a page that needs nothing else to be read."""
    parts = [f"<p>{escape(note.get(language))}</p>" for note in notes]
    for item in sections:
        parts.append(f"<h2>{escape(item.title.get(language))} ({len(item.rows)})</h2>")
        if item.rows:
            parts.append(_table(item, language))
    return (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title><style>{STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    ).encode()


def _table(item: Section, language: str) -> str:
    heads = "".join(f"<th scope=col>{escape(field.label.get(language))}</th>" for field in item.fields)
    lines = "".join(
        "<tr>"
        + "".join(f"<td>{escape(said(row[field.key], language))}</td>" for field in item.fields)
        + "</tr>"
        for row in item.rows
    )
    return f"<table><tr>{heads}</tr>{lines}</table>"


def said(value: Any, language: str) -> str:
    """A value in words, moments in Asia/Shanghai; empty where there is none."""
    match value:
        case None | "":
            return ""
        case bool():
            return (YES if value else NO).get(language)
        case T():
            return value.get(language)
        case Enum():
            named: Any = value
            return said(named.label, language)
        case datetime():
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case list() | tuple():
            return T("、", ", ").get(language).join(said(each, language) for each in value)
        case dict():
            return (
                T("；", "; ")
                .get(language)
                .join(f"{name}: {said(each, language)}" for name, each in value.items())
            )
        case _:
            return str(value)


def _plain(value: Any) -> Any:
    match value:
        case T():
            return value.to_json()
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a download")
