"""The register: accreditations, and what the accredited report of their work."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text, Uuid

from core.domain.folding import number_key_sql
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Place
from core.domain.supervision.enterprises import number_served
from core.rules.obligations import ReportKind
from core.rules.text import T
from core.storage.models.applications import Application
from core.storage.models.base import (
    Base,
    Hours,
    Id,
    Json,
    Long,
    Moment,
    Money,
    Name,
    Percent,
    Short,
    choice,
    ref,
)
from core.storage.models.people import Party, Recommender


class Accreditation(Base):
    """A party's status in one track: number, term, state, and the edition and settings it was granted under.

    `next_due_on` is a lower bound of the first day on which anything of it can fire (see the daily check).
    """

    __tablename__ = "accreditation"
    __table_args__ = (
        CheckConstraint("started_on <= valid_from AND valid_from <= valid_through", "dates_in_order"),
        CheckConstraint("(state IN ('active', 'rectifying')) = (ended_on IS NULL)", "ended_when_not_active"),
        Index(
            "uq_accreditation_active",
            "party_id",
            "program",
            "track",
            unique=True,
            postgresql_where=text("state IN ('active', 'rectifying')"),
        ),
        Index(
            "uq_accreditation_application",
            "application_id",
            unique=True,
            postgresql_where=text("application_id IS NOT NULL AND state <> 'annulled'"),
        ),
        UniqueConstraint("program", "track", "year", "sequence"),
        Index("ix_accreditation_due", "next_due_on", postgresql_where=text("next_due_on IS NOT NULL")),
        Index("ix_accreditation_program_state", "program", "track", "state"),
        Index("ix_accreditation_valid_through", "valid_through"),
        Index("ix_accreditation_started_on", "started_on"),
        Index("uq_accreditation_number_key", text(number_key_sql("number")), unique=True),
        CheckConstraint("sequence >= 1", "sequence_from_one"),
    )

    id: Mapped[Id]
    program: Mapped[Short]
    track: Mapped[Short]
    edition: Mapped[Short]
    party_id: Mapped[int] = ref("party")
    application_id: Mapped[int | None] = ref("application")
    number: Mapped[Short] = mapped_column(String(64), unique=True)
    year: Mapped[int]
    sequence: Mapped[int | None]
    """None for a number of an older series, which the track's pattern does not make."""
    region: Mapped[str] = mapped_column(String(6), index=True)
    recommender_id: Mapped[int | None] = ref("recommender")
    """Who recommended it and supervises it; None for the body of its territory."""
    functions: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    state: Mapped[AccreditationState] = mapped_column(
        choice(AccreditationState), default=AccreditationState.ACTIVE, server_default="active"
    )
    started_on: Mapped[date] = mapped_column(Date)
    """First day of the first term: accreditation years count from it."""
    valid_from: Mapped[date] = mapped_column(Date)
    valid_through: Mapped[date] = mapped_column(Date)
    """Last day, inclusive."""
    ended_on: Mapped[date | None] = mapped_column(Date)
    """First day on which it is no longer held."""
    ended_clause: Mapped[str] = mapped_column(String(64), default="", server_default="")
    extension_needs_decision: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """The last year of the term fell short: an extension is a person's decision."""
    settings: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    next_due_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads it as declared
    unaudited = frozenset({"next_due_on"})

    party: Mapped[Party] = relationship()
    application: Mapped[Application | None] = relationship(foreign_keys=[application_id])
    recommender: Mapped[Recommender | None] = relationship()

    @property
    def place(self) -> Place:
        """Its programme, its division, and who recommended it."""
        return self.program, self.region, self.recommender_id

    def __str__(self) -> str:
        return self.number


