"""Numbers of people looked for in whatever a program wrote: in each form, through archives and documents."""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import psycopg
import pypdfium2 as pdfium
from pypdf import PdfReader
from sqlalchemy import Engine

from core.domain.identifiers import compact
from core.embedded.clients import dump, server_version
from core.embedded.server import conninfo
from tests.databases import OWNER

SHORTEST = 11
"""Digits of a mobile number, and of most landlines with their area code."""
DIGITS = 17
"""Of an identity number: what comes behind them follows from them."""
_NO_DIGITS = re.compile(r"\D", re.ASCII)
_LONG = re.compile(r"[0-9]{11,}")
_WRITTEN = re.compile(r"[0-9A-Za-z+/=_-]{14,}")
_TAGS = re.compile(r"<[^<>]*>")
_BETWEEN = re.compile(r"[\s./·()]+")
ZIP, GZIP, PDF = b"PK\x03\x04", b"\x1f\x8b", b"%PDF-"


def told(numbers: Collection[str], content: bytes | str) -> set[str]:
    """Which of the numbers stand in it: as they are, spaced, folded, marked up, in base64 or in hex.

    Codes, which are shorter or no numbers, are looked for as they are.
    """
    found: set[str] = set()
    digits = {number: _digits(number) for number in numbers}
    long = {number: known for number, known in digits.items() if len(known) >= SHORTEST}
    codes = {
        code: re.compile(rf"(?<![0-9A-Za-z]){re.escape(code)}(?![0-9A-Za-z])")
        for code in digits.keys() - long
    }
    for text in texts_in(content.encode() if isinstance(content, str) else content):
        found |= _in_text(long, text) | {code for code, written in codes.items() if written.search(text)}
    return found


def dumped(engine: Engine, to: Path) -> bytes:
    """What pg_dump makes of a test's database."""
    url = engine.url.set(username=OWNER).render_as_string(hide_password=False)
    with psycopg.connect(conninfo(url)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        dump(url, server_version(connection), snapshot, to)
    return to.read_bytes()


def texts_in(content: bytes) -> Iterator[str]:
    """Every text in it: of an archive its members, of a PDF what its pages show and what is attached."""
    yield content.decode("utf-8", "ignore")
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name
                yield from texts_in(packed.read(name))
    elif content.startswith(GZIP):
        yield from texts_in(gzip.decompress(content))
    elif content.startswith(PDF):
        yield from _in_pdf(content)


def _in_pdf(content: bytes) -> Iterator[str]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError:  # a file of a test that only begins as one
        return
    yield "\n".join(page.get_textpage().get_text_range() for page in document)
    reader = PdfReader(io.BytesIO(content))
    yield str(reader.metadata)
    for held in reader.attachments.values():
        for attached in held:
            yield from texts_in(attached)


def _digits(number: str) -> str:
    return _NO_DIGITS.sub("", compact(number.partition("转")[0]))[:DIGITS]


def _in_text(wanted: dict[str, str], text: str) -> set[str]:
    bare = _BETWEEN.sub("", _TAGS.sub("", text))
    shown = "\n".join((*_LONG.findall(compact(text)), *_LONG.findall(compact(bare))))
    packed = "\n".join(_WRITTEN.findall(text))
    lower = packed.lower()
    return {
        number
        for number, digits in wanted.items()
        if digits in shown
        or any(form in packed for form in _in_base64(digits))
        or digits.encode().hex() in lower
    }


def _in_base64(digits: str) -> Iterator[str]:
    """How the digits look in base64, whatever stands before them: without what depends on it."""
    for before in range(3):
        written = base64.b64encode(b"-" * before + digits.encode()).decode()
        whole = len(digits) + before
        yield written[-(-before * 4 // 3) : whole // 3 * 4]
