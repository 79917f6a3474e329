"""A mistaken decision on an application is corrected by a second person, in its way from the return on.

What was decided stays as it was written; the correction stands beside it, and says what it found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.lifecycle.states import AccreditationState, Action, ApplicationState
from core.domain.messages import MessageEvent
from core.domain.wording import join
from core.rules.text import T
from core.services.applications.case import Case, lock, lock_for
from core.services.applications.guards import Inputs, last_taken
from core.services.applications.handling import require_state
from core.services.applications.moving import advance, tell
from core.services.base.access import require_second
from core.services.base.words import written
from core.services.base.work import Work
from core.services.deciding.voiding import annul
from core.services.duties.filers import Filing, tell_reopened
from core.storage.models import (
    Accreditation,
    Agreement,
    Decision,
    DecisionCorrection,
    NoticeItem,
    Objection,
)
from core.storage.models.deciding import OBJECTIONS, CorrectedKind
from core.storage.models.decisions import DecisionKind
from core.storage.models.notices import ObjectionState

LONGEST_DEADLINE_REASON = 500
NOT_ONESELF = T(
    "作出该决定的人员不能自行更正；请由其他有权限的人员办理",
    "who took the decision cannot correct it; leave it to another who may",
)
_REVIEWED_ANEW = T(
    "申请重新进入评审，结果将另行通知。",
    "The application is under review again; you will be told the result.",
)
_MAY_COME_ANEW = T(
    "申请就此办结，可以重新纳入，也可以自行申报。",
    "The application ends with that; you may be included again, or apply yourself.",
)


def correct_approval(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct an approval: the application is before its decision again, and a status that it gave is void.

    The number of that status stays with it and verifies as void; one that it had followed stands again.
    Returns the correction's id.
    """
    case = lock(w, application_id, version=version)
    return _undo_approval(case, Action.UNDO_APPROVAL, CorrectedKind.APPROVAL, reason, _REVIEWED_ANEW)


