"""What a request says of lists: which page is wished for, rows, what was typed; and links that keep it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

from core.domain.errors import NotFound
from core.services.base.paging import MOST_COUNTED, SIZE, Wish
from core.services.base.words import NOTHING_THERE

SIZES = (20, 50, 100)
LONGEST_SEARCH = 100
PAGE = "page"
LARGEST_ID = 2**63 - 1
"""Beyond it no row can have its number."""
MOST_DIGITS = len(str(LARGEST_ID))
UNFILTERED = ("lang", PAGE, "page_size")


def wish(size: int = SIZE, name: str = PAGE) -> Wish:
    """The page that the address asks for; what is no number asks for the first.

    `name` tells the lists of one page apart. The size can be chosen where the page has one list.
    """
    chosen = request.args.get("page_size", size, type=int) if name == PAGE else size
    return Wish(request.args.get(name, 0, type=int), chosen if chosen in SIZES else size)


def link(path: str = "", **changes: Any) -> str:
    """This page with some arguments changed; None takes one away. `path` is of a page that answers a form."""
    kept = {name: value for name, value in {**request.args.to_dict(), **changes}.items() if name != "lang"}
    given = {name: value for name, value in kept.items() if value not in (None, "")}
    there = path or request.path
    return f"{there}?{urlencode(given)}" if given else there


def chosen(name: str) -> int | None:
    """The row by which the address narrows a list; what no row can have as its number narrows nothing."""
    return number_of(request.args.get(name)) or None


def number_of(text: str | None) -> int | None:
    """The number by which a request names a row; None for what no row can have."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS:
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None


def ticked(name: str = "rowid") -> list[int]:
    """The rows that the form names, each once in its order; NotFound where one cannot be."""
    numbers = [number_of(text) for text in request.form.getlist(name)]
    if None in numbers:
        raise NotFound(NOTHING_THERE)
    return list(dict.fromkeys(number for number in numbers if number is not None))


def typed(name: str) -> str:
    """What was typed into a search; what cannot be printed is left out, as PostgreSQL takes no NUL."""
    text = request.args.get(name, "")[:LONGEST_SEARCH]
    return "".join(character for character in text if character.isprintable()).strip()


def filtered() -> bool:
    """Whether the request narrows the list."""
    return any(value for name, value in request.args.items() if name not in UNFILTERED)


def init_app(app: Flask) -> None:
    """Give templates what a pager is drawn with."""
    app.jinja_env.globals.update(link=link, most_counted=MOST_COUNTED)
