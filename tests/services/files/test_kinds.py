"""What the cells of a column hold: of a text, what a spreadsheet made of it is told from what was typed."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from core.rules.text import T
from core.services.files.columns import Column, read_table
from core.services.files.kinds import BY_LINE, Amount, Choice, Code, Day, Kind, Several, Text
from core.services.files.sheet_errors import with_errors

CHOICE = Choice.among([("online", T("线上", "online"))])


def formatted(value: float, form: str) -> io.BytesIO:
    """A table of one column, 列, with a number under a format."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "列")
        sheet.write(1, 0, value, made.add_format({"num_format": form}))
    buffer.seek(0)
    return buffer


def cell(kind: Kind, value: float, form: str) -> Any:
    """What is read of such a number, or what is said of it in Chinese."""
    table = read_table(
        "表.xlsx", formatted(value, form), [Column("k", T("列", "Column"), kind)], field="file", most_rows=9
    )
    return table.rows[0].wrong["k"].zh if table.rows[0].wrong else table.rows[0].values["k"]


TYPED, CLOCK = 46086, 62 / 1440  # 3-5 and 1:2, as they were typed


@pytest.mark.parametrize("kind", [Text(), Code(), CHOICE, Several(Text(), BY_LINE)], ids=type)
@pytest.mark.parametrize(
    ("value", "form", "became"),
    [
        (TYPED, 'm"月"d"日"', "日期（2026-03-05）"),
        (TYPED, "d-mmm", "日期（2026-03-05）"),
        (TYPED, "yyyy-mm-dd", "日期（2026-03-05）"),
        (CLOCK, "h:mm", "时刻（1:02）"),
        (CLOCK, "h:mm AM/PM", "数值（0.0430555555555556）"),
    ],
)
def test_what_a_spreadsheet_made_of_a_text_is_refused_with_the_mend(
    kind: Kind, value: float, form: str, became: str
) -> None:
    assert cell(kind, value, form) == f"表格软件把这里当成了{became}；请把该列设为文本格式，再重新输入"


@pytest.mark.parametrize(
    ("value", "form", "became"),
    [
        (TYPED, 'm"月"d"日"', "日期（2026-03-05）"),
        (CLOCK, "h:mm", "时刻（1:02）"),
        (TYPED, "@", "日期（2026-03-05）"),
    ],
)
def test_a_table_that_is_given_back_makes_no_text_of_it(value: float, form: str, became: str) -> None:
    columns = [Column("k", T("列", "Column"), Text())]
    back = with_errors("表.xlsx", formatted(value, form), {"2.k": T("错", "wrong")})
    (row,) = read_table("表.xlsx", io.BytesIO(back), columns, field="file", most_rows=9).rows
    assert became in row.wrong["k"].zh


@pytest.mark.parametrize(
    ("number", "day"),
    [(36525, None), (36526, "2000-01-01"), (TYPED, "2026-03-05"), (73050, "2099-12-31"), (73051, None)],
)
@pytest.mark.parametrize("form", ["General", "@"])
def test_a_bare_number_that_may_have_been_a_date_is_no_text(number: int, day: str | None, form: str) -> None:
    asked = f"表格软件把这里当成了日期（{day}）；请把该列设为文本格式，再重新输入"
    assert cell(Text(), number, form) == (asked if day else str(number))
    assert cell(Code(), number, form) == str(number)
    assert Text().read(str(number)) == str(number), "typed into a column of texts it is one"


def test_a_time_is_one_of_hours_and_a_date_without_its_year_asks_for_it() -> None:
    assert cell(Amount(unit="小时"), 0.0625, "h:mm") == Decimal("1.5")
    assert "请填写数字" in cell(Amount(), CLOCK, "h:mm")
    assert "请改为常规格式（日期用含年月日的格式）" in cell(Day(), TYPED, 'm"月"d"日"')
    assert "日期应写作 2024-02-29" in cell(Day(), CLOCK, "h:mm")
