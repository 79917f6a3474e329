"""A recommender's list: an association keeps its members, the authority whom it assigns to a department."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Select, or_, select

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import Invalid, MalformedError, NotFound, Refused
from core.domain.reading import why_not_past
from core.rules.clauses import RecommenderKind
from core.rules.text import T
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.people.accepted_codes import accepted
from core.services.recommenders.bodies import LONGEST_NAME, find, locked, may, require_on
from core.storage.models import Listed, Recommender
from core.storage.search import holds

KEPT_BY: Mapping[RecommenderKind, Act] = {
    RecommenderKind.MEMBERSHIP: Act.MEMBERS_EDIT,
    RecommenderKind.ASSIGNMENT: Act.RECOMMENDER_EDIT,
}
"""Which act changes the list: of members the association's own, of assigned bodies the authority's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One body of a list."""

    uscc: str
    name: str
    joined_on: date
    left_on: date | None = None
    """First day on which it is no longer on it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the entries."""

    added: int
    changed: int
    same: int


def entries(
    w: Work, recommender_id: int, wish: Wish = FIRST, *, search: str = "", former: bool = False
) -> Page[Listed]:
    """A page of the list, for who sees the body: those who are on it, or with `former` those who were."""
    return page_of(w, _query(w, recommender_id, search, former=former).order_by(Listed.name, Listed.id), wish)


def every(w: Work, recommender_id: int) -> Select[Listed]:
    """The whole list with all who left it, to be exported."""
    find(w, recommender_id)
    query = select(Listed).where(Listed.recommender_id == recommender_id)
    return query.order_by(Listed.name, Listed.joined_on, Listed.id)


def _query(w: Work, recommender_id: int, search: str, *, former: bool) -> Select[Listed]:
    find(w, recommender_id)
    on = Listed.on(w.today)
    query = select(Listed).where(Listed.recommender_id == recommender_id, ~on if former else on)
    if search:
        query = query.where(or_(holds(Listed.name, search), Listed.uscc == identifiers.compact(search)))
    return query


def may_keep(w: Work, body: Recommender) -> bool:
    """Whether the actor keeps the list."""
    return may(w, KEPT_BY[body.kind], body)


def put_on(w: Work, recommender_id: int, given: Sequence[Entry]) -> Imported:
    """Put bodies on the list, or change what it says of them; whoever is not named stays as it is.

    Invalid for what is wrong with an entry, by `place.field`; then nothing is changed.
    """
    body = _kept(w, recommender_id)
    given = [replace(entry, uscc=identifiers.compact(entry.uscc)) for entry in given]
    there: dict[str, list[Listed]] = {}
    query = select(Listed).where(
        Listed.recommender_id == body.id, Listed.uscc.in_({entry.uscc for entry in given})
    )
    for known in w.session.scalars(query.order_by(Listed.joined_on)):
        there.setdefault(known.uscc, []).append(known)
    errors: dict[str, T] = {}
    added = changed = 0
    for place, entry in enumerate(given):
        wrong = why_not(w, entry) or _against(there.get(entry.uscc, []), entry)
        errors |= {f"{place}.{field}": why for field, why in wrong.items()}
        if wrong:
            continue
        row = _row_of(there.get(entry.uscc, []), entry)
        if row is None:
            row = Listed(recommender_id=body.id, uscc=entry.uscc)
            w.session.add(row)
            there.setdefault(entry.uscc, []).append(row)
            added += 1
        elif (row.name, row.joined_on, row.left_on) == (entry.name, entry.joined_on, entry.left_on):
            continue
        else:
            changed += 1
        row.name, row.joined_on, row.left_on = entry.name, entry.joined_on, entry.left_on
    if errors:
        raise Invalid(errors)
    w.session.flush()
    return Imported(added, changed, len(given) - added - changed)


def why_not(w: Work, entry: Entry) -> dict[str, T]:
    """What is wrong with an entry by itself, by its field."""
    errors = unwritten(entry.name, "name", longest=LONGEST_NAME)
    try:
        identifiers.uscc(entry.uscc, accepted(w))
    except MalformedError as error:
        errors["uscc"] = error.text
    why = why_not_past(entry.joined_on, w.today)
    if why is not None:
        errors["joined_on"] = why
    if entry.left_on is not None and entry.left_on <= entry.joined_on:
        errors["left_on"] = T(
            f"应晚于加入日期（{entry.joined_on}）", f"must be after the day of joining ({entry.joined_on})"
        )
    return errors


def _row_of(rows: Sequence[Listed], entry: Entry) -> Listed | None:
    """The row that an entry speaks of: the one that began on its day, or else the open one.

    What was over before the open one began is a time of its own.
    """
    began = next((row for row in rows if row.joined_on == entry.joined_on), None)
    going = next((row for row in rows if row.left_on is None), None)
    if began is not None or going is None:
        return began
    return going if entry.left_on is None or entry.left_on > going.joined_on else None


def _against(rows: Sequence[Listed], entry: Entry) -> dict[str, T]:
    """What an earlier time on the list says against an entry: nobody is on it twice on one day."""
    own = _row_of(rows, entry)
    for row in rows:
        if row is own:
            continue
        ends_after = row.left_on is None or row.left_on > entry.joined_on
        if ends_after and (entry.left_on is None or entry.left_on > row.joined_on):
            span = f"{row.joined_on} – {row.left_on or ''}"
            return {"joined_on": T(f"与已登记的期间（{span}）重叠", f"overlaps {span}, which is entered")}
    return {}


def take_off(w: Work, listed_id: int, left_on: date) -> None:
    """Let a body be on the list no longer, from a day on: what waits there is not recommended."""
    row = w.session.get(Listed, listed_id)
    if row is None:
        raise NotFound(NOTHING_THERE)
    _kept(w, row.recommender_id)
    w.session.refresh(row)
    if row.left_on is not None:
        raise Refused(T(f"已于 {row.left_on} 移出名单", f"it was taken off on {row.left_on}"))
    if left_on <= row.joined_on or left_on > w.today:
        raise Invalid(
            {"left_on": T("应晚于加入日期，不晚于今天", "after the day of joining, and not after today")}
        )
    row.left_on = left_on


def _kept(w: Work, recommender_id: int) -> Recommender:
    """The body, locked, for whoever keeps its list."""
    body = locked(w, recommender_id)
    require_on(w, KEPT_BY[body.kind], body)
    return body


def put_one(w: Work, recommender_id: int, entry: Entry) -> Imported:
    """Put one body on the list; Invalid by its fields."""
    try:
        return put_on(w, recommender_id, [entry])
    except Invalid as error:
        raise Invalid({key.partition(".")[2]: why for key, why in error.errors.items()}) from None
