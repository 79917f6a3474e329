"""What belongs to one accreditation, part by part and page by page, for whoever may read it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import exists, select

from core.rules.obligations import ReportKind
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.work import Work
from core.storage.models import (
    AnnualReport,
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
from core.storage.models.exits import OPEN_EXIT_STATES
from core.storage.models.supervision import ExtensionState


class Part(StrEnum):
    """The kinds of things that belong to an accreditation."""

    RECORDS = "records"
    REPORTS = "reports"
    COMPLAINTS = "complaints"
    FINDINGS = "findings"
    ORDERS = "orders"
    EXITS = "exits"
    EXTENSIONS = "extensions"
    INSPECTIONS = "inspections"
    NOMINATIONS = "nominations"
    TIMELINE = "timeline"


_KEPT_IN: dict[Part, tuple[Any, Any]] = {
    Part.RECORDS: (ServiceRecord, ServiceRecord.service_date),
    Part.REPORTS: (AnnualReport, AnnualReport.submitted_on),
    Part.COMPLAINTS: (Complaint, Complaint.received_on),
    Part.FINDINGS: (Finding, Finding.opened_on),
    Part.ORDERS: (Rectification, Rectification.ordered_on),
    Part.EXITS: (ExitCase, ExitCase.proposed_on),
    Part.EXTENSIONS: (ExtensionRequest, ExtensionRequest.requested_on),
    Part.INSPECTIONS: (Inspection, Inspection.planned_on),
    Part.NOMINATIONS: (Nomination, Nomination.nominated_on),
    Part.TIMELINE: (RegisterEvent, RegisterEvent.happened_on),
}
"""Where each is kept, and what it is ordered by."""


def newest(w: Work, accreditation_id: int, part: Part, wish: Wish = FIRST) -> Page[Any]:
    """A page of the things of one kind, the newest first."""
    kind, by = _KEPT_IN[part]
    query = select(kind).where(kind.accreditation_id == accreditation_id)
    return page_of(w, query.order_by(by.desc(), kind.id.desc()), wish)


def one(w: Work, accreditation_id: int, part: Part, number: int) -> Any:
    """One thing of the accreditation, or None: also for what belongs to another."""
    kind, _by = _KEPT_IN[part]
    return w.session.scalar(select(kind).where(kind.id == number, kind.accreditation_id == accreditation_id))


def latest_report(w: Work, accreditation_id: int, year: int, kind: ReportKind) -> AnnualReport | None:
    """The latest report about a year, or plan of it, that came already."""
    query = select(AnnualReport).where(
        AnnualReport.accreditation_id == accreditation_id,
        AnnualReport.year == year,
        AnnualReport.kind == kind,
    )
    return w.session.scalar(query.order_by(AnnualReport.submitted_on.desc(), AnnualReport.id.desc()).limit(1))


def extension_open(w: Work, accreditation_id: int) -> bool:
    """Whether an extension was asked for and is not answered."""
    asked = exists().where(
        ExtensionRequest.accreditation_id == accreditation_id, ExtensionRequest.state == ExtensionState.OPEN
    )
    return bool(w.session.scalar(select(asked)))


def exit_open(w: Work, accreditation_id: int) -> bool:
    """Whether an exit was proposed and is not decided."""
    waits = exists().where(
        ExitCase.accreditation_id == accreditation_id, ExitCase.state.in_(OPEN_EXIT_STATES)
    )
    return bool(w.session.scalar(select(waits)))
