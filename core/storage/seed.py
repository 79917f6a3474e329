"""What every register has from the beginning: the administrative divisions and the known holiday tables."""

from __future__ import annotations

from datetime import date
from typing import cast

from sqlalchemy import Table, extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.divisions import regions
from core.domain.holidays import from_chinesecalendar, known_years
from core.storage.models import HolidayDay, Region
from core.storage.trail.recording import record_row


def seed(session: Session) -> dict[str, int]:
    """Load what is missing and rename what was renamed; how many divisions and days were written."""
    return {"regions": load_regions(session), "holidays": load_holidays(session)}


def load_regions(session: Session) -> int:
    """Write the divisions of the list; one that is no longer in it stays, since cases may name it."""
    known = {
        row.code: (row.parent_code, row.name, row.name_en)
        for row in session.execute(select(Region.code, Region.parent_code, Region.name, Region.name_en))
    }
    rows = [
        row
        for row in regions()
        if known.get(row["code"]) != (row["parent_code"], row["name"], row["name_en"])
    ]
    if rows:
        statement = insert(Region)
        changed = {name: statement.excluded[name] for name in ("parent_code", "name", "name_en")}
        session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), rows)
    return len(rows)


def load_holidays(session: Session, today: date | None = None) -> int:
    """Write the holiday table of every known year that has no day yet; what an officer edited stays.

    Where others are there already, those that come now are known from `today` on.
    """
    year = extract("year", HolidayDay.on)
    there = {int(found) for found in session.scalars(select(year).distinct())}
    late = {"known_on": today if there else None}
    written = 0
    for missing in sorted(known_years() - there):
        rows = [
            {"day": row.day, "working": row.is_working, "name_zh": row.name.zh, "name_en": row.name.en} | late
            for row in from_chinesecalendar([missing])
        ]
        table = cast(Table, HolidayDay.__table__)
        statement = insert(table).values(rows).on_conflict_do_nothing().returning(*table.c)
        for row in session.execute(statement).mappings():
            record_row(session, HolidayDay, None, row, "holiday.load")
            written += 1
    return written
