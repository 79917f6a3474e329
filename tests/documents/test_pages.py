"""An uploaded PDF as pictures and words: within bounds of size, time and memory, whatever it holds."""

import io
from datetime import date

import pytest
from PIL import Image
from pypdf import PdfWriter

from core.documents import pages
from core.documents.blocks import Form, Note
from core.documents.pages import PagesError, count, picture, words
from core.documents.pdf import form_pdf
from core.documents.pdf_reader import MOST_PIXELS

PAPER = form_pdf(
    Form(title="证明", above="", subtitle="", signed_by="", blocks=(Note("王芳 SME-80 家"),)),
    language="zh",
    on=date(2024, 1, 1),
)


def sized(width: float, height: float) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width, height)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pages_are_counted_drawn_and_read() -> None:
    assert count(PAPER) == 1
    drawn = Image.open(io.BytesIO(picture(PAPER, 1)))
    assert drawn.format == "JPEG"
    assert drawn.size == (1241, 1754)
    assert len(drawn.getcolors(1 << 24) or ()) > 10
    said = words(PAPER)
    assert {"王", "芳", "sme", "80"} <= set(said)


@pytest.mark.parametrize("size", [(14_400, 14_400), (3, 14_400), (1200, 1600)])
def test_a_picture_is_bounded_in_pixels_however_large_the_page(size: tuple[int, int]) -> None:
    width, height = Image.open(io.BytesIO(picture(sized(*size), 1))).size
    assert 0 < width * height <= MOST_PIXELS * 1.01


def test_what_has_no_text_has_no_words() -> None:
    assert words(sized(100, 100)) == []


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7", PAPER[: len(PAPER) // 3], b"\0" * 1000])
def test_what_is_broken_is_told(broken: bytes) -> None:
    for question in (count, words, lambda pdf: picture(pdf, 1)):
        with pytest.raises(PagesError):
            question(broken)


def test_a_password_is_told() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("geheim")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(PagesError):
        count(out.getvalue())


@pytest.mark.parametrize("number", [0, 2])
def test_a_page_that_there_is_not_is_told(number: int) -> None:
    with pytest.raises(PagesError):
        picture(PAPER, number)


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TIMEOUT_SECONDS", 0.001)
    with pytest.raises(PagesError):
        count(PAPER)
