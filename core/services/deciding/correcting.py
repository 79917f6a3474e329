"""A mistaken decision on an application is corrected by a second person: approval, refusal, return, score.

What was decided stays as it was written; the correction stands beside it, and says what it found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.states import AccreditationState, Action, ApplicationState
from core.domain.messages import MessageEvent
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.applications.case import Case, lock, lock_for
from core.services.applications.guards import Inputs, last_decided_by
from core.services.applications.handling import require_state
from core.services.applications.moving import advance, tell
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision import moving as supervising
from core.services.supervision import timeline
from core.storage.models import (
    Accreditation,
    Agreement,
    Decision,
    DecisionCorrection,
    NoticeItem,
    ReviewAssignment,
)
from core.storage.models.deciding import CorrectedKind
from core.storage.models.decisions import DecisionKind

VOID = T("认定所依据的决定已更正", "The approval behind it was corrected")
_REVIEWED_ANEW = T(
    "申请重新进入评审，结果将另行通知。",
    "The application is under review again; you will be told the result.",
)


def correct_approval(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct an approval: the application is before its decision again, and a status that it gave is void.

    The number of that status stays with it and verifies as void. Returns the correction's id.
    """
    case = lock(w, application_id, version=version)
    decision = _decision(case, DecisionKind.APPROVED)
    advance(case, Action.UNDO_APPROVAL, Inputs(reason=reason))
    held = _held(w, application_id)
    before = _of_decision(decision) | _strike(case)
    correction = record(
        w,
        CorrectedKind.APPROVAL,
        decision.id,
        reason,
        before,
        application_id=application_id,
        accreditation=held,
    )
    if held is not None:
        _annul(w, held)
    tell(
        case,
        MessageEvent.DECISION_CORRECTED,
        what=CorrectedKind.APPROVAL.label,
        reason=reason.strip(),
        effect=_REVIEWED_ANEW
        if held is None
        else T(
            f"认定（{held.number}）自 {w.today.isoformat()} 起无效，"
            f"不作为退出处理，不限制申报。{_REVIEWED_ANEW.zh}",
            f"The accreditation {held.number} is void from {w.today.isoformat()}, which is no exit and bans "
            f"nothing. {_REVIEWED_ANEW.en}",
        ),
    )
    return correction.id


