"""A party's staff roster: each person once, and the head-counts that the rules ask, derived from it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, select

from core.domain.errors import NotFound, Refused
from core.domain.facts import education, title_level
from core.rules.clauses import PartyKind
from core.rules.report import OUTCOMES
from core.rules.terms import LevelFact
from core.rules.text import T
from core.services.applications.case import Case, verdicts_of
from core.services.applications.facts import record
from core.services.applications.materials import EDITABLE
from core.services.applications.verdicts import CaseVerdict
from core.services.base.access import require_member
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.people.parties import lock_party
from core.services.previews.trial import tried
from core.services.profile.roster_sheet import EXPERIENCED, FULL_TIME, Line
from core.storage.models import Application, Party, StaffMember
from core.storage.models.applications import Provenance
from core.storage.search import holds

NOTE = "由员工花名册推算 / derived from the staff roster"
ONLY_BODIES = T("只有机构有员工花名册", "only organisations have a staff roster")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did to the roster."""

    added: int
    changed: int
    same: int
    removed: int
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    """The head-counts that it changes, by fact: before and after."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the roster as a page shows it: without the ID number."""

    id: int
    name: str
    id_masked: str
    education: T
    title: T
    experienced: bool
    full_time: bool
    since: date | None


@dataclass(frozen=True, slots=True)
class Roster:
    """A page of the roster, and the head-counts of a day."""

    party_id: int
    party: str
    page: Page[Person]
    as_of: date
    counts: Mapping[str, int]


def id_key(number: str, key: str) -> str:
    """What tells that two rows are one person, without the number itself."""
    return hmac.new(key.encode(), number.encode(), hashlib.sha256).hexdigest()


def roster(
    w: Work, party_id: int, wish: Wish = FIRST, *, search: str = "", as_of: date | None = None
) -> Roster:
    """A page of the party's roster, of those whose name has the text."""
    require_member(w, party_id)
    party = w.session.get(Party, party_id)
    if party is None or party.kind is not PartyKind.ORGANIZATION:
        raise NotFound(NOTHING_THERE)
    wanted = [StaffMember.party_id == party_id]
    if search:
        wanted.append(holds(StaffMember.name, search))
    found = page_of(w, select(StaffMember).where(*wanted).order_by(StaffMember.id), wish)
    day = as_of or w.today
    people = found.told(_person(item) for item in found.rows)
    return Roster(party_id, party.name, people, day, head_counts(w, party_id, day))


@dataclass(frozen=True, slots=True)
class Entry:
    """One person to be put in: without the ID number, which is not kept."""

    name: str
    id_key: str
    id_masked: str
    attributes: Mapping[str, Any]
    since: date | None


@dataclass(frozen=True, slots=True)
class ConditionEffect:
    """A condition of an application in preparation that the head-counts bring to another outcome."""

    program: str
    track: str
    clause: str
    title: T
    before: T
    after: T


def entries_of(lines: Sequence[Line], key: str) -> list[Entry]:
    """The lines of a roster that was read without errors, as they are put in."""
    return [
        Entry(line.name, id_key(line.id_number, key), line.id_masked, line.attributes, line.since)
        for line in lines
    ]


def save_roster(w: Work, party_id: int, people: Sequence[Entry], *, replace: bool) -> Imported:
    """Put people in; `replace` removes whoever is not named.

    Each person is there once; the head-counts go to the party's data and its open drafts.
    """
    require_member(w, party_id)
    party = lock_party(w, party_id)
    if party.kind is not PartyKind.ORGANIZATION:
        raise Refused(ONLY_BODIES)
    there = {
        item.id_key: item
        for item in w.session.scalars(select(StaffMember).where(StaffMember.party_id == party_id))
    }
    added = changed = 0
    named: set[str] = set()
    before = head_counts(w, party_id, w.today)
    for person in people:
        named.add(person.id_key)
        member = there.get(person.id_key)
        if member is None:
            member = StaffMember(party_id=party_id, id_key=person.id_key, id_masked=person.id_masked)
            added += 1
            _put(w, member, person)
            w.session.add(member)
        elif (member.name, member.attributes, member.since) != (
            person.name,
            person.attributes,
            person.since,
        ):
            changed += 1
            _put(w, member, person)
    gone = [item for own, item in there.items() if own not in named] if replace else []
    for item in gone:
        w.session.delete(item)
    w.session.flush()
    derive(w, party)
    after = head_counts(w, party_id, w.today)
    counts = {
        name: (before.get(name, 0), after.get(name, 0))
        for name in COUNTS
        if before.get(name, 0) != after.get(name, 0)
    }
    return Imported(added, changed, len(named) - added - changed, len(gone), counts)


def look_at_roster(
    w: Work, party_id: int, people: Sequence[Entry], *, replace: bool
) -> tuple[Imported, list[ConditionEffect]]:
    """What `save_roster` would do, and what comes of it for applications in preparation; nothing is saved."""

    def save() -> tuple[Imported, list[ConditionEffect]]:
        before = verdicts_of(w, _drafts(w, party_id))
        done = save_roster(w, party_id, people, replace=replace)
        after = verdicts_of(w, _drafts(w, party_id))
        return done, [effect for key in after for effect in _compared(before[key], after[key])]

    return tried(w, save)


