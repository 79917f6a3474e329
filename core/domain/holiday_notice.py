"""A year's holiday table out of the State Council's notice, as its text is pasted.

一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
"""

from __future__ import annotations

import re
import unicodedata
from calendar import day_name
from collections.abc import Iterator
from datetime import date, timedelta

from chinese_calendar import constants

from core.domain.errors import Invalid
from core.domain.holidays import HolidayRow
from core.rules.text import T

FIELD = "notice"
LONGEST = 30
"""Days of one holiday; more is a slip of the pen."""
_ITEM = re.compile(r"^\s*(?:[一二三四五六七八九十]+、)?\s*([^:,。\s]+?)\s*:(.+)$", re.MULTILINE)
_SENTENCE = re.compile(r"([^。;]*?)(放假|上班)")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\((?:[^()]*?(?:周|星期)([一二三四五六日天]))?[^()]*\))?"
_DAYS = re.compile(rf"{_DAY}(?:\s*(?:至|到|-|—|~)\s*{_DAY})?")
_WEEKDAYS = "一二三四五六日"
_ENGLISH = {member.chinese.removesuffix("节"): member.value for member in constants.Holiday}


def read_notice(text: str, year: int) -> tuple[HolidayRow, ...]:
    """The days of the year that a notice names, in order; days of the years beside it are left out.

    Invalid names everything that cannot be read: no item at all, a date that there is not, a weekday that is
    another one's, a holiday of more than 30 days, a day that is both off and worked.
    """
    rows: dict[date, HolidayRow] = {}
    errors: list[T] = []
    for item in _ITEM.finditer(unicodedata.normalize("NFKC", text)):
        name = item[1]
        for said, kind in _SENTENCE.findall(item[2]):
            for day in _days(said, year, errors):
                row = _row(day, name, working=kind == "上班")
                other = rows.setdefault(day, row)
                if other.is_working != row.is_working:
                    errors.append(T(f"{day} 既放假又上班", f"{day} is both off and worked"))
    if not rows and not errors:
        errors.append(
            T(
                "没有读到放假安排；请粘贴通知中“一、元旦：1月1日至3日放假……”各条",
                "no holiday was found; paste the items of the notice, from New Year's Day on",
            )
        )
    if errors:
        raise Invalid({FIELD: T("；".join(e.zh for e in errors), "; ".join(e.en for e in errors))})
    return tuple(row for day, row in sorted(rows.items()) if day.year == year)


def _days(said: str, year: int, errors: list[T]) -> Iterator[date]:
    """Every day of the dates and spans of a sentence; a month or year not said is the last one said."""
    month = 0
    if len(re.findall("[至到]", said)) != sum(found[7] is not None for found in _DAYS.finditer(said)):
        errors.append(T(f"“{said}”中的起止日期未能读懂", f"the span in {said} cannot be read"))
        return
    for found in _DAYS.finditer(said):
        ends: list[date] = []
        for given_year, given_month, day, weekday in (found.group(1, 2, 3, 4), found.group(5, 6, 7, 8)):
            if day is None:
                continue
            year, month = int(given_year or year), int(given_month or month)
            try:
                end = date(year, month, int(day))
            except ValueError:
                errors.append(T(f"“{found[0]}”不是日期", f"{found[0]} is no date"))
                break
            _compare(end, weekday, errors)
            ends.append(end)
        else:
            yield from _span(ends[0], ends[-1], found[0], errors)


def _compare(day: date, said: str | None, errors: list[T]) -> None:
    """Point out a weekday that the notice says and the day is not."""
    there, told = day.weekday(), _WEEKDAYS.index(said.replace("天", "日")) if said else day.weekday()
    if told != there:
        errors.append(
            T(
                f"{day} 是周{_WEEKDAYS[there]}，通知写的是周{_WEEKDAYS[told]}；请核对年份",
                f"{day} is a {day_name[there]}, the notice says {day_name[told]}: is it that year's?",
            )
        )


def _span(first: date, last: date, said: str, errors: list[T]) -> Iterator[date]:
    length = (last - first).days + 1
    if not 0 < length <= LONGEST:
        errors.append(
            T(
                f"“{said}”应为 1 至 {LONGEST} 天，读作 {length} 天",
                f"{said} should be 1 to {LONGEST} days, and reads as {length}",
            )
        )
        return
    yield from (first + timedelta(days=number) for number in range(length))


def _row(day: date, name: str, *, working: bool) -> HolidayRow:
    english = " and ".join(_ENGLISH.get(part.removesuffix("节"), part) for part in name.split("、"))
    label = T(f"{name}调休上班", f"make-up day for {english}") if working else T(name, english)
    return HolidayRow(day, is_working=working, name=label)
