"""Numbers as people write them, with their units; what is doubtful is asked about."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import MalformedError
from core.domain.quantities import TIMES, WORDS, said
from core.domain.reading import number, percent, whole
from core.rules.text import T

TWO_MILLION = (
    "2,000,000", "2 000 000", "２，０００，０００", "200万", "200万元", "200 万 元", "2百万元", "￥2,000,000",
    "¥2000000",
    "人民币 200万元", "2000000元整", "0.02亿", "RMB 2,000,000", "20十万", 2_000_000, 2e6, "2000000.00",
)  # fmt: skip
MONEY = [
    *((text, 2_000_000) for text in TWO_MILLION),
    ("1 800 000", 1_800_000),
    ("180.5万", 1_805_000),
    ("-3千元", -3000),
    ("５百", 500),
    ("0万元", 0),
]


@pytest.mark.parametrize(("typed", "meant"), MONEY)
def test_money(typed, meant):
    assert number(typed, unit="元") == meant


@pytest.mark.parametrize(
    ("typed", "unit", "meant"),
    [
        ("80家", "家", 80),
        ("８０ 家", "家", 80),
        ("1,200户", "家", 1200),
        ("1.2万家", "家", 12_000),
        ("12名", "人", 12),
        ("3次", "次", 3),
        ("300人次", "人次", 300),
        ("120㎡", "平方米", 120),
        ("120 m²", "平方米", 120),
        ("3年", "年", 3),
        ("85分", "分", 85),
        ("20天", "天", 20),
        ("20 days", "天", 20),
        ("５个工作日", "工作日", 5),
        ("5 Working Days", "工作日", 5),
        ("30分钟", "分钟", 30),
        ("6个月", "个月", 6),
        ("1月", "月份", 1),
        ("2024年", "年度", 2024),
        ("5次", "次", 5),
        ("20家", "个", 20),
        ("20名", "个", 20),
    ],
)
def test_counts_with_their_units(typed, unit, meant):
    assert whole(typed, unit=unit) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2小时", "2"), ("2", "2"), ("1.5", "1.5"), ("1.5h", "1.5"), ("1:30", "1.5"), ("１：３０", "1.5"),
        ("1:20", "1.33"), ("1:40", "1.67"), ("1小时20分钟", "1.33"), ("1分钟", "0.02"),
        ("0:45:00", "0.75"),
        ("1小时30分", "1.5"), ("1 小时 30 分钟", "1.5"), ("90分钟", "1.5"), ("120:00", "120"),
    ],
)  # fmt: skip
def test_hours(typed, meant):
    assert number(typed, unit="小时") == Decimal(meant)


@pytest.mark.parametrize("typed", ["1:60", "1:3", "一小时", "1小时半", "1:30:30"])
def test_what_are_no_hours(typed):
    with pytest.raises(MalformedError):
        number(typed, unit="小时")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("92%", 92), ("92％", 92), ("92 %", 92), ("92", 92), (92, 92), ("92.5", "92.5"),
        ("0", 0), (0, 0), ("0%", 0),
        ("1%", 1), ("0.95%", "0.95"), ("0.95％", "0.95"), ("1.01", "1.01"), (1.01, "1.01"), ("100%", 100),
    ],
)  # fmt: skip
def test_percentages(typed, meant):
    assert percent(typed) == Decimal(meant)


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u00ad", "\u2060", "\ufeff", "\u200d", "\u202c"])
def test_what_nobody_sees_changes_no_number(mark):
    assert number(f"{mark}2{mark}00{mark}万{mark}", unit="元") == 2_000_000
    assert number(f"1,800{mark}") == 1800
    assert percent(f"0.95%{mark}") == Decimal("0.95")


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (2024, "年度", "2024 年", "2024"),
        (1, "月份", "1 月", "1"),
        (1200, "天", "1,200 天", "1,200 days"),
        (5, "工作日", "5 工作日", "5 working days"),
    ],
)
def test_how_a_number_is_told(value, unit, zh, en):
    assert said(Decimal(value), unit) == T(zh, en)


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("0.95", "95% 或 0.95%"),
        (0.95, "95% 或 0.95%"),
        (Decimal("0.950"), "95% 或 0.95%"),
        ("１", "100% 或 1%"),
        (1, "100% 或 1%"),
        ("0.01", "1% 或 0.01%"),
    ],
)
def test_a_share_of_one_is_asked_about(typed, ways):
    with pytest.raises(MalformedError) as asked:
        percent(typed)
    assert ways in asked.value.mend.zh
    assert [percent(way) for way in ways.split(" 或 ")] == [number(typed) * 100, number(typed)]


@pytest.mark.parametrize("typed", ["100.1", "101%", "-1%", "-0.5"])
def test_what_is_no_percentage(typed):
    with pytest.raises(MalformedError):
        percent(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("200", 2_000_000),
        (200, 2_000_000),
        ("200万元", 2_000_000),
        ("2000000元", 2_000_000),
        ("1,200.5", 12_005_000),
    ],
)
def test_under_a_head_of_ten_thousands(typed, meant):
    assert number(typed, unit="元", scale=10_000) == meant


def test_ten_thousands_under_such_a_head_are_asked_about():
    with pytest.raises(MalformedError) as asked:
        number("200万", unit="元", scale=10_000)
    assert "2,000,000 元 还是 20,000,000,000 元" in asked.value.message.zh
    assert "200万元" in asked.value.mend.zh


@pytest.mark.parametrize(
    ("typed", "unit", "told"),
    [
        ("80斤", "家", "80家"),
        ("200万美元", "元", "200万元"),
        ("3人", "元", "3元"),
        ("5%", "次", "5次"),
        ("5天", "工作日", "5工作日"),
        ("5个工作日", "天", "5天"),
        ("1个月", "月份", "1月份"),
        ("30分钟", "天", "30天"),
    ],
)
def test_another_unit_is_named(typed, unit, told):
    with pytest.raises(MalformedError) as refused:
        number(typed, unit=unit)
    assert told in refused.value.mend.zh


@pytest.mark.parametrize(
    "typed", ["80家", "约80", "80余", "1,2", "12,34", "1.2.3", "", "万", "1e6", "--1", "1 2"]
)
def test_what_is_no_number(typed):
    with pytest.raises(MalformedError):
        number(typed)


@given(st.integers(0, 10**9), st.sampled_from(sorted(TIMES)), st.sampled_from(sorted(WORDS.keys() - {"%"})))
def test_a_multiplier_and_each_word_of_a_unit(count, times, unit):
    for word in ("", *WORDS[unit]):
        assert number(f"{count}{times}{word}", unit=unit, most=10**20) == count * TIMES[times]


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([",", " "]))
def test_thousands_are_parted_in_one_way(amount, mark):
    assert number(f"{amount:,}".replace(",", mark), unit="元") == amount
