"""What holds automatic exits back: the brake, and that nobody ends who was not told."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select, update

from core.domain.clock import moment
from core.services.base.work import SYSTEM, work
from core.services.daily_check.run import run_checks
from core.services.supervision.living_through import check_now
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    Ban,
    ExitCase,
    OutboxMessage,
    RegisterEvent,
    SettingOverride,
)
from core.storage.models.operations import MessageState, SettingKind
from tests.planting import plant
from tests.services.daily_check.population import deliver

pytestmark = pytest.mark.usefixtures("holidays")


def silent_experts(engine: Engine, number: int) -> None:
    """Experts of MIIT who never serve."""
    life = {
        "program": "miit_volunteer",
        "track": "expert",
        "accredited_on": "2022-03-21",
        "check_until": "2023-04-30",
        "events": [],
    }
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2022-03-20T12:00")):
        for _ in range(number):
            plant(session, life)


def short_experts(engine: Engine, number: int) -> None:
    """The same, each told of the proposed exit."""
    silent_experts(engine, number)
    run_checks(session_factory(engine), date(2023, 3, 22))
    deliver(engine, date(2023, 3, 22))


def set_operation(engine: Engine, name: str, value: str) -> None:
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2023-03-22T12:00")):
        session.add(
            SettingOverride(
                program="",
                kind=SettingKind.OPERATION,
                name=name,
                value=value,
                effective_on=date(2020, 1, 1),
                reason="测试",
            )
        )


def states(engine: Engine) -> set[str]:
    with session_factory(engine)() as session:
        return {str(state) for state in session.scalars(select(Accreditation.state))}


@pytest.mark.parametrize(("number", "held"), [(4, False), (5, False), (6, True)])
def test_the_brake_holds_more_than_five(engine: Engine, number: int, *, held: bool) -> None:
    short_experts(engine, number)
    # Working days after 2023-03-22: 23, 24, 27, 28, 29; it takes effect on the 30th.
    assert run_checks(session_factory(engine), date(2023, 3, 29)).to_json()["counts"] == {}
    report = run_checks(session_factory(engine), date(2023, 3, 30))
    assert report.held == ({"miit_volunteer": number} if held else {})
    assert states(engine) == ({"active"} if held else {"revoked"})
    assert run_checks(session_factory(engine), date(2023, 3, 31)).held == {}


@pytest.mark.parametrize(("percent", "held"), [("99.9", True), ("100", False)])
def test_the_brake_looks_at_the_share_too(engine: Engine, percent: str, *, held: bool) -> None:
    set_operation(engine, "brake_percent", percent)
    short_experts(engine, 6)
    assert bool(run_checks(session_factory(engine), date(2023, 3, 30)).held) is held
    assert states(engine) == ({"active"} if held else {"revoked"})


def test_nothing_takes_effect_before_the_party_was_told(engine: Engine) -> None:
    silent_experts(engine, 1)
    run_checks(session_factory(engine), date(2023, 6, 30))
    assert states(engine) == {"active"}
    deliver(engine, date(2023, 6, 30))
    run_checks(session_factory(engine), date(2023, 7, 7))
    assert states(engine) == {"active"}
    run_checks(session_factory(engine), date(2023, 7, 8))
    assert states(engine) == {"revoked"}
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Ban)) == 0
        event_kinds = [
            str(kind) for kind in session.scalars(select(RegisterEvent.kind).order_by(RegisterEvent.id))
        ]
        assert event_kinds == ["warning", "reminder", "exit_proposed", "revoked"]


def test_a_warning_that_could_not_be_delivered_leads_to_no_automatic_exit(engine: Engine) -> None:
    silent_experts(engine, 1)
    run_checks(session_factory(engine), date(2022, 9, 22))
    with session_factory(engine)() as session:
        session.execute(
            update(OutboxMessage).where(OutboxMessage.event == "warning").values(state=MessageState.FAILED)
        )
        session.commit()
    run_checks(session_factory(engine), date(2023, 3, 22))
    with session_factory(engine)() as session:
        assert session.scalars(select(ExitCase.mode)).one() == "confirm"


def test_an_event_of_the_day_does_not_slip_past_the_brake(engine: Engine) -> None:
    """Only the daily check, which looks at all of them together, lets a revocation take effect by itself."""
    short_experts(engine, 6)
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2023-03-30T00:05")) as w:
        for number in session.scalars(select(Accreditation.id)).all():
            check_now(w, number)
    assert states(engine) == {"active"}
    assert run_checks(session_factory(engine), date(2023, 3, 30)).held == {"miit_volunteer": 6}
