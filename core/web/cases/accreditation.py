"""One accreditation as its page shows it: its dates, its duties with progress, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select

from core.domain.wording import duty_text, exit_text
from core.hooks.loaded import TrackRules
from core.rules.obligations import ExitRule
from core.rules.text import EMPTY, T
from core.services.attachments import party_files
from core.services.base.work import Work
from core.services.duties import campaigns, progress
from core.services.duties.reports import DueReport, due_reports
from core.services.endings.extensions import ExtensionWindow, window
from core.services.supervision import status
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Campaign,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    Inspection,
    Nomination,
    Rectification,
    RegisterEvent,
    ServiceRecord,
)
from core.storage.models.holdings import AttachmentPurpose
from core.web.forms.fields import PlainForm

MOST_DIGITS = 19
SHOWN = 20
"""Of a long list, the newest; the whole list is a link away."""

PARTS: dict[str, tuple[Any, Any]] = {
    "records": (ServiceRecord, ServiceRecord.service_date),
    "reports": (AnnualReport, AnnualReport.submitted_on),
    "complaints": (Complaint, Complaint.received_on),
    "findings": (Finding, Finding.opened_on),
    "orders": (Rectification, Rectification.ordered_on),
    "exits": (ExitCase, ExitCase.proposed_on),
    "extensions": (ExtensionRequest, ExtensionRequest.requested_on),
    "inspections": (Inspection, Inspection.planned_on),
    "nominations": (Nomination, Nomination.nominated_on),
}
"""What belongs to an accreditation, and what it is ordered by."""


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty, and how it stands in the running period where it has figures."""

    clause: str
    title: T
    text: T
    running: tuple[progress.DutyProgress, ...] = ()


@dataclass
class AccreditationCase:
    """What the page reads; nothing is changed through it."""

    unit: Work
    accreditation: Accreditation
    failed: tuple[str, str, PlainForm] | None = field(default=None)

    @property
    def id(self) -> int:
        """Of the accreditation."""
        return self.accreditation.id

    @property
    def program(self) -> str:
        """Of the accreditation."""
        return self.accreditation.program

    @property
    def region(self) -> str:
        """Of the accreditation."""
        return self.accreditation.region

    @cached_property
    def rules(self) -> TrackRules:
        """The rules that it is under today."""
        return status.rules_of(self.unit, self.accreditation)

    @property
    def actor_is_own(self) -> bool:
        """Whether the user belongs to the party."""
        actor = self.unit.actor
        return self.accreditation.party_id in actor.parties | actor.recommender_parties

    def part(self, name: str, part_id: str) -> Any:
        """One of the things that belong to it, or None."""
        kind = PARTS[name][0]
        known = part_id.isascii() and part_id.isdigit() and len(part_id) < MOST_DIGITS
        found = self.unit.session.get(kind, int(part_id)) if known else None
        return found if found is not None and found.accreditation_id == self.id else None

    def newest(self, name: str) -> Sequence[Any]:
        """The newest things of one kind."""
        kind, by = PARTS[name]
        query = select(kind).where(kind.accreditation_id == self.id).order_by(by.desc(), kind.id.desc())
        return list(self.unit.session.scalars(query.limit(SHOWN)))

    records = cached_property(lambda self: self.newest("records"))
    reports = cached_property(lambda self: self.newest("reports"))
    complaints = cached_property(lambda self: self.newest("complaints"))
    findings = cached_property(lambda self: self.newest("findings"))
    orders = cached_property(lambda self: self.newest("orders"))
    exits = cached_property(lambda self: self.newest("exits"))
    extensions = cached_property(lambda self: self.newest("extensions"))
    inspections = cached_property(lambda self: self.newest("inspections"))
    nominations = cached_property(lambda self: self.newest("nominations"))

    @cached_property
    def files(self) -> dict[tuple[str, party_files.Owner], tuple[party_files.AttachmentView, ...]]:
        """What the party handed in with its records, reports, answers and statements, by part and owner."""
        owners: dict[str, tuple[AttachmentPurpose, list[party_files.Owner]]] = {
            "records": (AttachmentPurpose.PHOTO, [row.entry_id for row in self.records]),
            "reports": (AttachmentPurpose.REPORT, [row.id for row in self.reports]),
            "orders": (AttachmentPurpose.RECTIFICATION, [row.id for row in self.orders]),
            "exits": (AttachmentPurpose.STATEMENT, [row.id for row in self.exits]),
        }
        return {
            (part, owner): found
            for part, (purpose, ids) in owners.items()
            if ids
            for owner, found in party_files.by_owner(self.unit, purpose, ids).items()
        }

    @cached_property
    def timeline(self) -> list[RegisterEvent]:
        """What has happened, the latest first."""
        query = select(RegisterEvent).where(RegisterEvent.accreditation_id == self.id)
        order = (RegisterEvent.happened_on.desc(), RegisterEvent.id.desc())
        return list(self.unit.session.scalars(query.order_by(*order).limit(100)))

    @cached_property
    def campaigns(self) -> list[Campaign]:
        """Campaigns that a service of today can belong to."""
        return campaigns.campaigns_on(self.unit, self.program, self.unit.today)

    @cached_property
    def due_reports(self) -> list[DueReport]:
        """Reports that are owed."""
        return due_reports(self.unit, self.id)

    @cached_property
    def extension_window(self) -> ExtensionWindow | None:
        """When an extension can be asked for."""
        return window(self.unit, self.id)

    @cached_property
    def duties(self) -> list[DutyRow]:
        """Every duty; of those with figures, how far the running period has come."""
        # Several duties can share a clause; their titles tell them apart.
        running: dict[tuple[str, T], list[progress.DutyProgress]] = {}
        if self.accreditation.state.in_force:
            for item in progress.progress(self.unit, self.id):
                running.setdefault((item.clause, item.title), []).append(item)
        rows = [
            DutyRow(
                duty.clause,
                duty.title,
                duty_text(duty),
                tuple(running.pop((duty.clause, duty.title), ())),
            )
            for duty in self.rules.duties
        ]
        return rows + [
            DutyRow(clause, title, EMPTY, tuple(items)) for (clause, title), items in running.items()
        ]

    @property
    def exit_rules(self) -> list[tuple[ExitRule, T]]:
        """The exit rules with their sentences."""
        return [(rule, exit_text(rule)) for rule in self.rules.exits]


def load(unit: Work, accreditation_id: int) -> AccreditationCase:
    """The case for whoever may read it; NotFound for all others."""
    found = status.readable(unit, accreditation_id)
    unit.session.refresh(found, ["party"])
    return AccreditationCase(unit, found)
