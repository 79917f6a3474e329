"""Supervision: what is found, warned about, ordered, proposed and decided on an accreditation."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

from sqlalchemy import Boolean, CheckConstraint, Date, DateTime, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from core.domain.supervision.standing import EventKind
from core.rules.obligations import Mode
from core.rules.text import T
from core.storage.models.base import Base, Id, Json, Long, Moment, Name, Short, choice, ref
from core.storage.models.people import Party, User
from core.storage.models.register import Accreditation, ServiceRecord


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
    __table_args__ = (CheckConstraint("(verified IS NULL) = (decided_on IS NULL)", "decided_has_day"),)

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    complainant: Mapped[Name]
    contact: Mapped[Name]
    content: Mapped[Long]
    code: Mapped[Short] = mapped_column(String(32), unique=True)
    received_on: Mapped[date] = mapped_column(Date)
    verified: Mapped[bool | None]
    """Verified, dismissed, or not decided yet."""
    decided_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = ref("app_user", index=False)
    decision_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    accreditation: Mapped[Accreditation] = relationship()


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


class ExitState(StrEnum):
    """Where a proposed exit stands."""

    PROPOSED = "proposed"
    OBJECTED = "objected"
    HELD = "held"
    CONFIRMED_ONCE = "confirmed_once"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    OVERTURNED = "overturned"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _EXIT_STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        match self:
            case ExitState.PROPOSED | ExitState.OBJECTED | ExitState.HELD | ExitState.CONFIRMED_ONCE:
                return True
            case ExitState.UPHELD | ExitState.DISMISSED | ExitState.OVERTURNED:
                return False
            case _:
                assert_never(self)


_EXIT_STATE_LABELS = {
    ExitState.PROPOSED: T("已提出", "Proposed"),
    ExitState.OBJECTED: T("当事人有异议", "The party objects"),
    ExitState.HELD: T("暂停，待人工确认", "Held for a person"),
    ExitState.CONFIRMED_ONCE: T("已一人确认", "Confirmed once"),
    ExitState.UPHELD: T("已生效", "In effect"),
    ExitState.DISMISSED: T("已驳回", "Proposal dismissed"),
    ExitState.OVERTURNED: T("申诉成立，已撤销", "Overturned on appeal"),
}


OPEN_EXIT_STATES = tuple(state for state in ExitState if state.is_open)


class ExitCase(Base):
    """A proposed revocation: its evidence, the party's word, and who decided.

    `objection_until` counts from the day the party was told (`told_on`); without that day nothing takes
    effect by itself.
    """

    __tablename__ = "exit_case"
    __table_args__ = (
        Index(
            "uq_exit_case_open",
            "accreditation_id",
            "clause",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'objected', 'held', 'confirmed_once')"),
        ),
        CheckConstraint(
            "first_officer_id IS NULL OR first_officer_id <> second_officer_id", "two_different_officers"
        ),
        CheckConstraint("ban_years >= 0", "ban_not_negative"),
        CheckConstraint(
            "objection_until IS NULL OR (told_on IS NOT NULL AND told_on < objection_until)",
            "objection_after_telling",
        ),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    clause: Mapped[Short]
    title_zh: Mapped[str] = mapped_column(String(500))
    title_en: Mapped[str] = mapped_column(String(500))
    mode: Mapped[Mode] = mapped_column(choice(Mode))
    ban_years: Mapped[int] = mapped_column(default=0, server_default="0")
    period: Mapped[Short]
    proposed_on: Mapped[date] = mapped_column(Date)
    proposed_by_id: Mapped[int | None] = ref("app_user", index=False)
    finding_id: Mapped[int | None] = ref("finding", index=False)
    rectification_id: Mapped[int | None] = ref("rectification", index=False)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    evidence: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    told_on: Mapped[date | None] = mapped_column(Date)
    objection_until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[ExitState] = mapped_column(
        choice(ExitState), default=ExitState.PROPOSED, server_default="proposed", index=True
    )
    objection: Mapped[str] = mapped_column(Text, default="", server_default="")
    objected_on: Mapped[date | None] = mapped_column(Date)
    human_requested: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    first_officer_id: Mapped[int | None] = ref("app_user", index=False)
    second_officer_id: Mapped[int | None] = ref("app_user", index=False)
    decided_on: Mapped[date | None] = mapped_column(Date)
    decision_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    appeal: Mapped[str] = mapped_column(Text, default="", server_default="")
    appealed_on: Mapped[date | None] = mapped_column(Date)
    appeal_decided_on: Mapped[date | None] = mapped_column(Date)
    appeal_reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    accreditation: Mapped[Accreditation] = relationship()
    finding: Mapped[Finding | None] = relationship()
    first_officer: Mapped[User | None] = relationship(foreign_keys=[first_officer_id])
    second_officer: Mapped[User | None] = relationship(foreign_keys=[second_officer_id])


class Ban(Base):
    """A party may not apply to a programme until after `through`."""

    __tablename__ = "ban"
    __table_args__ = (
        CheckConstraint("starts_on <= through", "dates_in_order"),
        Index("ix_ban_party_program", "party_id", "program"),
        Index(
            "uq_ban_exit_case_id",
            "exit_case_id",
            unique=True,
            postgresql_where=text("exit_case_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party", index=False)
    program: Mapped[Short]
    clause: Mapped[Short]
    starts_on: Mapped[date] = mapped_column(Date)
    through: Mapped[date] = mapped_column(Date)
    """Last day, inclusive; the party may apply from the next day."""
    exit_case_id: Mapped[int | None] = ref("exit_case", index=False)
    lifted_on: Mapped[date | None] = mapped_column(Date)

    party: Mapped[Party] = relationship()


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
