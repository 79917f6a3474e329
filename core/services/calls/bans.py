"""Bans on new applications: whether one runs, and from which day the party may apply again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.rules.periods import DAY
from core.rules.text import T
from core.services.base.access import require
from core.services.base.words import NOTHING_THERE, home
from core.services.base.work import Work
from core.storage.models import Ban
from core.storage.one_party import ids_of


def why_banned(w: Work, party_id: int, program: str, on: date) -> T | None:
    """What a banned party is told: under which clause, and from when it may apply; None for any other."""
    return what_bans(_bans(w, party_id, program), on)


def bans_by_program(w: Work, party_id: int) -> dict[str, list[Ban]]:
    """Every ban of a party that was not lifted before it began, by programme."""
    found: dict[str, list[Ban]] = {}
    for ban in w.session.scalars(
        select(Ban).where(Ban.party_id.in_(ids_of(party_id)), _effective()).order_by(Ban.id)
    ):
        found.setdefault(ban.program, []).append(ban)
    return found


def of_party(w: Work, party_id: int) -> Sequence[Ban]:
    """Every ban of a party, the latest first."""
    return w.session.scalars(
        select(Ban).where(Ban.party_id.in_(ids_of(party_id))).order_by(Ban.id.desc())
    ).all()


def find(w: Work, ban_id: int) -> Ban:
    """The ban of that number."""
    found = w.session.get(Ban, ban_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def what_bans(bans: Iterable[Ban], on: date) -> T | None:
    """What a party with these bans of a programme is told on a day; None where none of them runs."""
    given = list(bans)
    ban, free = _longest(given, on), _free_from(given, on)
    if ban is None or free is None:
        return None
    last, first = ban.through.isoformat(), free.isoformat()
    return T(
        f"依据 {ban.clause}，{last} 前（含当日）不得申报；自 {first} 起可以申报",
        f"banned under {ban.clause} through {last}; it may apply from {first}",
    )


def require_not_banned(w: Work, party_id: int, program: str, on: date) -> None:
    """Refuse a banned party, with the day on which it may apply."""
    why = why_banned(w, party_id, program, on)
    if why is not None:
        raise Refused(why, field=Guard.NOT_BANNED)


def lift(w: Work, ban_id: int) -> None:
    """End a ban today."""
    ban = w.session.get(Ban, ban_id, with_for_update=True)
    if ban is None:
        raise NotFound(NOTHING_THERE)
    require(w, Act.BAN_LIFT, ban.program, home(w, ban.program))
    if ban.lifted_on is not None:
        raise Refused(T("该限制已解除", "this ban has been lifted already"))
    ban.lifted_on = w.today


def _bans(w: Work, party_id: int, program: str) -> Sequence[Ban]:
    query = (
        select(Ban)
        .where(Ban.party_id.in_(ids_of(party_id)), Ban.program == program, _effective())
        .order_by(Ban.id)
    )
    return w.session.scalars(query).all()


def _effective() -> ColumnElement[bool]:
    return or_(Ban.lifted_on.is_(None), Ban.lifted_on > Ban.starts_on)


def _longest(bans: Sequence[Ban], on: date) -> Ban | None:
    running = [ban for ban in bans if _runs(ban, on)]
    return max(running, key=lambda ban: ban.through, default=None)


def _free_from(bans: Sequence[Ban], on: date) -> date | None:
    day = on
    while running := [ban for ban in bans if _runs(ban, day)]:
        day = max(ban.through for ban in running) + DAY
    return None if day == on else day


def _runs(ban: Ban, on: date) -> bool:
    return ban.starts_on <= on <= ban.through and (ban.lifted_on is None or on < ban.lifted_on)
