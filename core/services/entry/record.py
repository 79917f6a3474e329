"""The record of who came in and who looked: what happens is entered with it, a look with its answer.

Where personal data are shown is named here alone: a service that shows some calls `looked`, with a `Look`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, insert, or_, select, text
from sqlalchemy.orm import Session, joinedload

from core.domain.acts import Act
from core.services.base.access import allowed, require_member
from core.services.base.naming import party_named
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.work import ACCESS_MONTHS, SYSTEM, Work
from core.storage.engine import Sessions
from core.storage.models import AccessRecord, User
from core.storage.models.accounts import AccessKind, Look
from core.storage.one_party import ids_of
from core.storage.search import holds

ADDRESS, LOOKS = "access.address", "access.looks"
"""In a session's `info`: from where its request comes, and the looks that its answer will have shown."""
LONGEST_DETAIL = 100
DAYS_OF_MONTH = 31
"""No month is longer: what is kept for so many of them is kept long enough."""

Entry = dict[str, Any]


def note(w: Work, kind: AccessKind, who_id: int | None = None, detail: str = "") -> None:
    """Enter what happens in this transaction, to one's own account or to another's."""
    own = w.actor.user_id
    who = who_id if who_id is not None else own
    by = own if own != who else None
    if own is None and w.actor.system:
        # An operator of the machine, who has no account.
        detail = detail or w.actor.name
    write(w.session, [_entry(w.session, kind, w.now, who_id=who, by_id=by, detail=detail)])


def looked(
    w: Work,
    look: Look,
    number: int | None = None,
    *,
    party_id: int | None = None,
    program: str | None = None,
    region: str | None = None,
    detail: str = "",
) -> None:
    """Remember that somebody is shown personal data; nobody looks at their own, nor the register at any."""
    if w.actor.user_id is None or (party_id is not None and party_id in w.actor.parties):
        return
    if look is Look.ACCOUNT and number == w.actor.user_id:
        return
    entry = _entry(
        w.session,
        AccessKind.LOOKED,
        w.now,
        who_id=w.actor.user_id,
        look=look,
        number=number,
        party_id=party_id,
        program=program,
        region=region,
        detail=detail,
    )
    # A page may read the same row several times.
    w.session.info.setdefault(LOOKS, {})[look, number, party_id, program, detail] = entry


def looks_of(session: Session) -> list[Entry]:
    """The looks of a request, taken out of its session."""
    found: Mapping[Any, Entry] = session.info.pop(LOOKS, {})
    return list(found.values())


def forbidden(session: Session, who_id: int, now: datetime, page: str) -> Entry:
    """That somebody was refused a page, or an act on it."""
    return _entry(session, AccessKind.FORBIDDEN, now, who_id=who_id, detail=page)


def wrong_guess(now: datetime, address: str, who_id: int | None, what: str, *, locks: bool) -> list[Entry]:
    """That something was guessed wrongly, and that this shut the account to the address."""
    kinds = [AccessKind.NOT_ENTERED, *([AccessKind.LOCKED] if locks else [])]
    return [
        {**_EMPTY, "at": now, "kind": kind, "address": address, "who_id": who_id, "detail": what}
        for kind in kinds
    ]


def write(session: Session, entries: list[Entry]) -> None:
    """Enter them, all in one statement."""
    if entries:
        session.execute(insert(AccessRecord.__table__), entries)  # type: ignore[arg-type]  # a table, as mapped


_EMPTY: Entry = dict.fromkeys(("who_id", "by_id", "look", "number", "party_id", "program", "region"))


def _entry(session: Session, kind: AccessKind, now: datetime, *, detail: str = "", **given: Any) -> Entry:
    address = session.info.get(ADDRESS, "")
    return {
        **_EMPTY, "at": now, "kind": kind, "address": address, "detail": detail[:LONGEST_DETAIL], **given
    }  # fmt: skip


def found_by(words: str) -> ColumnElement[bool]:
    """The entries by who acts, by whose data it is, or from where: as one types it."""
    people = select(User.id).where(or_(holds(User.name, words), func.lower(User.email) == words.lower()))
    parties = AccessRecord.party.has(party_named(words))
    return or_(
        AccessRecord.who_id.in_(people),
        AccessRecord.by_id.in_(people),
        parties,
        AccessRecord.address == words,
    )


def entries(w: Work) -> Select[Any]:
    """The entries that the actor may read, the latest first."""
    allowed_here = allowed(w.actor, Act.ACCESS_VIEW, None, None)
    query = select(AccessRecord).options(joinedload(AccessRecord.who), joinedload(AccessRecord.party))
    query = query if allowed_here else query.where(false())
    return query.order_by(AccessRecord.at.desc(), AccessRecord.id.desc())


def who_looked(w: Work, party_id: int, wish: Wish = FIRST) -> Page[AccessRecord]:
    """A page of who looked at a party's data, for those who act for it and for whoever reads the record.

    What a person may ask for under articles 44 and 45 of the Personal Information Protection Law.
    """
    if not allowed(w.actor, Act.ACCESS_VIEW, None, None):
        require_member(w, party_id)
    query = select(AccessRecord).where(
        AccessRecord.party_id.in_(ids_of(party_id)), AccessRecord.kind == AccessKind.LOOKED
    )
    query = query.options(joinedload(AccessRecord.who))
    return page_of(w, query.order_by(AccessRecord.at.desc(), AccessRecord.id.desc()), wish)


def clear(sessions: Sessions, now: datetime) -> int:
    """Take away what was kept for as long as is set; the database itself lets none go before six months."""
    with sessions.begin() as session:
        months = int(Work(session, SYSTEM, now).operation(ACCESS_MONTHS))
        before = now - timedelta(days=months * DAYS_OF_MONTH)
        return session.scalar(text("SELECT accredit_forget_access(:before)"), {"before": before}) or 0
