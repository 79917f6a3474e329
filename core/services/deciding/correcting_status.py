"""A mistaken decision on a status is corrected by a second person: an exit, a finding, a complaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, func, literal, select

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.messages import MessageEvent
from core.domain.supervision.triggers import COMPLAINTS
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import Accumulation
from core.rules.text import T
from core.services.base.access import require_second
from core.services.base.words import written
from core.services.base.work import Work
from core.services.deciding.correcting import NOT_ONESELF, record
from core.services.duties.filers import Filing, tell_decided, tell_reopened
from core.services.endings import exits
from core.services.endings.appeals import overturn
from core.services.messaging.writing import notify
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import part_for
from core.services.supervision.moving import resume
from core.services.supervision.standings import took
from core.services.supervision.status import Status
from core.storage.models import Accreditation, AuditEvent, Complaint, DecisionCorrection, ExitCase, Finding
from core.storage.models.deciding import FALLEN, CorrectedKind
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.storage.models.register import RecordState
from core.storage.models.supervision import FindingState

CORRECTED = T("退出决定已更正，恢复原状", "The exit was corrected: the status stands as before")
_AS_BEFORE = T("认定恢复原状，限制申报一并解除。", "The status stands as before, and a ban is lifted.")
_AND_THE_APPEAL = T(
    "认定恢复原状，限制申报一并解除，您的申诉随之办结。",
    "The status stands as before, a ban is lifted, and your appeal has reached what it asked for.",
)


def correct_exit(w: Work, exit_case_id: int, reason: str) -> int:
    """Correct an exit: the status stands as if it had never left, and the ban is lifted.

    One that was dismissed by mistake is open again. Returns the correction's id.
    """
    case, status = part_for(w, ExitCase, exit_case_id, Act.APPEAL_DECIDE)
    said = written(reason)
    if case.state is ExitState.DISMISSED:
        return _reopen(w, case, status, said)
    if case.state is not ExitState.UPHELD:
        raise Refused(T("没有已生效的退出决定可更正", "no exit that has taken effect stands to be corrected"))
    require_second(w, NOT_ONESELF, case.first_officer_id, case.second_officer_id)
    before = {
        "by": [case.first_officer_id, case.second_officer_id],
        "decided_on": str(case.decided_on),
        "reason": case.decision_reason,
        "state": status.accreditation.state,
    }
    correction = record(w, CorrectedKind.EXIT, case.id, said, before, accreditation=status.accreditation)
    appealing = case.appealed_on is not None and case.appeal_decided_on is None
    overturn(w, status.accreditation, case, said, CORRECTED)
    tell(w, correction, status.accreditation, _AND_THE_APPEAL if appealing else _AS_BEFORE)
    check_now(w, status.id)
    return correction.id


def _reopen(w: Work, case: ExitCase, status: Status, reason: str) -> int:
    """Open a dismissed case again: who was not heard yet is told of it anew, and has its whole time again."""
    held = status.accreditation
    by = _dismissed_by(w, case)
    require_second(w, NOT_ONESELF, by)
    why = why_not_reopened(w, case)
    if why is not None:
        raise Refused(why)
    before = {
        "by": by,
        "state": case.state,
        "decided_on": str(case.decided_on),
        "reason": case.decision_reason,
    }
    correction = record(w, CorrectedKind.EXIT, case.id, reason, before, accreditation=held)
    heard = case.objected_on is not None
    case.state = ExitState.OBJECTED if heard else ExitState.PROPOSED
    case.first_officer_id = case.decided_on = None
    case.decision_reason = ""
    if not heard:
        case.told_on = case.objection_until = None
    w.session.flush()
    # With the case open again a failed order is not settled any more.
    resume(w, held, w.today)
    tell(w, correction, held, T("退出案件重新办理。", "The exit case is open again."))
    if not heard:
        exits.tell_proposed(w, case, again=correction.id)
    check_now(w, held.id)
    return correction.id


def why_not_reopened(w: Work, case: ExitCase) -> T | None:
    """What keeps a dismissed case closed; None where nothing does."""
    held, row = case.accreditation, DecisionCorrection
    if not held.state.in_force:
        return T("认定已终止，不再重新办理退出", "the status has ended: the case stays closed")
    if exits.open_under(w, held.id, case.clause):
        return T("该条款另有未办结的退出案件", "another case under the clause is open; decide that one")
    fallen = select(exists().where(row.accreditation_id == held.id, took(literal(case.id))))
    no_finding = case.finding is not None and case.finding.state is not FindingState.ESTABLISHED
    if no_finding or w.session.scalar(fallen):
        return T(
            "其依据的结论已更正；依据重新成立时将另行提出",
            "the conclusion that it rested on was corrected; where that stands again, it is proposed anew",
        )
    return None


def _dismissed_by(w: Work, case: ExitCase) -> int | None:
    """Who dismissed the case last."""
    event = AuditEvent
    query = select(event.actor_id).where(
        event.subject == ExitCase.__tablename__,
        event.subject_id == str(case.id),
        event.changes["state"][1].as_string() == ExitState.DISMISSED.value,
    )
    return w.session.scalar(query.order_by(event.id.desc()).limit(1))


def correct_finding(w: Work, finding_id: int, reason: str) -> int:
    """Correct a finding that was established: it does not count, and proposals that rest on it fall.

    One that was dismissed by mistake is open again. Returns the correction's id.
    """
    finding, status = part_for(w, Finding, finding_id, Act.FINDING_DECIDE)
    said = written(reason)
    if finding.state is FindingState.OPEN:
        raise Refused(T("该事项尚无结论", "the finding has not been decided yet"))
    require_second(w, NOT_ONESELF, finding.decided_by_id)
    before = {
        "by": finding.decided_by_id,
        "state": finding.state,
        "established_on": str(finding.established_on),
        "reason": finding.decision_reason,
    }
    counted = finding.state is FindingState.ESTABLISHED
    resting = _resting_on(w, finding) if counted else []
    before |= _with_fallen(resting)
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
    _fall(w, resting, said)
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
    require_second(w, NOT_ONESELF, complaint.decided_by_id)
    before = {
        "by": complaint.decided_by_id,
        "verified": complaint.verified,
        "decided_on": str(complaint.decided_on),
        "reason": complaint.decision_reason,
    }
    counted = complaint.verified
    complaint.verified = False if counted else None
    complaint.decided_on = w.today if counted else None
    complaint.decided_by_id = w.actor.user_id if counted else None
    complaint.decision_reason = said if counted else ""
    w.session.flush()
    unsupported = _unsupported(w, status) if counted else []
    before |= _with_fallen(unsupported)
    correction = record(
        w, CorrectedKind.COMPLAINT, complaint.id, said, before, accreditation=status.accreditation
    )
    say = tell_decided if counted else tell_reopened
    say(w, Filing.COMPLAINT, complaint.id, complaint.contact)
    _fall(w, unsupported, said)
    tell(w, correction, status.accreditation, _counts_no_more() if counted else _open_again())
    check_now(w, status.id)
    return correction.id


def _with_fallen(cases: Sequence[ExitCase]) -> dict[str, Any]:
    """What a correction keeps of the open cases that end with it: supervision takes them for no dismissal."""
    return {FALLEN: [case.id for case in cases]} if cases else {}


def _fall(w: Work, cases: Iterable[ExitCase], reason: str) -> None:
    """Dismiss proposals that have lost their ground; one that has taken effect is corrected by itself."""
    for case in cases:
        exits.dismiss(w, case.id, reason)


def _resting_on(w: Work, finding: Finding) -> Sequence[ExitCase]:
    """The open proposals that rest on a finding."""
    resting = ExitCase.finding_id == finding.id, ExitCase.state.in_(OPEN_EXIT_STATES)
    return w.session.scalars(select(ExitCase).where(*resting).order_by(ExitCase.id)).all()


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
        # Under the same clause a finding or a failed order is a ground of its own.
        ExitCase.finding_id.is_(None),
        ExitCase.rectification_id.is_(None),
    )
    found = []
    for case in w.session.scalars(query.order_by(ExitCase.id)):
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
