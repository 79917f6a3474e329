"""The status of an accreditation, locked and caught up, for whoever acts on it or on a thing of it."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.rules.periods import DAY
from core.services.base.access import allowed, require
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.supervision.guards import is_own
from core.services.supervision.living_through import catch_up
from core.services.supervision.status import Status
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
from core.storage.one_party import ids_of

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


def lock_for(w: Work, accreditation_id: int, act: Act) -> Status:
    """The status, locked, for someone whose role covers the act and who has no part in the party."""
    found = _locked(w, accreditation_id)
    if not allowed(w.actor, Act.ACCREDITATION_VIEW, *found.place):
        raise NotFound(NOTHING_THERE)
    require(w, act, *found.place)
    if is_own(w, found):
        raise Refused(Guard.NOT_OWN.reason)
    return _caught_up(w, found)


def lock_own(w: Work, accreditation_id: int) -> Status:
    """The status, locked, for a member of its party."""
    found = _locked(w, accreditation_id)
    if not (w.actor.system or found.party_id in w.actor.parties):
        raise NotFound(NOTHING_THERE)
    return _caught_up(w, found)


def lock_all(w: Work, party_id: int) -> list[Status]:
    """Every status of a party, however registered, locked, for an act on it that the caller has looked at."""
    theirs = Accreditation.party_id.in_(ids_of(party_id))
    query = select(Accreditation.id).where(theirs).order_by(Accreditation.id)
    return [_caught_up(w, _locked(w, number)) for number in w.session.scalars(query).all()]


def part_for(w: Work, kind: type[Part], part_id: int, act: Act) -> tuple[Part, Status]:
    """A thing of an accreditation with its status, both locked, for whoever `lock_for` lets act."""
    status = lock_for(w, _owner(w, kind, part_id), act)
    return _part(w, kind, part_id), status


def part_own(w: Work, kind: type[Part], part_id: int) -> tuple[Part, Status]:
    """A thing of an accreditation with its status, both locked, for a member of its party."""
    status = lock_own(w, _owner(w, kind, part_id))
    return _part(w, kind, part_id), status


def _locked(w: Work, accreditation_id: int) -> Accreditation:
    # The accreditation's lock comes first everywhere: whoever holds it has all that belongs to it.
    query = select(Accreditation).where(Accreditation.id == accreditation_id).with_for_update()
    found = w.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def _caught_up(w: Work, accreditation: Accreditation) -> Status:
    """The status, with the days before today lived through: a day's events come after them."""
    yesterday = w.today - DAY
    if accreditation.next_due_on is not None and accreditation.next_due_on <= yesterday:
        catch_up(w, accreditation, accreditation.next_due_on, yesterday)
        w.session.refresh(accreditation)
    return Status(w, accreditation)


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
