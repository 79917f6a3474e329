"""The index of a zip as a page that needs nothing else to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

STYLE = (
    "body{font-family:sans-serif;margin:2rem}table{border-collapse:collapse;margin:1rem 0}"
    "td,th{border:1px solid #aab2bd;padding:.3rem .5rem;text-align:left}code{font-size:.7rem}"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index; without a file there is a remark instead of a link."""

    cells: tuple[str, ...]
    title: str
    file: str | None
    remark: str
    size: int
    sha256: str


def index_page(
    title: str, language: str, about: Mapping[str, str], heads: Sequence[str], entries: Iterable[Entry]
) -> str:
    """The page."""
    facts = "".join(
        f"<tr><th scope=row>{escape(label)}</th><td>{escape(value)}</td></tr>"
        for label, value in about.items()
    )
    row = "".join(f"<th scope=col>{escape(head)}</th>" for head in heads)
    lines = "".join(_line(entry) for entry in entries)
    return (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<table>{facts}</table><table><tr>{row}</tr>{lines}</table></body></html>\n"
    )


def _line(entry: Entry) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in entry.cells)
    title = escape(entry.title)
    if entry.file is None:
        link = f"{title} {escape(entry.remark)}"
    else:
        link = f'<a href="{quote(entry.file)}">{title}</a>'
    return f"<tr>{cells}<td>{link}</td><td>{entry.size}</td><td><code>{escape(entry.sha256)}</code></td></tr>"
