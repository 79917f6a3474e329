"""Invitations to act for a party: sent to an address, good for a fortnight, accepted once, by its owner."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from core.domain.errors import Conflict, NotAllowed, NotFound, Refused
from core.domain.messages import MessageEvent
from core.rules.phrases import LOG_IN_FIRST
from core.rules.text import T
from core.services.base.access import require_member
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.messaging.writing import Recipient, notify
from core.services.people.codes import read_address
from core.services.people.parties import acts_for, lock_party, membership, require_main
from core.services.people.users import address_key, find_by_login
from core.storage.models import Invitation, Membership, User
from core.storage.one_party import ids_of
from core.storage.trail.privacy import mask_contact

VALID_DAYS = 14
VALID = timedelta(days=VALID_DAYS)
MOST_OPEN = 20
"""Open invitations of one party."""


class InvitationState(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _INVITATION_STATE_LABELS[self]


_INVITATION_STATE_LABELS = {
    InvitationState.OPEN: T("待接受", "Not yet accepted"),
    InvitationState.ACCEPTED: T("已接受", "Taken up"),
    InvitationState.CANCELLED: T("已取消", "Cancelled"),
    InvitationState.EXPIRED: T("已到期", "Expired"),
}


def why_closed(state: InvitationState) -> T | None:
    """Why an invitation can no longer be accepted; None while it can."""
    match state:
        case InvitationState.OPEN:
            return None
        case InvitationState.ACCEPTED:
            return T("该邀请已被接受，链接只能使用一次", "this invitation was accepted; its link works once")
        case InvitationState.CANCELLED:
            return T("该邀请已被撤销", "this invitation was cancelled")
        case InvitationState.EXPIRED:
            return T("该邀请已过期", "this invitation has expired")
        case _:
            assert_never(state)


_ASK = T("请联系邀请人重新邀请", "ask whoever invited you for another one")


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as a page shows it."""

    id: int
    party_id: int
    party: str
    address: str
    state: InvitationState
    invited_at: datetime
    expires_at: datetime
    accepted_by: str

    @property
    def masked(self) -> str:
        """The address as far as whoever holds the link needs it."""
        return mask_contact(self.address)


def invite(w: Work, party_id: int, given: str, page: str) -> int:
    """Invite whoever reads the address to act for the party; the token goes behind the address `page`."""
    party = lock_party(w, party_id)
    require_main(w, party)
    address = read_address(given)
    known = find_by_login(w.session, address.value)
    if known is not None and w.session.scalar(
        select(exists().where(Membership.party_id.in_(ids_of(party_id)), Membership.user_id == known.id))
    ):
        raise Refused(T("该用户已是成员", "this user is a member already"), field="address")
    still_open = _open(w, party_id)
    if any(item.address == address.value for item in still_open):
        raise Refused(
            T("已向其发出邀请，邀请仍有效", "an invitation was sent there, and it is still open"),
            field="address",
            mend=T("需要重新发送的，请先撤销原邀请", "cancel it first to send another one"),
        )
    if len(still_open) >= MOST_OPEN:
        raise Refused(
            T(f"未接受的邀请至多 {MOST_OPEN} 个", f"at most {MOST_OPEN} invitations are open at a time"),
            field="address",
            mend=T("请先撤销不需要的邀请", "cancel those that are not needed"),
        )
    token = secrets.token_urlsafe(32)
    made = Invitation(
        party_id=party_id,
        address=address.value,
        token_hash=_hash(token),
        invited_by_id=w.actor.user_id,
        invited_at=w.now,
        expires_at=w.now + VALID,
    )
    w.session.add(made)
    w.session.flush()
    language = known.language if known is not None else _language(w)
    notify(
        w,
        MessageEvent.MEMBER_INVITED,
        key=f"invitation/{made.id}",
        to=Recipient(address.channel, address.value, language, str(known or address.value)),
        secret=token,
        values={
            "organisation": party.name,
            "inviter": w.actor.name,
            "days_left": VALID_DAYS,
            "address": page,
        },
    )
    return made.id


