"""Guesses at what only some know: counted before they are looked at, for all processes at once, and bounded.

A guess counts as wrong until it proves right, in transactions of its own: whatever becomes of the request,
and however many come at once, no more are looked at than the bounds allow. They are three:

- at one account from one network address: so many, then a lock, each twice as long as the one before;
- at one account from many addresses: beyond `ADDRESSES` addresses' worth, one after ever longer waits;
- from one address, whatever at: `BURST` at once, and one more each `STEADY`.

An address from which the account was entered lately is held to the first alone, so that nobody shuts the
owner out from elsewhere. A guess that is turned away is not counted: every lock ends by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.errors import DomainError, TooMany
from core.rules.text import T
from core.services.base.evidence import show
from core.services.base.work import SYSTEM, Work
from core.services.entry import record
from core.storage.engine import Sessions
from core.storage.models.accounts import Guess, GuessKind

R = TypeVar("R")

QUIET = timedelta(hours=24)
"""After so long without another, what was guessed wrongly at an account is forgotten."""
KNOWN = timedelta(days=30)
"""For so long an address is known from which an account was entered."""
ADDRESSES = 4
"""Addresses whose failures an account bears; each counts as much as it takes to lock that one out."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""Between two guesses at an account from addresses that are not known, once it bears no more."""
BURST = 30
STEADY = timedelta(minutes=1)
LONGEST_LOCK_MINUTES = 24 * 60
LONGEST_LOCK = timedelta(minutes=LONGEST_LOCK_MINUTES)
LONGEST_ADDRESS = 45
HOME_BITS = 64
"""Of an IPv6 address: whoever has one has all that begin alike."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is guessed at, from which network address, and at whose account; None for none, or one unknown."""

    kind: GuessKind
    address: str
    user_id: int | None = None


