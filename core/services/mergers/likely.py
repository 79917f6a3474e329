"""Parties that are likely one: what an officer has to look at."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.domain.acts import Act
from core.rules.text import T
from core.services.base.access import require_anywhere
from core.services.base.paging import FIRST, Page, Wish, page_of_rows
from core.services.base.work import Work
from core.services.people.parties import reach
from core.storage.models import Party
from core.storage.verify.doubles import One, Other, likenesses, pairs


@dataclass(frozen=True, slots=True)
class Double:
    """Two parties that may be one, and what speaks for it."""

    one: Party
    other: Party
    why: tuple[T, ...]


def likely(w: Work, wish: Wish = FIRST) -> Page[Double]:
    """A page of the pairs both of which the actor may merge, those of bodies first, then by number."""
    require_anywhere(w, Act.PARTY_MERGE)
    mine = select(Party.id).where(reach(w.actor, Act.PARTY_MERGE))
    query = pairs().where(One.id.in_(mine), Other.id.in_(mine)).order_by(One.kind, One.id, Other.id)
    page = page_of_rows(w, query, wish)
    numbers = {number for row in page.rows for number in (row.one, row.other)}
    parties = {item.id: item for item in w.session.scalars(select(Party).where(Party.id.in_(numbers)))}
    return page.told(
        Double(parties[row.one], parties[row.other], tuple(likenesses(row))) for row in page.rows
    )
