"""What has happened: the one check of its day, wherever a person or a table dates it."""

from __future__ import annotations

from datetime import date

from core.rules.text import T


def why_not_past(day: date, today: date, since: date | None = None) -> T | None:
    """Why nothing can have happened on a day: it is yet to come, or before `since`; None where it can."""
    if day > today:
        return T(
            f"{day} 晚于 {today}，还没有发生；请核对日期",
            f"{day} is after {today}, and yet to come; look at the date again",
        )
    if since is not None and day < since:
        return T(f"{day} 早于 {since}；请核对日期", f"{day} is before {since}; look at the date again")
    return None


def why_not_between(day: date, since: date, before: date) -> T | None:
    """The same of something that was over before a day: the last possible one is the day before."""
    if day >= before:
        return T(
            f"{day} 不早于 {before}；请核对日期", f"{day} is not before {before}; look at the date again"
        )
    return why_not_past(day, before, since)
