"""How long it is until a deadline, in words: to the second on the page, where its script counts down."""

from __future__ import annotations

from datetime import datetime

from core.rules.text import T

HOUR, DAY = 3600, 24 * 3600
MINUTE = 60
OVER = T("已截止", "deadline passed")


def left(now: datetime, until: datetime) -> T:
    """The time from now to the end of the second of a deadline."""
    seconds = int((until - now.replace(microsecond=0)).total_seconds())
    if seconds < 0:
        return OVER
    days, rest = divmod(seconds, DAY)
    clock = f"{rest // HOUR:02d}:{rest % HOUR // MINUTE:02d}:{rest % MINUTE:02d}"
    if not days:
        return T(f"还有 {clock}", f"{clock} left")
    return T(f"还有 {days} 天 {clock}", f"{days} {'day' if days == 1 else 'days'} {clock} left")
