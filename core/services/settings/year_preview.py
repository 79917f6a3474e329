"""A year's holiday table before it is entered: its days, and the periods that it moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from core.rules.text import T
from core.services.base.work import Work
from core.services.previews.trial import tried
from core.services.previews.values import Values
from core.services.settings import holidays
from core.services.settings.running_periods import Shortened, prolong_all, shortened
from core.services.supervision.hearing import undated
from core.storage.models import ExitCase, OutboxMessage, Party

TITLES = (
    T("日期", "Date"),
    T("星期", "Weekday"),
    T("安排", "Arrangement"),
    T("名称", "Name"),
    T("现有安排", "What the table says now"),
)
WEEKDAYS = (
    T("周一", "Monday"),
    T("周二", "Tuesday"),
    T("周三", "Wednesday"),
    T("周四", "Thursday"),
    T("周五", "Friday"),
    T("周六", "Saturday"),
    T("周日", "Sunday"),
)
OFF, WORKED, PLAIN = T("休息", "Day off"), T("上班", "Day worked"), T("按星期", "as its weekday")


@dataclass(frozen=True, slots=True)
class YearLook:
    """What a year's table says day by day, and what it does to what is running."""

    values: Values
    shortened: Sequence[Shortened]
    """Periods that have too few working days then."""
    dated: int
    """Times to object whose last day is known only with the table."""
    told: Sequence[str]
    """The parties to which entering it writes."""
    told_later: Sequence[str]
    """Those to which prolonging the shortened periods would write."""

    @property
    def off(self) -> int:
        """Days off."""
        return sum(cells[2] is OFF for _, cells in self.values.rows)

    @property
    def worked(self) -> int:
        """Days worked in exchange."""
        return sum(cells[2] is WORKED for _, cells in self.values.rows)


def look_at_year(w: Work, year: int, enter: Callable[[], object]) -> YearLook:
    """What entering a year comes to; the same errors, and nothing is entered."""

    def look() -> YearLook:
        before, waiting, written = _days(w, year), _waiting(w), _newest(w)
        enter()
        w.session.flush()
        after, cut, told, dated = _days(w, year), shortened(w), _told(w, written), waiting - _waiting(w)
        written = _newest(w)
        prolong_all(w)
        rows = [
            (
                place,
                [
                    day,
                    WEEKDAYS[day.weekday()],
                    *after.get(day, (PLAIN, None)),
                    before.get(day, (PLAIN, None))[0],
                ],
            )
            for place, day in enumerate(sorted({**after, **before}), start=1)
        ]
        return YearLook(Values(TITLES, rows), cut, dated, told, _told(w, written))

    return tried(w, look)


def _days(w: Work, year: int) -> dict[date, tuple[T, T | None]]:
    """What the table says of the year's special days, and why."""
    return {
        day: (
            WORKED if row.working else OFF,
            T(row.name_zh, row.name_en or row.name_zh) if row.name_zh else None,
        )
        for day, row in holidays.days_of(w, year).items()
    }


def _newest(w: Work) -> int:
    return w.session.scalar(select(func.max(OutboxMessage.id))) or 0


def _told(w: Work, after: int) -> list[str]:
    """The parties to which was written after a message, in that order."""
    query = select(Party.name).join(OutboxMessage, OutboxMessage.party_id == Party.id)
    query = query.where(OutboxMessage.id > after).group_by(Party.id)
    return list(w.session.scalars(query.order_by(func.min(OutboxMessage.id))))


def _waiting(w: Work) -> int:
    """How many cases wait for a table to have their last day."""
    return w.session.scalar(select(func.count()).select_from(ExitCase).where(undated())) or 0
