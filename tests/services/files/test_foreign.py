"""Tables as LibreOffice and other libraries write them: read as LibreOffice shows them, or refused by cell.

foreign/make.sh makes them, with what LibreOffice shows and which cells each has to refuse.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import Invalid, MalformedError
from core.domain.profile import vocabulary
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.diary import sheet as diary
from core.services.files.columns import Column, Table, read_table
from core.services.files.kinds import Amount, Percent
from core.services.granting import libraries, tables
from core.services.profile import roster_sheet

FOREIGN = zipfile.ZipFile(Path(__file__).parent / "foreign" / "tables.zip")
CASES: dict[str, list[tuple[int, str]]] = json.loads(FOREIGN.read("cases.json"))
SHOWN = {info.filename for info in FOREIGN.infolist() if info.filename.startswith("shown/")}
READ = sorted(name for name in CASES if not name.endswith(".xls") and name.split("-")[1] != "two")


def summary() -> list[Column]:
    loaded = catalogue().programs["miit_volunteer"]
    (table,) = (table for table in loaded.summary_tables if table.id == "A4")
    return tables.columns_of(table, vocabulary(extra=loaded.program.extra_facts))


COLUMNS: dict[str, Any] = {
    "roster": lambda: roster_sheet.COLUMNS,
    "diary": lambda: diary.COLUMNS,
    "register": lambda: libraries.columns([("provider", T("中小企业服务商", "SME service provider"))]),
    "summary": summary,
}


def read(name: str, **more: Any) -> Table:
    columns = COLUMNS[name.partition("-")[0]]()
    return read_table(
        name,
        io.BytesIO(FOREIGN.read(name)),
        columns,
        field="file",
        most_rows=100,
        passed_over=("备注",),
        **more,
    )


def shown(name: str, sheet: str) -> list[list[str]]:
    """The rows of a sheet as LibreOffice shows them."""
    stem, _, ending = name.rpartition(".")
    content = FOREIGN.read(f"shown/{ending}/{stem}-{sheet}.csv").decode()
    return list(csv.reader(io.StringIO(content)))


def same(column: Column, value: object, text: str) -> bool:
    """Whether a value is what the shown text says to its reader, or to a person."""
    try:
        meant = column.kind.read(text)
    except MalformedError:
        if isinstance(value, date):
            numbers = {int(number) for number in re.findall(r"\d+", text)}
            return bool({value.year, value.year % 100} & numbers) and value.day in numbers
        return value == 0 and text == "-"
    if (
        isinstance(value, Decimal)
        and isinstance(meant, Decimal)
        and isinstance(column.kind, Amount | Percent)
    ):
        # In the general format as many digits are shown as the column is wide.
        return meant == value or ("." in text and meant == round(value, len(text.partition(".")[2])))
    return bool(meant == value)


def test_there_are_enough_of_them_of_every_kind() -> None:
    assert len(READ) >= 200
    assert {name.partition("-")[0] for name in READ} == set(COLUMNS)
    assert len({name.rpartition("-")[2] for name in READ}) >= 8, "writers"


@pytest.mark.parametrize("name", READ)
def test_a_table_is_read_as_it_is_shown_or_refused_by_the_cell(name: str) -> None:
    table = read(name)
    lines = shown(name, table.sheet)
    columns = {column.title.zh: column for column in table.columns}
    header = [re.sub(r"[*\s]", "", title) for title in lines[table.header_row - 1]]
    refused = set()
    for row in table.rows:
        texts = dict(zip(header, lines[row.number - 1], strict=False))
        for title, column in columns.items():
            text = texts.get(title, "").strip()
            if column.key in row.wrong:
                refused.add((row.number, title))
            elif column.key in row.values:
                assert same(column, row.values[column.key], text), (
                    row.number,
                    title,
                    text,
                    row.values[column.key],
                )
            else:
                assert not text, (row.number, title, text, "was passed over")
    assert refused == {(number, title) for number, title in CASES[name]}
    assert table.heading == {}
    for why in table.errors("file").values():
        assert re.match(r"第 \d+ 行“.+”：", why.zh), why.zh
    filled = [n for n, line in enumerate(lines, 1) if n > table.header_row and any(map(str.strip, line))]
    assert [row.number for row in table.rows] == [
        n for n in filled if any(lines[n - 1][i].strip() for i, t in enumerate(header) if t in columns)
    ]


@pytest.mark.parametrize("name", sorted(name for name in CASES if name.endswith(".xls")))
def test_an_old_workbook_is_refused_with_the_way_out(name: str) -> None:
    with pytest.raises(Invalid, match="save it as") as caught:
        read(name)
    assert "旧版 .xls" in caught.value.errors["file"].zh


@pytest.mark.parametrize("name", sorted(name for name in CASES if name.split("-")[1] == "two"))
def test_of_two_sheets_that_fit_one_is_asked_for(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(name)
    assert "表一、表二" in caught.value.errors["file"].zh
    with pytest.raises(Invalid, match="no sheet"):
        read(name, sheet="表三")
    assert [read(name, sheet=sheet).sheet for sheet in ("表一", " 表二 ")] == ["表一", "表二"]


def test_rows_that_are_hidden_are_named() -> None:
    for name in (name for name in CASES if "-hidden-" in name):
        said: list[T] = []
        read(name, tell=said.append)
        assert any("第 3 行被隐藏" in remark.zh for remark in said), name