def network(address: str | None) -> str:
    """The address as guesses are counted by it: an IPv6 network of 64 bits counts as one."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return (address or "")[:LONGEST_ADDRESS]
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ip_network((known, HOME_BITS), strict=False))
    return str(known)


def bounded(
    sessions: Sessions,
    place: Place,
    now: datetime,
    check: Callable[[], R],
    is_wrong: Callable[[R], bool] = lambda value: not value,
) -> R:
    """What `check` makes of a guess; TooMany, without calling it, where the place takes no more.

    `check` may refuse by raising what is no verdict on the guess: that counts as none.
    """
    with sessions.begin() as session:
        until, locks = _count(session, place, now)
    if until is not None:
        raise TooMany(_too_many(place.kind, until), until=until)
    try:
        value = check()
    except DomainError:
        with sessions.begin() as session:
            _give_back(session, place)
        raise
    with sessions.begin() as session:
        if not is_wrong(value):
            _entered(session, place, now)
        elif place.kind is not GuessKind.CODE_ASKED:
            wrong = record.wrong_guess(now, place.address, place.user_id, place.kind, locks=locks)
            record.write(session, wrong)
    return value


def _count(session: Session, place: Place, now: datetime) -> tuple[datetime | None, bool]:
    """Count a guess as wrong: until when none is looked at where it is not, and whether that shuts it out."""
    _alone(session, place)
    settings = Work(session, SYSTEM, now)
    most = int(settings.operation("login_attempts"))
    lock = timedelta(minutes=min(float(settings.operation("login_lock_minutes")), LONGEST_LOCK_MINUTES))
    whole, own = _row(session, place, None), _row(session, place, place.user_id)
    bears = _borne(session, place, now, most)
    if place.user_id is not None and own is not None and own.locked_until and own.locked_until > now:
        return own.locked_until, False
    known = own is not None and own.entered_at is not None and own.entered_at > now - KNOWN
    if not known and (until := max(_open_again(whole, now), bears.until)) > now:
        return until, False
    rows: list[dict[str, Any]] = [{"user_id": None, "failures": _level(whole, now) + 1, "locked_until": None}]
    if place.user_id is not None:
        failures = (own.failures if own is not None and own.last_at > now - QUIET else 0) + 1
        until = now + _lock(failures, most, lock)
        if not known:
            until = max(until, now + _wait(bears.failures + (failures <= most), most))
        rows.append(
            {"user_id": place.user_id, "failures": failures, "locked_until": until if until > now else None}
        )
    shared = {"kind": place.kind, "address": place.address, "last_at": now, "told": False}
    made = insert(Guess).values([shared | row for row in rows])
    session.execute(
        made.on_conflict_do_update(
            index_elements=[Guess.kind, func.coalesce(Guess.user_id, text("0")), Guess.address],
            set_={name: made.excluded[name] for name in ("failures", "last_at", "locked_until", "told")},
        )
    )
    return None, rows[-1]["locked_until"] is not None


def _entered(session: Session, place: Place, now: datetime) -> None:
    """Forget what was guessed wrongly at the account from there: its owner is known there now."""
    _give_back(session, place)
    if place.user_id is not None:
        session.execute(
            update(Guess)
            .where(*_at(place, place.user_id))
            .values(failures=0, locked_until=None, entered_at=now)
        )


def _give_back(session: Session, place: Place) -> None:
    """Count one guess less, and no lock that came of it."""
    _alone(session, place)
    for user_id in {None, place.user_id}:
        session.execute(
            update(Guess)
            .where(*_at(place, user_id))
            .values(failures=func.greatest(Guess.failures - 1, 0), locked_until=None)
        )


def _alone(session: Session, place: Place) -> None:
    """Wait for whoever guesses at the same account, then for whoever guesses from the same address."""
    for key in (
        f"guess/{place.kind}/{place.user_id or place.address}",
        f"guess/{place.kind}/{place.address}",
    ):
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def _at(place: Place, user_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return (
        Guess.kind == place.kind,
        func.coalesce(Guess.user_id, text("0")) == (user_id or 0),
        Guess.address == place.address,
    )


def _row(session: Session, place: Place, user_id: int | None) -> Guess | None:
    return session.scalar(select(Guess).where(*_at(place, user_id)))


def _level(row: Guess | None, now: datetime) -> int:
    """How much of the address's guesses is left: one runs off each `STEADY`."""
    return max(row.failures - max((now - row.last_at) // STEADY, 0), 0) if row is not None else 0


def _open_again(row: Guess | None, now: datetime) -> datetime:
    """When the address may guess again: now, or later."""
    if row is None or _level(row, now) < BURST:
        return now
    return row.last_at + (row.failures - BURST + 1) * STEADY


@dataclass(frozen=True, slots=True)
class _Borne:
    """What an account bears of all addresses, and when it may be guessed at again from one not known."""

    failures: int
    until: datetime


def _borne(session: Session, place: Place, now: datetime, most: int) -> _Borne:
    query = select(
        func.coalesce(func.sum(func.least(Guess.failures, most)), 0), func.max(Guess.last_at)
    ).where(
        Guess.user_id == (place.user_id or 0),
        Guess.kind == place.kind,
        Guess.failures > 0,
        Guess.last_at > now - QUIET,
    )
    failures, last = session.execute(query).one()
    return _Borne(failures, now if last is None else last + _wait(failures, most))


def _wait(failures: int, most: int) -> timedelta:
    """How long the next guess at the account waits, after so many."""
    beyond = failures - ADDRESSES * most
    return _doubled(FIRST_WAIT, beyond, LONGEST_WAIT) if beyond >= 0 else timedelta(0)


def _lock(failures: int, most: int, lock: timedelta) -> timedelta:
    """How long the address is shut out of the account: at each full round of failures."""
    rounds, rest = divmod(failures, most)
    return _doubled(lock, rounds - 1, LONGEST_LOCK) if rounds and not rest else timedelta(0)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """Doubled so often, and no longer than the longest."""
    # Beyond a dozen times whatever begins with a minute is longer than the longest.
    doubled: timedelta = first * 2 ** min(times, 12)
    return min(doubled, longest)


def _too_many(kind: GuessKind, until: datetime) -> T:
    what, at = kind.label, (show(until, "zh"), show(until, "en"))
    if kind is GuessKind.CODE_ASKED:
        return T(
            f"从您的网络获取验证码过于频繁，请于 {at[0]} 后再试",
            f"too many codes were asked for from your network; try again after {at[1]}",
        )
    return T(
        f"{what.zh}输错次数过多，请于 {at[0]} 后再试",
        f"too many wrong tries ({what.en}); try again after {at[1]}",
    )


def forget(session: Session, user_id: int, *kinds: GuessKind) -> None:
    """Let every lock of an account end: what was guessed at is another now, or somebody vouched for it."""
    session.execute(
        update(Guess)
        .where(Guess.user_id == user_id, Guess.kind.in_(kinds or tuple(GuessKind)))
        .values(failures=0, locked_until=None)
    )


def clear(sessions: Sessions, now: datetime) -> int:
    """Take away what bounds nothing any more, and knows no address; returns how many rows."""
    quiet = Guess.last_at < now - QUIET - LONGEST_LOCK
    unknown = or_(Guess.entered_at.is_(None), Guess.entered_at < now - KNOWN)
    with sessions.begin() as session:
        return len(session.execute(delete(Guess).where(quiet, unknown).returning(Guess.id)).all())
