"""Candidates ranked by what they did in a year, and put forward several at once."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotFound
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.base.work import Actor
from core.services.granting import commendations
from core.storage.engine import session_factory
from core.storage.models import Complaint, Nomination
from core.storage.models.register import RecordState
from tests.conftest import Begin, MakeActor
from tests.services.factory import Held, accredit, serve

P, TARGET, NOW = "miit_volunteer", "commendation", "2026-11-10T10:00"


@pytest.fixture
def held(engine: Engine) -> dict[str, Held]:
    """Five workstations and an expert, with their work of 2026."""
    made = {
        name: accredit(engine, f"{P}/workstation", "2025-01-01", region="371502")
        for name in ("most", "tied", "also", "idle")
    }
    made["gone"] = accredit(
        engine, f"{P}/workstation", "2025-01-01",
        state=AccreditationState.WITHDRAWN, ended_on=date(2026, 5, 1),
    )  # fmt: skip
    made["expert"] = accredit(engine, f"{P}/expert", "2025-01-01", region="420106")
    serve(engine, made["most"], "2026-01-01", "8", ("甲", "乙"), satisfaction_pct=90)
    serve(engine, made["most"], "2026-12-31", "0.5", ("甲",), satisfaction_pct=100)
    serve(engine, made["tied"], "2026-03-01", "8", ("甲",))
    serve(engine, made["also"], "2026-03-01", "8", ("丙",))
    serve(engine, made["idle"], "2025-12-31", "24", ("甲",))
    serve(engine, made["idle"], "2026-03-01", "24", ("甲",), state=RecordState.REJECTED)
    serve(engine, made["gone"], "2026-03-01", "24")
    serve(engine, made["expert"], "2026-03-01", "24")
    return made


@pytest.fixture
def officer(make_actor: MakeActor) -> Actor:
    """An officer of the programme."""
    return make_actor(Role.OFFICER, P)


def test_candidates_are_ranked_by_the_year(
    engine: Engine, begin: Begin, held: dict[str, Held], officer: Actor
) -> None:
    with session_factory(engine)() as session, session.begin():
        session.add(
            Complaint(
                accreditation_id=held["tied"].id, complainant="某", contact="1", content="x", code="c1",
                received_on=date(2026, 3, 1), verified=True, decided_on=date(2026, 4, 1),
            )
        )  # fmt: skip
    with begin(officer, NOW) as w:
        assert [item.tracks for item in commendations.choices(w) if item.target == TARGET] == [
            ("workstation", "expert")
        ]
        rows = commendations.candidates(w, P, TARGET, 2026, "workstation")
        everyone = commendations.candidates(w, P, TARGET, 2026)
    assert [(row.rank, row.hours, row.enterprises, row.services) for row in rows] == [
        (1, Decimal("8.5"), 2, 2),
        (2, Decimal(8), 1, 1),
        (2, Decimal(8), 1, 1),
        (4, Decimal(0), 0, 0),
    ]
    assert rows[0].satisfaction == 95
    assert {row.number: row.complaints for row in rows}[held["tied"].number] == 1
    assert everyone[0].number == held["expert"].number
    with begin(officer, NOW) as w, pytest.raises(NotFound):
        commendations.candidates(w, P, "nothing", 2026)


def test_several_are_put_forward_and_the_refused_is_named(
    engine: Engine, begin: Begin, held: dict[str, Held], officer: Actor
) -> None:
    chosen = [held["most"].id, held["tied"].id]
    with begin(officer, NOW) as w:
        assert [item.why_not for item in commendations.put_forward(w, chosen, TARGET, "业绩突出")] == [
            None,
            None,
        ]
    with begin(officer, NOW) as w:
        again = commendations.put_forward(w, [held["most"].id, held["also"].id], TARGET, "业绩突出")
        assert [item.why_not is None for item in again] == [False, True]
    with session_factory(engine)() as session:
        listed = set(session.scalars(select(Nomination.accreditation_id)))
    assert listed == {held["most"].id, held["tied"].id, held["also"].id}
    with begin(officer, NOW) as w:
        marked = {
            row.accreditation_id for row in commendations.candidates(w, P, TARGET, 2026) if row.nominated
        }
        assert marked == listed
        assert commendations.ranking_xlsx(w, P, TARGET, 2026)[:2] == b"PK"


def test_what_is_not_given_is_asked_for(begin: Begin, held: dict[str, Held], officer: Actor) -> None:
    with begin(officer, NOW) as w, pytest.raises(Invalid) as caught:
        commendations.put_forward(w, [], TARGET, " ")
    assert set(caught.value.errors) == {"reason", "candidates"}


def test_others_are_out_of_reach(begin: Begin, held: dict[str, Held], make_actor: MakeActor) -> None:
    with begin(make_actor(Role.OFFICER, "liaocheng"), NOW) as w:
        assert all(item.program == "liaocheng" for item in commendations.choices(w))
        with pytest.raises(NotFound):
            commendations.candidates(w, P, TARGET, 2026)
    with begin(make_actor(Role.RECOMMENDER, P, "420000"), NOW) as w:
        assert [row.number for row in commendations.candidates(w, P, TARGET, 2026)] == [held["expert"].number]
