"""After a revocation: the party's appeal, the lead's decision, the status given back."""

from __future__ import annotations

from sqlalchemy import exists, select

from core.domain.acts import Act
from core.domain.errors import Conflict, Refused
from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.words import written
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.guards import Inputs, cessation, ended_meanwhile, withdrawal
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import part_for, part_own
from core.services.supervision.moving import advance, resume
from core.services.supervision.restoring import note_expiry
from core.services.supervision.timeline import note
from core.storage.models import Accreditation, Ban, DecisionCorrection, ExitCase, RegisterEvent
from core.storage.models.exits import ExitState

GRANTED = T("申诉成立，恢复认定", "Appeal upheld: accreditation reinstated")
REFUSED = T("申诉不成立，维持原决定", "Appeal dismissed: the decision stands")


def came_of(w: Work, case: ExitCase) -> T | None:
    """What came of an appeal, with the days of both where it was dismissed and the exit corrected since.

    None while it is not decided.
    """
    if case.appeal_decided_on is None:
        return None
    if case.state is not ExitState.OVERTURNED:
        return REFUSED
    event = RegisterEvent
    query = select(event).where(
        event.accreditation_id == case.accreditation_id,
        event.kind == EventKind.EXIT_OVERTURNED,
        event.clause == case.clause,
        event.period == case.period,
    )
    fell = w.session.scalar(query.order_by(event.id.desc()).limit(1))
    if fell is None or fell.title_zh == GRANTED.zh:
        return GRANTED
    first, then = case.appeal_decided_on.isoformat(), fell.happened_on.isoformat()
    row = DecisionCorrection
    with_it = row.accreditation_id == case.accreditation_id, row.reason == case.appeal_reason
    if first < then or not w.session.scalar(select(exists().where(*with_it))):
        return T(
            f"申诉于 {first} 不成立；{then}：{fell.title_zh}",
            f"The appeal was dismissed on {first}; on {then}: {fell.title_en}",
        )
    return T(
        f"{then}：{fell.title_zh}，申诉随之办结",
        f"On {then}: {fell.title_en}; the appeal has reached what it asked for",
    )


def appeal(w: Work, exit_case_id: int, statement: str) -> None:
    """The party appeals against a revocation, once."""
    case, _ = part_own(w, ExitCase, exit_case_id)
    said = written(statement, "statement")
    if case.state is not ExitState.UPHELD:
        raise Refused(T("没有可申诉的撤销决定", "There is no revocation to appeal against"))
    if case.appealed_on is not None:
        raise Conflict(T("您已提出申诉", "You have appealed already"))
    case.appeal = said
    case.appealed_on = w.today


def decide_appeal(w: Work, exit_case_id: int, *, upheld: bool, reason: str) -> None:
    """The lead decides an appeal; upheld, the status is given back as if it had not been revoked."""
    case, status = part_for(w, ExitCase, exit_case_id, Act.APPEAL_DECIDE)
    accreditation = status.accreditation
    said = written(reason)
    if case.appealed_on is None:
        raise Refused(T("没有提出申诉", "No appeal was made"))
    if case.appeal_decided_on is not None:
        raise already(
            w, case, T("该申诉已有结论", "The appeal has been decided already"), "appeal_decided_on"
        )
    if case.state is not ExitState.UPHELD:
        raise Refused(
            T("所申诉的退出决定已不存在", "The decision that was appealed against stands no more"),
            mend=T("无需再处理该申诉", "there is nothing left to decide"),
        )
    if w.actor.user_id is not None and w.actor.user_id in (case.first_officer_id, case.second_officer_id):
        raise Refused(
            T("作出撤销决定的人员不能复核申诉", "Who decided the revocation may not decide the appeal"),
            mend=T("请由其他负责人办理", "leave it to another lead"),
        )
    case.appeal_decided_on = w.today
    case.appeal_reason = said
    if upheld:
        overturn(w, accreditation, case, said, GRANTED)
    notify(
        w,
        MessageEvent.APPEAL_DECIDED,
        key=f"appeal/{case.id}",
        accreditation_id=accreditation.id,
        exit_case_id=case.id,
        values={"outcome": GRANTED if upheld else REFUSED, "reason": said},
    )
    check_now(w, accreditation.id)


def overturn(w: Work, accreditation: Accreditation, case: ExitCase, reason: str, title: T) -> None:
    """Take an exit back: the status stands as if it had not been revoked, and the ban is lifted."""
    lift(w, accreditation, case, reason, title)
    w.session.flush()
    _give_back(w, accreditation, case, reason)


def lift(w: Work, accreditation: Accreditation, case: ExitCase, reason: str, title: T) -> None:
    """Let an exit that took effect stand no more, with its ban; what the status is now is the caller's.

    An appeal that is not decided has reached what it asked for.
    """
    case.state = ExitState.OVERTURNED
    if case.appealed_on is not None and case.appeal_decided_on is None:
        case.appeal_decided_on, case.appeal_reason = w.today, reason
    for ban in w.session.scalars(select(Ban).where(Ban.exit_case_id == case.id, Ban.lifted_on.is_(None))):
        ban.lifted_on = w.today
    note(w, accreditation, EventKind.EXIT_OVERTURNED, case.clause, case.period, title)


def _give_back(w: Work, accreditation: Accreditation, case: ExitCase, reason: str) -> None:
    """Undo the end that a revocation put to the status, unless another one stands."""
    other = w.session.scalar(
        select(ExitCase)
        .where(ExitCase.accreditation_id == accreditation.id, ExitCase.state == ExitState.UPHELD)
        .order_by(ExitCase.decided_on, ExitCase.id)
        .limit(1)
    )
    if other is not None:
        advance(w, accreditation, Action.REVOKE, Inputs(exit_case=other))
        return
    upheld = Inputs(exit_case=case, reason=reason)
    if withdrawal(w, accreditation) is not None:
        advance(w, accreditation, Action.REINSTATE_WITHDRAWN, upheld)
    elif cessation(w, accreditation) is not None:
        advance(w, accreditation, Action.REINSTATE_CEASED, upheld)
    elif ended_meanwhile(w, accreditation, w.today):
        advance(w, accreditation, Action.REINSTATE_EXPIRED, upheld)
        if w.today > accreditation.valid_through:
            note_expiry(w, accreditation)
    else:
        ended_on = accreditation.ended_on
        advance(w, accreditation, Action.REINSTATE, upheld)
        resume(w, accreditation, ended_on)
