"""One accreditation as its page shows it: its dates, its duties with progress, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.domain.acts import Act
from core.domain.roles import Place
from core.domain.wording import duty_text, exit_text
from core.hooks.loaded import TrackRules
from core.rules.obligations import ExitRule
from core.rules.text import EMPTY, T
from core.services.attachments import party_files
from core.services.base.access import allowed
from core.services.base.paging import Page
from core.services.base.work import Work
from core.services.changes.certificates import Issue, is_outdated, issues
from core.services.deciding import corrections, pending
from core.services.duties import campaigns, progress
from core.services.duties.reports import DueReport, due_reports
from core.services.endings import appeals
from core.services.endings.extensions import ExtensionWindow, window
from core.services.supervision import accreditation_parts
from core.services.supervision.accreditation_parts import Part
from core.services.supervision.status import Status, find
from core.services.takein import documents
from core.storage.models import (
    Accreditation,
    Campaign,
    DecisionCorrection,
    ExitCase,
    PendingDecision,
    TakenIn,
)
from core.storage.models.holdings import AttachmentPurpose
from core.web.forms.fields import PlainForm
from core.web.frame import paging
from core.web.frame.paging import number_of


def _listed(part: Part) -> Any:
    """The page of a part that the address asks for: each part has its own argument."""

    def page(case: AccreditationCase) -> Page[Any]:
        wish = paging.wish(name=part.value)
        return accreditation_parts.newest(case.unit, case.id, part, wish)

    return cached_property(page)


_PARTS = {
    AttachmentPurpose.PHOTO: "records",
    AttachmentPurpose.REPORT: "reports",
    AttachmentPurpose.RECTIFICATION: "orders",
    AttachmentPurpose.STATEMENT: "exits",
}
"""The part of the page under which files of a purpose stand."""


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

    status: Status
    failed: tuple[str, str, PlainForm] | None = field(default=None)

    @property
    def unit(self) -> Work:
        """The unit of work that it is read in."""
        return self.status.w

    @property
    def accreditation(self) -> Accreditation:
        """What it is about."""
        return self.status.accreditation

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

    @property
    def place(self) -> Place:
        """Of the accreditation."""
        return self.accreditation.place

    @property
    def rules(self) -> TrackRules:
        """The rules that it is under today."""
        return self.status.rules

    @property
    def actor_is_own(self) -> bool:
        """Whether the user belongs to the party."""
        actor = self.unit.actor
        return self.accreditation.party_id in actor.parties | actor.recommender_parties

    @property
    def row(self) -> Accreditation:
        """What the case is about, as it is kept."""
        return self.accreditation

    def part(self, name: str, part_id: str) -> Any:
        """One of the things that belong to it, or None."""
        number = number_of(part_id)
        return accreditation_parts.one(self.unit, self.id, Part(name), number) if number is not None else None

    records = _listed(Part.RECORDS)
    reports = _listed(Part.REPORTS)
    complaints = _listed(Part.COMPLAINTS)
    findings = _listed(Part.FINDINGS)
    orders = _listed(Part.ORDERS)
    exits = _listed(Part.EXITS)
    extensions = _listed(Part.EXTENSIONS)
    inspections = _listed(Part.INSPECTIONS)
    nominations = _listed(Part.NOMINATIONS)
    timeline = _listed(Part.TIMELINE)

    @cached_property
    def certificates(self) -> tuple[Issue, ...]:
        """The certificates of the present term; the last one holds."""
        return issues(self.unit, self.accreditation)

    @property
    def certificate_outdated(self) -> bool:
        """Whether the certificate states other data than the register."""
        return is_outdated(self.unit, self.accreditation)

    @cached_property
    def corrections(self) -> list[DecisionCorrection]:
        """What was corrected of the decisions on it."""
        return corrections.of_accreditation(self.unit, self.id)

    @cached_property
    def _waiting(self) -> dict[int, PendingDecision]:
        return pending.on_exits(self.unit, self.id)

    def came_of(self, part: ExitCase) -> T | None:
        """What came of an appeal against an exit; None while it is not decided."""
        return appeals.came_of(self.unit, part)

    def waiting_on(self, part: ExitCase) -> PendingDecision | None:
        """The decision on an exit case that waits to be issued, where this user may know of it."""
        return self._waiting.get(part.id)

    @cached_property
    def files(self) -> dict[tuple[str, party_files.Owner], tuple[party_files.AttachmentView, ...]]:
        """What the party handed in with its records, reports, answers and statements, by part and owner."""
        owners: dict[AttachmentPurpose, list[party_files.Owner]] = {
            AttachmentPurpose.PHOTO: [row.entry_id for row in self.records.rows],
            AttachmentPurpose.REPORT: [row.id for row in self.reports.rows],
            AttachmentPurpose.RECTIFICATION: [row.id for row in self.orders.rows],
            AttachmentPurpose.STATEMENT: [row.id for row in self.exits.rows],
        }
        found = party_files.by_owners(self.unit, owners)
        return {(_PARTS[purpose], owner): files for (purpose, owner), files in found.items()}

    @cached_property
    def origin(self) -> TakenIn | None:
        """Where it was taken in from, if it was granted before this register."""
        return documents.origin_of(self.unit, self.id)

    @cached_property
    def former_files(self) -> tuple[party_files.AttachmentView, ...]:
        """The documents that it was taken in with."""
        return documents.files_of(self.unit, self.origin.id) if self.origin is not None else ()

    @property
    def takes_former_files(self) -> bool:
        """Whether the user may add to them."""
        may = allowed(self.unit.actor, Act.TAKE_IN, *self.place)
        return self.origin is not None and may and not self.actor_is_own

    @cached_property
    def extension_open(self) -> bool:
        """Whether an extension was asked for and is not answered."""
        return accreditation_parts.extension_open(self.unit, self.id)

    @property
    def exit_open(self) -> bool:
        """Whether an exit was proposed and is not decided."""
        return accreditation_parts.exit_open(self.unit, self.id)

    @cached_property
    def campaigns(self) -> list[Campaign]:
        """Campaigns that a service of today can belong to."""
        return campaigns.campaigns_on(self.unit, self.program, self.unit.today)

    @cached_property
    def due_reports(self) -> list[DueReport]:
        """Reports that are owed."""
        return due_reports(self.status)

    @cached_property
    def extension_window(self) -> ExtensionWindow | None:
        """When an extension can be asked for."""
        return window(self.status)

    @cached_property
    def duties(self) -> list[DutyRow]:
        """Every duty; of those with figures, how far the running period has come."""
        # Several duties can share a clause; their titles tell them apart.
        running: dict[tuple[str, T], list[progress.DutyProgress]] = {}
        if self.accreditation.state.in_force:
            for item in progress.progress(self.status):
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
    status = find(unit, accreditation_id)
    unit.session.refresh(status.accreditation, ["party"])
    return AccreditationCase(status)
