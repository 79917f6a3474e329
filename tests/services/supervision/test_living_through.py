"""The register's check does what a replay of the same life tells, in batches and on real PostgreSQL."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from core.domain.clock import moment
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.replay import Life
from core.services.base.work import SYSTEM, Work, work
from core.services.supervision.living_through import Tally, check_now, live_through
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    ExitCase,
    Finding,
    Rectification,
    RegisterEvent,
    SettingOverride,
)
from core.storage.models.operations import SettingKind
from tests.domain.supervision.test_due_days import lives
from tests.examples import examples
from tests.lives import OBJECTION_DAYS, event, service, supervision
from tests.planting import plant

READINGS = {"jilin": {"jilin.mode": "confirm"}, "miit_volunteer": {"miit.mode": "confirm"}}
"""People decide every exit: a replay is told at once, the register waits for the letter to be sent."""
KEPT = ("service", "annual_report", "complaint", "finding", "justified_absence")


def replayed(raw: dict[str, Any], until: date) -> list[tuple[str, str, str]]:
    life = parse_life(raw)
    rules = supervision(life.program, life.track, life.accredited_on, READINGS.get(life.program))
    entries = Life(rules, life.accredited_on, OBJECTION_DAYS).live(life.happenings, until)
    return sorted((entry.on.isoformat(), entry.what, entry.clause) for entry in entries)


def checked(w: Work, number: int) -> list[tuple[str, str, str]]:
    rows = w.session.scalars(select(RegisterEvent).where(RegisterEvent.accreditation_id == number))
    return sorted((row.happened_on.isoformat(), row.kind.value, row.clause) for row in rows)


def confirm_everything(w: Work) -> None:
    """Choose the readings under which people decide every exit."""
    for program, chosen in READINGS.items():
        for name, value in chosen.items():
            w.session.add(
                SettingOverride(
                    program=program,
                    kind=SettingKind.INTERPRETATION,
                    name=name,
                    value=value,
                    effective_on=date(2000, 1, 1),
                    reason="测试",
                )
            )
    w.session.flush()
    w.forget_settings()


def without_moves(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "events": [item for item in raw["events"] if item["type"] in KEPT]}


@pytest.mark.usefixtures("holidays")
def test_a_check_tells_what_a_replay_tells(engine: Engine) -> None:
    until = date(2026, 6, 30)

    @settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
    @given(raws=st.lists(lives().map(without_moves), min_size=12, max_size=12))
    def hold(raws: list[dict[str, Any]]) -> None:
        with session_factory(engine)() as session:
            w = Work(session, SYSTEM, moment("2026-07-01T00:10"))
            confirm_everything(w)
            planted = [(plant(session, raw), raw) for raw in raws]
            items = [(item.id, item.started_on) for item, _ in planted]
            tally = Tally()
            live_through(w, items, until, tally)
            assert tally.failures == []
            for item, raw in planted:
                assert checked(w, item.id) == replayed(raw, until)
            session.rollback()

    hold()


LIFE = {
    "program": "hubei",
    "track": "specialized",
    "accredited_on": "2023-03-20",
    "check_until": "2023-12-31",
}


def test_what_fires_leaves_its_rows(engine: Engine) -> None:
    low = [service(day, satisfaction=70, fee=5) for day in ("2023-04-01", "2023-05-01", "2023-06-01")]
    paid = {**LIFE, "program": "miit_volunteer", "track": "expert", "events": [service("2023-04-01", fee=5)]}
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2023-07-10T00:10")) as w:
        ordered, opened = plant(session, {**LIFE, "events": low}), plant(session, paid)
        tally = Tally()
        live_through(w, [(item.id, item.started_on) for item in (ordered, opened)], date(2023, 7, 4), tally)
        order = session.scalars(select(Rectification)).one()
        assert (order.clause, order.ordered_on, order.deadline) == (
            "18(1)",
            date(2023, 6, 1),
            date(2023, 7, 1),
        )
        assert (ordered.state, order.state) == ("rectifying", "lapsed")
        case = session.scalars(select(ExitCase)).one()
        assert (case.clause, case.proposed_on, case.mode, case.rectification_id) == (
            "18(1)",
            date(2023, 7, 4),  # 1 July 2023 is a Saturday
            "confirm",
            order.id,
        )
        assert case.evidence["deadline"] == "2023-07-01"
        finding = session.scalars(select(Finding)).one()
        assert (finding.kind, finding.accreditation_id, finding.state) == ("paid_service", opened.id, "open")
        assert tally.counts["hubei|18(1)|exit_proposed"] == 1


def test_one_that_fails_is_left_due_and_the_others_go_on(engine: Engine) -> None:
    events = [event("finding", "2023-04-01", kind="violation")]
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2023-05-01T00:10")) as w:
        broken, sound = (plant(session, {**LIFE, "events": events}) for _ in range(2))
        broken.edition = "no such edition"
        session.flush()
        tally = Tally()
        live_through(w, [(item.id, item.started_on) for item in (broken, sound)], date(2023, 4, 30), tally)
        session.expire_all()
        assert [failure["accreditation"] for failure in tally.failures] == [broken.id]
        assert broken.next_due_on == broken.started_on
        assert checked(w, sound.id) == [("2023-04-01", "exit_proposed", "15")]


def test_an_event_is_acted_on_at_once(engine: Engine) -> None:
    with session_factory(engine)() as session:
        with work(session, SYSTEM, moment("2023-04-01T09:00")) as w:
            accreditation = plant(session, {**LIFE, "events": []})
            number = accreditation.id
            check_now(w, number)
            assert checked(w, number) == []
        with work(session, SYSTEM, moment("2023-04-05T09:00")) as w:
            plant_finding(w, number, date(2023, 4, 5))
            check_now(w, number)
            assert checked(w, number) == [("2023-04-05", "exit_proposed", "15")]
            check_now(w, number)
            assert len(checked(w, number)) == 1
            due = session.get_one(Accreditation, number, populate_existing=True).next_due_on
            assert due == date(2024, 3, 21)


def plant_finding(w: Work, number: int, on: date) -> None:
    w.session.add(
        Finding(
            accreditation_id=number,
            kind="violation",
            reason="查实",
            opened_on=on,
            state="established",
            established_on=on,
        )
    )
