"""The one clock: everything else is given its dates."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


_ahead = timedelta()


def set_forward(days: int) -> None:
    """Let this process live so many days ahead: the demo alone, see `core.storage.processes.forward`."""
    global _ahead
    _ahead = timedelta(days=days)


def forward() -> timedelta:
    """How far this process lives ahead of the real time."""
    return _ahead


def now() -> datetime:
    """This moment, aware, in Asia/Shanghai."""
    return datetime.now(SHANGHAI) + _ahead


def today() -> date:
    """Today's date in Asia/Shanghai."""
    return now().date()


def local_date(moment: datetime) -> date:
    """The date in Asia/Shanghai of an aware moment; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: give an aware date-time")
    return moment.astimezone(SHANGHAI).date()


def moment(text: str) -> datetime:
    """An ISO 8601 date-time as an aware moment; without an offset it is Asia/Shanghai time."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=SHANGHAI) if parsed.tzinfo is None else parsed.astimezone(SHANGHAI)
