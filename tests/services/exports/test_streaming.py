"""Files of rows: typed cells, nothing that runs, and no more memory for more rows."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.domain.clock import SHANGHAI
from core.services.exports.streaming import (
    LARGEST_NUMBER,
    WIDEST,
    Row,
    blocks,
    csv_lines,
    harmless,
    write_xlsx,
)

MOMENT = datetime(2026, 3, 1, 17, 30, 5, 999, tzinfo=UTC)
NASTY = '=HYPERLINK("http://evil.example")'


def book(titles: list[str], rows: Iterable[Row], most: int = 1_000_000) -> bytes:
    """An xlsx file."""
    file = io.BytesIO()
    write_xlsx(file, titles, rows, most=most)
    return file.getvalue()


def sheets(data: bytes) -> list[list[list[Any]]]:
    """The cells of every sheet."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [opened.get_sheet_by_index(number).to_python() for number in range(len(opened.sheet_names))]


def part(data: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    """The sheet as it is written."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(name).decode()


def test_cells_have_their_types_and_times_are_those_of_china() -> None:
    row: Row = ["名称", 3, Decimal("2.50"), date(2026, 3, 2), MOMENT, None, "", "0123456789"]
    ((titles, cells),) = sheets(book([f"列{number}" for number in range(8)], [row]))
    assert titles == [f"列{number}" for number in range(8)]
    assert cells == [
        "名称",
        3,
        2.5,
        date(2026, 3, 2),
        MOMENT.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0),
        "",
        "",
        "0123456789",
    ]


@pytest.mark.parametrize("number", [LARGEST_NUMBER - 1, 1 - LARGEST_NUMBER])
def test_a_number_that_a_spreadsheet_can_keep_is_a_number(number: int) -> None:
    assert sheets(book(["数"], [[number]]))[0][1] == [number]


@pytest.mark.parametrize("number", [LARGEST_NUMBER, -LARGEST_NUMBER, 2**63 - 1])
def test_a_longer_one_keeps_its_digits_as_text(number: int) -> None:
    assert sheets(book(["数"], [[number]]))[0][1] == [str(number)]


@pytest.mark.parametrize("text", [NASTY, "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "＋1", "－1", "＠A"])
def test_what_could_run_is_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    data = book([text], [[text]])
    assert "<f>" not in part(data)
    assert list(csv.reader(io.StringIO("".join(csv_lines([text], [[text]]))[1:]))) == [[f"'{text}"]] * 2


@pytest.mark.parametrize("text", ["诚信", "a=b", "1+1", "“=”", "（=）", ""])
def test_what_could_not_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_csv_has_the_mark_that_excel_looks_for_and_times_of_china() -> None:
    data = b"".join(blocks("csv", ["名称", "时间"], [["甲,乙", MOMENT], [None, date(2026, 1, 2)]]))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [["名称", "时间"], ["甲,乙", "2026-03-02 01:30:05"], ["", "2026-01-02"]]


def test_the_titles_stay_in_sight_with_a_filter_and_columns_as_wide_as_their_words() -> None:
    written = part(book(["名称", "说明"], [["短", "长" * 200], ["中等长度的名称", ""]]))
    assert 'state="frozen"' in written
    assert '<autoFilter ref="A1:B3"/>' in written
    assert f'width="{WIDEST}.7109375"' in written
    assert 'width="16.7109375"' in written


def test_a_list_without_rows_has_its_titles() -> None:
    assert sheets(book(["名称"], [])) == [[["名称"]]]
    assert "".join(csv_lines(["名称"], [])) == "\ufeff名称\r\n"


@pytest.mark.parametrize(("rows", "each"), [(2, [2]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (7, [3, 3, 1])])
def test_what_does_not_fit_on_one_sheet_goes_on_on_the_next(rows: int, each: list[int]) -> None:
    made = sheets(book(["数"], ([number] for number in range(rows)), most=3))
    assert [len(sheet) - 1 for sheet in made] == each
    assert [cell for sheet in made for (cell,) in sheet[1:]] == list(range(rows))


def test_a_text_too_long_for_a_cell_is_cut_and_a_control_character_harms_nothing() -> None:
    ((_, cells),) = sheets(book(["文"], [["长" * 40_000 + "x"]]))
    assert len(str(cells[0])) == 32_767
    assert sheets(book(["文"], [["a\x00b\x0bc"]]))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    def peak(rows: int) -> int:
        def made() -> Iterator[Row]:
            for number in range(rows):
                yield [f"测试主体{number}", number, date(2026, 1, 1)]

        tracemalloc.start()
        for _ in blocks(kind, ["名称", "数", "日"], made()):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(4_000) < 1.5 * peak(1_000) + 200_000
