"""Documents as PDF: their text, their fonts, their code, and the same bytes each time."""

import io

import pytest
import zxingcpp
from pypdf import PdfReader

from core.documents import pdf
from core.documents.blocks import Form, Paragraph
from core.documents.pdf import certificate_pdf, form_pdf, letter_pdf
from tests.documents.samples import (
    DAY,
    FORM,
    LETTER,
    URL,
    certificate,
    fonts_of,
    pages_of,
    picture,
    text_of,
)

OURS = ("DocumentText", "DocumentStrong", "DocumentTitle")


def made() -> dict[str, bytes]:
    return {
        "certificate": certificate_pdf(certificate(), language="zh", on=DAY),
        "form": form_pdf(FORM, language="zh", on=DAY),
        "letter": letter_pdf(LETTER, language="zh", on=DAY),
    }


def test_the_same_values_give_the_same_bytes():
    assert made() == made()


def test_only_our_fonts_are_used_and_they_are_within():
    for name, content in made().items():
        fonts = fonts_of(content)
        assert fonts, name
        assert all(embedded and font.startswith(OURS) for font, embedded in fonts.items()), fonts


@pytest.mark.parametrize("text", [URL, "莘县", "济南"])
def test_the_code_on_a_certificate_reads_as_what_it_was_made_of(text):
    content = certificate_pdf(certificate(verify_url=text), language="zh", on=DAY)
    read = zxingcpp.read_barcodes(picture(content))
    assert [code.text for code in read] == [text]


@pytest.mark.parametrize("character", "䶮㛃𬭚")
def test_a_rare_character_is_drawn_and_can_be_copied(character, monkeypatch):
    def drawn(text: str) -> tuple[bytes, str]:
        content = form_pdf(Form(title="", blocks=(Paragraph(text * 8),)), language="zh", on=DAY)
        # Where the line of text stands, without number and frame.
        image = picture(content).crop((120, 100, 700, 400)).convert("L")
        return image.tobytes(), text_of(content)

    shape, copied = drawn(character)
    monkeypatch.setattr(pdf, "visible", lambda text: text)
    blank, _ = drawn("　")
    box, _ = drawn("\ue000")
    assert character in copied
    assert shape not in (blank, box)


def test_a_rare_name_is_set_in_one_font():
    content = certificate_pdf(certificate(name="聊城市䶮㛃𬭚服务有限公司"), language="zh", on=DAY)
    assert "聊城市䶮㛃𬭚服务有限公司" in text_of(content)


def test_what_cannot_be_printed_is_never_a_blank():
    content = form_pdf(Form(title="报告", blocks=(Paragraph("效果\ue000很好"),)), language="zh", on=DAY)
    assert "效果〔U+E000〕很好" in text_of(content)


def test_pages_are_numbered_and_heads_of_tables_come_again():
    content = form_pdf(FORM, language="zh", on=DAY)
    pages, text = pages_of(content), text_of(content)
    assert pages > 1
    assert f"共 {pages} 页" in text
    assert text.count("条款") == pages
    assert f"Page 2 of {pages}" in text_of(form_pdf(FORM, language="en", on=DAY))


def test_a_certificate_is_one_page_however_long_the_names_are():
    long = certificate(
        name="某" * 60, status="示范" * 40, rows=(("服务类别", "信息服务、" * 30), ("有效期", "三年"))
    )
    for language in ("zh", "en"):
        assert pages_of(certificate_pdf(long, language=language, on=DAY)) == 1


def test_one_that_holds_no_longer_is_marked_across():
    content = certificate_pdf(
        certificate(mark="已失效", remark="本认定自2024年5月6日起撤销"), language="zh", on=DAY
    )
    text = text_of(content)
    assert "已失效" in text
    assert "撤销" in text
    assert "已失效" not in text_of(made()["certificate"])


def test_what_people_typed_is_text_and_nothing_else():
    typed = '#panic("x") $a$ *b* @c <d> \\ `e` #include "/etc/passwd"'
    content = form_pdf(Form(title=typed, blocks=(Paragraph(typed),)), language="zh", on=DAY)
    assert text_of(content).count("#panic") >= 2


def test_the_annex_of_a_letter_begins_on_a_page_of_its_own(tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(made()["letter"])
    pages = PdfReader(path).pages
    assert "附：逐条" not in pages[0].extract_text()
    assert "附：逐条" in pages[1].extract_text()


def test_the_file_says_what_it_is_and_from_when():
    reader = PdfReader(io.BytesIO(made()["certificate"]))
    assert reader.metadata.title == "认定证书 LC-Z-2024-0001"
    assert reader.metadata.creation_date.date() == DAY