class TakenIn(Base):
    """Where a status came from, and what is known of its days before: nothing follows of more than that."""

    __tablename__ = "taken_in"
    __table_args__ = (
        UniqueConstraint("accreditation_id"),
        CheckConstraint("source_row >= 1", "row_from_one"),
        CheckConstraint("last_active_on < taken_on AND last_attended_on < taken_on", "told_of_before"),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation", index=False)
    filename: Mapped[Name]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the table, which stands in the store of files under it."""
    years_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the table of yearly totals that came beside it."""
    source_row: Mapped[int]
    """As a spreadsheet numbers the rows of the table."""
    taken_on: Mapped[date] = mapped_column(Date)
    taken_by_id: Mapped[int | None] = ref("app_user", index=False)
    last_active_on: Mapped[date | None] = mapped_column(Date)
    last_attended_on: Mapped[date | None] = mapped_column(Date)
    totals: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    """[{"first", "last", and metrics by name}]: what the services of days before come to."""

    accreditation: Mapped[Accreditation] = relationship()


class Campaign(Base):
    """An event or campaign that service records can belong to (一起益企, 服务月 ...)."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", "starts_before_it_ends"),)

    id: Mapped[Id]
    program: Mapped[Short]
    title: Mapped[Name]
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    organized_by_authority: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    region: Mapped[str] = mapped_column(String(6), default="", server_default="")
    """The division whose bodies it is open to; empty for all."""

    def __str__(self) -> str:
        return self.title


class RecordState(StrEnum):
    """A record counts when it is submitted or verified."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _RECORD_STATE_LABELS[self]


_RECORD_STATE_LABELS = {
    RecordState.DRAFT: T("草稿", "Draft"),
    RecordState.SUBMITTED: T("已上报", "Reported"),
    RecordState.VERIFIED: T("已核实", "Verified"),
    RecordState.REJECTED: T("不予采信", "Not accepted"),
}


class ServiceMode(StrEnum):
    """How a service was given."""

    ONLINE = "online"
    OFFLINE = "offline"
    BOTH = "both"

    @property
    def label(self) -> T:
        """The mode's name for a screen."""
        return _SERVICE_MODE_LABELS[self]


_SERVICE_MODE_LABELS = {
    ServiceMode.ONLINE: T("线上", "Online"),
    ServiceMode.OFFLINE: T("线下", "On site"),
    ServiceMode.BOTH: T("线上线下", "Both"),
}


class ServiceRecord(Base):
    """One entry of the service diary under one accreditation.

    An entry recorded under several accreditations has one row for each, tied by `entry_id`, once each.
    """

    __tablename__ = "service_record"
    __table_args__ = (
        UniqueConstraint("accreditation_id", "entry_id"),
        CheckConstraint("hours >= 0 AND hours <= 24 * 31", "hours_in_range"),
        CheckConstraint("fee_cny >= 0", "fee_not_negative"),
        CheckConstraint("satisfaction_pct BETWEEN 0 AND 100", "satisfaction_in_range"),
        Index(
            "ix_service_record_check",
            "accreditation_id",
            "service_date",
            postgresql_include=[
                "state",
                "hours",
                "satisfaction_pct",
                "fee_cny",
                "organized_by_authority",
                "public_benefit",
            ],
        ),
        Index(
            "ix_service_record_paid",
            "accreditation_id",
            "service_date",
            postgresql_where=text("fee_cny > 0"),
        ),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation", index=False)
    entry_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    service_date: Mapped[date] = mapped_column(Date)
    title: Mapped[Name] = mapped_column(String(200), default="", server_default="")
    function: Mapped[str] = mapped_column(String(64), default="", server_default="")
    mode: Mapped[ServiceMode] = mapped_column(
        choice(ServiceMode), default=ServiceMode.OFFLINE, server_default="offline"
    )
    hours: Mapped[Hours]
    participants: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    enterprises: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    """[{"name", "uscc"}] as given."""
    enterprise_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    """What the enterprises are counted by, as `core.domain.supervision.enterprises` makes it."""
    satisfaction_pct: Mapped[Percent | None]
    fee_cny: Mapped[Money] = mapped_column(default=0, server_default="0")
    organized_by_authority: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    public_benefit: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    campaign_id: Mapped[int | None] = ref("campaign", index=False)
    summary: Mapped[str] = mapped_column(String(4000), default="", server_default="")
    state: Mapped[RecordState] = mapped_column(
        choice(RecordState), default=RecordState.SUBMITTED, server_default="submitted"
    )
    rejection_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    recorded_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())
    recorded_by_id: Mapped[int | None] = ref("app_user", index=False)

    accreditation: Mapped[Accreditation] = relationship()
    campaign: Mapped[Campaign | None] = relationship()

    @property
    def number_served(self) -> int:
        """How many enterprises it names, each once."""
        return number_served(self.enterprise_keys)


class AnnualReport(Base):
    """The yearly report of an accredited party for a calendar year, or its plan of one."""

    __tablename__ = "annual_report"
    __table_args__ = (
        Index(
            "uq_annual_report_standing",
            "accreditation_id",
            "year",
            "kind",
            "submitted_on",
            unique=True,
            postgresql_where=text("returned_on IS NULL"),
        ),
        CheckConstraint("returned_on IS NULL OR accepted_at IS NULL", "returned_or_accepted"),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    year: Mapped[int]
    """The calendar year it is about; for a programme of accreditation years, that of the year's first day."""
    kind: Mapped[ReportKind] = mapped_column(
        choice(ReportKind), default=ReportKind.REPORT, server_default="report"
    )
    submitted_on: Mapped[date] = mapped_column(Date)
    summary: Mapped[Long]
    success_cases: Mapped[str] = mapped_column(Text, default="", server_default="")
    figures: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    submitted_by_id: Mapped[int | None] = ref("app_user", index=False)
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    returned_on: Mapped[date | None] = mapped_column(Date)
    """When it was returned as insufficient: it counts as missing until one is handed in again."""
    return_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    returned_by_id: Mapped[int | None] = ref("app_user", index=False)

    accreditation: Mapped[Accreditation] = relationship()


class Nomination(Base):
    """An accredited body put forward by its authority for another title."""

    __tablename__ = "nomination"
    __table_args__ = (UniqueConstraint("accreditation_id", "target", "year"),)

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation")
    clause: Mapped[Short]
    target: Mapped[Name]
    year: Mapped[int]
    reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    application_id: Mapped[int | None] = ref("application")
    nominated_on: Mapped[date] = mapped_column(Date)
    nominated_by_id: Mapped[int | None] = ref("app_user", index=False)

    accreditation: Mapped[Accreditation] = relationship()
    application: Mapped[Application | None] = relationship()
