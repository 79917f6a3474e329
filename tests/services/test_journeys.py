"""Each track of each programme, from a draft to the register, by the people whose part it is."""

from datetime import date

import pytest
from sqlalchemy import select

from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.supervision.standing import EventKind
from core.services.applications.replay import reevaluate
from core.services.base.work import SYSTEM
from core.storage.engine import session_factory
from core.storage.models import Accreditation, AuditEvent, Decision, OutboxMessage, RegisterEvent
from core.storage.models.decisions import DecisionKind
from tests.services.journey import TRACKS

EXPECTED = {
    "jilin/provider": ("JL-F-2024-0001", "2024-07-02", "2026-07-02", "8(5)"),
    "jilin/expert": ("JL-Z-2024-0001", "2024-07-02", "2026-07-02", "8(5)"),
    "liaocheng/comprehensive": ("LC-Z-2024-0001", "2024-06-01", "2027-06-01", "14"),
    "liaocheng/specialized": ("LC-S-2024-0001", "2024-06-01", "2027-06-01", "14"),
    "hubei/comprehensive": ("HB-Z-2024-0001", "2024-05-25", "2027-05-25", "13"),
    "hubei/specialized": ("HB-S-2024-0001", "2024-05-25", "2027-05-25", "13"),
    "shanghai/comprehensive": ("SH-Z-2017-0001", "2017-10-05", "2018-10-05", "5.4"),
    "shanghai/specialized": ("SH-S-2017-0001", "2017-10-05", "2018-10-05", "5.4"),
    "miit_volunteer/workstation": ("MIIT-GZZ-2023-00001", "2023-03-22", "2026-03-22", "N3"),
    "miit_volunteer/expert": ("MIIT-ZJ-2023-00001", "2023-03-22", "2026-03-22", "N3"),
}


@pytest.mark.parametrize("key", TRACKS)
def test_a_case_goes_from_draft_to_the_register(town, engine, begin, key):
    case = town.start(key).accredited()
    assert case.load().state is ApplicationState.ACCREDITED
    with session_factory(engine)() as session:
        status = session.scalars(select(Accreditation).where(Accreditation.party_id == case.party_id)).one()
        number, first, last, clause = EXPECTED[key]
        assert (status.number, str(status.valid_from), str(status.valid_through)) == (number, first, last)
        assert status.state is AccreditationState.ACTIVE
        assert status.started_on == status.valid_from == status.next_due_on
        assert set(status.functions) <= set(case.load().facts.get("service_functions", [])) | set(
            case.load().facts.get("expertise_fields", [])
        )
        event = session.scalars(
            select(RegisterEvent).where(RegisterEvent.accreditation_id == status.id)
        ).one()
        assert (event.kind, event.clause, event.happened_on) == (
            EventKind.ACCREDITED,
            clause,
            status.valid_from,
        )
        decision = session.scalars(
            select(Decision).where(Decision.application_id == case.application_id)
        ).one()
        assert (decision.kind, decision.verdict["outcome"]) == (DecisionKind.APPROVED, "eligible")
        assert decision.edition == status.edition
        assert decision.settings == status.settings
        told = session.scalars(select(OutboxMessage).where(OutboxMessage.party_id == case.party_id)).all()
        assert {"application.submitted", "application.accredited"} <= {row.event for row in told}
        assert number in next(row.body for row in told if row.event == "application.accredited")
        sms = [row for row in told if row.channel == "sms"]
        assert bool(sms) == (case.program == "miit_volunteer")
        done = session.scalars(select(AuditEvent).where(AuditEvent.subject == "accreditation")).all()
        assert any(item.subject_id == str(status.id) for item in done)
    with begin(SYSTEM, "2026-06-01T10:00") as w:
        assert reevaluate(w, decision.id).same


def test_a_term_from_the_last_day_of_february_ends_on_the_last_day_of_february(town, engine):
    case = town.start("hubei/specialized", day=date(2024, 2, 17)).accredited()
    with session_factory(engine)() as session:
        status = session.scalars(select(Accreditation).where(Accreditation.party_id == case.party_id)).one()
    assert (status.valid_from, status.valid_through) == (date(2024, 2, 29), date(2027, 2, 28))
