"""A body's own page and the verification of a certificate: what it held and holds, and why it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, assert_never

from sqlalchemy import Select, select

from core.domain.errors import NotFound
from core.domain.folding import number_key
from core.domain.supervision.standing import EventKind
from core.rules.clauses import PartyKind
from core.rules.text import EMPTY, T
from core.services.base.naming import by_number
from core.services.base.paging import FIRST, Page, Wish, page_of_rows
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.changes.certificates import Issue, issues
from core.services.keeping.public_names import shown
from core.services.people.vouched import Former
from core.services.public.formers import Fate, fate_of, former_names
from core.services.public.register import Entry, entries, holders, told
from core.services.public.state import PublicState
from core.storage.models import Accreditation, NoticeItem, PublicNotice, RegisterEvent
from core.storage.one_party import ids_of

PUBLIC_EVENTS = (
    EventKind.ACCREDITED,
    EventKind.EXTENDED,
    EventKind.EXPIRED,
    EventKind.WITHDRAWN,
    EventKind.REVOKED,
    EventKind.EXIT_OVERTURNED,
    EventKind.DUPLICATE,
    EventKind.SEPARATED,
    EventKind.CHANGED,
    EventKind.CEASED,
    EventKind.ANNULLED,
    EventKind.RESTORED,
)
"""What changes a status; reminders, warnings, findings and orders are not for the public."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that changed the status, under its clause."""

    on: date
    kind: EventKind
    clause: str
    title: T


@dataclass(frozen=True, slots=True)
class NoticeRef:
    """A public notice that led to an accreditation."""

    id: int
    program: str
    title: str
    published_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class BodyPage:
    """A party with all that it was ever accredited for, newest first."""

    id: int
    kind: PartyKind
    name: str
    employer: str
    uscc: str
    region: str
    entries: Page[Entry]
    history: dict[int, tuple[HistoryLine, ...]]
    """By accreditation, in order."""
    notices: Page[NoticeRef]
    formers: tuple[Former, ...]
    """Its former names."""
    fate: Fate


@dataclass(frozen=True, slots=True)
class Verified:
    """What a certificate's number stands for at a moment."""

    entry: Entry
    authority: T
    ended: HistoryLine | None
    """The end, where the status has ended."""
    successor: Entry | None
    """The accreditation of the same track that its holder has now, where this one has ended."""
    formers: tuple[Former, ...]
    """Former names of the holder."""
    fate: Fate
    issues: tuple[Issue, ...]
    """The certificates of the present term; the last one holds."""
    at: datetime
    withheld: bool
    """The status ended so long ago that its holder, a person, is named no more."""


def body_page(w: Work, party_id: int, wish: Wish = FIRST, notices: Wish = FIRST) -> BodyPage:
    """The public page of a party, with a page of its accreditations; one that never had any, or is named
    no more, is not found.

    Of a merged one it is the page of the party that it is shown under.
    """
    page = page_of_rows(w, _newest_of(w, party_id), wish)
    if not page.rows:
        raise NotFound(NOTHING_THERE)
    found = page.told(told(w.session, page.rows, w.today))
    holder = holders(w.session, [found.rows[0].party_id])[found.rows[0].party_id]
    return BodyPage(
        holder.id,
        holder.kind,
        holder.name,
        holder.employer,
        holder.uscc,
        holder.region,
        found,
        _history(w, found.rows),
        _notices(w, party_id, notices),
        former_names(w, [party_id]).get(party_id, ()),
        fate_of(w, party_id),
    )


def all_of(w: Work, party_id: int) -> list[Entry]:
    """All that a party was ever accredited for, newest first: to choose one of it."""
    return told(w.session, w.session.execute(_newest_of(w, party_id)), w.today)


def verify(w: Work, text: str) -> Verified | None:
    """The certificate with a number, however it was typed; None where there is none."""
    if not number_key(text):
        return None
    held = by_number(w, text)
    if held is None:
        return None
    rows = w.session.execute(entries().where(Accreditation.id == held))
    found = told(w.session, rows, w.today)[0]
    ended = None
    successor = None
    if _end(found.state) is not None:
        ended = next(
            (line for line in reversed(_history(w, [found])[found.id]) if _is_end(line, found)), None
        )
        same = [item for item in all_of(w, found.party_id) if _same_track(item, found)]
        successor = next((item for item in same if item.state is PublicState.IN_FORCE), None)
    known = found.program in w.catalogue.programs
    authority = w.authority(found.program) if known else EMPTY
    withheld = found.kind is PartyKind.PERSON and not shown(w).names(found.ended_on, found.valid_through)
    formers = former_names(w, [found.party_id]).get(found.party_id, ())
    made = issues(w, w.session.get_one(Accreditation, found.id))
    return Verified(
        replace(found, name="", employer="", registered_as="") if withheld else found,
        authority,
        ended,
        successor,
        () if withheld else formers,
        fate_of(w, found.party_id),
        () if withheld else made,
        w.now,
        withheld,
    )


