"""What every register has from the beginning."""

from datetime import date

from sqlalchemy import delete, func, select

from core.domain.calendar import WorkingCalendar
from core.domain.divisions import regions
from core.domain.holidays import known_years
from core.hooks.catalogue import catalogue
from core.storage.models import AuditEvent, HolidayDay, Region
from core.storage.seed import seed
from core.storage.trail.chain import verify_chain


def test_the_divisions_of_every_programme_are_there_with_what_lies_above_them(session):
    seed(session)
    session.commit()
    for loaded in catalogue().programs.values():
        if loaded.program.region:
            assert session.get(Region, loaded.program.region) is not None
    for code, parent, name in [
        ("220000", None, "吉林省"),
        ("220200", "220000", "吉林市"),
        ("220202", "220200", "昌邑区"),
        ("371503", "371500", "茌平区"),
        ("310115", "310000", "浦东新区"),
        ("429004", "420000", "仙桃市"),
    ]:
        region = session.get_one(Region, code)
        assert (region.parent_code, region.name) == (parent, name)


def test_every_division_stands_once_below_one_that_is_there():
    rows = list(regions())
    codes = {row["code"] for row in rows}
    assert len(codes) == len(rows) > 3000
    assert all(row["parent_code"] in codes for row in rows if row["parent_code"] is not None)
    assert sum(row["parent_code"] is None for row in rows) == 34


def test_the_known_years_can_be_counted_in(session):
    seed(session)
    session.commit()
    rows = session.execute(select(HolidayDay.on, HolidayDay.working)).all()
    calendar = WorkingCalendar({row.on: row.working for row in rows}, frozenset(row.on.year for row in rows))
    assert calendar.years == known_years()
    assert calendar.add_working_days(date(2024, 9, 30), 1) == date(2024, 10, 8)


def test_a_second_time_changes_nothing_and_keeps_what_was_edited(session):
    seed(session)
    session.execute(delete(HolidayDay).where(HolidayDay.on == date(2024, 10, 1)))
    session.get_one(Region, "220202").name = "旧名"
    session.commit()
    days = session.scalar(select(func.count()).select_from(HolidayDay))
    assert seed(session) == {"regions": 1, "holidays": 0}
    session.commit()
    assert session.scalar(select(func.count()).select_from(HolidayDay)) == days
    assert session.scalar(select(Region.name).where(Region.code == "220202")) == "昌邑区"


def test_the_trail_tells_of_every_day_that_was_loaded(session):
    seed(session)
    session.commit()
    told = session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "holiday.load")).all()
    assert {int(day[:4]) for day in told} == known_years()
    assert len(told) == session.scalar(select(func.count()).select_from(HolidayDay))
    assert verify_chain(session) == []
