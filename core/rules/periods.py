"""Periods by the Civil Code of the PRC, art. 200-203 and 1259: the first day does not count."""

from calendar import monthrange
from datetime import date

SHORTEST_MONTH = 28
"""A day that every month has."""


def period_end(start: date, *, years: int = 0, months: int = 0) -> date:
    """Last day (inclusive) of a period of years and months that starts on `start`.

    It is the corresponding day, or the month's last day where that month has no such day (art. 202).
    """
    index = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = divmod(index, 12)
    if start.day <= SHORTEST_MONTH:
        return date(year, month + 1, start.day)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
