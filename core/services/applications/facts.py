"""Facts of an application: who said what, what holds now, and what the party can use again.

Every word is kept. What only a person can judge is never claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import ApplicationState
from core.domain.profile import ProfileReading, stored, to_json
from core.rules.report import json_value, shown
from core.rules.terms import Fact, Kind
from core.rules.text import T
from core.services.applications.case import Case, lock
from core.services.applications.handling import FUNCTION_OF, Desk, is_member, require_state
from core.services.applications.statements import effective
from core.services.base.access import require
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.people.accepted_codes import known_to
from core.services.people.parties import is_own, lock_party
from core.storage.models import FactEntry, Party
from core.storage.models.applications import Provenance

FUNCTIONS = "service_functions"
IDENTITY = ("name", "uscc", "id_number", "region", "employer", "mobile", "email")
"""Facts that are the party's own data, and are changed there."""
PROVENANCES = {
    Provenance.CLAIMED: T("申请人填报", "claimed by the applicant"),
    Provenance.VERIFIED: T("推荐单位核实", "verified by the recommender"),
    Provenance.ATTESTED: T("认定机关判定", "attested by an officer"),
    Provenance.DERIVED: T("系统生成", "derived by the system"),
}
JUDGED = T(
    "由认定机关判定，不由申请人或推荐单位填报",
    "is judged by an officer; neither applicant nor recommender states it",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One word on a fact, as the history shows it."""

    name: str
    label: T
    value: Any
    shown: T
    provenance: Provenance
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that a form asks: its present value, where that is from, and for which function it is asked."""

    fact: Fact
    value: Any
    provenance: Provenance | None
    function: str


def asked_facts(case: Case) -> tuple[Asked, ...]:
    """The facts that the rules of the application's track read, in the order of a form."""
    facts = case.application.facts
    return tuple(
        Asked(fact, facts.get(fact.name), case.origins.get(fact.name), FUNCTION_OF.get(fact.name, ""))
        for fact in case.desk.asked()
    )


def save_facts(
    w: Work,
    application_id: int,
    raw: Mapping[str, object],
    provenance: Provenance,
    note: str = "",
    *,
    seen: Mapping[str, object] | None = None,
) -> list[str]:
    """Save statements on facts and return the names that changed; null takes a statement back.

    With one error nothing is saved, and Invalid names every error. A draft may hold any part of a profile.
    `seen` is what the form showed: a fact that someone changed since is not overwritten.
    """
    return save(lock(w, application_id), raw, provenance, note, seen=seen)


def save(
    case: Case,
    raw: Mapping[str, object],
    provenance: Provenance,
    note: str = "",
    *,
    seen: Mapping[str, object] | None = None,
) -> list[str]:
    """The same on an application that the caller has locked."""
    w, application = case.w, case.application
    match provenance:
        case Provenance.CLAIMED:
            if not is_member(w, application):
                require(w, Act.APPLICATION_DRAFT, *application.place)
            require_state(application, ApplicationState.DRAFT, ApplicationState.RETURNED)
        case Provenance.VERIFIED:
            require(w, Act.APPLICATION_RECOMMEND, *application.place)
            require_state(application, ApplicationState.SUBMITTED)
        case Provenance.ATTESTED:
            require(w, Act.APPLICATION_ATTEST, *application.place)
            require_state(application, ApplicationState.UNDER_REVIEW)
        case Provenance.DERIVED:
            if not w.actor.system:
                raise Refused(T("此类数据只由系统生成", "only the system derives facts"))
        case _:
            assert_never(provenance)
    if provenance in (Provenance.VERIFIED, Provenance.ATTESTED) and is_own(w, application.party_id):
        raise Refused(Guard.NOT_OWN.reason)
    reading = case.desk.read(raw, w.today, known_to(w))
    overtaken = _overtaken(case, raw, reading, seen) if seen is not None else {}
    if overtaken:
        raise Invalid(overtaken)
    return _record(case, reading, _taken_back(raw), provenance, note)


def record(case: Case, raw: Mapping[str, object], provenance: Provenance, note: str = "") -> list[str]:
    """Record statements on a locked application for whoever may make them."""
    return _record(case, case.desk.read(raw, case.w.today), _taken_back(raw), provenance, note)


def _taken_back(raw: Mapping[str, object]) -> dict[str, Any]:
    return {name: None for name, value in raw.items() if value is None}


def _record(
    case: Case,
    reading: ProfileReading,
    taken_back: Mapping[str, Any],
    provenance: Provenance,
    note: str,
) -> list[str]:
    w, application = case.w, case.application
    errors = _problems(case, reading, provenance, note)
    if errors:
        raise Invalid(errors)
    given: dict[str, Any] = {**to_json(reading.values), **taken_back}
    known = case.entries
    new = [
        FactEntry(
            application_id=application.id,
            name=name,
            value=value,
            provenance=provenance,
            note=note.strip(),
            by_id=w.actor.user_id,
            at=w.now,
        )
        for name, value in given.items()
        if name not in IDENTITY and _latest(known, name, provenance) != (value, note.strip())
    ]
    w.session.add_all(new)
    w.session.flush()
    holding = effective([*known, *new])
    changed = [name for name in given if application.facts.get(name) != holding.get(name, (None, None))[0]]
    if changed:
        application.facts = {name: value for name, (value, _) in holding.items()}
        _remember(case, changed)
    case.changed()
    return changed


def _problems(case: Case, reading: ProfileReading, provenance: Provenance, note: str) -> dict[str, T]:
    """Everything that is wrong with the statements, by fact; for an attestation its note too."""
    desk, party = case.desk, case.w.session.get_one(Party, case.application.party_id)
    errors = dict(reading.errors)
    for name, value in reading.values.items():
        fact = desk.vocabulary[name]
        if name in IDENTITY and stored(fact, getattr(party, name) or None) != value:
            errors[name] = T(
                f"{fact.label.zh}（{name}）：与主体资料不一致；请在主体资料中修改",
                f"{name}: differs from the party's data; change it there",
            )
        elif fact.judged and provenance in (Provenance.CLAIMED, Provenance.VERIFIED):
            errors[name] = T(f"{fact.label.zh}（{name}）：{JUDGED.zh}", f"{name}: {JUDGED.en}")
        elif name == FUNCTIONS and isinstance(value, frozenset):
            errors |= _functions(fact, value, desk)
    if provenance is Provenance.ATTESTED:
        errors |= unwritten(note, "note")
    return errors


def history(case: Case, name: str, wish: Wish = FIRST) -> Page[Statement]:
    """A page of the words on a fact, the latest first."""
    fact = case.desk.vocabulary.get(name)
    if fact is None:
        raise NotFound(NOTHING_THERE)
    query = (
        select(FactEntry)
        .options(joinedload(FactEntry.by))
        .where(FactEntry.application_id == case.id, FactEntry.name == name)
        .order_by(FactEntry.id.desc())
    )
    page = page_of(case.w, query, wish)
    return page.told(
        Statement(
            name,
            fact.label,
            entry.value,
            shown(fact, stored(fact, entry.value)),
            entry.provenance,
            entry.note,
            str(entry.by) if entry.by is not None else "",
            entry.at,
        )
        for entry in page.rows
    )


def prefill(case: Case, known: Mapping[str, object], note: str) -> list[str]:
    """Claim for a new application what is known of the party already, as far as its track asks it."""
    wanted = [fact.name for fact in case.desk.asked() if not (fact.judged or fact.name in IDENTITY)]
    usable = {name: known[name] for name in wanted if name in known}
    functions, allowed = usable.get(FUNCTIONS), case.desk.rules.procedure.functions
    if isinstance(functions, list) and allowed:
        usable[FUNCTIONS] = [function for function in functions if function in allowed]
    readable = case.desk.read(usable, case.w.today).values
    return _record(case, ProfileReading(readable, {}), {}, Provenance.CLAIMED, note) if readable else []


def _overtaken(
    case: Case, raw: Mapping[str, object], reading: ProfileReading, seen: Mapping[str, object]
) -> dict[str, T]:
    """The facts that hold otherwise than the form showed and than it now says, with what holds."""
    given = to_json(reading.values)
    errors: dict[str, T] = {}
    for name in raw:
        now = case.application.facts.get(name)
        fact = case.desk.vocabulary.get(name)
        if fact is None:
            continue
        before = stored(fact, seen.get(name))
        if now in (None if before is None else json_value(before), given.get(name)):
            continue
        text = shown(fact, stored(fact, now))
        errors[name] = T(
            f"已在别处改为“{text.zh}”，未覆盖；如仍要修改，请再保存一次",
            f"was changed elsewhere to {text.en} and not overwritten; save again to change it all the same",
        )
    return errors


def _functions(fact: Fact, claimed: frozenset[str], desk: Desk) -> dict[str, T]:
    """Only the functions that the text names can be applied for."""
    offered = desk.rules.procedure.functions
    foreign = sorted(claimed.difference(offered)) if offered else []
    if not foreign:
        return {}
    zh, en = ("、".join(fact.choice_label(f).zh for f in foreign), ", ".join(foreign))
    choice_zh = "、".join(fact.choice_label(f).zh for f in offered)
    return {
        fact.name: T(
            f"{fact.label.zh}（{fact.name}）：本项目不受理 {zh}；可选：{choice_zh}",
            f"{fact.name}: this programme has no {en}; choose from {', '.join(offered)}",
        )
    }


def _latest(entries: Iterable[FactEntry], name: str, provenance: Provenance) -> tuple[Any, str]:
    """The last word of a provenance on a fact, and its note."""
    word: tuple[Any, str] = (None, "")
    for entry in entries:
        if entry.name == name and entry.provenance is provenance:
            word = (entry.value, entry.note)
    return word


def _remember(case: Case, changed: Iterable[str]) -> None:
    """Keep what holds now with the party, for its next application; judgements belong to one case only."""
    w, application = case.w, case.application
    party = lock_party(w, application.party_id)
    profile = dict(party.profile)
    # What a recommender alone says is no statement of the party's.
    own = {fact.name for fact in case.desk.rules.procedure.measured or () if fact.kind is Kind.TEXT}
    for name in changed:
        fact = case.desk.vocabulary.get(name)
        if fact is None or fact.judged or name in own:
            continue
        if name in application.facts:
            profile[name] = application.facts[name]
        else:
            profile.pop(name, None)
    if profile != party.profile:
        party.profile = profile
    if is_member(w, application):
        party.profile_confirmed_on = w.today
