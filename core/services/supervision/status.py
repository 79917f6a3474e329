"""An accreditation under the hands of a service: found, locked, caught up; and its rules."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.supervision.standing import Standing, SupervisionRules
from core.hooks.loaded import TrackRules
from core.rules.periods import DAY
from core.services.base.access import allowed, require
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.supervision.guards import is_own
from core.services.supervision.living_through import catch_up
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    Inspection,
    Rectification,
    ServiceRecord,
)

Part = TypeVar(
    "Part",
    AnnualReport,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    Inspection,
    Rectification,
    ServiceRecord,
)
"""What belongs to one accreditation."""


def readable(w: Work, accreditation_id: int) -> Accreditation:
    """The accreditation, for staff in whose scope it lies and members of its party; else NotFound."""
    found = w.session.get(Accreditation, accreditation_id)
    if found is None or not may_read(w, found):
        raise NotFound(NOTHING_THERE)
    return found


def may_read(w: Work, accreditation: Accreditation) -> bool:
    """Whether the actor may see the accreditation with all that belongs to it."""
    seen = allowed(w.actor, Act.ACCREDITATION_VIEW, accreditation.program, accreditation.region)
    return seen or accreditation.party_id in w.actor.parties


def for_act(w: Work, accreditation_id: int, act: Act) -> Accreditation:
    """The accreditation, locked, for someone whose role covers the act."""
    found = _locked(w, accreditation_id)
    if not allowed(w.actor, Act.ACCREDITATION_VIEW, found.program, found.region):
        raise NotFound(NOTHING_THERE)
    require(w, act, found.program, found.region)
    return _caught_up(w, found)


def for_party(w: Work, accreditation_id: int) -> Accreditation:
    """The accreditation, locked, for a member of its party."""
    found = _locked(w, accreditation_id)
    if not (w.actor.system or found.party_id in w.actor.parties):
        raise NotFound(NOTHING_THERE)
    return _caught_up(w, found)


def part_for_act(w: Work, kind: type[Part], part_id: int, act: Act) -> tuple[Part, Accreditation]:
    """A thing of an accreditation with it, both locked, for someone whose role covers the act."""
    accreditation = for_act(w, _owner(w, kind, part_id), act)
    return _part(w, kind, part_id), accreditation


def part_for_party(w: Work, kind: type[Part], part_id: int) -> tuple[Part, Accreditation]:
    """A thing of an accreditation with it, both locked, for a member of its party."""
    accreditation = for_party(w, _owner(w, kind, part_id))
    return _part(w, kind, part_id), accreditation


def _locked(w: Work, accreditation_id: int) -> Accreditation:
    # The accreditation's lock comes first everywhere: whoever holds it has all that belongs to it.
    query = select(Accreditation).where(Accreditation.id == accreditation_id).with_for_update()
    found = w.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def _caught_up(w: Work, accreditation: Accreditation) -> Accreditation:
    """The accreditation, with the days before today lived through: a day's events come after them."""
    yesterday = w.today - DAY
    if accreditation.next_due_on is not None and accreditation.next_due_on <= yesterday:
        catch_up(w, accreditation, accreditation.next_due_on, yesterday)
        w.session.refresh(accreditation)
    return accreditation


def _owner(w: Work, kind: type[Part], part_id: int) -> int:
    owner = w.session.scalar(select(kind.accreditation_id).where(kind.id == part_id))
    if owner is None:
        raise NotFound(NOTHING_THERE)
    return owner


def _part(w: Work, kind: type[Part], part_id: int) -> Part:
    query = select(kind).where(kind.id == part_id).with_for_update()
    found = w.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def rules_of(w: Work, accreditation: Accreditation) -> TrackRules:
    """The rules that the accreditation is under today: those of its edition, with the overrides in force."""
    return w.rules(accreditation.program, accreditation.track, w.today, edition=accreditation.edition)


def supervision_rules(w: Work, accreditation: Accreditation) -> SupervisionRules:
    """The clauses that supervision of the accreditation works with today."""
    rules = rules_of(w, accreditation)
    return SupervisionRules(rules.procedure.term, rules.duties, rules.exits)


def dates_of(accreditation: Accreditation) -> Standing:
    """The dates of the accreditation, for the years and periods that count from them."""
    return Standing(
        accreditation.started_on,
        accreditation.valid_from,
        accreditation.valid_through,
        accreditation.state.in_force,
    )


def not_own(w: Work, accreditation: Accreditation) -> None:
    """Refuse whoever belongs to the party, or acts for a body that is the party."""
    if is_own(w, accreditation):
        raise Refused(Guard.NOT_OWN.reason)
