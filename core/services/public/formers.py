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
    row = w.session.execute(select(Party.closed_on, Party.uscc).where(Party.id == party_id)).one()
    such = ChangeRequest.party_id == party_id
    if row.uscc:
        such |= exists().where(Successor.request_id == ChangeRequest.id, Successor.uscc == row.uscc)
    after, before = [], []
    for item in _granted(w, such):
        if item.party_id == party_id:
            after.append(_turn(w, item, item.successors))
        if row.uscc and any(one.uscc == row.uscc for one in item.successors):
            old = Other(item.party.name, item.party.uscc or "", _public(w, Party.id == item.party_id))
            before.append(Turn(item.kind, _day(item), (old,)))
    return Fate(row.closed_on, tuple(after), tuple(before))


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
    """The party, where the register shows it to everyone."""
    shown = exists().where(Accreditation.party_id == Party.id)
    return w.session.scalar(select(Party.id).where(such, shown))
