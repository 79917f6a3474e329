"""The State Council's notices, as their text is pasted, give the table that the product brings."""

from datetime import date

import pytest

from core.domain.errors import Invalid
from core.domain.holiday_notice import FIELD, read_notice
from core.domain.holidays import from_chinesecalendar

NOTICES = {
    2025: """
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
    经国务院批准，现将2025年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
    一、元旦：1月1日（周三）放假1天，不调休。
    二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
    三、清明节：4月4日（周五）至6日（周日）放假，共3天。
    四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
    五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
    六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
    节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
""",
    2023: """
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
""",
}


@pytest.mark.parametrize("year", NOTICES)
def test_a_notice_says_which_days_are_worked_as_the_table_does(year: int) -> None:
    read = {row.day: row.is_working for row in read_notice(NOTICES[year], year)}
    known = {row.day: row.is_working for row in from_chinesecalendar([year])}
    # The one names weekends inside a holiday, the other may not: what counts is whether a day is worked.
    for day in read.keys() | known.keys():
        by_weekday = day.weekday() < 5
        assert read.get(day, by_weekday) == known.get(day, by_weekday), day


def test_days_have_their_names_in_both_languages() -> None:
    names = {row.day: row.name for row in read_notice(NOTICES[2025], 2025)}
    assert (names[date(2025, 1, 1)].zh, names[date(2025, 1, 1)].en) == ("元旦", "New Year's Day")
    assert names[date(2025, 1, 26)].zh == "春节调休上班"
    assert names[date(2025, 1, 26)].en == "make-up day for Spring Festival"
    assert names[date(2025, 10, 1)].en == "National Day and Mid-autumn Festival"
    assert read_notice("抗战胜利纪念日：9月3日放假", 2015)[0].name.en == "抗战胜利纪念日"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有读到放假安排"),
        ("今年照常放假。", "没有读到放假安排"),
        ("元旦：2月30日放假", "“2月30日”不是日期"),
        ("元旦：3日放假", "“3日”不是日期"),
        ("元旦：1月1日至2月31日放假", "“1月1日至2月31日”不是日期"),
        ("元旦：1月1日（周四）放假", "2027-01-01 是周五，通知写的是周四；请核对年份"),
        ("元旦：1月3日（星期六）上班", "2027-01-03 是周日，通知写的是周六"),
        ("元旦：1月3日至1日放假", "应为 1 至 30 天，读作 -1 天"),
        ("春节：2月1日至3月3日放假", "应为 1 至 30 天，读作 31 天"),
        ("元旦：1月1日[周五]至3日放假", "起止日期未能读懂"),
        ("元旦：1月1日至3日放假。1月2日上班。", "2027-01-02 既放假又上班"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_notice(text, 2027)
    assert words in refused.value.errors[FIELD].zh


def test_a_weekday_that_does_not_fit_is_named_in_english_too() -> None:
    with pytest.raises(Invalid) as refused:
        read_notice("元旦：1月1日（周四）放假", 2027)
    said = "2027-01-01 is a Friday, the notice says Thursday: is it that year's?"
    assert refused.value.errors[FIELD].en == said


def test_thirty_days_and_a_sunday_by_its_other_name_are_read() -> None:
    assert len(read_notice("春节：2月1日至3月2日放假", 2027)) == 30
    assert [row.day for row in read_notice("元旦：1月3日（星期天）上班", 2027)] == [date(2027, 1, 3)]


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        read_notice("一、元旦：1月1日（周四）放假。\n二、春节：2月30日放假。", 2027)
    assert refused.value.errors[FIELD].zh.count("；") >= 2
