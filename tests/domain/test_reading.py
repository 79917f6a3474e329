"""What people write is read in one way: every usual form, every bound, and nothing silently wrong."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import reading
from core.domain.clock import SHANGHAI
from core.domain.errors import MalformedError
from core.domain.folding import folded
from core.rules.text import T

DAY = date(2024, 5, 6)


def refusal(read, *given, **options) -> T:
    with pytest.raises(MalformedError) as caught:
        read(*given, **options)
    return caught.value.text


@pytest.mark.parametrize(
    "written",
    [
        DAY,
        datetime(2024, 5, 6, 23, 59, tzinfo=SHANGHAI),
        45418,
        Decimal("45418.39583"),
        20240506,
        "45418",
        "20240506",
        "2024-5-6",
        "2024-05-06",
        "2024/05/06",
        "2024/5/6",
        "2024.5.6",
        "2024年5月6日",
        "2024 年 05 月 06 日",
        "2024年5月6",
        "2024年5月6号",
        "2024年5月6号9:30",
        "2024–5–6",
        "2024‑05‑06",
        "2024—5—6",
        "2024−5−6 09:30",
        "2024\u200b-5-6",
        "\u200e2024-05-06\u200f",
        "20240506\ufeff",
        "２０２４－５－６",
        " 2024-05-06 ",
        "'2024-05-06",
        "2024-05-06 00:00:00",
        "2024/5/6 0:00",
        "2024-05-06T09:30:00.000",
        "2024年5月6日9：30",
    ],
)
def test_a_day_however_it_is_written(written):
    assert reading.day(written) == DAY


@pytest.mark.parametrize(
    "written",
    [
        "五月六日",
        "2024-5",
        "2024",
        2024,
        "2024-5/6",
        "06052024年",
        "2024.5",
        202405,
        "-45418",
        "2024–5",
        "2024-–5-6",
        "",
        "\u200b",
    ],
)
def test_what_is_no_day(written):
    text = refusal(reading.day, written)
    assert text.zh.startswith("日期应写作 2024-02-29，不能是“")
    assert "write the date as 2024-02-29, not" in text.en


@pytest.mark.parametrize("written", ["5/6/2024", "3-4-5", "06.05.24", "12/31/2024"])
def test_a_day_whose_parts_are_in_no_clear_order(written):
    text = refusal(reading.day, written)
    assert f"“{written}”中哪个是年、月、日不明确；日期应写作 2024-02-29" in text.zh
    assert "not clear which part" in text.en


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (True, "真假值（TRUE）"),
        (False, "真假值（FALSE）"),
        (DAY, "日期（2024-05-06）"),
        (reading.Clock("1:02"), "时刻（1:02）"),
    ],
)
def test_what_a_spreadsheet_made_of_a_text_is_none(made, said):
    text = refusal(reading.text, made)
    assert f"表格软件把这里当成了{said}；请把该列设为文本格式，再重新输入" == text.zh


@pytest.mark.parametrize("written", ["2023-2-29", "20231301", "2024年4月31日"])
def test_a_day_that_does_not_exist(written):
    assert f"没有“{written}”这一天" in refusal(reading.day, written).zh


def test_the_bounds_of_days():
    first, last = DAY, DAY + timedelta(days=1)
    assert [reading.day(day, first=first, last=last) for day in (first, last)] == [first, last]
    assert refusal(reading.day, "2024-05-05", first=first).zh == "日期过早：2024-05-05；不早于 2024-05-06"
    assert refusal(reading.day, "2024-05-08", last=last).en == "2024-05-08 is too late; not after 2024-05-07"
    assert [reading.day(day) for day in ("1800-1-1", "2199-12-31")] == [reading.FIRST_DAY, reading.LAST_DAY]
    for beyond in ("1799-12-31", "2200-01-01"):
        refusal(reading.day, beyond)
    serials = {reading.FIRST_SERIAL: date(1927, 5, 18), 109574: date(2199, 12, 31)}
    assert {serial: reading.day(serial) for serial in serials} == serials
    for beyond in (reading.FIRST_SERIAL - 1, 109575):
        assert "2024-02-29" in refusal(reading.day, beyond).zh


@given(st.dates(reading.FIRST_DAY, reading.LAST_DAY))
def test_every_day_in_every_form(day):
    forms = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d 00:00:00"]
    assert {reading.day(day.strftime(form)) for form in forms} == {day}
    assert reading.day(f"{day.year}-{day.month}-{day.day}") == day
    assert reading.iso_day(day.isoformat()) == day


@pytest.mark.parametrize("written", [20240506, None, "2024-5-6", "2024/05/06", "20240506", "2024-W19-1"])
def test_iso_days_are_written_in_one_way(written):
    assert refusal(reading.iso_day, written).en == "is not a date"


def test_an_iso_day_that_does_not_exist():
    assert refusal(reading.iso_day, "2023-02-29").zh == "这一天不存在"


@pytest.mark.parametrize(
    "written",
    [
        "2024-05-06T17:30",
        "2024-5-6 17:30",
        "2024年5月6日17：30",
        "2024/05/06 17:30:00",
        "2024–5–6 17:30\u200b",
        "2024年5月6号17:30",
    ],
)
def test_a_moment_is_of_china(written):
    assert reading.moment(written) == datetime(2024, 5, 6, 17, 30, tzinfo=SHANGHAI)


def test_a_moment_keeps_its_seconds():
    assert reading.moment("2024-05-06 23:59:59").second == 59


@pytest.mark.parametrize("written", ["2024-05-06", "2024-05-06 24:00", "2024-05-06 17:60", "soon 17:00", "x"])
def test_what_is_no_moment(written):
    assert f"时间应写作 2024-02-29 17:00，不能是“{written}”" in refusal(reading.moment, written).zh


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (12, "12"),
        (1.5, "1.5"),
        (Decimal("2.50"), "2.50"),
        ("１２．５", "12.5"),
        (" 12.5 ", "12.5"),
        ("1,234,567.5", "1234567.5"),
        ("１，２３４", "1234"),
        ("1 234", "1234"),
        ("-3", "-3"),
        ("+3", "3"),
        ("'007", "7"),
        ("\u00a012", "12"),
    ],
)
def test_a_number_however_it_is_written(written, expected):
    assert reading.number(written) == Decimal(expected)


@pytest.mark.parametrize(
    "written", ["两", "", "12,34", "1 2", "1,234 567", "1e3", "50%", "12小时", "٣", True, None, float("nan")]
)
def test_what_is_no_number(written):
    assert refusal(reading.number, written).zh.startswith("请填写数字，不能是“")


def test_the_bounds_of_numbers():
    bounds = {"least": 1, "most": Decimal("24.5")}
    assert [reading.number(n, **bounds) for n in ("1", "24.5")] == [Decimal(1), Decimal("24.5")]
    assert refusal(reading.number, "0.99", **bounds).zh == "0.99 过小；应不小于 1"
    assert refusal(reading.number, "24.51", **bounds).en == "24.51 is too large; give at most 24.5"
    top = reading.LARGEST_NUMBER
    assert [reading.number(n) for n in (top, -top)] == [top, -top]
    for beyond in (top + 1, str(top + 1), float("inf"), Decimal("Infinity")):
        assert "过大" in refusal(reading.number, beyond).zh
    for beyond in (-top - 1, float("-inf")):
        assert "过小" in refusal(reading.number, beyond).zh
    most = reading.MOST_DIGITS
    assert reading.number(f"0.{'1' * most}") == Decimal(f"0.{'1' * most}")
    for long in (f"0.{'1' * (most + 1)}", f"12.{'1' * (most - 1)}"):
        assert "位数过多" in refusal(reading.number, long).zh


def test_exact_numbers_only_are_decimals():
    assert reading.exact(Decimal("NaN")) is None
    assert reading.exact("1,000") is None
    assert reading.exact([1]) is None
    assert reading.exact("9" * (reading.LONGEST_TEXT + 1)) is None
    assert not reading.too_many_digits(Decimal("Infinity"))


def test_whole_numbers():
    assert [reading.whole(n, least=0, most=30) for n in (0, "30", 3.0, "3.00", "０")] == [0, 30, 3, 3, 0]
    assert type(reading.whole("3.0")) is int
    assert refusal(reading.whole, "3.5").zh == "请填写整数，不能是“3.5”"
    for beyond in (-1, 31):
        refusal(reading.whole, beyond, least=0, most=30)


def test_shares():
    assert [reading.percent(n) for n in (0, 100, "95.5%", "95.5 ％", "0.5%")] == [
        0,
        100,
        Decimal("95.5"),
        Decimal("95.5"),
        Decimal("0.5"),
    ]
    for beyond in ("100.01%", 100.01, "-0.01", "%", "5%%"):
        refusal(reading.percent, beyond)


@pytest.mark.parametrize(
    "word", ["是", "有", "Yes", "Y", "TRUE", "true", "1", 1, "√", "✓", "☑", " 是 ", "ｙｅｓ", True]
)
def test_yes(word):
    assert reading.yes_no(word) is True


@pytest.mark.parametrize("word", ["否", "无", "没有", "No", "N", "False", "0", 0, "×", "✗", "ｎ", False])
def test_no(word):
    assert reading.yes_no(word) is False


@pytest.mark.parametrize("word", ["也许", "x", "X", "", 2, "是否"])
def test_neither_yes_nor_no(word):
    text = refusal(reading.yes_no, word)
    assert text.zh == f"请填 是 或 否，不能是“{word}”"
    assert "write yes or no" in text.en
    assert refusal(reading.yes_no, word, T("有没有", "is there")).zh.startswith("有没有，不能是")


def test_one_of_several_words():
    words = {folded("线上线下结合"): "both", folded("On site"): "offline"}
    listed = T("线上线下结合、现场", "both, on site")
    assert [reading.one_of(word, words, listed) for word in ("线上 线下\n结合", "ON SITE", "onsite")] == [
        "both",
        "offline",
        "offline",
    ]
    text = refusal(reading.one_of, "远程", words, listed)
    assert text == T(
        "“远程”不在可选项中；可选：线上线下结合、现场",
        "'远程' is not one of the choices; choose from both, on site",
    )


def test_several_in_one_text():
    parted = re.compile("[；;]")
    assert reading.pieces(" 甲；乙 ;; 甲;", parted) == ("甲", "乙")
    assert reading.pieces("；", parted) == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  文字 ", "文字"),
        ("'0012", "0012"),
        ("'=1+1", "=1+1"),
        ("'引'", "'引'"),
        ("引'0'", "引'0'"),
        ("a\nb", "a\nb"),
        (12, "12"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+2"), "100"),
    ],
)
def test_texts_are_as_they_were_meant(given, expected):
    assert reading.text(given) == expected


def test_the_bounds_of_texts():
    assert reading.text("长" * 10, 10) == "长" * 10
    assert refusal(reading.text, "长" * 11, 10).zh == "至多 10 字"
    for bad in ("a\x00b", "\ud800", "\x7f"):
        assert "不可打印" in refusal(reading.text, bad).zh


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("'110105194912310021", "110105194912310021"),
        (13800138000, "13800138000"),
        (10**15 - 1, "999999999999999"),
        ("91E7", "91E7"),
    ],
)
def test_identifiers_keep_their_digits(given, expected):
    assert reading.code(given) == expected


@pytest.mark.parametrize("given", [10**15, 110105194912310020, "1.10105E+17", "1.10105194912310e17", "9E+15"])
def test_identifiers_that_a_spreadsheet_rounded_are_refused(given):
    text = refusal(reading.code, given)
    assert "请把该列设为文本格式" in text.zh
    assert "format the column as text" in text.en
    assert "1949" not in text.zh + text.en


def test_a_text_too_is_no_rounded_number():
    assert "文本格式" in refusal(reading.text, 110105194912310020).zh


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("服务时长（小时）", "服务时长(小时)"),
        ("服务 时长\n（小时）", "服务时长（小时）"),
        ("Ｎａｍｅ", "name"),
        ("\ufeff姓\u200b名\u3000", "姓名"),
    ],
)
def test_what_is_the_same_word(one, other):
    assert folded(one) == folded(other)
