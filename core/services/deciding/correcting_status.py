"""A mistaken decision on a status is corrected by a second person: an exit, a finding, a complaint."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.messages import MessageEvent
from core.domain.supervision.triggers import COMPLAINTS
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import Accumulation
from core.rules.text import T
from core.services.base.words import written
from core.services.base.work import Work
from core.services.deciding.correcting import record
from core.services.duties.filers import Filing, tell_decided
from core.services.endings import exits
from core.services.endings.appeals import overturn
from core.services.messaging.writing import notify
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import part_for
from core.services.supervision.status import Status
from core.storage.models import Accreditation, Complaint, DecisionCorrection, ExitCase, Finding
from core.storage.models.deciding import CorrectedKind
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.storage.models.register import RecordState
from core.storage.models.supervision import FindingState

CORRECTED = T("退出决定已更正，恢复原状", "The exit was corrected: the status stands as before")
NOT_ONESELF = T(
    "作出该决定的人员不能自行更正；请由其他有权限的人员办理",
    "who took the decision cannot correct it; leave it to another who may",
)


def correct_exit(w: Work, exit_case_id: int, reason: str) -> int:
    """Correct an exit: the status stands as if it had never left, and the ban is lifted.

    Returns the correction's id.
    """
    case, status = part_for(w, ExitCase, exit_case_id, Act.APPEAL_DECIDE)
    said = written(reason)
    if case.state is not ExitState.UPHELD:
        raise Refused(T("没有已生效的退出决定可更正", "no exit that has taken effect stands to be corrected"))
    require_second(w, case.first_officer_id, case.second_officer_id)
    before = {
        "by": [case.first_officer_id, case.second_officer_id],
        "decided_on": str(case.decided_on),
        "reason": case.decision_reason,
        "state": status.accreditation.state,
    }
    correction = record(w, CorrectedKind.EXIT, case.id, said, before, accreditation=status.accreditation)
    overturn(w, status.accreditation, case, said, CORRECTED)
    tell(
        w,
        correction,
        status.accreditation,
        T("认定恢复原状，限制申报一并解除。", "The status stands as before, and a ban is lifted."),
    )
    check_now(w, status.id)
    return correction.id


def correct_finding(w: Work, finding_id: int, reason: str) -> int:
    """Correct a finding that was established: it does not count, and proposals that rest on it fall.

    One that was dismissed by mistake is open again. Returns the correction's id.
    """
    finding, status = part_for(w, Finding, finding_id, Act.FINDING_DECIDE)
    said = written(reason)
    if finding.state is FindingState.OPEN:
        raise Refused(T("该事项尚无结论", "the finding has not been decided yet"))
    require_second(w, finding.decided_by_id)
    before = {
        "by": finding.decided_by_id,
        "state": finding.state,
        "established_on": str(finding.established_on),
        "reason": finding.decision_reason,
    }
    counted = finding.state is FindingState.ESTABLISHED
    correction = record(
        w, CorrectedKind.FINDING, finding.id, said, before, accreditation=status.accreditation
    )
    finding.state = FindingState.DISMISSED if counted else FindingState.OPEN
    finding.established_on = None
    finding.decision_reason = said if counted else ""
    finding.decided_by_id = w.actor.user_id if counted else None
    record_of = finding.service_record
    if counted and record_of is not None and record_of.state is RecordState.REJECTED:
        record_of.state, record_of.rejection_reason = RecordState.SUBMITTED, ""
    w.session.flush()
    if counted:
        resting = ExitCase.finding_id == finding.id, ExitCase.state.in_(OPEN_EXIT_STATES)
        _fall(w, w.session.scalars(select(ExitCase).where(*resting)).all(), said)
    tell(w, correction, status.accreditation, _counts_no_more() if counted else _open_again())
    check_now(w, status.id)
    return correction.id


def correct_complaint(w: Work, complaint_id: int, reason: str) -> int:
    """Correct the conclusion on a complaint: a verified one does not count, and what rests on it falls.

    One that was dismissed by mistake is examined again. Returns the correction's id.
    """
    complaint, status = part_for(w, Complaint, complaint_id, Act.COMPLAINT_DECIDE)
    said = written(reason)
    if complaint.verified is None:
        raise Refused(T("该投诉尚无结论", "the complaint has not been decided yet"))
    require_second(w, complaint.decided_by_id)
    before = {
        "by": complaint.decided_by_id,
        "verified": complaint.verified,
        "decided_on": str(complaint.decided_on),
        "reason": complaint.decision_reason,
    }
    counted = complaint.verified
    correction = record(
        w, CorrectedKind.COMPLAINT, complaint.id, said, before, accreditation=status.accreditation
    )
    complaint.verified = False if counted else None
    complaint.decided_on = w.today if counted else None
    complaint.decided_by_id = w.actor.user_id if counted else None
    complaint.decision_reason = said if counted else ""
    w.session.flush()
    if counted:
        tell_decided(w, Filing.COMPLAINT, complaint.id, complaint.contact)
        _fall(w, _unsupported(w, status), said)
    tell(w, correction, status.accreditation, _counts_no_more() if counted else _open_again())
    check_now(w, status.id)
    return correction.id


def require_second(w: Work, *deciders: int | None) -> None:
    """Refuse whoever took the decision."""
    if w.actor.user_id in deciders:
        raise Refused(NOT_ONESELF)


def _fall(w: Work, cases: Iterable[ExitCase], reason: str) -> None:
    """Dismiss proposals that have lost their ground; one that has taken effect is corrected by itself."""
    for case in cases:
        exits.dismiss(w, case.id, reason)


def _unsupported(w: Work, status: Status) -> list[ExitCase]:
    """The open proposals that rest on a number of verified complaints which is no longer reached."""
    tests = {
        rule.clause: rule.trigger.test
        for rule in status.rules.exits
        if isinstance(rule.trigger, Accumulation) and rule.trigger.test.fact.name == COMPLAINTS
    }
    query = select(ExitCase).where(
        ExitCase.accreditation_id == status.id,
        ExitCase.state.in_(OPEN_EXIT_STATES),
        ExitCase.clause.in_(tests),
        ExitCase.proposed_by_id.is_(None),
    )
    found = []
    for case in w.session.scalars(query):
        first = date.fromisoformat(str(case.evidence["first"]))
        verified = select(func.count()).where(
            Complaint.accreditation_id == status.id,
            Complaint.verified.is_(True),
            Complaint.decided_on >= first,
        )
        counted = {COMPLAINTS: w.session.scalar(verified) or 0}
        if evaluate(tests[case.clause], counted, w.today).outcome is not Outcome.MET:
            found.append(case)
    return found


def tell(w: Work, correction: DecisionCorrection, accreditation: Accreditation, effect: T) -> None:
    """Tell the party what was corrected, why, and what holds now."""
    notify(
        w,
        MessageEvent.DECISION_CORRECTED,
        key=f"corrected/{correction.id}",
        accreditation_id=accreditation.id,
        values={"what": correction.kind.label, "reason": correction.reason, "effect": effect},
    )


def _counts_no_more() -> T:
    return T("该结论不再计入。", "The conclusion counts no longer.")


def _open_again() -> T:
    return T("该事项重新核查。", "It is examined again.")
