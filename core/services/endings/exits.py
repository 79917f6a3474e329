"""Exit cases until they are decided: the proposal, the notice, the party's word, two officers' decision."""

from __future__ import annotations

from datetime import date
from itertools import count

from sqlalchemy import exists, select

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, NotAllowed, Refused
from core.domain.messages import MessageEvent
from core.domain.reading import why_not_past
from core.domain.roles import DECIDING
from core.domain.supervision.standing import EventKind
from core.hooks.loaded import TrackRules
from core.rules.obligations import Effect, ExitRule, Mode, OnFinding
from core.rules.phrases import BY_ANOTHER
from core.rules.text import T
from core.services.base.access import is_same
from core.services.base.decided import already
from core.services.base.words import written
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.guards import decided_to_wait, unanswered
from core.services.supervision.hearing import begin, why_not_over
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for, part_for, part_own
from core.services.supervision.moving import settle
from core.services.supervision.revocation import revoke
from core.services.supervision.status import Status
from core.services.supervision.timeline import note, unused
from core.storage.models import Accreditation, ExitCase, RegisterEvent
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState


def proposable(rules: TrackRules) -> tuple[ExitRule, ...]:
    """The rules under which a person may propose to revoke: one a clause, a finding's before others."""
    chosen: dict[str, ExitRule] = {}
    for rule in rules.exits:
        if rule.effect is not Effect.REVOKE:
            continue
        if rule.clause not in chosen or isinstance(rule.trigger, OnFinding):
            chosen[rule.clause] = rule
    return tuple(chosen.values())


def propose(w: Work, accreditation_id: int, clause: str, reason: str) -> int:
    """Propose to revoke under a clause; the authority decides it, whoever proposed. Returns the case's id."""
    status = lock_for(w, accreditation_id, Act.EXIT_PROPOSE)
    accreditation = status.accreditation
    _may_propose(status)
    rules = {rule.clause: rule for rule in proposable(status.rules)}
    if clause not in rules:
        known = "、".join(rules) or "—"
        raise Invalid(
            {
                "clause": T(
                    f"不是撤销认定的条款；可选：{known}", f"not a clause that revokes; choose from {known}"
                )
            }
        )
    grounds = written(reason)
    if not accreditation.state.in_force:
        raise Refused(T("认定已终止，不能再提出退出", "The status has ended; no exit can be proposed"))
    if open_under(w, accreditation.id, clause):
        raise Conflict(
            T(f"条款 {clause} 已有未办结的退出案件", f"An exit case under {clause} is open already"),
            mend=T("请在该案件中补充意见", "add to that case instead"),
        )
    return _open_case(w, accreditation, rules[clause], grounds)


def _may_propose(status: Status) -> None:
    actor, item = status.w.actor, status.accreditation
    deciding = actor.roles(*item.place) & DECIDING
    if actor.system or deciding or status.rules.procedure.exit_proposal:
        return
    raise NotAllowed(
        T("本项目的推荐单位不能提出退出", "In this programme a recommender may not propose an exit"),
        mend=T("请将情况报认定机关", "report what you know to the authority"),
    )


def _open_case(w: Work, accreditation: Accreditation, rule: ExitRule, reason: str) -> int:
    evidence = {"reason": reason}
    case = ExitCase(
        accreditation_id=accreditation.id,
        clause=rule.clause,
        title_zh=rule.title.zh,
        title_en=rule.title.en,
        mode=Mode.CONFIRM,
        ban_years=rule.ban_years,
        period=_free_period(w, accreditation.id, rule.clause),
        proposed_on=w.today,
        proposed_by_id=w.actor.user_id,
        reason=reason,
        evidence=evidence,
    )
    w.session.add(case)
    w.session.flush()
    note(w, accreditation, EventKind.EXIT_PROPOSED, rule.clause, case.period, rule.title, evidence)
    tell_proposed(w, case)
    check_now(w, accreditation.id)
    return case.id


def tell_proposed(w: Work, case: ExitCase, *, again: int | None = None) -> None:
    """Tell the party what is proposed: its time to object begins as it is told.

    `again`: the correction by which the case is open once more.
    """
    notify(
        w,
        MessageEvent.EXIT_PROPOSED,
        key=f"proposed/{case.id}" if again is None else f"proposed/{case.id}/{again}",
        accreditation_id=case.accreditation_id,
        exit_case_id=case.id,
        values={"clause": case.clause, "title": T(case.title_zh, case.title_en), "figures": case.evidence},
    )


def open_under(w: Work, accreditation_id: int, clause: str) -> bool:
    """Whether a case under the clause is to be decided: there is one at a time."""
    query = select(ExitCase.id).where(
        ExitCase.accreditation_id == accreditation_id,
        ExitCase.clause == clause,
        ExitCase.state.in_(OPEN_EXIT_STATES),
    )
    return bool(w.session.scalar(select(exists(query))))


def _free_period(w: Work, accreditation_id: int, clause: str) -> str:
    taken = set(
        w.session.scalars(
            select(RegisterEvent.period).where(
                RegisterEvent.accreditation_id == accreditation_id,
                RegisterEvent.kind == EventKind.EXIT_PROPOSED,
                RegisterEvent.clause == clause,
            )
        )
    )
    return next(name for name in (f"proposal/{number}" for number in count(1)) if name not in taken)


def told(w: Work, exit_case_id: int, on: date) -> None:
    """Record the day on which the party was told, and until when it may object; only the first call counts.

    The sender of messages calls it; an officer does who told the party by other means. Where the working days
    of the year are not known, the last day stays open, and the case waits until they are.
    """
    case, status = part_for(w, ExitCase, exit_case_id, Act.EXIT_DECIDE)
    if case.told_on is not None:
        return
    why = why_not_past(on, w.today, case.proposed_on)
    if why is not None:
        raise Invalid({"on": why})
    begin(w, case, status.accreditation, on)