def cancel(w: Work, invitation_id: int) -> None:
    """Take an open invitation back."""
    party_id = w.session.scalar(select(Invitation.party_id).where(Invitation.id == invitation_id))
    if party_id is None:
        raise NotFound(NOTHING_THERE)
    require_main(w, lock_party(w, party_id))
    found = w.session.get_one(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    _require_open(w, found)
    found.cancelled_at = w.now


def cancel_open(w: Work, party_id: int) -> None:
    """Take back all that lead to a locked party, whoever sent them: those who did act for it no more."""
    query = select(Invitation).where(
        Invitation.party_id.in_(ids_of(party_id)),
        Invitation.accepted_at.is_(None),
        Invitation.cancelled_at.is_(None),
    )
    for item in w.session.scalars(query.with_for_update()):
        item.cancelled_at = w.now


def read(w: Work, token: str) -> InvitationView:
    """The invitation behind a link; NotFound for one that was never sent."""
    return _view(_by_token(w, token), w.now)


def why_not_theirs(w: Work, address: str) -> Refused | None:
    """What the actor is told of an invitation to an address that their account has not confirmed as its own.

    It is one answer whoever has the address, and whether anybody does.
    """
    user = w.session.get(User, w.actor.user_id, populate_existing=True) if w.actor.user_id else None
    if user is not None:
        own = [
            (user.email, user.confirmed_at),
            (user.mobile, user.mobile_confirmed_at),
        ]
        confirmed = {address_key(given) for given, confirmed_at in own if given and confirmed_at is not None}
        if address_key(address) in confirmed:
            return None
    shown = mask_contact(address)
    return Refused(
        T(
            f"该邀请发往 {shown}，您的账号尚未确认此邮箱或手机号",
            f"the invitation was sent to {shown}, which your account has not confirmed as its own",
        ),
        mend=T(
            "请用该账号登录，或在“账号设置”中添加并确认它；不是您的，请联系邀请人向您已确认的地址重新邀请",
            "log in with it, or add and confirm it in your account settings; where it is not yours, ask for "
            "a new invitation to an address that you have confirmed",
        ),
    )


def accept(w: Work, token: str) -> int:
    """Act for the party from now on; the first of its members is its main contact. Returns the party's id.

    Refused to all but whoever has confirmed the invited address: a link is passed on easily.
    """
    if w.actor.user_id is None:
        raise NotAllowed(LOG_IN_FIRST)
    found = _by_token(w, token)
    lock_party(w, found.party_id)
    w.session.refresh(found, with_for_update=True)
    _require_open(w, found)
    members = select(Membership).where(Membership.party_id.in_(ids_of(found.party_id)))
    there = list(w.session.scalars(members))
    if any(item.user_id == w.actor.user_id for item in there):
        raise Refused(T("您已是该主体的成员", "you are a member already"))
    if (refusal := why_not_theirs(w, found.address)) is not None:
        raise refusal
    w.session.add(Membership(party_id=found.party_id, user_id=w.actor.user_id, main=not there, since=w.now))
    found.accepted_at, found.accepted_by_id = w.now, w.actor.user_id
    notify(
        w,
        MessageEvent.MEMBER_JOINED,
        key=f"invitation/{found.id}/accepted",
        party_id=found.party_id,
        values={"member": w.actor.name},
    )
    return found.party_id


def members(w: Work, party_id: int, wish: Wish = FIRST) -> Page[Membership]:
    """A page of those who act for the party, the main contact first; for its members."""
    require_member(w, party_id)
    query = select(Membership).where(acts_for(party_id)).options(joinedload(Membership.user))
    query = query.join(Membership.user).order_by(Membership.main.desc(), User.sort_name, Membership.id)
    return page_of(w, query, wish)


def acting_for(w: Work, party_id: int) -> Sequence[Membership]:
    """Those who act for a party that the caller has found, the main contact first."""
    query = select(Membership).where(acts_for(party_id)).options(joinedload(Membership.user))
    query = query.join(Membership.user).order_by(Membership.main.desc(), User.sort_name, Membership.id)
    return w.session.scalars(query).all()


def member(w: Work, party_id: int, user_id: int) -> Membership | None:
    """How a user acts for the party, for its members."""
    require_member(w, party_id)
    return membership(w, party_id, user_id)


def of_party(w: Work, party_id: int, wish: Wish = FIRST) -> Page[InvitationView]:
    """A page of the invitations of a party, the latest first; for its members."""
    require_member(w, party_id)
    query = select(Invitation).where(Invitation.party_id == party_id).order_by(Invitation.id.desc())
    query = query.options(joinedload(Invitation.party), joinedload(Invitation.accepted_by))
    page = page_of(w, query, wish)
    return page.told(_view(item, w.now) for item in page.rows)


def _open(w: Work, party_id: int) -> list[Invitation]:
    """The invitations of a party that can still be accepted."""
    query = select(Invitation).where(
        Invitation.party_id == party_id,
        Invitation.accepted_at.is_(None),
        Invitation.cancelled_at.is_(None),
        Invitation.expires_at > w.now,
    )
    return list(w.session.scalars(query))


def _by_token(w: Work, token: str) -> Invitation:
    found = w.session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    if found is None:
        raise NotFound(
            T("没有这个邀请，请核对链接是否完整", "There is no such invitation; is the link whole?")
        )
    return found


def _require_open(w: Work, item: Invitation) -> None:
    why = why_closed(_state(item, w.now))
    if why is not None:
        raise Conflict(why, mend=_ASK)


def _state(item: Invitation, now: datetime) -> InvitationState:
    if item.accepted_at is not None:
        return InvitationState.ACCEPTED
    if item.cancelled_at is not None:
        return InvitationState.CANCELLED
    return InvitationState.OPEN if now < item.expires_at else InvitationState.EXPIRED


def _view(item: Invitation, now: datetime) -> InvitationView:
    return InvitationView(
        item.id,
        item.party_id,
        item.party.name,
        item.address,
        _state(item, now),
        item.invited_at,
        item.expires_at,
        str(item.accepted_by or ""),
    )


def _language(w: Work) -> str:
    """The inviter's own: nobody knows the reader's."""
    own = w.session.get(User, w.actor.user_id) if w.actor.user_id is not None else None
    return own.language if own is not None else "zh"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
