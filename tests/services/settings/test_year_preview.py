"""A year's holiday table is looked at: its days, what is dated or cut short by it, and nothing is entered."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Invalid
from core.domain.roles import Role
from core.services.settings import holidays
from core.services.settings.year_preview import OFF, PLAIN, WORKED, look_at_year
from core.storage.engine import session_factory
from core.storage.models import HolidayDay

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