def correct_refusal(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct a refusal: the application is before its decision again. Returns the correction's id."""
    case = lock(w, application_id, version=version)
    if case.application.state is ApplicationState.REJECTED and last_decided_by(case) is None:
        raise Refused(
            T("不予推荐由推荐单位作出，不在此更正", "a recommender declined it: that is not corrected here"),
            mend=T("请由申请人重新申报", "the party may apply anew"),
        )
    decision = _decision(case, DecisionKind.REJECTED)
    advance(case, Action.UNDO_REFUSAL, Inputs(reason=reason))
    before = _of_decision(decision) | _strike(case)
    correction = record(w, CorrectedKind.REFUSAL, decision.id, reason, before, application_id=application_id)
    tell(
        case,
        MessageEvent.DECISION_CORRECTED,
        what=CorrectedKind.REFUSAL.label,
        reason=reason.strip(),
        effect=_REVIEWED_ANEW,
    )
    return correction.id


def correct_return(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct a return: the application stands as submitted, from now. Returns the correction's id."""
    case = lock(w, application_id, version=version)
    item = case.application
    before = {
        "reason": item.return_reason,
        "by": last_decided_by(case),
        "submitted_at": str(item.submitted_at),
    }
    advance(case, Action.UNDO_RETURN, Inputs(reason=reason))
    # What runs from the submission runs anew.
    item.return_reason, item.submitted_at = "", w.now
    correction = record(w, CorrectedKind.RETURN, item.id, reason, before, application_id=item.id)
    tell(
        case,
        MessageEvent.DECISION_CORRECTED,
        what=CorrectedKind.RETURN.label,
        reason=reason.strip(),
        effect=T(
            "无需补正，申请按已提交继续办理。",
            "Nothing is to be corrected; the application goes on as submitted.",
        ),
    )
    return correction.id


def correct_score(w: Work, assignment_id: int, reason: str) -> int:
    """Set a reviewer's scores aside, and ask for them anew. Returns the correction's id."""
    task = w.session.get(ReviewAssignment, assignment_id)
    if task is None:
        raise NotFound(NOTHING_THERE)
    case = lock_for(w, task.application_id, Act.APPLICATION_ASSIGN)
    w.session.refresh(task, with_for_update=True)
    require_state(case.application, ApplicationState.UNDER_REVIEW)
    if task.finished_at is None:
        raise Refused(T("评分尚未提交，没有可更正的评分", "no scores are given: there is nothing to correct"))
    if task.reviewer_id == w.actor.user_id:
        raise Refused(T("不得更正自己的评分；请由其他人员办理", "leave your own scores to somebody else"))
    before = {
        "points": {score.criterion: str(score.points) for score in task.scores},
        "comment": task.comment,
        "finished_at": str(task.finished_at),
        "by": task.reviewer_id,
    }
    correction = record(w, CorrectedKind.SCORE, task.id, reason, before, application_id=case.id)
    task.scores.clear()
    task.comment, task.finished_at = "", None
    notify(
        w,
        MessageEvent.DECISION_CORRECTED,
        key=f"corrected/{correction.id}",
        user_id=task.reviewer_id,
        values={
            "program": case.application.program,
            "track": case.application.track,
            "what": CorrectedKind.SCORE.label,
            "reason": correction.reason,
            "effect": T("原评分不再计入，请重新评分。", "Your scores count no longer; please score anew."),
        },
    )
    return correction.id


def record(
    w: Work,
    kind: CorrectedKind,
    subject_id: int,
    reason: str,
    before: Mapping[str, Any],
    *,
    application_id: int | None = None,
    accreditation: Accreditation | None = None,
) -> DecisionCorrection:
    """Write a correction beside what it corrects; a person makes it, with a reason."""
    said = written(reason)
    if w.actor.user_id is None:
        raise Refused(T("更正须由人员办理", "a person corrects a decision"))
    row = DecisionCorrection(
        kind=kind,
        subject_id=subject_id,
        application_id=application_id,
        accreditation_id=accreditation.id if accreditation is not None else None,
        before=dict(before),
        reason=said,
        by_id=w.actor.user_id,
        at=w.now,
    )
    w.session.add(row)
    w.session.flush()
    return row


def _decision(case: Case, kind: DecisionKind) -> Decision:
    """The last decision of the kind; where there is none the move itself is refused with its reason."""
    query = select(Decision).where(Decision.application_id == case.id, Decision.kind == kind)
    found = case.w.session.scalar(query.order_by(Decision.id.desc()).limit(1))
    if found is None:
        label = kind.label
        raise Refused(T(f"没有“{label.zh}”的决定可更正", f"there is no such decision to correct: {label.en}"))
    return found


def _of_decision(decision: Decision) -> dict[str, Any]:
    return {"by": decision.by_id, "at": decision.at.isoformat(), "reason": decision.reason}


def _strike(case: Case) -> dict[str, Any]:
    """Take the application off its notices, and put its agreement away: what stood is returned."""
    w = case.w
    items = select(NoticeItem).where(NoticeItem.application_id == case.id, NoticeItem.struck_on.is_(None))
    struck = []
    for item in w.session.scalars(items).all():
        item.struck_on = w.today
        struck.append(item.notice_id)
    agreement = w.session.scalar(select(Agreement).where(Agreement.application_id == case.id))
    if agreement is None:
        return {"notices": struck}
    dates = (agreement.signed_on, agreement.valid_from, agreement.valid_through)
    w.session.delete(agreement)
    return {"notices": struck, "agreement": [day.isoformat() for day in dates]}


def _held(w: Work, application_id: int) -> Accreditation | None:
    query = select(Accreditation).where(
        Accreditation.application_id == application_id,
        Accreditation.state != AccreditationState.ANNULLED,
    )
    return w.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _annul(w: Work, held: Accreditation) -> None:
    supervising.advance(w, held, Action.ANNUL, by_itself=True)
    held.next_due_on = None
    timeline.note(w, held, EventKind.ANNULLED, "", w.today.isoformat(), VOID, {"number": held.number})
