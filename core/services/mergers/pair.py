"""Two parties of which an officer says that they are one, or are not: locked together, judged one way."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, or_, select

from core.domain.errors import Refused
from core.domain.lifecycle.guards import Guard
from core.domain.wording import join
from core.rules.text import T
from core.services.base.work import Work
from core.services.people.parties import is_own
from core.storage.models import NotSame, Party
from core.storage.one_party import ids_of


def lock_both(w: Work, one_id: int, other_id: int) -> tuple[Party, Party]:
    """The two as they now stand, locked with every other registration of theirs."""
    theirs = ids_of(select(Party.id).where(Party.id.in_((one_id, other_id))))
    query = select(Party).where(Party.id.in_(theirs)).order_by(Party.id).with_for_update()
    w.session.scalars(query.execution_options(populate_existing=True)).all()
    return w.session.get_one(Party, one_id), w.session.get_one(Party, other_id)


def mark_between(w: Work, one_id: int, other_id: int) -> NotSame | None:
    """The mark that two parties are not the same; one on any other registration of theirs says so too."""
    one, other = ids_of(one_id), ids_of(other_id)
    between = or_(
        and_(NotSame.one_id.in_(one), NotSame.other_id.in_(other)),
        and_(NotSame.one_id.in_(other), NotSame.other_id.in_(one)),
    )
    query = select(NotSame).where(between, NotSame.taken_back_at.is_(None))
    return w.session.scalar(query.order_by(NotSame.id).limit(1))


def why_not_judged(w: Work, one: Party, other: Party) -> Iterable[T]:
    """Why nobody can say of two parties whether they are one, or this officer cannot."""
    if one.id == other.id:
        yield T("请选择两个不同的主体", "choose two different parties")
        return
    if one.kind is not other.kind:
        yield T("机构和个人不能合并", "an organisation and a person cannot be merged")
    for party in (one, other):
        if party.merged_into is not None:
            name = party.merged_into.name
            yield T(
                f"“{party.name}”已并入“{name}”；请选择后者，或先撤销该合并",
                f"{party.name} is merged into {name}: choose that one, or undo the merger first",
            )
    yield from why_not_own(w, (one, other))


def why_not_own(w: Work, parties: Iterable[Party]) -> Iterable[T]:
    """Nobody judges what they belong to."""
    if any(is_own(w, party.id) for party in parties):
        yield Guard.NOT_OWN.reason


def require_none(against: Iterable[T]) -> None:
    """Refuse with everything that stands against it at once."""
    said = list(against)
    if said:
        raise Refused(join(said))
