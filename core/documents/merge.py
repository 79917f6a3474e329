"""Several PDFs and pictures as one PDF: what cannot be joined is told, and does not spoil the rest.

Each page shows what it shows in its own file. A file that is more than its pages (signed, or with files in
it) is attached as it is.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from pikepdf import AttachedFileSpec, ObjectStreamMode, OutlineItem, Pdf

from core.documents.parts import NotMergedError, join, pdf_pages, picture_pages

PDF = "application/pdf"
PICTURES = ("image/png", "image/jpeg", "image/tiff")
MOST_MERGED = 120 * 1024 * 1024
"""Bytes of one merged document."""
IN_MEMORY = 8 * 1024 * 1024
KEPT_WHOLE = ("signed", "attachments")
"""Why a file's pages are not joined, and it is attached as it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something to merge: opened when its turn comes."""

    title: str
    media: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a part came to stand: its pages counted from the first of the parts; or why it did not."""

    first: int
    pages: int
    why_not: str = ""
    attached: str = ""
    """The name under which the whole file is attached, if it is."""


class Merger:
    """Checks part by part, puts the good ones aside, and writes them behind the front pages."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._clean: list[tuple[str, IO[bytes]]] = []
        self._whole: list[tuple[str, Part]] = []
        self._pages = 0
        self._bytes = 0

    def add(self, part: Part) -> Placed:
        """Take a part, or say why not."""
        try:
            pages, clean = self._checked(part)
        except NotMergedError as error:
            placed = Placed(0, 0, str(error), self._attach(part) if str(error) in KEPT_WHOLE else "")
        else:
            placed = Placed(self._pages, pages)
            self._pages += pages
            self._clean.append((part.title, clean))
        self.placed.append(placed)
        return placed

    def write(self, front: bytes, title: str) -> IO[bytes]:
        """The front pages and all parts as one file, with an outline; whoever asks closes it."""
        out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller's
        with ExitStack() as sources, Pdf.new() as whole:
            with whole.open_outline() as outline:
                for name, clean in [(title, io.BytesIO(front)), *self._clean]:
                    sources.callback(clean.close)
                    clean.seek(0)
                    outline.root.append(OutlineItem(name, len(whole.pages)))
                    # What is joined is read when the whole is saved: until then the part stays open.
                    join(whole, sources.enter_context(Pdf.open(cast(BinaryIO, clean))))
            for name, part in self._whole:
                with part.open() as opened:
                    kept = AttachedFileSpec(whole, opened.read(), filename=name, mime_type=PDF)
                whole.attachments[name] = kept
            whole.docinfo["/Title"] = title
            whole.save(cast(BinaryIO, out), object_stream_mode=ObjectStreamMode.generate)
        out.seek(0)
        return out

    def _attach(self, part: Part) -> str:
        """Keep a file whole, under a name that says which part of the whole it is."""
        self._bytes += part.size
        name = f"{len(self.placed) + 1:03d}-{part.title.replace('/', '／')}"
        name = name if name.lower().endswith(".pdf") else f"{name}.pdf"
        self._whole.append((name, part))
        return name

    def _checked(self, part: Part) -> tuple[int, IO[bytes]]:
        if part.media != PDF and part.media not in PICTURES:
            raise NotMergedError("type")
        if self._bytes + part.size > MOST_MERGED:
            raise NotMergedError("large")
        clean: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed when written
        try:
            make = pdf_pages if part.media == PDF else picture_pages
            with part.open() as opened:
                pages = make(cast(BinaryIO, opened), cast(BinaryIO, clean))
        except NotMergedError:
            clean.close()
            raise
        # Both libraries raise anything at all on a broken file, a missing one is an OSError.
        except Exception as error:
            clean.close()
            raise NotMergedError("broken") from error
        self._bytes += part.size
        return pages, clean


def merge(front: Callable[[Sequence[Placed], int], bytes], parts: Sequence[Part], title: str) -> IO[bytes]:
    """The parts behind front pages, which are told where each part stands.

    `front` is called with the places and with the number of front pages, until that number is right.
    """
    merger = Merger()
    for part in parts:
        merger.add(part)
    length = 1
    made = front(merger.placed, length)
    while (real := _length(made)) != length:
        length = real
        made = front(merger.placed, length)
    return merger.write(made, title)


def _length(made: bytes) -> int:
    with Pdf.open(io.BytesIO(made)) as pdf:
        return len(pdf.pages)
