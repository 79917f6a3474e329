"""What was read of a table is shown as people read it, and none of it is left out."""

import io
from datetime import date
from decimal import Decimal

from core.rules.text import T
from core.services.files.columns import Column, Row
from core.services.files.kinds import BY_WORD, Amount, Choice, Day, Several, Text, YesNo
from core.services.files.sheets import read_sheet
from core.services.previews import values
from core.services.previews.values import values_of

PLACES = Choice.among(
    [("east", T("东区（新）", "East (new)")), ("west", T("西区", "West"))], {"东边": "east"}
)
COLUMNS = (
    Column("name", T("名称", "Name"), Text()),
    Column("place", T("地区", "Place"), PLACES),
    Column("places", T("各区", "Places"), Several(PLACES, BY_WORD)),
    Column("paid", T("收费", "Paid"), YesNo()),
    Column("hours", T("时长", "Hours"), Amount()),
    Column("on", T("日期", "Day"), Day()),
    Column("empty", T("空列", "Empty"), Text()),
)


def row(number: int, **given: object) -> Row:
    return Row(number, given, {})


def test_choices_are_shown_by_their_names_and_empty_columns_left_out() -> None:
    read = values_of(
        COLUMNS,
        [
            row(2, name="甲", place="east", places=("east", "west"), paid=False, hours=Decimal("1.5")),
            row(3, name="乙", place="unknown", on=date(2024, 2, 9)),
        ],
    )
    assert [title.zh for title in read.titles] == ["名称", "地区", "各区", "收费", "时长", "日期"]
    (first, cells), (second, others) = read.rows
    assert (first, second) == (2, 3)
    assert [cell.zh if isinstance(cell, T) else cell for cell in cells] == [
        "甲",
        "东区（新）",
        "东区（新）；西区",
        "否",
        Decimal("1.5"),
        None,
    ]
    assert (others[1], others[5]) == (T("unknown", "unknown"), date(2024, 2, 9))


def test_a_page_shows_the_first_rows_and_the_download_all() -> None:
    read = values_of(COLUMNS[:2], [row(number, name="甲", place="west") for number in range(2, 103)])
    assert (len(read.first), read.more) == (100, 1)
    lines = list(read_sheet("a.xlsx", io.BytesIO(read.xlsx("en"))))
    assert (len(lines), lines[0][1], lines[1][1]) == (102, ["Row", "Name", "Place"], [2, "甲", "West"])
    few = values_of(COLUMNS[:2], [row(number, name="甲") for number in range(100)])
    assert few.more == 0
    assert values.MOST_SHOWN == 100
