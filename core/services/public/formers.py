"""What everyone may know of a party's past: former names, its end, who came before and after."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import selectinload

from core.domain.clock import local_date
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.services.base.work import Work
from core.services.people.vouched import Former, formers
from core.storage.models import Accreditation, ChangeRequest, Party, Successor
from core.storage.models.changes import Vouched
from core.storage.one_party import ids_of, left_id


@dataclass(frozen=True, slots=True)
class Other:
    """A body that came before or after; its page is public once it was accredited."""

    name: str
    uscc: str
    party_id: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A closure, merger or division that was granted."""

    kind: ChangeKind
    on: date
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a party, and what it came out of."""

    closed_on: date | None
    after: tuple[Turn, ...]
    """Its own ends, mergers and divisions, with its successors."""
    before: tuple[Turn, ...]
    """Those of the bodies whose place it took."""


def former_names(w: Work, party_ids: Collection[int]) -> dict[int, tuple[Former, ...]]:
    """The former names of parties, the oldest first."""
    return formers(w, party_ids, Vouched.NAME)


def fate_of(w: Work, party_id: int) -> Fate:
    """What became of a party and what it came out of."""
    query = select(Party.id, Party.uscc, Party.closed_on).where(Party.id.in_(ids_of(party_id)))
    registered = {row.id: row for row in w.session.execute(query)}
    codes = [row.uscc for row in registered.values() if row.uscc]
    such: ColumnElement[bool] = ChangeRequest.party_id.in_(registered)
    if codes:
        such |= exists().where(Successor.request_id == ChangeRequest.id, Successor.uscc.in_(codes))
    after, before = [], []
    for item in _granted(w, such):
        if item.party_id in registered:
            after.append(_turn(w, item, item.successors))
        if any(one.uscc in codes for one in item.successors):
            old = Other(item.party.name, item.party.uscc or "", _public(w, Party.id == item.party_id))
            before.append(Turn(item.kind, _day(item), (old,)))
    closed = [row.closed_on for row in registered.values() if row.closed_on is not None]
    return Fate(min(closed, default=None), tuple(after), tuple(before))


def _granted(w: Work, such: ColumnElement[bool]) -> list[ChangeRequest]:
    query = (
        select(ChangeRequest)
        .options(selectinload(ChangeRequest.successors), selectinload(ChangeRequest.party))
        .where(
            such,
            ChangeRequest.state == ChangeState.GRANTED,
            ChangeRequest.kind.not_in((ChangeKind.DETAILS, ChangeKind.NUMBER)),
        )
        .order_by(ChangeRequest.id)
    )
    return list(w.session.scalars(query))


def _turn(w: Work, request: ChangeRequest, named: Collection[Successor]) -> Turn:
    others = tuple(Other(item.name, item.uscc, _public(w, Party.uscc == item.uscc)) for item in named)
    return Turn(request.kind, _day(request), others)


def _day(request: ChangeRequest) -> date:
    return local_date(request.decided_at or request.asked_at)


def _public(w: Work, such: ColumnElement[bool]) -> int | None:
    """The party, where the register shows it to everyone; of one registered twice the one that is left."""
    left = w.session.scalar(select(left_id()).where(such))
    held = select(Accreditation.id).where(Accreditation.party_id.in_(ids_of(left))).limit(1)
    return left if left is not None and w.session.scalar(held) is not None else None
