"""Short words for writing down an accreditation's life and living it through."""

from datetime import date
from functools import lru_cache

from core.domain.calendar import WorkingCalendar
from core.domain.holidays import calendar_of, known_years
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.replay import Entry, Life
from core.domain.supervision.standing import SupervisionRules
from core.hooks.catalogue import catalogue
from core.rules.walk import Settings

Line = tuple[str, str, str]
OBJECTION_DAYS = 5


@lru_cache(maxsize=1)
def working_calendar() -> WorkingCalendar:
    return calendar_of(known_years())


def supervision(
    program: str, track: str, on: date, readings: dict[str, str] | None = None
) -> SupervisionRules:
    loaded = catalogue()[program]
    rules = loaded.track_rules(track, loaded.edition(on).id, Settings({}, readings or {}))
    return SupervisionRules(rules.procedure.term, rules.duties, rules.exits, working_calendar())


def service(
    on: str,
    hours: float = 1,
    enterprises: int = 1,
    *,
    satisfaction: float | None = 95,
    fee: float = 0,
    authority: bool = False,
    benefit: bool = True,
    status: str = "verified",
) -> dict[str, object]:
    return {
        "type": "service",
        "date": on,
        "hours": hours,
        "enterprises": [f"企业{number:03d}" for number in range(enterprises)],
        "status": status,
        "fee_cny": fee,
        "satisfaction_pct": satisfaction,
        "organized_by_authority": authority,
        "public_benefit": benefit,
    }


def event(what: str, on: str, **data: object) -> dict[str, object]:
    return {"type": what, "date": on, **data}


def entries(
    where: str,
    accredited_on: str,
    until: str,
    *events: dict[str, object],
    readings: dict[str, str] | None = None,
    held: list[str] | None = None,
) -> list[Entry]:
    """Live a life under `program/track`."""
    program, track = where.split("/")
    life = parse_life(
        {
            "program": program,
            "track": track,
            "accredited_on": accredited_on,
            "check_until": until,
            "events": list(events),
            "authority_events": held,
        }
    )
    rules = supervision(program, track, life.accredited_on, readings)
    made = Life(rules, life.accredited_on, OBJECTION_DAYS, life.authority_events)
    return made.live(life.happenings, life.check_until)


def lived(
    where: str, accredited_on: str, until: str, *events: dict[str, object], **more: dict[str, str]
) -> list[Line]:
    """The timeline of a life without its reminders: (day, what, clause)."""
    return [
        (entry.on.isoformat(), entry.what, entry.clause)
        for entry in entries(where, accredited_on, until, *events, readings=more.get("readings"))
        if entry.what != "reminder"
    ]


def reminded(where: str, accredited_on: str, until: str, *events: dict[str, object]) -> list[Line]:
    """The reminders of a life."""
    return [
        (entry.on.isoformat(), entry.what, entry.clause)
        for entry in entries(where, accredited_on, until, *events)
        if entry.what == "reminder"
    ]