def _drafts(w: Work, party_id: int) -> list[Case]:
    query = select(Application).where(Application.party_id == party_id, Application.state.in_(EDITABLE))
    return [Case(w, item) for item in w.session.scalars(query.order_by(Application.id))]


def _compared(before: CaseVerdict, after: CaseVerdict) -> Iterator[ConditionEffect]:
    was = {row.key: row.outcome for row in before.rows}
    for row in after.rows:
        if was[row.key] is not row.outcome:
            yield ConditionEffect(
                after.program,
                after.track,
                row.clause,
                row.title,
                OUTCOMES[was[row.key]],
                OUTCOMES[row.outcome],
            )


def remove_person(w: Work, party_id: int, person_id: int) -> None:
    """Take one person off the roster."""
    require_member(w, party_id)
    party = lock_party(w, party_id)
    member = w.session.get(StaffMember, person_id)
    if member is None or member.party_id != party_id:
        raise NotFound(NOTHING_THERE)
    w.session.delete(member)
    w.session.flush()
    derive(w, party)


def derive(w: Work, party: Party) -> None:
    """Put today's head-counts into the data of a locked party, and into its drafts."""
    counts = head_counts(w, party.id, w.today)
    query = select(Application).where(Application.party_id == party.id, Application.state.in_(EDITABLE))
    for application in w.session.scalars(query.order_by(Application.id).with_for_update()):
        apply_counts(Case(w, application), counts)
    if counts:
        party.profile = {**party.profile, **counts}


def apply_roster(case: Case) -> None:
    """Put the head-counts of today into an application that is begun or handed in."""
    apply_counts(case, head_counts(case.w, case.application.party_id, case.w.today))


def apply_counts(case: Case, counts: Mapping[str, int]) -> None:
    """Record head-counts as derived facts, as far as the track asks them; an empty roster takes them back."""
    asked = {fact.name for fact in case.desk.asked()}
    held = {
        entry.name
        for entry in case.entries
        if entry.provenance is Provenance.DERIVED and entry.value is not None
    }
    given = {name: counts.get(name) for name in COUNTS if name in asked and (name in counts or name in held)}
    if given:
        record(case, given, Provenance.DERIVED, NOTE)


def head_counts(w: Work, party_id: int, as_of: date) -> dict[str, int]:
    """The head-counts of the roster on a day, by fact; nothing where there is no roster."""
    rows = w.session.execute(
        select(StaffMember.attributes, StaffMember.since).where(StaffMember.party_id == party_id)
    ).all()
    if not rows:
        return {}
    present = [
        row.attributes
        for row in rows
        if row.attributes.get(FULL_TIME) and (row.since is None or row.since <= as_of)
    ]
    return {name: sum(holds(attributes) for attributes in present) for name, holds in COUNTS.items()}


def _at_least(fact: LevelFact, bound: str) -> Callable[[Mapping[str, Any]], bool]:
    def holds(attributes: Mapping[str, Any]) -> bool:
        level = attributes.get(fact.name)
        return level is not None and fact.rank(level) >= fact.rank(bound)

    return holds


def _both(*tests: Callable[[Mapping[str, Any]], bool]) -> Callable[[Mapping[str, Any]], bool]:
    return lambda attributes: all(test(attributes) for test in tests)


_COLLEGE, _BACHELOR = _at_least(education, "college"), _at_least(education, "bachelor")
_TITLE = _at_least(title_level, "intermediate")
COUNTS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "staff_full_time": lambda _attributes: True,
    "staff_college_plus": _COLLEGE,
    "staff_bachelor_plus": _BACHELOR,
    "staff_mid_title_plus": _TITLE,
    "staff_college_plus_and_mid_title": _both(_COLLEGE, _TITLE),
    "staff_bachelor_plus_and_mid_title": _both(_BACHELOR, _TITLE),
    "staff_field_experienced": lambda attributes: bool(attributes.get(EXPERIENCED)),
}
"""The head-counts of the vocabulary, each by whom of the full-time staff it counts."""


def _put(w: Work, member: StaffMember, person: Entry) -> None:
    member.name, member.attributes, member.since = person.name, dict(person.attributes), person.since
    member.imported_at = w.now


def _person(item: StaffMember) -> Person:
    given = item.attributes
    return Person(
        item.id,
        item.name,
        item.id_masked,
        education.choice_label(given["education"]),
        title_level.choice_label(given["title_level"]),
        bool(given.get(EXPERIENCED)),
        bool(given.get(FULL_TIME)),
        item.since,
    )


def has_body(w: Work) -> bool:
    """Whether one of the parties that the user acts for can have a roster."""
    own = exists().where(Party.id.in_(w.actor.parties), Party.kind == PartyKind.ORGANIZATION)
    return bool(w.actor.parties) and bool(w.session.scalar(select(own)))


def bodies(w: Work, wish: Wish = FIRST) -> Page[Party]:
    """A page of the organisations that the user acts for, which can have a roster."""
    query = select(Party).where(Party.id.in_(w.actor.parties), Party.kind == PartyKind.ORGANIZATION)
    return page_of(w, query.order_by(Party.id), wish)
