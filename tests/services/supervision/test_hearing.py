"""Where a holiday table is missing, the time to object is not over; it is counted when the table comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, extract, select

from core.domain.clock import moment
from core.domain.errors import Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.base.work import SYSTEM, Work, work
from core.services.daily_check.run import run_checks
from core.services.endings.exits import confirm, object_to, propose, told
from core.services.settings.holidays import enter_year, load_year, take_up_supplied
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, ExitCase, HolidayDay, OutboxMessage
from core.storage.models.exits import ExitState
from tests.conftest import Begin, MakeActor
from tests.services.factory import Held, accredit, audited, load, messages

TOLD = date(2026, 12, 28)
WEEK = [date(2027, 1, 1), date(2027, 10, 1)]
TABLE = [
    {"day": first + timedelta(days=number), "working": False, "name_zh": "假", "name_en": "off"}
    for first, days in zip(WEEK, (3, 17), strict=True)
    for number in range(days)
]
"""A table of 2027: five working days after 2026-12-28 are 29, 30, 31, and January 4 and 5."""
LAST = date(2027, 1, 5)


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "liaocheng/specialized", "2025-03-20")


@pytest.fixture
def officer(make_actor: MakeActor) -> Any:
    return make_actor(Role.OFFICER, "liaocheng")


@pytest.fixture
def case_id(begin: Begin, held: Held, officer: Any) -> int:
    """Proposed and told on Monday 2026-12-28, when nobody knows the holidays of 2027."""
    with begin(officer, f"{TOLD}T09:00") as w:
        made = propose(w, held.id, "20(1)", "处分决定书")
    with begin(SYSTEM, f"{TOLD}T09:05") as w:
        told(w, made, TOLD)
    return made


def entered(begin: Begin, make_actor: MakeActor, on: str) -> None:
    with begin(make_actor(Role.SYSADMIN), f"{on}T09:00", "holiday.enter") as w:
        enter_year(w, 2027, TABLE)


def automatic(engine: Engine) -> Held:
    """An expert who never served, told on 2026-12-28 that the status ends by itself."""
    held = accredit(engine, "miit_volunteer/expert", "2025-12-27", next_due_on=date(2025, 12, 27))
    run_checks(session_factory(engine), TOLD)
    with session_factory(engine)() as session, work(session, SYSTEM, moment(f"{TOLD}T09:00")) as w:
        told(w, session.scalars(select(ExitCase.id)).one(), TOLD)
    return held


@pytest.mark.parametrize("day", ["2026-12-28", "2026-12-29", "2027-01-06", "2027-12-31"])
def test_nobody_confirms_while_the_last_day_is_unknown(
    engine: Engine, begin: Begin, officer: Any, case_id: int, day: str
) -> None:
    with pytest.raises(Refused) as caught, begin(officer, f"{day}T17:00") as w:
        confirm(w, case_id, "属实")
    assert "2026-12-28" in caught.value.text.zh
    assert "尚无 2027 年的放假安排" in caught.value.text.zh
    assert "the holiday table of 2027 is missing" in caught.value.text.en
    assert load(engine, ExitCase, case_id).state is ExitState.PROPOSED
    with begin(officer, f"{day}T17:00") as w:
        assert {item.kind for item in waiting_for(w)} == {"exits_undated", "holidays"}


def test_a_party_that_has_objected_has_been_heard(
    engine: Engine, begin: Begin, make_actor: MakeActor, held: Held, officer: Any, case_id: int
) -> None:
    with begin(make_actor(Role.APPLICANT, parties=[held.party_id]), "2026-12-30T09:00") as w:
        object_to(w, case_id, "不属实")
    for who, day in ((officer, "2026-12-30"), (make_actor(Role.OFFICER, "liaocheng"), "2026-12-31")):
        with begin(who, f"{day}T17:00") as w:
            confirm(w, case_id, "属实")
    assert load(engine, Accreditation, held.id).state is AccreditationState.REVOKED
    entered(begin, make_actor, "2027-02-01")
    assert load(engine, ExitCase, case_id).objection_until is None
    assert "exit.dated" not in messages(engine, held)


def test_when_the_table_comes_the_day_is_counted_told_and_kept_in_the_trail(
    engine: Engine, begin: Begin, make_actor: MakeActor, held: Held, officer: Any, case_id: int
) -> None:
    entered(begin, make_actor, "2026-12-30")
    assert load(engine, ExitCase, case_id).objection_until == LAST
    assert load(engine, Accreditation, held.id).next_due_on <= date(2027, 1, 6)
    assert audited(engine, "exit_case", case_id)[-1][1:] == (
        "holiday.enter",
        {"objection_until": [None, "2027-01-05"]},
    )
    assert messages(engine, held) == ["exit.proposed", "exit.dated"]
    with session_factory(engine)() as session:
        letter = session.scalars(select(OutboxMessage).where(OutboxMessage.event == "exit.dated")).first()
    assert letter is not None
    assert "最迟可于2027年1月5日" in letter.body
    assert "{" not in letter.body
    with begin(officer, "2027-01-05T17:00") as w:
        assert "exits_undated" not in {item.kind for item in waiting_for(w)}
        with pytest.raises(Refused, match="2027-01-05"):
            confirm(w, case_id, "属实")
    with begin(officer, "2027-01-06T09:00") as w:
        assert confirm(w, case_id, "属实") is ExitState.CONFIRMED_ONCE


@pytest.mark.parametrize(
    ("comes", "last"),
    [("2027-01-05", LAST), ("2027-01-06", date(2027, 1, 13)), ("2027-03-01", date(2027, 3, 8))],
)
def test_a_day_that_nobody_could_know_while_it_ran_is_counted_anew(
    engine: Engine, begin: Begin, make_actor: MakeActor, case_id: int, comes: str, last: date
) -> None:
    entered(begin, make_actor, comes)
    assert load(engine, ExitCase, case_id).objection_until == last


def test_an_automatic_exit_waits_and_is_found_again(
    engine: Engine, begin: Begin, make_actor: MakeActor
) -> None:
    held = automatic(engine)
    run_checks(session_factory(engine), date(2027, 3, 1))
    assert load(engine, Accreditation, held.id).state is AccreditationState.ACTIVE
    entered(begin, make_actor, "2027-03-02")
    assert load(engine, Accreditation, held.id).next_due_on == date(2027, 3, 10)
    run_checks(session_factory(engine), date(2027, 3, 9))
    assert load(engine, Accreditation, held.id).state is AccreditationState.ACTIVE
    run_checks(session_factory(engine), date(2027, 3, 10))
    assert load(engine, Accreditation, held.id).state is AccreditationState.REVOKED


def test_what_the_check_finds_undated_though_the_table_is_there_it_dates(
    engine: Engine, begin: Begin, make_actor: MakeActor, case_id: int
) -> None:
    """The table came while the party was being told: neither of the two transactions saw the other."""
    entered(begin, make_actor, "2026-12-29")
    with session_factory(engine)() as session, session.begin():
        session.get_one(ExitCase, case_id).objection_until = None
    run_checks(session_factory(engine), date(2026, 12, 30), program="jilin")
    assert load(engine, ExitCase, case_id).objection_until is None
    run_checks(session_factory(engine), date(2026, 12, 30), program="liaocheng")
    assert load(engine, ExitCase, case_id).objection_until == LAST


@pytest.mark.parametrize("load_it", [lambda w: load_year(w, 2026), take_up_supplied])
def test_a_year_that_comes_with_the_product_dates_what_waited_for_it(
    engine: Engine,
    begin: Begin,
    make_actor: MakeActor,
    held: Held,
    officer: Any,
    load_it: Callable[[Work], int],
) -> None:
    with engine.begin() as connection:
        connection.execute(delete(HolidayDay).where(extract("year", HolidayDay.on) == 2026))
    with begin(officer, "2025-12-29T09:00") as w:
        made = propose(w, held.id, "20(1)", "处分决定书")
        told(w, made, date(2025, 12, 29))
    assert load(engine, ExitCase, made).objection_until is None
    with begin(SYSTEM if load_it is take_up_supplied else make_actor(Role.SYSADMIN), "2025-12-30T09:00") as w:
        assert load_it(w) > 20
    # 30 and 31, then 4 (a Sunday that is worked), 5 and 6 January.
    assert load(engine, ExitCase, made).objection_until == date(2026, 1, 6)


def test_one_table_of_two_is_not_enough(
    engine: Engine, begin: Begin, make_actor: MakeActor, case_id: int
) -> None:
    """The table of 2027 comes in 2028: the time would begin anew in a year that is not known."""
    entered(begin, make_actor, "2028-02-01")
    assert load(engine, ExitCase, case_id).objection_until is None
