"""Supervision: what is found, warned about, ordered, inspected and asked for on an accreditation."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, DateTime, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.storage.models.base import Base, Id, Json, Long, Moment, Name, Short, choice, ref
from core.storage.models.people import User
from core.storage.models.register import Accreditation, ServiceRecord
from core.storage.sealed.boxes import Kind
from core.storage.sealed.types import Sealed


class RegisterEvent(Base):
    """The timeline of an accreditation: reminders, warnings, expiry ... each once per clause and period."""

    __tablename__ = "register_event"
    __table_args__ = (
        UniqueConstraint("accreditation_id", "kind", "clause", "period"),
        Index("ix_register_event_kind_happened_on", "kind", "happened_on"),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation", index=False)
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    happened_on: Mapped[date] = mapped_column(Date)
    clause: Mapped[Short]
    period: Mapped[Short]
    """Makes the event unique: the year, the spell, the deadline or the case that it is about."""
    title_zh: Mapped[str] = mapped_column(String(500))
    title_en: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    """Figures and bounds at the moment of the event."""
    recorded_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())

    accreditation: Mapped[Accreditation] = relationship()


class Complaint(Base):
    """A complaint about an accredited party; it counts once it is verified."""

    __tablename__ = "complaint"
    whose = ("id",)
    __table_args__ = (CheckConstraint("(verified IS NULL) = (decided_on IS NULL)", "decided_has_day"),)

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    complainant: Mapped[Name]
    contact: Mapped[str] = mapped_column(Sealed(Kind.ADDRESS))
    content: Mapped[Long]
    code: Mapped[str] = mapped_column(Sealed(Kind.CODE), unique=True)
    received_on: Mapped[date] = mapped_column(Date)
    verified: Mapped[bool | None]
    """Verified, dismissed, or not decided yet."""
    decided_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = ref("app_user", index=False)
    decision_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    accreditation: Mapped[Accreditation] = relationship()


class FilerLook(Base):
    """One look at who filed a complaint or an objection, and how they are reached."""

    __tablename__ = "filer_look"
    __table_args__ = (CheckConstraint("num_nonnulls(complaint_id, objection_id) = 1", "at_one_filing"),)

    id: Mapped[Id]
    complaint_id: Mapped[int | None] = ref("complaint")
    objection_id: Mapped[int | None] = ref("objection")
    by_id: Mapped[int | None] = ref("app_user", index=False)
    at: Mapped[Moment]

    by: Mapped[User | None] = relationship()


class FilingFile(Base):
    """A file that came with a complaint or an objection; seen by whoever decides on it alone."""

    __tablename__ = "filing_file"
    whose = ("id",)
    __table_args__ = (
        CheckConstraint("num_nonnulls(complaint_id, objection_id) = 1", "of_one_filing"),
        CheckConstraint("size >= 0", "size_not_negative"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256_in_hex"),
    )

    id: Mapped[Id]
    complaint_id: Mapped[int | None] = ref("complaint")
    objection_id: Mapped[int | None] = ref("objection")
    filename: Mapped[Name]
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    uploaded_at: Mapped[Moment]


class FindingState(StrEnum):
    """A finding proposes an exit only once it is established."""

    OPEN = "open"
    ESTABLISHED = "established"
    DISMISSED = "dismissed"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _FINDING_STATE_LABELS[self]


_FINDING_STATE_LABELS = {
    FindingState.OPEN: T("待查实", "To be established"),
    FindingState.ESTABLISHED: T("查证属实", "Established"),
    FindingState.DISMISSED: T("不成立", "Dismissed"),
}


class Finding(Base):
    """A fact found against an accredited party; opened by a person or by the check, decided by a person."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("service_record_id"),
        CheckConstraint("(state = 'established') = (established_on IS NOT NULL)", "established_has_day"),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    kind: Mapped[Short]
    clause: Mapped[Short] = mapped_column(String(64), default="", server_default="")
    reason: Mapped[Long]
    opened_on: Mapped[date] = mapped_column(Date)
    opened_by_id: Mapped[int | None] = ref("app_user", index=False)
    service_record_id: Mapped[int | None] = ref("service_record", index=False)
    state: Mapped[FindingState] = mapped_column(
        choice(FindingState), default=FindingState.OPEN, server_default="open"
    )
    established_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = ref("app_user", index=False)
    decision_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    accreditation: Mapped[Accreditation] = relationship()
    service_record: Mapped[ServiceRecord | None] = relationship()