def _same_track(one: Entry, other: Entry) -> bool:
    return (one.program, one.track) == (other.program, other.track)


def _end(state: PublicState) -> EventKind | None:
    """The event that a status ended with."""
    match state:
        case PublicState.EXPIRED:
            return EventKind.EXPIRED
        case PublicState.WITHDRAWN:
            return EventKind.WITHDRAWN
        case PublicState.REVOKED:
            return EventKind.REVOKED
        case PublicState.DUPLICATE:
            return EventKind.DUPLICATE
        case PublicState.CEASED:
            return EventKind.CEASED
        case PublicState.ANNULLED:
            return EventKind.ANNULLED
        case PublicState.IN_FORCE | PublicState.UPCOMING:
            return None
        case _:
            assert_never(state)


def _is_end(line: HistoryLine, item: Entry) -> bool:
    return line.kind is _end(item.state)


def _newest_of(w: Work, party_id: int) -> Select[*tuple[Any, ...]]:
    query = entries().where(Accreditation.party_id.in_(ids_of(party_id)), shown(w).status())
    return query.order_by(Accreditation.started_on.desc(), Accreditation.id.desc())


def _history(w: Work, items: Sequence[Entry]) -> dict[int, tuple[HistoryLine, ...]]:
    query = (
        select(
            RegisterEvent.accreditation_id,
            RegisterEvent.happened_on,
            RegisterEvent.kind,
            RegisterEvent.clause,
            RegisterEvent.title_zh,
            RegisterEvent.title_en,
        )
        .where(
            RegisterEvent.accreditation_id.in_([item.id for item in items]),
            RegisterEvent.kind.in_(PUBLIC_EVENTS),
        )
        .order_by(RegisterEvent.happened_on, RegisterEvent.id)
    )
    lines: dict[int, list[HistoryLine]] = {item.id: [] for item in items}
    for row in w.session.execute(query):
        line = HistoryLine(row.happened_on, row.kind, row.clause, T(row.title_zh, row.title_en))
        lines[row.accreditation_id].append(line)
    return {item.id: tuple(_whole(w, item, lines[item.id])) for item in items}


def _whole(w: Work, item: Entry, lines: list[HistoryLine]) -> Iterable[HistoryLine]:
    """The lines with beginning and end, which an imported register may not have written down."""
    if not any(line.kind is EventKind.ACCREDITED for line in lines):
        yield HistoryLine(item.started_on, EventKind.ACCREDITED, "", EMPTY)
    yield from lines
    end = _end(item.state)
    if end is not None and not any(line.kind is end for line in lines):
        yield HistoryLine(item.ended_on or item.valid_through, end, item.ended_clause, _clause_title(w, item))


def _clause_title(w: Work, item: Entry) -> T:
    loaded = w.catalogue.programs.get(item.program)
    rules = loaded.rules.get((item.track, item.edition)) if loaded is not None else None
    exits = rules.exits if rules is not None else ()
    return next((rule.title for rule in exits if rule.clause == item.ended_clause), EMPTY)


def _notices(w: Work, party_id: int, wish: Wish) -> Page[NoticeRef]:
    query = (
        select(
            PublicNotice.id,
            PublicNotice.program,
            PublicNotice.title,
            PublicNotice.published_on,
            PublicNotice.closes_on,
        )
        .join(NoticeItem, NoticeItem.notice_id == PublicNotice.id)
        .join(Accreditation, Accreditation.application_id == NoticeItem.application_id)
        .where(Accreditation.party_id.in_(ids_of(party_id)), PublicNotice.published_on <= w.today)
        .order_by(PublicNotice.published_on.desc(), PublicNotice.id.desc())
    )
    page = page_of_rows(w, query, wish)
    return page.told(NoticeRef(*row) for row in page.rows)
