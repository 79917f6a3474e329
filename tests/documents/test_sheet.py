"""Forms as xlsx: the same content as the PDF, in columns that fit it and on pages that have numbers."""

import io
import zipfile
from itertools import pairwise
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.documents.blocks import Form, Paragraph, Table
from core.documents.columns import MOST, drawn, shares
from core.documents.sheet import form_xlsx
from tests.documents.samples import BLOCKS, DAY, FORM


def rows_of(form: Form) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(form_xlsx(form, language="zh", on=DAY)))
    return [[cell for cell in row if cell != ""] for row in book.get_sheet_by_index(0).to_python()]


def xml_of(form: Form, language: str = "zh") -> str:
    packed = zipfile.ZipFile(io.BytesIO(form_xlsx(form, language=language, on=DAY)))
    return packed.read("xl/worksheets/sheet1.xml").decode()


def test_the_form_is_all_there():
    rows = rows_of(FORM)
    assert rows[0] == ["申请书"]
    for row in (["名称", "聊城市龙山服务有限公司"], ["条款", "条件", "对照"], ["注：共 60 条"]):
        assert row in rows
    assert sum(row[-1:] == ["满足"] for row in rows) == len(BLOCKS[3].rows)


def test_a_long_text_gets_its_height_and_the_sheet_the_width_of_its_page():
    xml = xml_of(Form(title="表", blocks=(Paragraph("字" * 700),), landscape=True))
    assert '<row r="3"' in xml
    assert 'ht="150"' in xml
    assert 'fitToHeight="0"' in xml
    assert 'orientation="landscape"' in xml


@pytest.mark.parametrize(("language", "word"), [("zh", "第 &P 页　共 &N 页"), ("en", "Page &P of &N")])
def test_pages_are_numbered_in_the_language_of_the_form(language, word):
    assert word.replace("&", "&amp;") in xml_of(FORM, language)


def test_the_same_values_give_the_same_bytes():
    assert form_xlsx(FORM, language="zh", on=DAY) == form_xlsx(FORM, language="zh", on=DAY)


def test_a_text_of_people_is_never_a_formula():
    form = Form(title="=1+1", blocks=(Paragraph("=HYPERLINK(1)"),))
    assert ["=HYPERLINK(1)"] in rows_of(form)
    assert "<f>" not in xml_of(form)


def test_columns_share_the_whole_room():
    table = Table(("序号", "名称", "电话"), (("1", "长" * 60, "13800000000"),), (0, 4, 0))
    found = shares(table, 92)
    assert sum(found) == pytest.approx(1)
    assert found[0] * 92 >= drawn("序号")
    assert found[2] * 92 >= drawn("13800000000")
    assert found[1] == max(found)


def test_no_column_as_wide_as_its_content_takes_all():
    table = Table(("甲", "乙", "丙", "丁"), (("长" * 200,) * 4,), (0, 0, 0, 2))
    found = shares(table, 92)
    assert all(abs(left - right) < 1e-9 for left, right in pairwise(found[:3]))
    assert min(found) > (1 - MOST) / 8
