"""Materials as one PDF: the good ones in order, the others told with the reason."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from core.documents import merge as merging
from core.documents import parts as reading
from core.documents.merge import Part, Placed, merge


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def image(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def part(title: str, media: str, content: bytes) -> Part:
    return Part(title, media, len(content), lambda: io.BytesIO(content))


def merged(*parts: Part, front_pages: int = 1) -> tuple[list[Placed], PdfReader]:
    seen: list[Placed] = []

    def front(placed: Sequence[Placed], length: int) -> bytes:
        seen[:] = placed
        return pdf(front_pages)

    with merge(front, parts, "案卷") as stream:
        return seen, PdfReader(io.BytesIO(stream.read()))


def test_parts_stand_in_order_behind_the_front_with_an_outline():
    placed, reader = merged(
        part("甲", "application/pdf", pdf(2)),
        part("乙", "image/png", image("PNG")),
        part("丙", "application/pdf", pdf(3)),
        front_pages=2,
    )
    assert [(item.first, item.pages) for item in placed] == [(0, 2), (2, 1), (3, 3)]
    assert len(reader.pages) == 2 + 6
    assert [(item.title, reader.get_destination_page_number(item)) for item in reader.outline] == [
        ("案卷", 0),
        ("甲", 2),
        ("乙", 4),
        ("丙", 5),
    ]


def test_front_pages_are_made_until_they_know_how_many_they_are():
    lengths = []

    def front(placed: Sequence[Placed], length: int) -> bytes:
        lengths.append(length)
        return pdf(3)

    with merge(front, [], "案卷"):
        assert lengths == [1, 3]


@pytest.mark.parametrize(
    ("media", "content", "why"),
    [
        ("application/pdf", b"%PDF-1.7 and then nothing", "broken"),
        ("application/pdf", pdf(2)[:-200], None),
        ("application/pdf", pdf(0), "broken"),
        ("application/pdf", pdf(password="secret"), "locked"),
        ("image/jpeg", b"\xff\xd8\xff broken", "broken"),
        ("application/msword", b"anything", "type"),
    ],
)
def test_a_bad_part_is_told_and_spoils_nothing(media, content, why):
    placed, reader = merged(part("坏", media, content), part("好", "application/pdf", pdf(1)))
    if why is not None:
        assert placed[0].why_not == why
        assert len(reader.pages) == 2
    assert placed[1].why_not == ""


def test_a_part_that_is_gone_is_told():
    def gone() -> io.BytesIO:
        raise FileNotFoundError("gone")

    placed, reader = merged(Part("没了", "application/pdf", 10, gone))
    assert placed[0].why_not == "broken"
    assert len(reader.pages) == 1


def test_an_empty_password_opens_and_is_merged():
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("", "owner")
    out = io.BytesIO()
    writer.write(out)
    placed, _ = merged(part("甲", "application/pdf", out.getvalue()))
    assert placed == [Placed(0, 1)]


@pytest.mark.parametrize(
    ("kind", "media", "mode"),
    [
        ("PNG", "image/png", "RGBA"),
        ("PNG", "image/png", "P"),
        ("JPEG", "image/jpeg", "CMYK"),
        ("TIFF", "image/tiff", "1"),
    ],
)
def test_pictures_of_all_kinds_become_sheets(kind, media, mode):
    placed, reader = merged(part("图", media, image(kind, mode=mode)))
    assert placed == [Placed(0, 1)]
    box = reader.pages[1].mediabox
    assert sorted((round(float(box.width)), round(float(box.height)))) == [595, 842]


def test_every_page_of_a_scan_comes():
    pages = [Image.new("L", (40, 60)) for _ in range(3)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    placed, _ = merged(part("扫描", "image/tiff", out.getvalue()))
    assert placed == [Placed(0, 3)]


@pytest.mark.parametrize(("extra", "why"), [(-1, ""), (0, ""), (1, "large")])
def test_what_is_merged_is_bounded_in_bytes(monkeypatch, extra, why):
    content = pdf(1)
    monkeypatch.setattr(merging, "MOST_MERGED", 2 * len(content))
    sized = Part("乙", "application/pdf", len(content) + extra, lambda: io.BytesIO(content))
    placed, _ = merged(part("甲", "application/pdf", content), sized)
    assert [item.why_not for item in placed] == ["", why]


@pytest.mark.parametrize(("pages", "why"), [(2, ""), (3, ""), (4, "large")])
def test_a_part_is_bounded_in_pages(monkeypatch, pages, why):
    monkeypatch.setattr(reading, "MOST_PAGES", 3)
    placed, _ = merged(part("甲", "application/pdf", pdf(pages)))
    assert placed[0].why_not == why


@pytest.mark.parametrize(("frames", "why"), [(2, ""), (3, "large")])
def test_a_scan_is_bounded_in_pages(monkeypatch, frames, why):
    monkeypatch.setattr(reading, "MOST_FRAMES", 2)
    pages = [Image.new("L", (40, 60)) for _ in range(frames)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    placed, _ = merged(part("扫描", "image/tiff", out.getvalue()))
    assert placed[0].why_not == why


@pytest.mark.parametrize(("pixels", "why"), [(2400, ""), (2399, "large")])
def test_a_picture_is_bounded_in_pixels(monkeypatch, pixels, why):
    monkeypatch.setattr(reading, "MOST_PIXELS", pixels)
    placed, _ = merged(part("图", "image/png", image("PNG", (60, 40))))
    assert placed[0].why_not == why
