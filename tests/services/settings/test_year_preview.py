"""A year's holiday table is looked at: its days, what is dated or cut short by it, and nothing is entered."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Invalid
from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.endings.exits import propose, told
from core.services.settings import holidays
from core.services.settings.year_preview import OFF, PLAIN, WORKED, look_at_year
from core.storage.engine import session_factory
from core.storage.models import ExitCase, HolidayDay, OutboxMessage, Party, PublicNotice
from tests.services.factory import accredit

NOTICE = """元旦：1月1日（周五）至3日（周日）放假。
国庆节：10月1日（周五）至30日（周六）放假。10月31日（周日）上班。"""


@pytest.fixture
def admin(make_actor: Any) -> Any:
    return make_actor(Role.SYSADMIN)


def test_a_year_is_told_day_by_day_and_nothing_is_entered(engine: Engine, begin: Any, admin: Any) -> None:
    with begin(admin, "2026-12-01T10:00") as w:
        look = look_at_year(w, 2027, lambda: holidays.enter_notice(w, 2027, NOTICE))
        assert 2027 not in w.calendar.years
    assert (look.off, look.worked, look.dated) == (33, 1, 0)
    assert look.values.rows[-1][1][:3] == [date(2027, 10, 31), look.values.rows[-1][1][1], WORKED]
    assert look.values.rows[-1][1][1].zh == "周日"
    assert {cells[4] for _, cells in look.values.rows} == {PLAIN}
    with session_factory(engine)() as session:
        later = select(func.count()).where(HolidayDay.on >= date(2027, 1, 1))
        assert session.scalar(later) == 0


def test_what_is_replaced_is_shown_beside_it(begin: Any, admin: Any) -> None:
    with begin(admin, "2026-12-01T10:00") as w:
        holidays.enter_notice(w, 2027, NOTICE)
        holidays.set_day(w, date(2027, 3, 8), working=False, name="某日")
    with begin(admin, "2026-12-01T10:00") as w:
        look = look_at_year(w, 2027, lambda: holidays.enter_notice(w, 2027, NOTICE, replace=True))
    given = {cells[0]: (cells[2], cells[4]) for _, cells in look.values.rows}
    assert given[date(2027, 3, 8)] == (PLAIN, OFF), "given up"
    assert given[date(2027, 10, 31)] == (WORKED, WORKED)
    with begin(admin, "2026-12-01T10:00") as w, pytest.raises(Invalid):
        look_at_year(w, 2027, lambda: holidays.enter_notice(w, 2027, "元旦：1月1日放假", replace=True))


def messages(engine: Engine) -> int:
    with session_factory(engine)() as session:
        return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_the_products_own_year_names_what_it_cuts_short_and_whom_that_would_tell(
    town: Any, admin: Any
) -> None:
    """By hand two days of a holiday were worked, and a notice counts them."""
    festival = [date(2024, 4, 4), date(2024, 4, 5)]
    with town.begin(admin, "2024-03-01T09:00") as w:
        for day in festival:
            holidays.set_day(w, day, working=True)
    case = town.start("hubei/specialized", day=date(2024, 3, 25)).reviewed().approve().publish()
    with session_factory(town.engine)() as session:
        notice = session.scalars(select(PublicNotice)).one()
        party = session.scalars(select(Party.name)).one()
    assert notice.published_on < festival[0] < notice.closes_on, "what the test begins with"
    written = messages(town.engine)
    with town.begin(admin, f"{case.day}T09:00") as w:
        look = look_at_year(w, 2024, lambda: holidays.load_year(w, 2024, replace=True))
        assert w.calendar.is_working(festival[0]), "nothing is loaded"
    (cut,) = look.shortened
    assert (cut.ends, cut.until > cut.ends) == (notice.closes_on, True)
    assert (look.told, look.told_later) == ([], [party])
    changed = {cells[0]: (cells[2], cells[4]) for _, cells in look.values.rows if cells[2] != cells[4]}
    assert changed == dict.fromkeys(festival, (OFF, WORKED))
    assert messages(town.engine) == written
    with session_factory(town.engine)() as session:
        assert session.scalars(select(PublicNotice.closes_on)).one() == notice.closes_on


def test_who_waits_for_the_year_is_named_as_told_at_once(
    engine: Engine, begin: Any, make_actor: Any, admin: Any
) -> None:
    held = accredit(engine, "liaocheng/specialized", "2025-03-20")
    on = date(2026, 12, 28)
    with begin(make_actor(Role.OFFICER, "liaocheng"), f"{on}T09:00") as w:
        case = propose(w, held.id, "20(1)", "处分决定书")
    with begin(SYSTEM, f"{on}T09:05") as w:
        told(w, case, on)
    written = messages(engine)
    with begin(admin, f"{on + timedelta(days=1)}T09:00") as w:
        look = look_at_year(w, 2027, lambda: holidays.enter_notice(w, 2027, NOTICE))
    with session_factory(engine)() as session:
        name = session.scalars(select(Party.name).where(Party.id == held.party_id)).one()
        assert session.get_one(ExitCase, case).objection_until is None
    assert (look.dated, look.told, look.told_later) == (1, [name], [])
    assert messages(engine) == written
