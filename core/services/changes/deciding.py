"""The answer to a request for a change, by an officer of an authority concerned, never by who asked."""

from __future__ import annotations

from sqlalchemy import exists, select

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, Refused
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.roles import DECIDING
from core.rules.phrases import RELOAD_TO_RETRY
from core.rules.text import T
from core.services.applications.case import Case
from core.services.base.access import require_second
from core.services.base.words import unkept
from core.services.base.work import Work
from core.services.changes.certificates import issue_all
from core.services.changes.effects import Granted, carry_out
from core.services.changes.moving import advance
from core.services.changes.requests import find
from core.services.changes.telling import changes_of
from core.services.messaging.writing import notify
from core.services.people.parties import is_own, lock_party, reach, registrations, require_party
from core.services.supervision.locking import lock_all
from core.storage.models import Application, Attachment, ChangeRequest, Party
from core.storage.models.holdings import AttachmentPurpose
from core.storage.one_party import ids_of

OPEN = tuple(state for state in ApplicationState if state.is_open)


FORMER_KEPT = T(
    "原名称及其起止日期继续保留，可供查询和查验。",
    "Former names are kept with their dates, and are found by search and verification.",
)


def decide(
    w: Work, request_id: int, *, granted: bool, answer: str = "", new_certificates: bool = False
) -> None:
    """Grant or refuse a request; one decision holds for every programme, whose officers are told.

    What stands in the register is one, and so is its proof: an officer of any authority that accredited the
    party, or that it applies to, decides. `new_certificates`: those that state other data are issued anew.
    """
    request = find(w, request_id)
    errors = unkept(answer, "answer")
    if errors:
        raise Invalid(errors)
    # Applications and statuses come first everywhere: whoever holds them goes on to the party.
    before = set(w.session.scalars(ids_of(request.party_id)))
    cases = _lock_applications(w, request.party_id)
    statuses = tuple(lock_all(w, request.party_id))
    party = lock_party(w, request.party_id)
    registered = registrations(w, party.id)
    if {item.id for item in registered} != before:
        raise Conflict(
            T("该主体刚刚合并或撤销了合并", "the party has just been merged, or parted"), mend=RELOAD_TO_RETRY
        )
    require_party(w, Act.CHANGE_DECIDE, party)
    require_second(w, T("提出人不能自行决定", "who asked may not decide"), request.asked_by_id)
    move = advance(w, request, Action.GRANT if granted else Action.REFUSE, DECIDING, answer)
    changes = changes_of(w, request)
    if granted:
        _require_proof(w, request)
        carry_out(Granted(w, request, party, registered, statuses, cases, changes))
        if new_certificates and request.kind is ChangeKind.DETAILS:
            issue_all(w, statuses)
    said = [*changes.values(), *([FORMER_KEPT] if granted and request.kind is ChangeKind.DETAILS else [])]
    notify(
        w,
        move.message,
        key=f"change/{request.id}",
        party_id=party.id,
        values={
            "what": request.kind.label,
            "change": T("\n".join(item.zh for item in said), "\n".join(item.en for item in said)),
            "reason": request.answer,
        },
    )


def revoke(w: Work, request_id: int, reason: str) -> None:
    """Withdraw the acceptance of a code, with a reason: what was begun on it stands, nothing new is begun."""
    request = find(w, request_id)
    errors = unkept(reason, "reason")
    if errors:
        raise Invalid(errors)
    party = lock_party(w, request.party_id)
    require_party(w, Act.CHANGE_DECIDE, party)
    if request.kind is not ChangeKind.NUMBER:
        raise Refused(
            T("只有代码的核准可以撤销", "only the acceptance of a code is withdrawn"),
            mend=T("请另行提出变更", "ask for another change instead"),
        )
    said = changes_of(w, request)["uscc"]
    move = advance(w, request, Action.REVOKE, DECIDING, reason)
    notify(
        w,
        move.message,
        key=f"change/{request.id}/revoked",
        party_id=party.id,
        values={"what": request.kind.label, "change": said, "reason": request.answer},
    )


def may_decide(w: Work, request: ChangeRequest) -> bool:
    """Whether the actor may answer the request: within reach, neither its own nor made by itself."""
    return request.asked_by_id != w.actor.user_id and may_revoke(w, request)


def accepts_code(request: ChangeRequest) -> bool:
    """Whether it is the acceptance of a code, and stands."""
    return request.kind is ChangeKind.NUMBER and request.state is ChangeState.GRANTED


def may_revoke(w: Work, request: ChangeRequest) -> bool:
    """Whether the actor may withdraw what was accepted: within reach, and not its own."""
    reached = exists().where(Party.id == request.party_id, reach(w.actor, Act.CHANGE_DECIDE))
    return not is_own(w, request.party_id) and bool(w.session.scalar(select(reached)))


def may_correct(w: Work, request: ChangeRequest) -> bool:
    """Whether the actor may correct the end of a party: a lead within reach, who did not grant it."""
    if not (request.ends_party and request.state is ChangeState.GRANTED):
        return False
    reached = exists().where(Party.id == request.party_id, reach(w.actor, Act.APPEAL_DECIDE))
    own = is_own(w, request.party_id) or request.decided_by_id == w.actor.user_id
    return not own and bool(w.session.scalar(select(reached)))


def _lock_applications(w: Work, party_id: int) -> tuple[Case, ...]:
    query = (
        select(Application)
        .where(Application.party_id.in_(ids_of(party_id)), Application.state.in_(OPEN))
        .order_by(Application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return tuple(Case(w, item) for item in w.session.scalars(query))


def _require_proof(w: Work, request: ChangeRequest) -> None:
    proof = exists().where(
        Attachment.change_request_id == request.id,
        Attachment.purpose == AttachmentPurpose.CHANGE,
        Attachment.removed_at.is_(None),
    )
    if not w.session.scalar(select(proof)):
        raise Refused(
            T("没有证明材料，不能准予变更", "without proof no change is granted"),
            mend=T("请申请人补充，或不予变更", "have one handed in, or refuse"),
        )
