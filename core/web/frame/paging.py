"""What a request says of lists: which page is wished for, rows, what was typed; and links that keep it."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, request

from core.domain.errors import Invalid, NotFound
from core.rules.text import T
from core.services.base.paging import MOST_COUNTED, SIZE, Wish
from core.services.base.words import NOTHING_THERE

N = TypeVar("N", int, None)

SIZES = (20, 50, 100)
LONGEST_SEARCH = 100
PAGE = "page"
LARGEST_ID = 2**63 - 1
"""Beyond it no row can have its number."""
MOST_DIGITS = len(str(LARGEST_ID))
UNFILTERED = ("lang", PAGE, "page_size")


def wish(size: int = SIZE, name: str = PAGE) -> Wish:
    """The page that the address asks for, else the first; NotFound for what is no number.

    `name` tells the lists of one page apart. The size can be chosen where the page has one list.
    """
    chosen = asked("page_size", size) if name == PAGE else size
    return Wish(asked(name, 0), chosen if chosen in SIZES else size)


def asked(name: str, default: N) -> int | N:
    """The whole number that the address gives under a name; the default where it gives none.

    NotFound for anything else: no page has such an address.
    """
    text = request.args.get(name, "").strip()
    number = _whole(text)
    if text and number is None:
        raise NotFound(
            T(f"地址中的“{name}”应为整数", f"{name} in the address must be a whole number"),
            mend=T("请从页面上的链接进入", "open the page by the links of the site"),
        )
    return default if number is None else number


def sent(name: str) -> int:
    """The whole number that a form has under a name; 0 where it has none, Invalid for anything else."""
    text = request.form.get(name, "").strip()
    number = _whole(text)
    if text and number is None:
        raise Invalid({name: T("应为整数", "give a whole number")})
    return number or 0


def _whole(text: str) -> int | None:
    number = number_of(text.removeprefix("-"))
    return -number if number is not None and text.startswith("-") else number


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
