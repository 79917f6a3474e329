"""One part of a joined PDF, made ready: its pages with what belongs to them, or why it cannot be joined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from pikepdf import Array, Dictionary, Name, Object, PasswordError, Pdf
from PIL import Image, ImageOps, ImageSequence

MOST_PAGES = 500
"""Of one part."""
MOST_FRAMES = 50
MOST_PIXELS = 80_000_000
A4 = (1654, 2339)
"""Pixels of a sheet, at so many dots an inch."""
DOTS = 200
EDGE = 100
DEEPEST = 50
"""Levels of a tree of form fields that are looked through."""
SIGNATURES_EXIST = 1


class NotMergedError(Exception):
    """A part whose pages stay out, with a word for why.

    `type`, `broken`, `locked`, `large`, `xfa`; of those that stay whole: `signed`, `attachments`.
    """


def pdf_pages(opened: BinaryIO, clean: BinaryIO) -> int:
    """Write the pages anew, with their form fields, layers and the aims of their links; how many they are."""
    try:
        source = Pdf.open(opened)
    except PasswordError:
        raise NotMergedError("locked") from None
    with source, Pdf.new() as copy:
        pages = len(source.pages)
        if pages == 0:
            raise NotMergedError("broken")
        if pages > MOST_PAGES:
            raise NotMergedError("large")
        why = _kept_whole(source)
        if why:
            raise NotMergedError(why)
        join(copy, source)
        copy.save(clean)
    return pages


def join(target: Pdf, source: Pdf) -> None:
    """Add all pages of a file behind those that are there; what they belonged to as a tagged text is let go.

    Tags, claims (PDF/A, PDF/UA), page labels and the outline are the document's and do not come along.
    """
    first = len(target.pages)
    target.add_pages_from(source, outlines="ignore")
    for page in list(target.pages)[first:]:
        for thing in (page.obj, *page.obj.get(Name.Annots, ())):
            for key in (Name.StructParents, Name.StructParent):
                if key in thing:
                    del thing[key]


def picture_pages(opened: BinaryIO, clean: BinaryIO) -> int:
    """Write the frames of a picture as sheets; how many they are."""
    with Image.open(opened) as picture:
        if getattr(picture, "n_frames", 1) > MOST_FRAMES:
            raise NotMergedError("large")
        pages = [_sheet(frame) for frame in ImageSequence.Iterator(picture)]
    pages[0].save(clean, "PDF", save_all=True, append_images=pages[1:], resolution=DOTS, quality=85)
    return len(pages)


def _kept_whole(source: Pdf) -> str:
    """Why the file's pages alone would not be the file; empty if they are."""
    form = source.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary):
        if Name.XFA in form:
            return "xfa"
        if int(form.get(Name.SigFlags, 0)) & SIGNATURES_EXIST or _signed(form):
            return "signed"
    if Name.Perms in source.Root:
        return "signed"
    return "attachments" if len(source.attachments) else ""


def _signed(form: Dictionary) -> bool:
    """Whether a field of the form holds a signature."""
    return any(
        kind == Name.Sig and Name.V in field for field, kind in _fields(form.get(Name.Fields), None, DEEPEST)
    )


def _fields(fields: object, kind: Object | None, deepest: int) -> Iterator[tuple[Dictionary, Object | None]]:
    """Every field of a tree with its kind, which a field has from the one above it unless it says its own."""
    if not isinstance(fields, Array) or not deepest:
        return
    for field in fields:
        if isinstance(field, Dictionary):
            own = field.get(Name.FT, kind)
            yield field, own
            yield from _fields(field.get(Name.Kids), own, deepest - 1)


def _sheet(frame: Image.Image) -> Image.Image:
    """A picture on a sheet of A4, upright as it was taken."""
    if frame.width * frame.height > MOST_PIXELS:
        raise NotMergedError("large")
    upright = ImageOps.exif_transpose(frame).convert("RGBA")
    size = A4 if upright.height >= upright.width else A4[::-1]
    sheet = Image.new("RGB", size, "white")
    upright.thumbnail((size[0] - 2 * EDGE, size[1] - 2 * EDGE))
    sheet.paste(upright, ((size[0] - upright.width) // 2, (size[1] - upright.height) // 2), upright)
    return sheet
