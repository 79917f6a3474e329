"""Forms as docx, for whoever goes on writing in them."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, assert_never

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.documents.blocks import Block, Cell, Facts, Form, Heading, Note, Paragraph, Signatures, Table
from core.documents.columns import shares

LATIN, CHINESE = "Times New Roman", "宋体"
TITLE_CHINESE = "黑体"
LONG, SHORT, MARGIN = Mm(297), Mm(210), Mm(22)
ROOM = {False: 88, True: 136}
"""How many narrow characters fit between the margins at the size of running text, upright and on its side."""
PAGE_OF = {
    "zh": ("第 ", "PAGE", " 页　共 ", "NUMPAGES", " 页"),
    "en": ("Page ", "PAGE", " of ", "NUMPAGES", ""),
}
FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)


def form_docx(form: Form, *, on: date, language: str = "zh") -> bytes:
    """A form as docx; the same values give the same bytes."""
    document = Document()
    _page(document, landscape=form.landscape)
    _page_numbers(document, PAGE_OF["en" if language == "en" else "zh"])
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(10.5)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CHINESE)
    document.core_properties.title = text_of(form.title)
    document.core_properties.author = text_of(form.signed_by)
    document.core_properties.created = document.core_properties.modified = datetime(on.year, on.month, on.day)  # noqa: DTZ001  # the format's own, without a zone
    for line, size in ((form.above, 10.5), (form.title, 18), (form.subtitle, 11)):
        if line:
            _line(document, line, size, heading=size == 18)  # noqa: PLR2004  # the title's size
    ends = "　　".join(part for part in (form.number, form.date) if part)
    if ends:
        document.add_paragraph(text_of(ends))
    for block in form.blocks:
        _block(document, block, ROOM[form.landscape])
    out = io.BytesIO()
    document.save(out)
    return _same_every_time(out.getvalue())


def text_of(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character)[0] != "C"
    )


def _page(document: Any, *, landscape: bool) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (LONG, SHORT) if landscape else (SHORT, LONG)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN


def _line(document: Any, text: str, size: float, *, heading: bool) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, size, bold=heading)


def _run(paragraph: Any, text: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(text_of(text))
    run.font.size, run.bold = Pt(size), bold
    if bold:
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), TITLE_CHINESE)


def _page_numbers(document: Any, parts: Sequence[str]) -> None:
    """Which page of how many, at the foot of each; Word counts them."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in filter(None, parts):
        if part.isupper():
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), part)
            run = OxmlElement("w:r")
            run.append(OxmlElement("w:t"))
            field.append(run)
            paragraph._p.append(field)
        else:
            _run(paragraph, part, 9)


def _block(document: Any, block: Block, room: int) -> None:
    match block:
        case Heading():
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True
            _run(paragraph, block.text, 13 if block.level == 1 else 11, bold=True)
        case Paragraph():
            for line in block.text.split("\n"):
                document.add_paragraph(text_of(line))
        case Facts():
            labels = [tuple(row) for row in block.rows]
            _table(document, labels, (0.34, 0.66), size=10.5, head=False, centred=())
        case Table():
            widths = shares(block, round(room * 10.5 / block.size))
            rows = [block.head, *block.rows]
            _table(document, rows, widths, size=block.size, head=True, centred=block.centred, led=block.led)
            if block.note:
                _run(document.add_paragraph(), block.note, 9)
        case Signatures():
            for line in filter(None, block.above.split("\n")):
                document.add_paragraph(text_of(line))
            for line in block.lines:
                document.add_paragraph()
                document.add_paragraph(text_of(f"{line}：______________________"))
        case Note():
            _run(document.add_paragraph(), block.text, 9)
        case _:
            assert_never(block)


def _table(
    document: Any,
    rows: Sequence[Sequence[str | Cell]],
    widths: Sequence[float],
    *,
    size: float,
    head: bool,
    centred: Sequence[int],
    led: Sequence[int] = (),
) -> None:
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    table = document.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.autofit = False
    for place, width in enumerate(widths):
        table.columns[place].width = int(room * width)
    for line, values in zip(table.rows, rows, strict=True):
        # Each access of `row.cells` walks the table's XML: once a row.
        for place, (cell, value) in enumerate(zip(line.cells, values, strict=True)):
            cell.width = int(room * widths[place])
            paragraph = cell.paragraphs[0]
            first = head and line is table.rows[0]
            if first or place in centred:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            text = value.text if isinstance(value, Cell) else value
            if place in led and not first:
                lead, _, text = text.partition("\n")
                _run(paragraph, f"{lead}\n" if text else lead, size, bold=True)
            _run(paragraph, text, size)
    for line in table.rows:
        _mark(line, "w:cantSplit")
    if head:
        _mark(table.rows[0], "w:tblHeader")
        for cell in table.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph()


def _mark(row: Any, name: str) -> None:
    """Let a row stay on its page, or come again on every one."""
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _same_every_time(packed: bytes) -> bytes:
    """The same container without the moment at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            named = zipfile.ZipInfo(entry.filename, FIRST_MOMENT)
            named.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(named, old.read(entry))
    return out.getvalue()