def correct_inclusion(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct a direct inclusion: the status is void, and the party may be included again, or apply.

    Returns the correction's id.
    """
    case = lock(w, application_id, version=version)
    return _undo_approval(case, Action.UNDO_INCLUSION, CorrectedKind.INCLUSION, reason, _MAY_COME_ANEW)


def _undo_approval(case: Case, action: Action, kind: CorrectedKind, reason: str, then: T) -> int:
    w = case.w
    advance(case, action, Inputs(reason=reason))
    decision = _decision(case, DecisionKind.APPROVED)
    held = _held(w, case.id)
    before = _of_decision(decision) | _strike(case)
    correction = record(w, kind, decision.id, reason, before, application_id=case.id, accreditation=held)
    effect = then
    if held is not None:
        restored = annul(w, held, reason)
        effect = join((_void(held, w.today), restored, then), "", " ")
    _say(case, kind, reason, effect)
    return correction.id


def correct_refusal(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct a refusal: the application is before its decision again. Returns the correction's id.

    Whoever objected, and was right by that refusal, is told.
    """
    case = lock(w, application_id, version=version)
    advance(case, Action.UNDO_REFUSAL, Inputs(reason=reason))
    decision = _decision(case, DecisionKind.REJECTED)
    upheld = _upheld(case)
    before = _of_decision(decision) | {OBJECTIONS: [item.id for item in upheld]} | _strike(case)
    correction = record(w, CorrectedKind.REFUSAL, decision.id, reason, before, application_id=application_id)
    for objection in upheld:
        tell_reopened(w, Filing.OBJECTION, objection.id, objection.contact)
    _say(case, CorrectedKind.REFUSAL, reason, _REVIEWED_ANEW)
    return correction.id


def correct_decline(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct a refusal to recommend: the application is before its recommender again.

    The time that was left to recommend is given anew. Returns the correction's id.
    """
    return _undo_word(
        lock(w, application_id, version=version),
        Action.UNDO_DECLINE,
        CorrectedKind.DECLINE,
        reason,
        T("申请重新由推荐单位办理。", "The application is before its recommender again."),
    )


def correct_recommendation(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Take a recommendation back, before the authority has begun; what was measured stays.

    Returns the correction's id.
    """
    return _undo_word(
        lock(w, application_id, version=version),
        Action.UNDO_RECOMMENDATION,
        CorrectedKind.RECOMMENDATION,
        reason,
        T(
            "原推荐不再有效，申请重新由推荐单位办理。",
            "The recommendation counts no longer; the application is before its recommender again.",
        ),
    )


def _undo_word(case: Case, action: Action, kind: CorrectedKind, reason: str, effect: T) -> int:
    w, word = case.w, case.word
    advance(case, action, Inputs(reason=reason))
    if word is None:
        raise ValueError(f"application {case.id}: {action} without a recommender's word")
    before = {"by": word.by_id, "at": word.at.isoformat(), "reason": word.opinion}
    correction = record(w, kind, word.id, reason, before, application_id=case.id)
    _run_anew(case, word.at, reason)
    _say(case, kind, reason, effect)
    return correction.id


def correct_return(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Correct a return: the application stands as submitted, from now. Returns the correction's id."""
    case = lock(w, application_id, version=version)
    item = case.application
    by, at = last_taken(case) or (None, w.now)
    before = {"reason": item.return_reason, "by": by, "submitted_at": str(item.submitted_at)}
    advance(case, Action.UNDO_RETURN, Inputs(reason=reason))
    item.return_reason = ""
    correction = record(w, CorrectedKind.RETURN, item.id, reason, before, application_id=item.id)
    _run_anew(case, at, reason)
    effect = T(
        "无需补正，申请按已提交继续办理。",
        "Nothing is to be corrected; the application goes on as submitted.",
    )
    _say(case, CorrectedKind.RETURN, reason, effect)
    return correction.id


def correct_waiver(w: Work, application_id: int, key: str, reason: str) -> int:
    """Correct a waiver before the decision that would rest on it: the condition counts as it stands.

    `key` is the condition's on the case page. A decision that waits falls. Returns the correction's id.
    """
    case = lock_for(w, application_id, Act.APPLICATION_WAIVE)
    require_state(case.application, ApplicationState.UNDER_REVIEW)
    waived = case.waivers.get(key)
    if waived is None:
        raise Refused(T("该条件没有放宽可更正", "this condition is not set aside"), field="key")
    decision = w.session.get_one(Decision, waived.decision_id)
    require_second(w, NOT_ONESELF, decision.by_id)
    before = _of_decision(decision) | {"condition": key}
    correction = record(w, CorrectedKind.WAIVER, decision.id, reason, before, application_id=case.id)
    case.changed()
    row = next((row for row in case.verdict.rows if row.key == key), None)
    clause, title = (row.clause, row.title) if row is not None else (key, T(key, key))
    effect = T(
        f"条件“{title.zh}”（{clause}）不再放宽，按实际情况审查。",
        f"The condition “{title.en}” ({clause}) is set aside no longer, and counts as it stands.",
    )
    _say(case, CorrectedKind.WAIVER, reason, effect)
    return correction.id


def go_on(case: Case, kind: CorrectedKind, since: datetime, reason: str) -> None:
    """Let an application that ended with its party be as submitted again, from now, off whatever notice."""
    w = case.w
    # Nobody moves it: it follows from what was corrected of the party.
    of_itself = case.through(replace(w, actor=replace(w.actor, system=True)))
    advance(of_itself, Action.UNDO_CLOSURE)
    _strike(case)
    case.application.return_reason = ""
    _run_anew(case, since, reason)
    _say(case, kind, reason, T("申请按已提交继续办理。", "The application goes on as submitted."))


def _run_anew(case: Case, since: datetime, reason: str) -> None:
    """Let what runs from the submission run from now, with the time to recommend that the mistake took."""
    w, item = case.w, case.application
    item.submitted_at = w.now
    if item.call is None or item.call.recommend_by is None:
        return
    last = max(item.call.recommend_by, item.deadline_extended_to or item.call.recommend_by)
    if last >= since:
        item.deadline_extended_to = last + (w.now - since)
        item.deadline_reason = reason.strip()[:LONGEST_DEADLINE_REASON]


def _say(case: Case, kind: CorrectedKind, reason: str, effect: T) -> None:
    tell(case, MessageEvent.DECISION_CORRECTED, what=kind.label, reason=reason.strip(), effect=effect)


def _void(held: Accreditation, today: date) -> T:
    return T(
        f"认定（{held.number}）自 {today.isoformat()} 起无效，不作为退出处理，不限制申报。",
        f"The accreditation {held.number} is void from {today.isoformat()}, which is no exit and bans "
        "nothing.",
    )


def record(
    w: Work,
    kind: CorrectedKind,
    subject_id: int,
    reason: str,
    before: Mapping[str, Any],
    *,
    application_id: int | None = None,
    accreditation: Accreditation | None = None,
    party_id: int | None = None,
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
        party_id=party_id,
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


def _upheld(case: Case) -> Sequence[Objection]:
    """The upheld objections to the application on the notices that it stands on."""
    query = select(Objection).join(Objection.notice_item)
    here = NoticeItem.application_id == case.id, NoticeItem.struck_on.is_(None)
    upheld = query.where(*here, Objection.state == ObjectionState.UPHELD).order_by(Objection.id)
    return case.w.session.scalars(upheld).all()


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
