"""What forms, letters and reports are made of, the same for PDF, docx and xlsx."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first or second level."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line breaks begin paragraphs."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell in a colour: `good`, `bad` or `open`; the word says the same."""

    text: str
    tone: str


Row: TypeAlias = tuple[str | Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head comes again on every page; `widths` are shares, 0 is as wide as the content."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    centred: tuple[int, ...] = ()
    led: tuple[int, ...] = ()
    """Columns in whose cells the first line names what follows."""
    size: float = 9.5
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign or seal on, with what is signed."""

    lines: tuple[str, ...]
    above: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in small type."""

    text: str


Block: TypeAlias = Heading | Paragraph | Facts | Table | Signatures | Note


@dataclass(frozen=True, slots=True)
class Form:
    """A form or report."""

    title: str
    blocks: tuple[Block, ...]
    above: str = ""
    subtitle: str = ""
    number: str = ""
    date: str = ""
    footer: str = ""
    signed_by: str = ""
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of an authority."""

    title: str
    signed_by: str
    date: str
    blocks: tuple[Block, ...]
    addressee: str = ""
    number: str = ""
    reference: str = ""
    annex: tuple[Block, ...] = ()
    """Tables that follow on a page of their own."""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate or letter of appointment, on one page within a frame."""

    title: str
    heading: str
    number: str
    lead: str
    name: str
    below: str
    joint: str
    status: str
    rows: tuple[tuple[str, str], ...]
    signed_by: str
    date: str
    verify_url: str
    scan: str
    mark: str = ""
    """Printed large across it where it holds no longer."""
    remark: str = ""


def plain(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """The blocks as JSON holds them."""
    return [{"kind": type(block).__name__.lower(), **asdict(block)} for block in blocks]
