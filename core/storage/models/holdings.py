"""What a party hands in beside the materials of an application (staff roster, attachments), and what is
done to a document that should not be seen: a redacted copy, its seal, who looked behind it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.rules.text import T
from core.storage.models.applications import MaterialFile
from core.storage.models.base import Base, Id, Json, Moment, Name, choice, ref
from core.storage.models.people import Party, User


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
    FORMER = "former"
    """Of a status that was taken in: its certificate or decision of before."""
    CLAIM = "claim"
    """Of a claim: shows that the claimant acts for the party, whose members do not see it."""

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
    AttachmentPurpose.CLAIM: T("认领证明", "Proof of a claim"),
    AttachmentPurpose.FORMER: T("原认定材料", "Documents of the former status"),
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
            " AND (purpose = 'change') = (change_request_id IS NOT NULL)"
            " AND (purpose = 'claim') = (claim_id IS NOT NULL)"
            " AND (purpose = 'former') = (taken_in_id IS NOT NULL)",
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
    claim_id: Mapped[int | None] = ref("party_claim")
    taken_in_id: Mapped[int | None] = ref("taken_in")
    filename: Mapped[Name]
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    uploaded_by_id: Mapped[int | None] = ref("app_user", index=False)
    uploaded_at: Mapped[Moment]
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    party: Mapped[Party] = relationship()


ONE_DOCUMENT = "num_nonnulls(material_id, attachment_id) = 1"


class RedactionKind(StrEnum):
    """Why a document may not be seen as it was handed in."""

    WRONG_DOCUMENT = "wrong_document"
    PERSONAL_DATA = "personal_data"
    SECRET = "secret"  # noqa: S105  # the name of a kind
    OTHER = "other"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _REDACTION_KIND_LABELS[self]


_REDACTION_KIND_LABELS = {
    RedactionKind.WRONG_DOCUMENT: T("误交的文件", "Wrong document"),
    RedactionKind.PERSONAL_DATA: T("他人个人信息", "Personal data of others"),
    RedactionKind.SECRET: T("商业秘密或其他不宜公开的内容", "Business secrets, or what is not to be shown"),
    RedactionKind.OTHER: T("其他原因", "Another reason"),
}


class Redaction(Base):
    """A redacted copy in a document's place; the original is sealed under its hash until the seal is lifted.

    The document's own row has the copy. Redacted again, the copy before is sealed in turn.
    """

    __tablename__ = "redaction"
    __table_args__ = (
        CheckConstraint(ONE_DOCUMENT, "one_document"),
        CheckConstraint("size >= 0 AND copy_size >= 0", "size_not_negative"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$' AND copy_sha256 ~ '^[0-9a-f]{64}$'", "sha256_in_hex"),
        CheckConstraint("sha256 <> copy_sha256", "copy_differs"),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL) AND (lifted_at IS NULL) = (lifted_reason = '')",
            "lifted_by_someone",
        ),
        CheckConstraint("lifted_by_id <> by_id", "lifted_by_a_second_person"),
    )

    id: Mapped[Id]
    material_id: Mapped[int | None] = ref("material_file")
    attachment_id: Mapped[int | None] = ref("attachment")
    party_id: Mapped[int] = ref("party", index=False)
    kind: Mapped[RedactionKind] = mapped_column(choice(RedactionKind))
    reason: Mapped[str] = mapped_column(String(2000))
    filename: Mapped[Name]
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of what was sealed."""
    copy_filename: Mapped[Name]
    copy_content_type: Mapped[str] = mapped_column(String(100))
    copy_size: Mapped[int]
    copy_sha256: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None] = ref("app_user", index=False)
    at: Mapped[Moment]
    lifted_by_id: Mapped[int | None] = ref("app_user", index=False)
    lifted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lifted_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    material: Mapped[MaterialFile | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    lifted_by: Mapped[User | None] = relationship(foreign_keys=[lifted_by_id])
    openings: Mapped[list[SealedOpening]] = relationship(
        back_populates="redaction", order_by="SealedOpening.id"
    )


class SealedOpening(Base):
    """One look at a sealed original: by whom, when and why."""

    __tablename__ = "sealed_opening"

    id: Mapped[Id]
    redaction_id: Mapped[int] = ref("redaction")
    reason: Mapped[str] = mapped_column(String(2000))
    by_id: Mapped[int | None] = ref("app_user", index=False)
    at: Mapped[Moment]

    redaction: Mapped[Redaction] = relationship(back_populates="openings")
    by: Mapped[User | None] = relationship()


class RedactionRequest(Base):
    """A party asks that a document of its own be redacted: open, then carried out or declined."""

    __tablename__ = "redaction_request"
    __table_args__ = (
        CheckConstraint(ONE_DOCUMENT, "one_document"),
        CheckConstraint("(answered_at IS NULL) = (answer = '' AND redaction_id IS NULL)", "answered_somehow"),
        *(
            Index(
                f"uq_redaction_request_open_{column}",
                f"{column}_id",
                unique=True,
                postgresql_where=text("answered_at IS NULL"),
            )
            for column in ("material", "attachment")
        ),
    )

    id: Mapped[Id]
    material_id: Mapped[int | None] = ref("material_file", index=False)
    attachment_id: Mapped[int | None] = ref("attachment", index=False)
    party_id: Mapped[int] = ref("party", index=False)
    program: Mapped[str | None] = mapped_column(String(64))
    """None for a document of the party itself."""
    region: Mapped[str | None] = mapped_column(String(6))
    kind: Mapped[RedactionKind] = mapped_column(choice(RedactionKind))
    reason: Mapped[str] = mapped_column(String(2000))
    asked_by_id: Mapped[int | None] = ref("app_user", index=False)
    asked_at: Mapped[Moment]
    answered_by_id: Mapped[int | None] = ref("app_user", index=False)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    """Why it was declined; empty where it was carried out."""
    redaction_id: Mapped[int | None] = ref("redaction", index=False)

    party: Mapped[Party] = relationship()
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
