"""Documents as PDF by typst: the same values give the same bytes."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import segno
import typst

from core.documents.blocks import Certificate, Form, Letter, plain
from core.documents.glyphs import FONTS, TITLE, missing, visible

TEMPLATES = Path(__file__).parent / "templates"
_own = threading.local()


def letter_pdf(letter: Letter, *, language: str, on: date) -> bytes:
    """A letter, dated `on`."""
    data = asdict(letter) | {"blocks": plain(letter.blocks), "annex": plain(letter.annex)}
    return _render("letter", data, language, on)


def form_pdf(form: Form, *, language: str, on: date) -> bytes:
    """A form or report, dated `on`."""
    return _render("form", asdict(form) | {"blocks": plain(form.blocks)}, language, on)


def certificate_pdf(certificate: Certificate, *, language: str, on: date) -> bytes:
    """A certificate, dated `on`, with the code that opens the page on which it is verified."""
    # A name is set in one font: where that of titles lacks a character, all of it in the other.
    data = asdict(certificate) | {"plain": bool(missing(certificate.name, TITLE))}
    return _render("certificate", data, language, on, qr=qr_svg(certificate.verify_url))


def qr_svg(text: str) -> str:
    """A QR code as a picture."""
    out = io.BytesIO()
    # By itself segno takes some Chinese names for Japanese ones (findings/segno-kanji-mode.sh).
    segno.make(text, error="m", mode="byte", encoding="utf-8", micro=False).save(
        out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, dark="#1c2430"
    )
    return out.getvalue().decode()


def _render(template: str, data: Mapping[str, Any], language: str, on: date, qr: str = "") -> bytes:
    given = _printable(data) | {"language": language, "on": [on.year, on.month, on.day], "qr": qr}
    made = _compiler().compile(
        input=str(TEMPLATES / f"{template}.typ"),
        format="pdf",
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        # Also within the file nothing tells when it was made.
        timestamp=int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template}: typst gave {type(made).__name__} instead of one file")
    return made


def _compiler() -> typst.Compiler:
    """This thread's compiler: it has the fonts read, and may not be used by two at once."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(root=str(TEMPLATES), font_paths=[str(FONTS)], ignore_system_fonts=True)
    compiler: typst.Compiler = _own.compiler
    return compiler


def _printable(value: Any) -> Any:
    """The same data with texts that can be printed."""
    match value:
        case str():
            return visible(value)
        case Mapping():
            return {key: _printable(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable(item) for item in value]
        case _:
            return value
