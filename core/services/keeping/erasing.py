"""Giving an account up: who it was is erased from the register and its trail (PIPL, arts. 15 and 47).

What was handed in for a body, decided and written about it stays for its time: it is the body's. The trail
keeps what was done, and under which name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from core.domain.errors import NotAllowed, Refused
from core.domain.roles import STAFF
from core.rules.phrases import LOG_IN_FIRST
from core.rules.text import T
from core.services.base.work import Work
from core.services.keeping.destroying import destroy
from core.services.people.parties import lock_party
from core.services.people.rights import sessions
from core.services.people.users import by_id, locked
from core.services.people.vouched import holds_or_seeks
from core.storage.models import (
    Attachment,
    Base,
    DataExport,
    FormerPassword,
    Guess,
    Invitation,
    LeftFile,
    LegalHold,
    Membership,
    OutboxMessage,
    Party,
    PartyClaim,
    User,
    VerificationCode,
)
from core.storage.models.changes import GOING
from core.storage.models.operations import JobState
from core.storage.one_party import ids_of
from core.storage.trail.changes import table_of

OF_NOTHING = (Membership, Attachment, Invitation)
"""What hangs on a party for which no application was ever begun."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an account cannot be given up yet, and what to do first."""

    why: T
    mend: T
    body: str = ""
    """The name of the body that it is about."""

    @property
    def refusal(self) -> Refused:
        """The same as a refusal."""
        zh, en = (f"{self.body}：", f"{self.body}: ") if self.body else ("", "")
        return Refused(T(f"{zh}{self.why.zh}", f"{en}{self.why.en}"), mend=self.mend)


def obstacles(w: Work) -> list[Obstacle]:
    """What the user has to do before giving the account up; empty where nothing stands in the way."""
    user = by_id(w.session, _own_id(w))
    found = []
    held = [item for item in user.grants if item.ends_on is None or item.ends_on > w.today]
    if any(item.role in STAFF for item in held):
        found.append(
            Obstacle(
                T("您还有工作人员角色", "you have a role of staff"),
                T("请系统管理员先收回", "have an administrator take it away first"),
            )
        )
    if w.session.scalar(select(exists().where(PartyClaim.user_id == user.id, PartyClaim.state.in_(GOING)))):
        found.append(
            Obstacle(
                T("您认领主体的申请还没有答复", "a claim of yours has no answer yet"),
                T("请等待答复，或先撤回", "wait for the answer, or take it back first"),
            )
        )
    for item in _memberships(w, user):
        found += _of_party(w, item)
    return found


def give_up(w: Work) -> None:
    """Close the user's own account and empty it; `nightly.forget_given_up` then erases it from the trail.

    Raises Refused with the first obstacle. A body that nobody else acts for goes too, where no application
    was ever begun for it.
    """
    session, user = w.session, locked(w, _own_id(w))
    if user.given_up_at is not None:
        return  # asked for twice at once
    left = [lock_party(w, item.party_id).id for item in _memberships(w, user)]
    for found in obstacles(w):
        raise found.refusal
    for item in user.memberships:
        session.delete(item)
    session.flush()
    unused = [number for number in left if _is_unused(w, number)]
    own = OutboxMessage.user_id == user.id, OutboxMessage.party_id.is_(None)
    _, files = destroy(session, OutboxMessage, session.scalars(select(OutboxMessage.id).where(*own)).all())
    files |= destroy(session, Party, unused)[1]
    # One that is done goes by age, with its file.
    running = DataExport.user_id == user.id, DataExport.state == JobState.RUNNING
    for export in session.scalars(select(DataExport).where(*running)):
        session.delete(export)
    for entity in (FormerPassword, Guess, VerificationCode):
        session.execute(delete(entity).where(entity.user_id == user.id))
    if files:
        rows = [{"sha256": sha256, "left_at": w.now} for sha256 in sorted(files)]
        session.execute(insert(LeftFile).values(rows).on_conflict_do_nothing())
    sessions.end_all(user)
    user.given_up_at, user.active, user.fs_uniquifier = w.now, False, uuid4().hex
    user.email = user.username = user.password = user.password_due = user.password_set_at = None
    user.confirmed_at = user.mobile_confirmed_at = None
    user.name = user.mobile = ""
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None


def _of_party(w: Work, item: Membership) -> Iterator[Obstacle]:
    """What stands in the way on the side of a body that the user acts for."""
    name, theirs = item.party.name, ids_of(item.party_id)
    held = exists().where(LegalHold.party_id.in_(theirs), LegalHold.lifted_at.is_(None))
    if w.session.scalar(select(held)):
        yield Obstacle(
            T("资料被限制处置", "what is kept of it is on hold"),
            T("请等待解除", "wait until the hold is lifted"),
            name,
        )
    if not item.main:
        return
    others = exists().where(Membership.party_id.in_(theirs), Membership.user_id != item.user_id)
    if w.session.scalar(select(others)):
        yield Obstacle(
            T("您是主要联系人", "you are its main contact"),
            T("请先移交给其他成员", "hand over to another member first"),
            name,
        )
    elif holds_or_seeks(w, item.party_id):
        yield Obstacle(
            T(
                "有有效的认定或办理中的申请，只有您可以办理",
                "it holds a status or has an application under way, and nobody else acts for it",
            ),
            T("请先邀请他人并移交，或等其终止、办结", "invite somebody and hand over, or wait for their end"),
            name,
        )


def _is_unused(w: Work, party_id: int) -> bool:
    """Whether nothing hangs on a party but what goes with it, and nobody acts for it any more."""
    if w.session.scalar(select(exists().where(Membership.party_id.in_(ids_of(party_id))))):
        return False
    goes = {table_of(entity) for entity in OF_NOTHING}
    others = (
        column
        for table in Base.metadata.tables.values()
        if table not in goes
        for column in table.columns
        if any(key.column.table is table_of(Party) for key in column.foreign_keys)
    )
    return not any(w.session.scalar(select(exists().where(column == party_id))) for column in others)


def _memberships(w: Work, user: User) -> list[Membership]:
    query = select(Membership).where(Membership.user_id == user.id).options(joinedload(Membership.party))
    return list(w.session.scalars(query.order_by(Membership.party_id)))


def _own_id(w: Work) -> int:
    if w.actor.user_id is None:
        raise NotAllowed(LOG_IN_FIRST)
    return w.actor.user_id
