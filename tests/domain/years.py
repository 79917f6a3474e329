"""Tracks and short words for the years that the tests of supervision live through."""

from tests.lives import event, service

STATION = "miit_volunteer/workstation"
VOLUNTEER = "miit_volunteer/expert"
PROVIDER = "jilin/provider"
PLATFORM = "liaocheng/specialized"
SELECTED = "hubei/specialized"


def complaints(*days: str) -> list[dict[str, object]]:
    return [event("complaint", day, verified=True) for day in days]


def low(*days: str, satisfaction: float = 79.9) -> list[dict[str, object]]:
    return [service(day, satisfaction=satisfaction) for day in days]


def good_year(year: int, hours: float = 60) -> list[dict[str, object]]:
    return [service(f"{year}-{month}", hours / 4) for month in ("04-10", "07-10", "10-10", "12-20")]
