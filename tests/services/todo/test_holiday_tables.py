"""That a holiday table is missing is told to whoever decides by it or loads it, before it is wanted."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, select

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.daily_check.run import run_checks
from core.services.settings.holidays import enter_year
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage
from tests.conftest import Begin, MakeActor
from tests.services.supervision.test_hearing import TABLE


def told(engine: Engine) -> list[tuple[int | None, str]]:
    with session_factory(engine)() as session:
        query = (
            select(OutboxMessage).where(OutboxMessage.event == "holidays.missing").order_by(OutboxMessage.id)
        )
        return [(row.user_id, row.subject) for row in session.scalars(query)]


@pytest.mark.parametrize(
    ("day", "years"),
    [("2026-10-31", []), ("2026-11-01", [2027]), ("2027-01-01", [2027]), ("2027-11-01", [2027, 2028])],
)
@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEAD, Role.SYSADMIN])
def test_it_waits_for_them_from_november_on(
    begin: Begin, make_actor: MakeActor, role: Role, day: str, years: list[int]
) -> None:
    actor = make_actor(role, None if role is Role.SYSADMIN else "jilin")
    with begin(actor, f"{day}T00:00") as w:
        found = [(item.title.zh, item.oldest) for item in waiting_for(w) if item.kind == "holidays"]
    assert found == [(f"尚无 {year} 年的放假安排", date(year - 1, 11, 1)) for year in years]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.REVIEWER, Role.RECOMMENDER, Role.APPLICANT])
def test_others_are_left_in_peace(engine: Engine, begin: Begin, make_actor: MakeActor, role: Role) -> None:
    actor = make_actor(role)
    with begin(actor, "2026-12-01T09:00") as w:
        assert waiting_for(w) == []
    run_checks(session_factory(engine), date(2026, 12, 1))
    assert actor.user_id not in {user for user, _ in told(engine)}


def test_the_check_writes_to_each_once_until_the_table_is_there(
    engine: Engine, begin: Begin, make_actor: MakeActor
) -> None:
    officer, admin = make_actor(Role.OFFICER, "jilin"), make_actor(Role.SYSADMIN)
    run_checks(session_factory(engine), date(2026, 10, 31))
    assert told(engine) == []
    run_checks(session_factory(engine), date(2026, 11, 1), program="jilin")
    assert told(engine) == []
    for day in (date(2026, 11, 1), date(2026, 11, 2)):
        run_checks(session_factory(engine), day)
    assert told(engine) == [(who.user_id, "尚无 2027 年的放假安排") for who in (officer, admin)]
    with begin(admin, "2026-11-03T09:00") as w:
        enter_year(w, 2027, TABLE)
        assert [item for item in waiting_for(w) if item.kind == "holidays"] == []
    make_actor(Role.LEAD, "jilin")
    run_checks(session_factory(engine), date(2026, 11, 4), now=moment("2026-11-04T09:00"))
    assert len(told(engine)) == 2
