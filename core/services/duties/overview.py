"""One accreditation at a glance: what it rests on, where it stands, what happened, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core.domain.identifiers import mask_id_number
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import DECIDING
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.base.work import Work
from core.services.duties.progress import DutyProgress, progress
from core.services.supervision.moving import Offer, offers
from core.services.supervision.status import readable
from core.storage.models import Accreditation, Decision, ExitCase, RegisterEvent
from core.storage.models.intake import DecisionKind
from core.storage.models.supervision import ExitState


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened to the accreditation."""

    on: date
    kind: EventKind
    clause: str
    title: T
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """What the accreditation was decided on."""

    as_of: date
    edition: str
    settings: Mapping[str, Any]
    facts: Mapping[str, Any]
    verdict: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class ExitSummary:
    """An exit case in short."""

    id: int
    clause: str
    title: T
    state: ExitState
    automatic: bool
    proposed_on: date
    told_on: date | None
    objection_until: date | None
    human_requested: bool
    ban_years: int


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """The accreditation with all that its page needs at a glance."""

    id: int
    number: str
    party_id: int
    party: str
    program: str
    track: str
    edition: str
    region: str
    functions: tuple[str, ...]
    state: AccreditationState
    started_on: date
    valid_from: date
    valid_through: date
    ended_on: date | None
    ended_clause: str
    decided: Decided | None
    duties: tuple[DutyProgress, ...]
    timeline: tuple[TimelineEntry, ...]
    exits: tuple[ExitSummary, ...]
    moves: tuple[Offer, ...]


def timeline(w: Work, accreditation_id: int) -> list[TimelineEntry]:
    """Everything that happened to an accreditation, in order."""
    readable(w, accreditation_id)
    query = select(RegisterEvent).where(RegisterEvent.accreditation_id == accreditation_id)
    return [
        TimelineEntry(
            event.happened_on,
            event.kind,
            event.clause,
            T(event.title_zh, event.title_en),
            event.evidence,
        )
        for event in w.session.scalars(query.order_by(RegisterEvent.happened_on, RegisterEvent.id))
    ]


def case_summary(w: Work, accreditation_id: int) -> CaseSummary:
    """Facts at the decision, duties with progress, events, exit cases, and what can be done."""
    found = readable(w, accreditation_id)
    return CaseSummary(
        id=found.id,
        number=found.number,
        party_id=found.party_id,
        party=found.party.name,
        program=found.program,
        track=found.track,
        edition=found.edition,
        region=found.region,
        functions=tuple(found.functions),
        state=found.state,
        started_on=found.started_on,
        valid_from=found.valid_from,
        valid_through=found.valid_through,
        ended_on=found.ended_on,
        ended_clause=found.ended_clause,
        decided=_decided(w, found),
        duties=tuple(progress(w, found.id)) if found.state.in_force else (),
        timeline=tuple(timeline(w, found.id)),
        exits=tuple(_exits(w, found)),
        moves=tuple(offers(w, found)),
    )


def _decided(w: Work, accreditation: Accreditation) -> Decided | None:
    if accreditation.application_id is None:
        return None
    query = select(Decision).where(
        Decision.application_id == accreditation.application_id, Decision.kind == DecisionKind.APPROVED
    )
    found = w.session.scalar(query.order_by(Decision.id.desc()).limit(1))
    if found is None:
        return None
    facts = dict(found.facts)
    if "id_number" in facts and not _sees_id(w, accreditation):
        facts["id_number"] = mask_id_number(str(facts["id_number"]))
    return Decided(found.as_of, found.edition, found.settings, facts, found.verdict, found.reason)


def _sees_id(w: Work, accreditation: Accreditation) -> bool:
    """Whether the actor is the party or of the deciding authority: nobody else sees a whole ID number."""
    if w.actor.system or accreditation.party_id in w.actor.parties:
        return True
    return bool(w.actor.roles(accreditation.program, accreditation.region) & DECIDING)


def _exits(w: Work, accreditation: Accreditation) -> list[ExitSummary]:
    query = select(ExitCase).where(ExitCase.accreditation_id == accreditation.id)
    return [
        ExitSummary(
            case.id,
            case.clause,
            T(case.title_zh, case.title_en),
            case.state,
            case.mode.value == "automatic",
            case.proposed_on,
            case.told_on,
            case.objection_until,
            case.human_requested,
            case.ban_years,
        )
        for case in w.session.scalars(query.order_by(ExitCase.id))
    ]
