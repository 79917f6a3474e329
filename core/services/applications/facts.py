"""Facts of an application: who said what, what holds now, and what the party can use again.

The strongest provenance that says anything of a fact decides it (claimed < verified < attested < derived),
and of one provenance the latest word; every word is kept. What only a person can judge is never claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import ApplicationState
from core.domain.profile import parse_facts, stored, to_json
from core.rules.report import shown
from core.rules.terms import Fact
from core.rules.text import T
from core.services.applications.handling import (
    FUNCTION_OF,
    Desk,
    desk_of,
    find,
    is_member,
    lock,
    require_state,
)
from core.services.base.access import require
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.people.parties import is_own, lock_party
from core.storage.models import Application, FactEntry, Party
from core.storage.models.intake import Provenance

STRONGEST_FIRST = tuple(reversed(Provenance))
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


def asked_facts(w: Work, application_id: int) -> tuple[Asked, ...]:
    """The facts that the rules of the application's track read, in the order of a form."""
    application = find(w, application_id)
    origin = origins(w, application.id)
    return tuple(
        Asked(
            fact,
            application.facts.get(fact.name),
            origin.get(fact.name),
            FUNCTION_OF.get(fact.name, ""),
        )
        for fact in desk_of(w, application).asked()
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
    application = lock(w, application_id)
    match provenance:
        case Provenance.CLAIMED:
            if not is_member(w, application):
                require(w, Act.APPLICATION_DRAFT, application.program, application.region)
            require_state(application, ApplicationState.DRAFT, ApplicationState.RETURNED)
        case Provenance.VERIFIED:
            require(w, Act.APPLICATION_RECOMMEND, application.program, application.region)
            require_state(application, ApplicationState.SUBMITTED)
        case Provenance.ATTESTED:
            require(w, Act.APPLICATION_ATTEST, application.program, application.region)
            require_state(application, ApplicationState.UNDER_REVIEW)
        case Provenance.DERIVED:
            if not w.actor.system:
                raise Refused(T("此类数据只由系统生成", "only the system derives facts"))
        case _:
            assert_never(provenance)
    if provenance in (Provenance.VERIFIED, Provenance.ATTESTED) and is_own(w, application.party_id):
        raise Refused(Guard.NOT_OWN.reason)
    overtaken = _overtaken(w, application, raw, seen) if seen is not None else {}
    if overtaken:
        raise Invalid(overtaken)
    return record(w, application, raw, provenance, note)


def record(
    w: Work, application: Application, raw: Mapping[str, object], provenance: Provenance, note: str = ""
) -> list[str]:
    """Record statements on a locked application for whoever may make them."""
    desk = desk_of(w, application)
    errors = problems(w, application, desk, raw, provenance, note)
    if errors:
        raise Invalid(errors)
    given = _readable(w, desk, raw)
    given |= {name: None for name, value in raw.items() if value is None}
    known = _entries(w, application.id)
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
        _remember(w, application, desk, changed)
    return changed


def problems(
    w: Work,
    application: Application,
    desk: Desk,
    raw: Mapping[str, object],
    provenance: Provenance,
    note: str = "",
) -> dict[str, T]:
    """Everything that is wrong with the statements, by fact; for an attestation its note too."""
    reading = parse_facts(raw, desk.track.party, desk.loaded.program.extra_facts, today=w.today)
    errors = dict(reading.errors)
    party = w.session.get_one(Party, application.party_id)
    own = parse_facts({name: getattr(party, name) or None for name in IDENTITY}).values
    for name, value in reading.values.items():
        fact = desk.vocabulary[name]
        if name in IDENTITY and own.get(name) != value:
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


def effective(entries: Iterable[FactEntry]) -> dict[str, tuple[Any, Provenance]]:
    """What holds of each fact, and from where, by statements in the order in which they were made."""
    latest: dict[str, dict[Provenance, Any]] = {}
    for entry in entries:
        latest.setdefault(entry.name, {})[entry.provenance] = entry.value
    holding: dict[str, tuple[Any, Provenance]] = {}
    for name, words in latest.items():
        for provenance in STRONGEST_FIRST:
            if words.get(provenance) is not None:
                holding[name] = (words[provenance], provenance)
                break
    return holding


def origins(w: Work, application_id: int) -> dict[str, Provenance]:
    """Where each fact that holds of an application is from."""
    return {name: origin for name, (_, origin) in effective(_entries(w, application_id)).items()}


def origins_by(
    w: Work, application_ids: Collection[int], names: Collection[str]
) -> dict[int, dict[str, Provenance]]:
    """Where some facts of several applications are from."""
    query = (
        select(FactEntry)
        .where(FactEntry.application_id.in_(application_ids), FactEntry.name.in_(names))
        .order_by(FactEntry.id)
    )
    entries: dict[int, list[FactEntry]] = {number: [] for number in application_ids}
    for entry in w.session.scalars(query):
        entries[entry.application_id].append(entry)
    return {
        number: {name: origin for name, (_, origin) in effective(words).items()}
        for number, words in entries.items()
    }


def history(w: Work, application_id: int, name: str, wish: Wish = FIRST) -> Page[Statement]:
    """A page of the words on a fact, the latest first."""
    application = find(w, application_id)
    fact = desk_of(w, application).vocabulary.get(name)
    if fact is None:
        raise NotFound(NOTHING_THERE)
    query = (
        select(FactEntry)
        .options(joinedload(FactEntry.by))
        .where(FactEntry.application_id == application_id, FactEntry.name == name)
        .order_by(FactEntry.id.desc())
    )
    page = page_of(w, query, wish)
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


def prefill(w: Work, application: Application, known: Mapping[str, object], note: str) -> list[str]:
    """Claim for a new application what is known of the party already, as far as its track asks it."""
    desk = desk_of(w, application)
    wanted = [fact.name for fact in desk.asked() if not (fact.judged or fact.name in IDENTITY)]
    usable = {name: known[name] for name in wanted if name in known}
    functions, allowed = usable.get(FUNCTIONS), desk.rules.procedure.functions
    if isinstance(functions, list) and allowed:
        usable[FUNCTIONS] = [function for function in functions if function in allowed]
    readable = _readable(w, desk, usable)
    return record(w, application, readable, Provenance.CLAIMED, note) if readable else []


def _readable(w: Work, desk: Desk, raw: Mapping[str, object]) -> dict[str, Any]:
    values = parse_facts(raw, desk.track.party, desk.loaded.program.extra_facts, today=w.today).values
    return dict(to_json(values))


def _overtaken(
    w: Work, application: Application, raw: Mapping[str, object], seen: Mapping[str, object]
) -> dict[str, T]:
    """The facts that hold otherwise than the form showed and than it now says, with what holds."""
    desk = desk_of(w, application)
    before, given = _readable(w, desk, seen), _readable(w, desk, raw)
    errors: dict[str, T] = {}
    for name in raw:
        now = application.facts.get(name)
        fact = desk.vocabulary.get(name)
        if fact is None or now in (before.get(name), given.get(name)):
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


def _entries(w: Work, application_id: int) -> list[FactEntry]:
    query = select(FactEntry).where(FactEntry.application_id == application_id).order_by(FactEntry.id)
    return list(w.session.scalars(query))


def _latest(entries: Iterable[FactEntry], name: str, provenance: Provenance) -> tuple[Any, str]:
    """The last word of a provenance on a fact, and its note."""
    word: tuple[Any, str] = (None, "")
    for entry in entries:
        if entry.name == name and entry.provenance is provenance:
            word = (entry.value, entry.note)
    return word


def _remember(w: Work, application: Application, desk: Desk, changed: Iterable[str]) -> None:
    """Keep what holds now with the party, for its next application; judgements belong to one case only."""
    party = lock_party(w, application.party_id)
    profile = dict(party.profile)
    for name in changed:
        fact = desk.vocabulary.get(name)
        if fact is None or fact.judged:
            continue
        if name in application.facts:
            profile[name] = application.facts[name]
        else:
            profile.pop(name, None)
    if profile != party.profile:
        party.profile = profile
    if is_member(w, application):
        party.profile_confirmed_on = w.today