def object_to(w: Work, exit_case_id: int, statement: str) -> None:
    """The party objects in time: only a person decides then, and a confirmation given before is void."""
    case, status = part_own(w, ExitCase, exit_case_id)
    _undecided(w, case)
    said = written(statement, "statement")
    if case.objected_on is not None:
        raise Conflict(T("您已提出异议", "You have objected already"))
    if case.objection_until is not None and w.today > case.objection_until:
        until = case.objection_until.isoformat()
        raise Refused(
            T(f"异议期已于 {until} 届满", f"The time to object ended on {until}"),
            mend=T("您仍可要求由人工作出决定", "you may still ask that a person decides"),
        )
    case.state = ExitState.OBJECTED
    case.objection = said
    case.objected_on = w.today
    case.first_officer_id = None
    case.decision_reason = ""
    notify(
        w,
        MessageEvent.EXIT_OBJECTED,
        key=f"objected/{case.id}",
        accreditation_id=status.id,
        exit_case_id=case.id,
        values={},
    )
    check_now(w, status.id)


def ask_for_person(w: Work, exit_case_id: int) -> None:
    """The party demands that a person decides: the case never takes effect by itself."""
    case, status = part_own(w, ExitCase, exit_case_id)
    _undecided(w, case)
    case.human_requested = True
    check_now(w, status.id)


def confirm(w: Work, exit_case_id: int, reason: str, *, seen: str | None = None) -> ExitState:
    """An officer confirms; the second, a different one, makes it take effect. Returns the state reached.

    `seen` is the state that the officer decided on: a Conflict if someone else acted on the case since.
    """
    case, status = part_for(w, ExitCase, exit_case_id, Act.EXIT_DECIDE)
    _undecided(w, case, seen)
    said = written(reason)
    if w.actor.user_id is None:
        raise NotAllowed(T("须由人员作出决定", "A person decides this"))
    why = why_not_confirmed(w, case)
    if why is not None:
        raise Refused(why)
    if case.state is not ExitState.CONFIRMED_ONCE:
        case.state = ExitState.CONFIRMED_ONCE
        case.first_officer_id = w.actor.user_id
        case.decision_reason = said
    else:
        case.second_officer_id = w.actor.user_id
        case.decision_reason = f"{case.decision_reason}\n{said}"
        revoke(w, status.accreditation, case, w.today)
    check_now(w, status.id)
    return case.state


def dismiss(w: Work, exit_case_id: int, reason: str, *, seen: str | None = None) -> None:
    """An officer dismisses the case: the status stays."""
    case, status = part_for(w, ExitCase, exit_case_id, Act.EXIT_DECIDE)
    _undecided(w, case, seen)
    case.decision_reason = written(reason)
    case.state = ExitState.DISMISSED
    case.decided_on = w.today
    title = T(case.title_zh, case.title_en)
    period = unused(w, status.accreditation, EventKind.EXIT_DISMISSED, case.clause, case.period)
    note(w, status.accreditation, EventKind.EXIT_DISMISSED, case.clause, period, title)
    settle(w, status.accreditation)
    notify(
        w,
        MessageEvent.EXIT_DISMISSED,
        key=f"dismissed/{case.id}/{w.now.isoformat()}",
        accreditation_id=status.id,
        exit_case_id=case.id,
        values={"clause": case.clause, "title": title, "reason": case.decision_reason},
    )
    check_now(w, status.id)


def release_held(w: Work, exit_case_ids: list[int]) -> int:
    """The lead lets cases go on that the brake had stopped; those whose time has come take effect at once."""
    wanted = select(ExitCase.id).where(ExitCase.id.in_(exit_case_ids))
    found = w.session.scalars(wanted.order_by(ExitCase.accreditation_id, ExitCase.id)).all()
    released = 0
    for exit_case_id in found:
        case, status = part_for(w, ExitCase, exit_case_id, Act.EXIT_RELEASE)
        if case.state is not ExitState.HELD:
            raise already(
                w, case, T(f"案件 {case.id} 未处于暂停状态", f"Case {case.id} is not held"), "state"
            )
        if w.session.scalar(select(ExitCase.id).where(ExitCase.id == case.id, decided_to_wait())):
            raise Conflict(
                T(f"案件 {case.id} 已有决定待发出", f"A decision on case {case.id} waits to be issued"),
                mend=T("如需改变，请先收回该决定", "to change it, recall that decision first"),
            )
        case.state = ExitState.PROPOSED
        if unanswered(case, w.today):
            revoke(w, status.accreditation, case, w.today, by_itself=True)
        check_now(w, status.id)
        released += 1
    return released


def _undecided(w: Work, case: ExitCase, seen: str | None = None) -> None:
    if case.state.value not in OPEN_EXIT_STATES or (seen is not None and seen != case.state):
        said = T(
            "该案件的状态已被他人改变，您的操作没有生效",
            "Someone else has acted on this case; nothing was changed",
        )
        raise already(w, case, said, "state")


def why_not_confirmed(w: Work, case: ExitCase) -> T | None:
    """What stands against the actor's confirmation now; None where nothing does.

    The party must have been told and have had its time to object, and nobody confirms twice.
    """
    unheard = why_not_over(w, case, w.today) if case.objected_on is None else None
    if unheard is not None:
        return unheard
    if case.state is ExitState.CONFIRMED_ONCE and is_same(w, case.first_officer_id):
        return T(
            f"须由另一名人员复核确认；{BY_ANOTHER.zh}", f"A different officer has to confirm; {BY_ANOTHER.en}"
        )
    return None
