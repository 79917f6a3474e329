"""What the commands share: reading JSON, printing it, and refusing with exit code 2."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import IO, Any, NoReturn

import click

from core.domain.errors import MalformedError
from core.domain.reading import iso_day
from core.hooks.catalogue import Catalogue, catalogue
from core.rules.text import T

BAD_INPUT = 2
_HALF = re.compile("[\ud800-\udfff]")
BATCH = click.File("rb")
"""A batch is read as bytes: only a line feed ends a line, and one in another encoding spoils itself alone."""


class Unreadable(Exception):  # noqa: N818  # named as what is said to the caller
    """Input that cannot be read: a sentence, and the reason for each fact or field."""

    def __init__(self, error: str, reasons: Mapping[str, str] | None = None) -> None:
        self.error = error
        self.reasons = dict(reasons or {})
        super().__init__(error)

    def to_json(self) -> dict[str, Any]:
        """The error as the contract has it."""
        return {"error": self.error, "facts": self.reasons}


def emit(value: object) -> None:
    """Print one JSON value on one line; halves of surrogate pairs, which no encoding has, as escapes."""
    text = json.dumps(value, ensure_ascii=False)
    sys.stdout.write((json.dumps(value) if _HALF.search(text) else text) + "\n")


def refuse(error: Unreadable) -> NoReturn:
    """Print the error and leave with exit code 2."""
    emit(error.to_json())
    raise SystemExit(BAD_INPUT)


def read_object(stream: IO[str]) -> dict[str, Any]:
    """The JSON object of a file."""
    try:
        value = json.load(stream)
    except ValueError as error:
        raise Unreadable(f"{stream.name} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise Unreadable(f"{stream.name} must hold a JSON object, not {type(value).__name__}")
    return value


def read_day(value: object, name: str) -> date:
    """A date written as 2024-05-31."""
    try:
        return iso_day(value)
    except MalformedError as error:
        raise Unreadable(
            f"{name}: {value!r} is no date; write it as 2024-05-31", {name: error.text.en}
        ) from error


def in_language(reasons: Mapping[str, T], language: str) -> dict[str, str]:
    """Reasons in one language."""
    return {name: reason.get(language) for name, reason in reasons.items()}


def loaded() -> Catalogue:
    """The catalogue; what is wrong with a plugin goes to standard error."""
    found = catalogue()
    for problem in found.problems:
        click.echo(str(problem), err=True)
    return found


def each_line(stream: IO[bytes], answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer every line of a JSONL file in its order, with its id; one that cannot be read stops no other.

    The n-th answer is that to the n-th line: one in which nothing stands has its answer too.
    """
    for number, line in enumerate(stream, start=1):
        identifier: object = None
        try:
            if not line.strip():
                raise Unreadable(f"line {number} is empty")
            try:
                request = json.loads(line.decode())
            except UnicodeDecodeError as error:
                raise Unreadable(f"line {number} is not UTF-8") from error
            except (ValueError, RecursionError) as error:
                raise Unreadable(f"line {number} is not JSON: {error}") from error
            if not isinstance(request, dict):
                raise Unreadable(f"line {number} must be a JSON object")
            identifier = request.get("id")
            emit({"id": identifier, **answer(request)})
        except Unreadable as error:
            emit({"id": identifier, **error.to_json()})


language_option = click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of the texts.",
)
