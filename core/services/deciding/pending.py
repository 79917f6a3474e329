"""A decision waits, visibly and for a short time, until it is issued; until then it can be recalled.

It is kept as the act to be done. Before it is kept the act is tried and taken back, so that whatever would
refuse it refuses it now; when it is issued the act's own service does it, and asks all of it again. Nothing
of it exists in between: no number, letter, event or period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload, sessionmaker

from core.domain.clock import SHANGHAI, local_date
from core.domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.rules.periods import DAY
from core.rules.text import T
from core.services.base.access import ACTS, allowed, require, scope
from core.services.base.bulk import BulkResult
from core.services.base.decided import already
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, unkept
from core.services.base.work import DECISION_DELAY, SYSTEM, Work, work
from core.services.deciding.acts import (
    OF_ACTION,
    Subject,
    fingerprint,
    locked,
    may,
    of_exit,
    run,
    takes_effect,
)
from core.services.granting import notices, starting
from core.services.messaging.writing import notify, tell_staff
from core.services.people.users import actor_for
from core.services.previews.trial import tried
from core.storage.models import Application, ExitCase, PendingDecision, User
from core.storage.models.deciding import PendingAct, PendingState

CHANGED = T("作出决定后，其依据已有变化", "what the decision was taken on has changed since")
ISSUE = "decision.issue"
"""The action under which the trail has what an issued decision did; the actor is who decided."""
log = structlog.get_logger(__name__)


def perform(w: Work, application_id: int, action: Action, **inputs: Any) -> int | None:
    """Make a move of an application; one that decides waits first: the id of what waits then."""
    act = OF_ACTION.get(action)
    if act is None:
        starting.perform(w, application_id, action, **inputs)
        return None
    version = inputs.pop("version", None)
    marks = [[mark.kind.value, mark.key, mark.note] for mark in inputs.pop("marks", ())]
    return decide(w, act, application_id, {"reason": "", **inputs, "marks": marks}, version=version)


def decide(
    w: Work, act: PendingAct, subject_id: int, arguments: Mapping[str, Any], *, version: int | None = None
) -> int | None:
    """Decide: the id of the decision that waits to be issued, or None where it has taken effect at once."""
    subject = locked(w, act, subject_id)
    _nothing_waits(w, act, subject_id)
    delay = int(w.operation(DECISION_DELAY))
    if not delay or not takes_effect(act, subject):
        run(w, act, subject_id, arguments, version)
        return None
    if w.actor.user_id is None:
        raise NotAllowed(T("须由人员作出决定", "A person decides this"))
    # Everything that stands against it is said now.
    tried(w, lambda: run(w, act, subject_id, arguments, version))
    row = PendingDecision(
        act=act,
        application_id=None if of_exit(act) else subject_id,
        exit_case_id=subject_id if of_exit(act) else None,
        objection_id=arguments.get("objection"),
        program=subject.program,
        region=subject.region,
        arguments=dict(arguments),
        seen=fingerprint(w, locked(w, act, subject_id)),
        by_id=w.actor.user_id,
        decided_at=w.now,
        issue_at=w.now + timedelta(minutes=delay),
    )
    w.session.add(row)
    w.session.flush()
    return row.id


def decide_objection(w: Work, objection_id: int, *, upheld: bool, reason: str) -> int | None:
    """Decide an objection: one that is upheld refuses the application, and waits as every refusal does.

    Returns as `decide`. One that is dismissed leaves the application where it is, and is decided at once.
    """
    application_id = notices.application_of(w, objection_id)
    locked(w, PendingAct.REJECT, application_id)
    if upheld and notices.refuses(w, objection_id):
        given = {"reason": reason, "objection": objection_id}
        return decide(w, PendingAct.REJECT, application_id, given)
    _nothing_waits(w, PendingAct.REJECT, application_id)
    notices.decide_objection(w, objection_id, upheld=upheld, reason=reason)
    return None


def _nothing_waits(w: Work, act: PendingAct, subject_id: int) -> None:
    before = visible(w, act, subject_id)
    if before is not None:
        raise Conflict(
            said(before), mend=T("如需改变，请先收回该决定", "to change it, recall that decision first")
        )


def decide_many(
    w: Work,
    application_ids: Sequence[int],
    action: Action,
    reason: str = "",
    *,
    versions: Mapping[int, int] | None = None,
) -> list[BulkResult]:
    """Approve or reject several applications in the given order; a refused one does not stop the others.

    `versions` are those that were looked at: an application that has changed since is left alone.
    """
    if action not in (Action.APPROVE, Action.REJECT):
        raise ValueError(f"decide approves or rejects; {action} does neither")
    results = []
    for number in dict.fromkeys(application_ids):
        try:
            with w.session.begin_nested():
                decide(w, OF_ACTION[action], number, {"reason": reason}, version=(versions or {}).get(number))
        except DomainError as error:
            results.append(BulkResult(number, error.text))
        else:
            results.append(BulkResult(number, None))
    return results


def recall(w: Work, pending_id: int, reason: str = "") -> None:
    """Take a decision back before it is issued: its own maker, or a colleague who might have made it."""
    errors = unkept(reason, "reason")
    if errors:
        raise Invalid(errors)
    row, subject = _locked(w, pending_id)
    if not _reaches(w, row):
        raise NotFound(NOTHING_THERE)
    if row.by_id != w.actor.user_id:
        require(w, may(row.act), *row.place)
    if subject.party_id in w.actor.parties | w.actor.recommender_parties:
        raise Refused(Guard.NOT_OWN.reason)
    if row.state is not PendingState.WAITING:
        state = row.state.label
        raise already(
            w, row, T(f"该决定{state.zh}，不能收回", f"The decision cannot be recalled: {state.en}"), "state"
        )
    row.state, row.ended_at, row.ended_by_id = PendingState.RECALLED, w.now, w.actor.user_id
    row.ended_reason = reason.strip()
    _looked_at_again(w, subject)


def _looked_at_again(w: Work, subject: Subject) -> None:
    """An exit case that the daily check passed over while the decision waited is due again, tomorrow."""
    if subject.exit_case is not None:
        status, tomorrow = subject.exit_case.accreditation, w.today + DAY
        status.next_due_on = min(status.next_due_on or tomorrow, tomorrow)


def issue_due(factory: sessionmaker[Session], now: datetime) -> dict[str, int]:
    """Issue every decision whose time has come, also one that a run has missed, each in its own transaction.

    One that no longer fits falls, and its maker is told, and colleagues of one who may decide no more; one
    that fails otherwise is tried again.
    """
    counts = {"issued": 0, "fallen": 0, "failed": 0}
    with factory() as session:
        due = (
            select(PendingDecision.id)
            .where(PendingDecision.state == PendingState.WAITING, PendingDecision.issue_at <= now)
            .order_by(PendingDecision.issue_at, PendingDecision.id)
        )
        numbers = session.scalars(due).all()
    for number in numbers:
        try:
            counts["issued" if _issue(factory, number, now) else "fallen"] += 1
        except Exception:
            # The others are issued all the same; this one is due again with the next run.
            log.exception("decision.not_issued", decision=number)
            counts["failed"] += 1
    return counts


def _issue(factory: sessionmaker[Session], pending_id: int, now: datetime) -> bool:
    """Whether the decision was issued; False: it fell, or somebody was faster."""
    try:
        with factory() as session:
            by = session.get_one(PendingDecision, pending_id).by_id
            actor = actor_for(session, by, local_date(now))
            with work(session, actor, now, ISSUE) as w:
                row, subject = _locked(w, pending_id)
                if row.state is not PendingState.WAITING:
                    return False
                if fingerprint(w, subject) != row.seen:
                    raise Refused(CHANGED)
                row.state, row.ended_at = PendingState.ISSUED, now
                # Those that wait count for a quota: this one is no longer among them.
                w.session.flush()
                run(w, row.act, subject.row.id, row.arguments)
                return True
    except DomainError as error:
        with factory() as session, work(session, SYSTEM, now, ISSUE) as w:
            row, subject = _locked(w, pending_id)
            if row.state is PendingState.WAITING:
                _fall(w, row, subject, error.text)
        return False


def _fall(w: Work, row: PendingDecision, subject: Subject, why: T) -> None:
    row.state, row.ended_at = PendingState.FALLEN, w.now
    row.ended_reason = f"{why.zh} / {why.en}"[:2000]
    _looked_at_again(w, subject)
    key, event = f"decision.fallen/{row.id}", MessageEvent.DECISION_FALLEN
    values: dict[str, object] = {
        "program": row.program,
        "subject": about(subject),
        "act": row.ruling,
        "by": str(row.by),
        "reason": why,
    }
    notify(w, event, key=key, user_id=row.by_id, values=values)
    if not _still_decides(w, row):
        # Nobody reads what is written to who has left: those who might have recalled it decide anew.
        roles = ACTS[may(row.act)]
        program, region, recommender = row.place
        tell_staff(
            w,
            roles,
            event,
            key=key,
            program=program,
            region=region,
            values=values,
            recommender=recommender,
        )


def _still_decides(w: Work, row: PendingDecision) -> bool:
    """Whether the maker might decide so today."""
    if not w.session.get_one(User, row.by_id).active:
        return False
    return allowed(actor_for(w.session, row.by_id, w.today), may(row.act), *row.place)


def about(subject: Subject) -> T:
    """What a decision is about, in words for staff."""
    if subject.application is not None:
        name = subject.application.party.name
        return T(
            f"{name} 的申请 #{subject.application.id}", f"application #{subject.application.id} of {name}"
        )
    case = subject.exit_case
    assert case is not None  # noqa: S101  # one of the two is there
    number, name = case.accreditation.number, case.accreditation.party.name
    return T(f"{name} 的认定 {number}", f"accreditation {number} of {name}")


def _locked(w: Work, pending_id: int) -> tuple[PendingDecision, Subject]:
    """A pending decision and what it is about; that comes first, as everywhere."""
    found = w.session.get(PendingDecision, pending_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    subject = locked(w, found.act, found.application_id or found.exit_case_id or 0)
    row = w.session.get_one(PendingDecision, pending_id, with_for_update=True, populate_existing=True)
    return row, subject


def _reaches(w: Work, row: PendingDecision) -> bool:
    return row.by_id == w.actor.user_id or allowed(w.actor, may(row.act), *row.place)


def waiting_on(w: Work, act: PendingAct, subject_id: int) -> PendingDecision | None:
    """The decision that waits on the application, or on the exit case, that the act is about."""
    column = PendingDecision.exit_case_id if of_exit(act) else PendingDecision.application_id
    query = select(PendingDecision).where(column == subject_id, PendingDecision.state == PendingState.WAITING)
    return w.session.scalar(query.execution_options(populate_existing=True))


def visible(w: Work, act: PendingAct, subject_id: int) -> PendingDecision | None:
    """The same, for its maker and those who might recall it; nobody else knows of it."""
    row = waiting_on(w, act, subject_id)
    return row if row is not None and _reaches(w, row) else None


def on_exits(w: Work, accreditation_id: int) -> dict[int, PendingDecision]:
    """What waits on the exit cases of an accreditation, by the case, for those who may know of it."""
    query = (
        select(PendingDecision)
        .join(PendingDecision.exit_case)
        .where(
            ExitCase.accreditation_id == accreditation_id,
            PendingDecision.state == PendingState.WAITING,
            _in_reach(w),
        )
        .options(joinedload(PendingDecision.by))
    )
    return {row.exit_case_id: row for row in w.session.scalars(query) if row.exit_case_id is not None}


def said(row: PendingDecision) -> T:
    """Who decided what, when, and when it is issued."""
    by, at = row.by, f"{row.decided_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    until, act = f"{row.issue_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", row.ruling
    return T(
        f"{by} 已于 {at} 决定“{act.zh}”，将于 {until} 发出",
        f"{by} decided at {at}: {act.en}; it is issued at {until}",
    )


def queue(w: Work, wish: Wish = FIRST) -> Page[PendingDecision]:
    """The decisions that wait, the next first, and those that fell since yesterday, in the actor's reach."""
    since = w.now - timedelta(days=1)
    state, row = PendingDecision.state, PendingDecision
    shown = (state == PendingState.WAITING) | ((state == PendingState.FALLEN) & (row.ended_at >= since))
    query = _with_subjects(
        select(row).where(shown, _in_reach(w)).order_by(row.state.desc(), row.issue_at, row.id)
    )
    return page_of(w, query, wish)


def _in_reach(w: Work) -> ColumnElement[bool]:
    row = PendingDecision
    return (row.by_id == w.actor.user_id) | (scope(w.actor, may(PendingAct.APPROVE), row.program, row.region))


def _with_subjects(query: Select[PendingDecision]) -> Select[PendingDecision]:
    return query.options(
        joinedload(PendingDecision.by),
        joinedload(PendingDecision.objection),
        joinedload(PendingDecision.application).joinedload(Application.party),
        joinedload(PendingDecision.exit_case).joinedload(ExitCase.accreditation),
    )