class RectificationState(StrEnum):
    """Where an order to rectify stands."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    LAPSED = "lapsed"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _RECTIFICATION_STATE_LABELS[self]


_RECTIFICATION_STATE_LABELS = {
    RectificationState.OPEN: T("整改中", "Under rectification"),
    RectificationState.PASSED: T("整改通过", "Rectification passed"),
    RectificationState.FAILED: T("整改未通过", "Rectification not passed"),
    RectificationState.LAPSED: T("逾期未整改", "Lapsed"),
}


class Rectification(Base):
    """An order to put something right by a deadline."""

    __tablename__ = "rectification"
    __table_args__ = (
        Index(
            "uq_rectification_open",
            "accreditation_id",
            "clause",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("ordered_on <= deadline", "deadline_after_order"),
        CheckConstraint("state NOT IN ('passed', 'failed') OR result_on IS NOT NULL", "result_has_day"),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    clause: Mapped[Short]
    ordered_on: Mapped[date] = mapped_column(Date)
    deadline: Mapped[date] = mapped_column(Date)
    state: Mapped[RectificationState] = mapped_column(
        choice(RectificationState), default=RectificationState.OPEN, server_default="open"
    )
    result_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(String(4000), default="", server_default="")
    """What the party says it has put right; its proofs are attachments."""
    answered_on: Mapped[date | None] = mapped_column(Date)
    result_note: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    decided_by_id: Mapped[int | None] = ref("app_user", index=False)
    evidence: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")

    accreditation: Mapped[Accreditation] = relationship()


class ExcusedAbsence(Base):
    """A justified reason for not taking part in the authority's events."""

    __tablename__ = "excused_absence"

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    on: Mapped[date] = mapped_column("excused_on", Date)
    reason: Mapped[Long]
    recorded_by_id: Mapped[int | None] = ref("app_user", index=False)

    accreditation: Mapped[Accreditation] = relationship()


class Inspection(Base):
    """A recommender's inspection of an accredited body: planned, then recorded."""

    __tablename__ = "inspection"

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    clause: Mapped[Short] = mapped_column(String(64), default="", server_default="")
    planned_on: Mapped[date] = mapped_column(Date)
    held_on: Mapped[date | None] = mapped_column(Date)
    quality: Mapped[str] = mapped_column(Text, default="", server_default="")
    fees: Mapped[str] = mapped_column(Text, default="", server_default="")
    satisfaction_pct: Mapped[int | None]
    passed: Mapped[bool | None]
    inspector_id: Mapped[int | None] = ref("app_user", index=False)

    accreditation: Mapped[Accreditation] = relationship()


class ExtensionState(StrEnum):
    """Where a request to extend stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _EXTENSION_STATE_LABELS[self]


_EXTENSION_STATE_LABELS = {
    ExtensionState.OPEN: T("待处理", "To be decided"),
    ExtensionState.GRANTED: T("已同意", "Granted"),
    ExtensionState.REFUSED: T("不同意", "Refused"),
}


class ExtensionRequest(Base):
    """A request to extend a term, and its answer."""

    __tablename__ = "extension_request"
    __table_args__ = (
        Index(
            "uq_extension_request_open",
            "accreditation_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("old_valid_through < new_valid_through", "extends"),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    requested_on: Mapped[date] = mapped_column(Date)
    requested_by_id: Mapped[int | None] = ref("app_user", index=False)
    statement: Mapped[str] = mapped_column(Text, default="", server_default="")
    state: Mapped[ExtensionState] = mapped_column(
        choice(ExtensionState), default=ExtensionState.OPEN, server_default="open"
    )
    old_valid_through: Mapped[date] = mapped_column(Date)
    new_valid_through: Mapped[date] = mapped_column(Date)
    decided_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = ref("app_user", index=False)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    accreditation: Mapped[Accreditation] = relationship()
