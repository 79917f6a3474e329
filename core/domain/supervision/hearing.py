"""Until when a party may object to a proposed exit, where the holiday table came after it was told."""

from __future__ import annotations

from datetime import date

from core.domain.calendar import WorkingCalendar

OBJECTION_WORKING_DAYS = 5
"""How long a party may object, unless the register sets another number."""


def last_day_known_late(calendar: WorkingCalendar, told_on: date, working_days: int, today: date) -> date:
    """The last day to object, found on `today`; CalendarUnknownError where it still cannot be told.

    Where it would be over already, nobody could know it while it ran: the days count anew from today.
    """
    last = calendar.add_working_days(told_on, working_days)
    return last if last >= today else calendar.add_working_days(today, working_days)
