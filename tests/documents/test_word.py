"""Forms as docx: the same content as the PDF, in a table that Word repeats."""

import io
import zipfile

from docx import Document

from core.documents.blocks import Form, Paragraph
from core.documents.word import form_docx
from tests.documents.samples import BLOCKS, DAY, FORM


def test_the_form_is_all_there():
    document = Document(io.BytesIO(form_docx(FORM, on=DAY)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for word in (
        "申请书",
        "示范平台",
        "综合类",
        "一、基本情况",
        "第二段。",
        "注：共 60 条",
        "承诺所填属实。",
        "附注",
    ):
        assert word in text
    facts, table = document.tables
    assert [cell.text for cell in facts.rows[0].cells] == ["名称", "聊城市龙山服务有限公司"]
    assert [cell.text for cell in table.rows[0].cells] == ["条款", "条件", "对照"]
    assert len(table.rows) == 1 + len(BLOCKS[3].rows)
    assert "w:tblHeader" in table.rows[0]._tr.xml


def test_the_same_values_give_the_same_bytes():
    assert form_docx(FORM, on=DAY) == form_docx(FORM, on=DAY)


def test_markup_and_control_characters_of_people_do_no_harm():
    content = form_docx(Form(title="<w:p/>&", blocks=(Paragraph("甲\x07<b>\x00乙"),)), on=DAY)
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert "<w:p/>&" in text
    assert "甲<b>乙" in text


def test_a_wide_form_lies_on_its_side():
    content = form_docx(Form(title="表", blocks=(), landscape=True), on=DAY)
    section = Document(io.BytesIO(content)).sections[0]
    assert section.page_width > section.page_height
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
