"""The last day of a period in which somebody must act, in words: the one named, and where it moves to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.domain.calendar import WorkingCalendar
from core.rules.text import EMPTY, T
from core.services.base.evidence import long_date

Write = Callable[[date, str], str]
"""How a day is written in a language."""


def last_day(calendar: WorkingCalendar, named: date) -> date:
    """The last day as far as it can be told: while a holiday table is missing, the one that is named."""
    return calendar.last_day(named) or named


def moves(calendar: WorkingCalendar, named: date, write: Write = long_date) -> T:
    """What is to be said beside the day that is named; nothing where it is worked."""
    last, missing = calendar.last_day(named), calendar.missing(named)
    if last == named:
        return EMPTY
    if last is None:
        return T(
            f"尚无 {missing} 年的放假安排；如为休息日，顺延至其后第一个工作日（《民法典》第二百零三条）",
            f"the holiday table of {missing} is missing; a day off moves to the next working day "
            "(Civil Code, art. 203)",
        )
    return T(
        f"为休息日，顺延至{write(last, 'zh')}（《民法典》第二百零三条）",
        f"a day off: moved to {write(last, 'en')} (Civil Code, art. 203)",
    )


def in_words(calendar: WorkingCalendar, named: date, write: Write = long_date) -> T:
    """The day that is named and the one that it moves to."""
    more = moves(calendar, named, write)
    zh, en = write(named, "zh"), write(named, "en")
    return T(f"{zh}，{more.zh}", f"{en}, {more.en}") if more.zh else T(zh, en)
