"""The worker away for days: caught up as if it had never been, but for what only a day itself could bring."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import Engine, select

from core.domain.clock import SHANGHAI
from core.services.daily_check.run import run_checks
from core.storage.engine import session_factory
from core.storage.models import Accreditation, ExitCase, OutboxMessage, RegisterEvent
from core.storage.verify import faults
from tests.planting import plant
from tests.services.daily_check.population import START, comparable, deliver, end_state, fill

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.usefixtures("holidays")]

GONE = START + timedelta(days=355)
"""Years end soon after it, terms a while later: much comes due while nobody looks."""
LATER = 20
"""Days after the return by which every time to object that began with it is over."""


def live(engine: Engine, last: date, away: tuple[date, date] | None = None) -> None:
    """Check and send every day up to the last, but for those when the worker is away (the last not)."""
    day = GONE - timedelta(days=5)
    while day <= last:
        if away is None or not away[0] <= day < away[1]:
            run_checks(session_factory(engine), day)
            deliver(engine, day)
        day += timedelta(days=1)


@pytest.mark.assurance
@pytest.mark.parametrize("days", [1, 3, 40])
def test_after_days_away_everything_is_caught_up_once(
    engine: Engine, second_engine: Engine, days: int
) -> None:
    """What is told later ends later: the days to object count from the day of telling."""
    back = GONE + timedelta(days=days)
    last = back + timedelta(days=LATER)
    for made in (engine, second_engine):
        fill(made)
    live(engine, last)
    live(second_engine, last, (GONE, back))
    always, away = comparable(engine), comparable(second_engine)
    for name in ("orders", "messages"):
        assert always[name] == away[name], name
    ended = {str(row[0]): row for row in always["accreditations"] if str(row[1]) == "revoked"}
    assert ended, "nothing was revoked: the trial says nothing"
    # Everything else ended on its day; what was revoked, on the day when the time to object was over.
    for before, after in zip(always["accreditations"], away["accreditations"], strict=True):
        if str(before[0]) not in ended:
            assert before == after
        else:
            assert (before[1], before[3]) == (after[1], after[3])
            assert before[2] <= after[2] <= before[2] + timedelta(days=days + 14)
    assert Counter(map(_undated, always["events"])) == Counter(map(_undated, away["events"]))
    assert Counter(map(_undecided, always["exits"])) == Counter(map(_undecided, away["exits"]))
    assert broken(engine, last) == broken(second_engine, last)
    with session_factory(second_engine)() as session:
        late = ExitCase.told_on >= back, ExitCase.proposed_on.between(GONE, back - timedelta(days=1))
        for case in session.scalars(select(ExitCase).where(*late)):
            assert case.decided_on is None or case.decided_on > (case.objection_until or last)
    ended_once = end_state(second_engine)
    run_checks(session_factory(second_engine), last)
    assert end_state(second_engine) == ended_once, "nothing ends twice"


def broken(engine: Engine, today: date) -> Counter[str]:
    """Which invariants how many rows break: what was planted lacks what a real case leaves behind."""
    with session_factory(engine)() as session:
        return Counter(fault.check for fault in faults(session, today=today))


def _undated(row: tuple[object, ...]) -> tuple[object, ...]:
    """An event; of a revocation without its day."""
    return (row[0], row[1], row[3], row[4]) if row[1] == "revoked" else tuple(row)


def _undecided(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(row[:4])


ENDS = date(2024, 6, 1)
TERM = {"program": "jilin", "track": "expert", "accredited_on": "2022-06-01", "check_until": "2024-06-30"}


@pytest.mark.parametrize(
    ("back", "told"),
    [
        (ENDS - timedelta(days=90), {90}),
        (ENDS - timedelta(days=31), {90}),
        (ENDS - timedelta(days=30), {30}),
        (ENDS - timedelta(days=8), {30}),
        (ENDS - timedelta(days=7), {7}),
        (ENDS, {7}),
        (ENDS + timedelta(days=1), set()),
    ],
)
def test_after_an_outage_only_the_latest_reminder_of_a_term_is_sent(
    engine: Engine, back: date, told: set[int]
) -> None:
    """The register enters each; the party is told where it stands, once."""
    with session_factory(engine)() as session, session.begin():
        plant(session, {**TERM, "events": []})
    for _ in range(2):
        run_checks(session_factory(engine), back, now=datetime.combine(back, time(9), SHANGHAI))
    with session_factory(engine)() as session:
        assert session.scalars(select(Accreditation.valid_through)).one() == ENDS
        sent = session.scalars(select(OutboxMessage.key).where(OutboxMessage.event == "reminder.term")).all()
        assert {int(key.rsplit("/", 1)[1].split("#")[0]) for key in sent} == told
        entered = session.scalars(
            select(RegisterEvent.period).where(
                RegisterEvent.kind == "reminder", RegisterEvent.period.startswith("term/")
            )
        ).all()
        stages = {90, 30, 7}
        assert {int(period.rsplit("/", 1)[1]) for period in entered} == {
            stage for stage in stages if ENDS - timedelta(days=stage) <= back
        }
