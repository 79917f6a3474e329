"""A waiver given before the decision is corrected by a second person: the condition counts as it stands."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.domain.clock import moment
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.services.applications.case import Case
from core.services.deciding import corrections, pending
from core.services.deciding.correcting import correct_waiver
from core.services.granting import decisions
from core.services.papers.dossier import dossier_zip
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage, PendingDecision
from tests.services.granting.test_decisions import REASON, RECOGNIZED, reviewed

KEY, WHY = "5(2)", "市级认定文件系另一家"


def obstacles(case: Any) -> list[str]:
    with case.as_officer(3) as w:
        return [row.key for row in Case(w, case.load_in(w)).verdict.obstacles]


def test_the_condition_counts_again_and_a_decision_that_waits_falls(town: Any, unchanged: Any) -> None:
    case = reviewed(town, {"staff_full_time": 7} | RECOGNIZED)
    assert obstacles(case) == [KEY]
    second = town.make_actor(Role.OFFICER, "hubei")
    with unchanged(Refused, "没有放宽"), town.begin(second, case.on(3)) as w:
        correct_waiver(w, case.application_id, KEY, WHY)
    with case.as_officer(3) as w:
        first = decisions.waive(w, case.application_id, KEY, REASON)
        decisions.waive(w, case.application_id, KEY, REASON + "，补充说明")
        assert first
    assert obstacles(case) == []
    with case.as_officer(3) as w:
        waits = pending.perform(w, case.application_id, Action.APPROVE, reason="同意")
        assert waits is not None
    with unchanged(Refused, "不能自行更正"), case.as_officer(3) as w:
        correct_waiver(w, case.application_id, KEY, WHY)
    reviewer = town.make_actor(Role.REVIEWER, "hubei")
    with unchanged(NotFound), town.begin(reviewer, case.on(3)) as w:
        correct_waiver(w, case.application_id, KEY, WHY)
    with unchanged(Invalid), town.begin(second, case.on(3)) as w:
        correct_waiver(w, case.application_id, KEY, " ")
    with town.begin(second, case.on(3)) as w:
        correct_waiver(w, case.application_id, KEY, WHY)
    # The earlier word on the condition is none either: it was the same waiver.
    assert obstacles(case) == [KEY]
    factory = session_factory(town.engine)
    assert pending.issue_due(factory, moment(case.on(3)) + timedelta(minutes=60))["fallen"] == 1
    with factory() as session:
        assert session.get_one(PendingDecision, waits).state == "fallen"
        bodies = select(OutboxMessage.body).where(OutboxMessage.event == "decision.corrected")
        assert any("不再放宽" in letter and WHY in letter for letter in session.scalars(bodies))
    with case.as_officer(4) as w:
        (kept,) = corrections.of_application(w, case.application_id)
        assert (kept.kind, kept.before["condition"]) == ("waiver", KEY)
        assert kept.before["reason"].endswith("补充说明")
        made = dossier_zip(w, case.application_id, town.store, language="zh", base_url="https://x.cn")
        with zipfile.ZipFile(made.stream) as archive:
            assert any("决定更正情况" in name for name in archive.namelist())
    # Set aside anew, it is set aside.
    with town.begin(second, case.on(4)) as w:
        decisions.waive(w, case.application_id, KEY, "已核对原件")
    assert obstacles(case) == []
    with case.as_officer(4) as w:
        decisions.approve(w, case.application_id, "同意")


def test_after_the_decision_it_stays_and_an_earlier_decision_reads_it_as_it_was(
    town: Any, unchanged: Any
) -> None:
    case = reviewed(town, {"staff_full_time": 7} | RECOGNIZED)
    with case.as_officer(3) as w:
        decisions.waive(w, case.application_id, KEY, REASON)
    case.approve()
    second = town.make_actor(Role.OFFICER, "hubei")
    with unchanged(Refused, "评审中"), town.begin(second, case.on(5)) as w:
        correct_waiver(w, case.application_id, KEY, WHY)
