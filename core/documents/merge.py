"""Several PDFs and pictures as one PDF: what cannot be merged is told, and does not spoil the rest."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps, ImageSequence
from pypdf import PdfReader, PdfWriter

PDF = "application/pdf"
PICTURES = ("image/png", "image/jpeg", "image/tiff")
MOST_MERGED = 120 * 1024 * 1024
"""Bytes of one merged document: pypdf has all of it in memory."""
MOST_PAGES = 500
"""Of one part."""
MOST_FRAMES = 50
MOST_PIXELS = 80_000_000
IN_MEMORY = 8 * 1024 * 1024
A4 = (1654, 2339)
"""Pixels of a sheet, at so many dots an inch."""
DOTS = 200
EDGE = 100


class NotMergedError(Exception):
    """A part that stays out, with a word for why: `type`, `broken`, `locked`, `large`."""


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


class Merger:
    """Checks part by part, puts the good ones aside, and writes them behind the front pages."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._clean: list[tuple[str, IO[bytes]]] = []
        self._pages = 0
        self._bytes = 0

    def add(self, part: Part) -> Placed:
        """Take a part, or say why not."""
        try:
            pages, clean = self._checked(part)
        except NotMergedError as error:
            placed = Placed(0, 0, str(error))
        else:
            placed = Placed(self._pages, pages)
            self._pages += pages
            self._clean.append((part.title, clean))
        self.placed.append(placed)
        return placed

    def write(self, front: bytes, title: str) -> IO[bytes]:
        """The front pages and all parts as one file, with an outline; whoever asks closes it."""
        writer = PdfWriter()
        writer.append(io.BytesIO(front), outline_item=title)
        for name, clean in self._clean:
            clean.seek(0)
            writer.append(clean, outline_item=name, import_outline=False)
        writer.add_metadata({"/Title": title})
        out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller's
        writer.write(out)
        writer.close()
        for _, clean in self._clean:
            clean.close()
        out.seek(0)
        return out

    def _checked(self, part: Part) -> tuple[int, IO[bytes]]:
        if part.media != PDF and part.media not in PICTURES:
            raise NotMergedError("type")
        if self._bytes + part.size > MOST_MERGED:
            raise NotMergedError("large")
        clean: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed when written
        try:
            with part.open() as opened:
                pages = _pdf(opened, clean) if part.media == PDF else _picture(opened, clean)
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
    while (real := len(PdfReader(io.BytesIO(made)).pages)) != length:
        length = real
        made = front(merger.placed, length)
    return merger.write(made, title)


def _pdf(opened: IO[bytes], clean: IO[bytes]) -> int:
    reader = PdfReader(opened, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotMergedError("locked")
    pages = len(reader.pages)
    if pages == 0:
        raise NotMergedError("broken")
    if pages > MOST_PAGES:
        raise NotMergedError("large")
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.write(clean)
    writer.close()
    return pages


def _picture(opened: IO[bytes], clean: IO[bytes]) -> int:
    with Image.open(opened) as picture:
        if getattr(picture, "n_frames", 1) > MOST_FRAMES:
            raise NotMergedError("large")
        pages = [_page(frame) for frame in ImageSequence.Iterator(picture)]
    pages[0].save(clean, "PDF", save_all=True, append_images=pages[1:], resolution=DOTS, quality=85)
    return len(pages)


def _page(frame: Image.Image) -> Image.Image:
    """A picture on a sheet of A4, upright as it was taken."""
    if frame.width * frame.height > MOST_PIXELS:
        raise NotMergedError("large")
    upright = ImageOps.exif_transpose(frame).convert("RGBA")
    size = A4 if upright.height >= upright.width else A4[::-1]
    sheet = Image.new("RGB", size, "white")
    upright.thumbnail((size[0] - 2 * EDGE, size[1] - 2 * EDGE))
    sheet.paste(upright, ((size[0] - upright.width) // 2, (size[1] - upright.height) // 2), upright)
    return sheet
