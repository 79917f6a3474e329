"""A party that ended by mistake, or a ban that was lifted by mistake: a second person corrects it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.change_table import ChangeKind
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import AccreditationState, Action, ApplicationState
from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.domain.wording import join
from core.rules.text import EMPTY, T
from core.services.applications.case import Case
from core.services.base.access import require, require_second
from core.services.base.words import NOTHING_THERE, home, written
from core.services.base.work import Work
from core.services.calls.bans import what_bans
from core.services.changes.moving import advance
from core.services.changes.requests import find
from core.services.changes.telling import tell_concerned
from core.services.deciding.correcting import NOT_ONESELF, go_on, record
from core.services.messaging.writing import notify
from core.services.people.parties import is_own, lock_party, registrations, require_party
from core.services.people.succession import give_back
from core.services.people.vouched import SEEKING
from core.services.supervision.guards import cessation, closure_of
from core.services.supervision.locking import lock_all
from core.services.supervision.restoring import restore
from core.services.supervision.timeline import note
from core.storage.models import (
    Accreditation,
    Application,
    AuditEvent,
    Ban,
    ChangeRequest,
    ExitCase,
)
from core.storage.models.deciding import CorrectedKind
from core.storage.models.exits import ExitState
from core.storage.one_party import ids_of

GOES_ON = T("主体终止有误，恢复认定", "Its holder had not ended: the status stands")
_GOES_ON = T("该主体继续存续。", "The party goes on.")
NOTHING_ENDED = T("没有终止主体的决定可更正", "no end of the party was granted that could be corrected")


def correct_closure(w: Work, request_id: int, reason: str) -> int:
    """Correct the end of a party: it goes on, with the statuses and applications that it lost thereby.

    An application is as submitted again; a draft is not, since it may be begun anew.
    Roles for a body that closed are given back; where they went to a successor they stay there. Returns the
    correction's id.
    """
    request = find(w, request_id)
    said = written(reason)
    # Applications and statuses come first everywhere: whoever holds them goes on to the party.
    cases = _withdrawn_with(w, request)
    statuses = lock_all(w, request.party_id)
    party = lock_party(w, request.party_id)
    require_party(w, Act.APPEAL_DECIDE, party)
    if not request.ends_party:
        raise Refused(NOTHING_ENDED)
    move = advance(w, request, Action.UNDO_CLOSURE, frozenset({Role.LEAD}), said)
    if request.decided_at is None:
        raise ValueError(f"request {request.id} was granted at no time")
    on = local_date(request.decided_at)
    before = {
        "by": request.decided_by_id,
        "at": request.decided_at.isoformat(),
        "kind": request.kind,
        "reason": request.answer,
    }
    correction = record(w, CorrectedKind.CLOSURE, request.id, said, before, party_id=party.id)
    for one in registrations(w, party.id):
        if one.closed_on == on:
            one.closed_on = None
    w.session.flush()
    held = [status.accreditation for status in statuses]
    again = [item for item in held if _ended_by(w, item, request) and _stands_again(w, item, request)]
    for case in cases:
        go_on(case, CorrectedKind.CLOSURE, request.decided_at, said)
    if request.kind is ChangeKind.CLOSURE:
        give_back(w, party.id, on, request.decided_at)
    effect = join((_GOES_ON, *(_said(item) for item in again)), "", " ")
    notify(
        w,
        move.message,
        key=f"corrected/{correction.id}",
        party_id=party.id,
        values={"what": CorrectedKind.CLOSURE.label, "reason": said, "effect": effect},
    )
    places = [item.place for item in again]
    places += [case.application.place for case in cases]
    tell_concerned(w, request, party.name, places, corrected=effect)
    return correction.id


def _said(held: Accreditation) -> T:
    through = held.valid_through.isoformat()
    if held.state.in_force:
        return T(
            f"认定 {held.number} 恢复有效，有效期至 {through}。",
            f"Accreditation {held.number} stands again, through {through}.",
        )
    return T(
        f"认定 {held.number} 视为有效至 {through}。",
        f"Accreditation {held.number} counts as held through {through}.",
    )


def _ended_by(w: Work, held: Accreditation, request: ChangeRequest) -> bool:
    over = cessation(w, held)
    return over is not None and closure_of(over) == request.id


def _stands_again(w: Work, held: Accreditation, request: ChangeRequest) -> bool:
    """Give a status back; one that was revoked since stays so, though its holder goes on."""
    period = f"closure/{request.id}"
    if held.state is AccreditationState.CEASED:
        restore(w, held, EventKind.RESTORED, period, GOES_ON)
        return True
    note(w, held, EventKind.RESTORED, "", period, GOES_ON)
    return False


def _withdrawn_with(w: Work, request: ChangeRequest) -> list[Case]:
    """The applications, locked, that were taken back with the party's end and had been handed in before."""
    event, row = AuditEvent, Application
    states = event.changes["state"]
    moved = select(event.subject_id).where(
        event.subject == row.__tablename__,
        event.at == request.decided_at,
        states[1].as_string() == ApplicationState.WITHDRAWN.value,
        states[0].as_string().in_([state.value for state in SEEKING]),
    )
    numbers = [int(number) for number in w.session.scalars(moved)]
    theirs = row.id.in_(numbers), row.party_id.in_(ids_of(request.party_id))
    query = select(row).where(*theirs, row.state == ApplicationState.WITHDRAWN).order_by(row.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return [Case(w, item) for item in w.session.scalars(locked)]


def correct_lifting(w: Work, ban_id: int, reason: str) -> int:
    """Correct that a ban was lifted: it runs on to its own last day. Returns the correction's id.

    What was begun while it was lifted stands; nothing new is begun.
    """
    said = written(reason)
    found = w.session.get(Ban, ban_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    case = _exit_of(w, found)
    ban = w.session.get_one(Ban, ban_id, with_for_update=True, populate_existing=True)
    require(w, Act.BAN_LIFT, ban.program, home(w, ban.program))
    if is_own(w, ban.party_id):
        raise Refused(Guard.NOT_OWN.reason)
    why = why_not_again(ban, case, w.today)
    if why is not None:
        raise Refused(why)
    by = _lifted_by(w, ban)
    require_second(w, NOT_ONESELF, by)
    before = {"by": by, "lifted_on": str(ban.lifted_on), "clause": ban.clause}
    held = case.accreditation if case is not None else None
    correction = record(w, CorrectedKind.BAN, ban.id, said, before, accreditation=held, party_id=ban.party_id)
    ban.lifted_on = None
    w.session.flush()
    notify(
        w,
        MessageEvent.PARTY_CORRECTED,
        key=f"corrected/{correction.id}",
        party_id=ban.party_id,
        values={
            "what": CorrectedKind.BAN.label,
            "reason": said,
            "effect": what_bans([ban], max(ban.starts_on, w.today)) or EMPTY,
        },
    )
    return correction.id


def why_not_again(ban: Ban, case: ExitCase | None, today: date) -> T | None:
    """What keeps a ban from running again; None where nothing does."""
    if ban.lifted_on is None:
        return T("该限制没有解除", "this ban was not lifted")
    if case is not None and case.state is not ExitState.UPHELD:
        return T(
            "所依据的退出决定已不存在；重新限制须另行提出退出",
            "the exit that it rested on stands no more; a new ban comes with a new exit",
        )
    if today > ban.through:
        last = ban.through.isoformat()
        return T(f"限制期已于 {last} 届满", f"the ban would have ended on {last}")
    return None


def _exit_of(w: Work, ban: Ban) -> ExitCase | None:
    """The exit that the ban came with, as it stands; with the lock that whoever takes it back takes first."""
    case = w.session.get(ExitCase, ban.exit_case_id) if ban.exit_case_id is not None else None
    if case is not None:
        w.session.get_one(Accreditation, case.accreditation_id, with_for_update=True, populate_existing=True)
        w.session.refresh(case)
    return case


def _lifted_by(w: Work, ban: Ban) -> int | None:
    """Who lifted the ban last."""
    event = AuditEvent
    query = select(event.actor_id).where(
        event.subject == Ban.__tablename__,
        event.subject_id == str(ban.id),
        event.changes["lifted_on"][1].as_string() == str(ban.lifted_on),
    )
    return w.session.scalar(query.order_by(event.id.desc()).limit(1))


def liftings(w: Work, bans: Sequence[Ban]) -> dict[int, T | None]:
    """Of bans that were lifted, what keeps the lifting from being corrected; None where nothing does."""
    cases = {ban.exit_case_id for ban in bans if ban.lifted_on is not None and ban.exit_case_id is not None}
    found = {item.id: item for item in w.session.scalars(select(ExitCase).where(ExitCase.id.in_(cases)))}
    return {
        ban.id: why_not_again(ban, found.get(ban.exit_case_id or 0), w.today)
        for ban in bans
        if ban.lifted_on is not None
    }
