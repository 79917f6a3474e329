"""Two parties that look like one and are not: marked as two, and the mark taken back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.rules.text import T
from core.services.base.access import require_anywhere
from core.services.base.decided import already
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.mergers.pair import lock_both, mark_between, require_none, why_not_judged, why_not_own
from core.services.people.parties import reach, require_party
from core.services.people.party_file import MOST_CASES
from core.storage.models import NotSame, Party
from core.storage.one_party import ids_of

MARKED = T("两者已标注为不同主体", "They have been marked as two parties already")
TAKEN_BACK = T("该标注已收回", "This mark has been taken back already")


def mark(w: Work, one_id: int, other_id: int, reason: str) -> int:
    """Mark two parties as not the same, whichever is named first; returns the mark's number.

    The pair is no likely double any more, and is merged only after the mark is taken back. When one of them
    is merged with a third, the mark holds for that one too, as long as the merger does: who is the same as
    one of two different parties is not the same as the other. Nothing of the mark is rewritten.
    """
    said = written(reason)
    for number in (one_id, other_id):
        require_party(w, Act.PARTY_MERGE, Party(id=number))
    one, other = lock_both(w, *sorted((one_id, other_id)))
    current = mark_between(w, one.id, other.id)
    if current is not None:
        raise already(w, current, MARKED)
    require_none(why_not_judged(w, one, other))
    made = NotSame(
        one_id=one.id, other_id=other.id, reason=said, marked_at=w.now, marked_by_id=w.actor.user_id
    )
    w.session.add(made)
    w.session.flush()
    return made.id


def take_back(w: Work, mark_id: int, reason: str) -> None:
    """Say no longer that two parties are not the same: they are likely doubles again, if they look alike."""
    said = written(reason)
    found = find(w, mark_id)
    require_none(why_not_own(w, (found.one, found.other)))
    w.session.get_one(NotSame, mark_id, with_for_update=True, populate_existing=True)
    if found.taken_back_at is not None:
        raise already(w, found, TAKEN_BACK, "taken_back_at")
    found.taken_back_at, found.taken_back_by_id, found.taken_back_reason = w.now, w.actor.user_id, said
    w.session.flush()


def find(w: Work, mark_id: int) -> NotSame:
    """A mark with its parties, for an officer who reaches both; NotFound for all others."""
    found = w.session.get(NotSame, mark_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    for party in (found.one, found.other):
        require_party(w, Act.PARTY_MERGE, party)
    return found


def of_party(w: Work, party_id: int) -> Sequence[NotSame]:
    """The latest marks on a party and on what is shown with it, those taken back among them."""
    theirs = ids_of(party_id)
    query = _whole().where(or_(NotSame.one_id.in_(theirs), NotSame.other_id.in_(theirs)))
    return w.session.scalars(query.order_by(NotSame.id.desc()).limit(MOST_CASES)).all()


def marked(w: Work, wish: Wish = FIRST) -> Page[NotSame]:
    """A page of the marks that stand between parties both of which the actor may merge, the latest first."""
    require_anywhere(w, Act.PARTY_MERGE)
    mine = select(Party.id).where(reach(w.actor, Act.PARTY_MERGE))
    query = _whole().where(
        NotSame.taken_back_at.is_(None), NotSame.one_id.in_(mine), NotSame.other_id.in_(mine)
    )
    return page_of(w, query.order_by(NotSame.id.desc()), wish)


def _whole() -> Select[NotSame]:
    parts = (NotSame.one, NotSame.other, NotSame.marked_by, NotSame.taken_back_by)
    return select(NotSame).options(*(joinedload(part) for part in parts))
