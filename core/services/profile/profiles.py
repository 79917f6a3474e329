"""A party's own profile: what it says of itself once, and every application starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select

from core.domain.errors import Invalid
from core.domain.facts import GROUPS
from core.domain.profile import parse_facts, to_json
from core.rules.clauses import PartyKind
from core.rules.terms import Fact
from core.rules.text import T
from core.services.applications.facts import FUNCTIONS, IDENTITY, JUDGED
from core.services.applications.handling import FUNCTION_OF, desk_of
from core.services.base.access import require_member
from core.services.base.work import Work
from core.services.people.accepted_codes import known_to
from core.services.people.parties import lock_party
from core.services.profile.roster import COUNTS
from core.storage.models import Party, StaffMember

FROM_ROSTER = T("由人员名册得出，请在名册中修改", "comes from the staff roster; change it there")


@dataclass(frozen=True, slots=True)
class Section:
    """Facts of one kind, as a part of the form; `function` where they are asked for one service only."""

    title: T
    facts: tuple[Fact, ...]
    function: str = ""


def sections(w: Work, kind: PartyKind) -> tuple[Section, ...]:
    """What some track for this kind of party reads, by kind of fact; judgements and identity left out."""
    asked: dict[str, Fact] = {}
    own: dict[str, list[Fact]] = {}
    for loaded, track in w.catalogue.tracks(kind):
        desk = desk_of(w, loaded.program.id, track.id)
        extra = {fact.name for fact in loaded.program.extra_facts}
        for fact in desk.asked():
            if fact.judged or fact.name in IDENTITY or fact.name in asked:
                continue
            asked[fact.name] = fact
            if fact.name in extra:
                own.setdefault(loaded.program.id, []).append(fact)
    found = []
    for title, facts in GROUPS[kind]:
        wanted = tuple(fact for fact in facts if fact.name in asked)
        if wanted:
            functions = {FUNCTION_OF.get(fact.name, "") for fact in wanted}
            found.append(Section(title, wanted, functions.pop() if len(functions) == 1 else ""))
    found += [Section(w.program(program).program.title, tuple(facts)) for program, facts in own.items()]
    return tuple(found)


def derived_names(w: Work, party_id: int) -> frozenset[str]:
    """The facts that come from the party's roster, where it has one."""
    rostered = w.session.scalar(select(exists().where(StaffMember.party_id == party_id)))
    return frozenset(COUNTS) if rostered else frozenset()


def save_profile(w: Work, party_id: int, raw: Mapping[str, object]) -> list[str]:
    """Keep what the party says of itself and return the names that changed; null takes a fact back.

    With one error nothing is kept, and Invalid names every error. It confirms the data as of today.
    """
    require_member(w, party_id)
    party = lock_party(w, party_id)
    extra = [fact for loaded, _ in w.catalogue.tracks(party.kind) for fact in loaded.program.extra_facts]
    reading = parse_facts(raw, party.kind, extra, today=w.today, known=known_to(w))
    errors = dict(reading.errors)
    known = {fact.name: fact for section in GROUPS[party.kind] for fact in section[1]}
    known |= {fact.name: fact for fact in extra}
    derived = derived_names(w, party_id)
    for name in raw:
        if name in derived:
            errors[name] = FROM_ROSTER
        elif name in IDENTITY:
            errors[name] = T("请在主体资料中修改", "change it in the party's data")
        elif name in known and known[name].judged:
            errors[name] = JUDGED
    if errors:
        raise Invalid(errors)
    given = to_json(reading.values)
    profile = dict(party.profile)
    for name in raw:
        if name in given:
            profile[name] = given[name]
        else:
            profile.pop(name, None)
    changed = [name for name in raw if profile.get(name) != party.profile.get(name)]
    if changed:
        party.profile = profile
    party.profile_confirmed_on = w.today
    return changed


def filled(party: Party, parts: tuple[Section, ...]) -> tuple[int, int]:
    """How many of the facts are known, and how many there are; those of services not claimed do not count."""
    claimed = party.profile.get(FUNCTIONS) or ()
    wanted = [
        fact.name for part in parts if not part.function or part.function in claimed for fact in part.facts
    ]
    return sum(name in party.profile for name in wanted), len(wanted)
