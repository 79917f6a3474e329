"""What a party hands in beside the materials of an application: its staff roster and its attachments."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, Index, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.rules.text import T
from core.storage.models.base import Base, Id, Json, Moment, Name, choice, ref
from core.storage.models.people import Party


class StaffMember(Base):
    """One person on a party's staff roster, once each; the head-counts are derived from these rows."""

    __tablename__ = "staff_member"
    whose = ("party_id",)
    __table_args__ = (
        UniqueConstraint("party_id", "id_key"),
        CheckConstraint("name <> ''", "name_given"),
    )
    unaudited = frozenset({"id_key"})

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    name: Mapped[Name]
    id_key: Mapped[str] = mapped_column(String(64))
    """Keyed hash of the ID number: tells that two rows are one person without keeping the number."""
    id_masked: Mapped[str] = mapped_column(String(18))
    attributes: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    """What the head-counts are derived from, by column of the roster's template."""
    since: Mapped[date | None] = mapped_column(Date)
    imported_at: Mapped[Moment]

    party: Mapped[Party] = relationship()


class AttachmentPurpose(StrEnum):
    """What an attachment belongs to."""

    LICENCE = "licence"
    """Of the party: asks an officer to verify it."""
    PHOTO = "photo"
    """Of a diary entry (`entry_id`)."""
    REPORT = "report"
    """Of an annual report."""
    STATEMENT = "statement"
    """Of the party's word in an exit case."""
    RECTIFICATION = "rectification"
    """Shows that an order was followed."""
    CHANGE = "change"
    """Proves what a request for a change says."""

    @property
    def label(self) -> T:
        """The purpose's name for a screen."""
        return _ATTACHMENT_PURPOSE_LABELS[self]


_ATTACHMENT_PURPOSE_LABELS = {
    AttachmentPurpose.LICENCE: T("证照", "Licence"),
    AttachmentPurpose.PHOTO: T("照片", "Photo"),
    AttachmentPurpose.REPORT: T("年度报告", "Annual report"),
    AttachmentPurpose.STATEMENT: T("当事人陈述", "The party's word"),
    AttachmentPurpose.RECTIFICATION: T("整改", "Rectification"),
    AttachmentPurpose.CHANGE: T("变更证明", "Proof of a change"),
}


class Attachment(Base):
    """A file of a party; the bytes stand outside the web root under the SHA-256."""

    __tablename__ = "attachment"
    whose = ("party_id",)
    __table_args__ = (
        CheckConstraint("size >= 0", "size_not_negative"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256_in_hex"),
        CheckConstraint(
            "(purpose = 'photo') = (entry_id IS NOT NULL)"
            " AND (purpose = 'report') = (annual_report_id IS NOT NULL)"
            " AND (purpose = 'statement') = (exit_case_id IS NOT NULL)"
            " AND (purpose = 'rectification') = (rectification_id IS NOT NULL)"
            " AND (purpose = 'change') = (change_request_id IS NOT NULL)",
            "belongs_to_its_purpose",
        ),
        Index("ix_attachment_party_purpose", "party_id", "purpose"),
    )

    id: Mapped[Id]
    purpose: Mapped[AttachmentPurpose] = mapped_column(choice(AttachmentPurpose))
    party_id: Mapped[int] = ref("party", index=False)
    entry_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    annual_report_id: Mapped[int | None] = ref("annual_report")
    exit_case_id: Mapped[int | None] = ref("exit_case")
    rectification_id: Mapped[int | None] = ref("rectification")
    change_request_id: Mapped[int | None] = ref("change_request")
    filename: Mapped[Name]
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    uploaded_by_id: Mapped[int | None] = ref("app_user", index=False)
    uploaded_at: Mapped[Moment]
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    party: Mapped[Party] = relationship()
