"""A call, and the applications to it with their facts and materials."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Place
from core.rules.text import T
from core.storage.models.base import Base, Id, Json, Moment, Name, Short, choice, ref
from core.storage.models.people import Party, Recommender, User
from core.storage.sealed.types import SealedJson

CLOSED_STATES = "('accredited', 'rejected', 'withdrawn')"


class Call(Base):
    """An intake of applications of one edition: its window, quota and score sheet."""

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("opens_at < submit_by", "opens_before_it_closes"),
        CheckConstraint("recommend_by IS NULL OR recommend_by >= submit_by", "recommend_after_submission"),
        UniqueConstraint("program", "title"),
    )

    id: Mapped[Id]
    program: Mapped[Short]
    edition: Mapped[Short]
    tracks: Mapped[list[str]] = mapped_column(JSONB)
    title: Mapped[Name]
    opens_at: Mapped[Moment]
    submit_by: Mapped[Moment]
    recommend_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    quota: Mapped[int | None]
    score_sheet: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    """Criteria: [{"key", "title", "weight", "max"}]; weights need not add up to 100."""
    tie_break: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    """What orders equal totals, in turn: `preferred`, `spread`, `submitted`, or a criterion's key."""
    closed_functions: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    """Service functions of the text for which nothing is taken under this call."""
    repeat_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """Why it is announced though the text has one call a year and the year had one."""
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def __str__(self) -> str:
        return self.title


class Channel(StrEnum):
    """How an application came: its own, direct inclusion by an entrusted body, or by nomination."""

    OWN = "own"
    DIRECT = "direct"
    NOMINATION = "nomination"

    @property
    def label(self) -> T:
        """The channel's name for a screen."""
        return _CHANNEL_LABELS[self]


_CHANNEL_LABELS = {
    Channel.OWN: T("自行申报", "Own application"),
    Channel.DIRECT: T("直接纳入", "Direct inclusion"),
    Channel.NOMINATION: T("推荐转入", "By nomination"),
}


class Application(Base):
    """One party's application to one track; `facts` are the effective ones, `FactEntry` has their origin."""

    __tablename__ = "application"
    whose = ("party_id",)
    __table_args__ = (
        Index(
            "uq_application_open",
            "party_id",
            "program",
            "track",
            text("coalesce(call_id, 0)"),
            unique=True,
            postgresql_where=text(f"state NOT IN {CLOSED_STATES}"),
        ),
        Index("ix_application_program_state", "program", "state"),
        Index(
            "ix_application_facts",
            "facts",
            postgresql_using="gin",
            postgresql_ops={"facts": "jsonb_path_ops"},
        ),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR channel = 'direct' OR submitted_at IS NOT NULL",
            "submitted_has_time",
        ),
    )

    id: Mapped[Id]
    program: Mapped[Short]
    track: Mapped[Short]
    edition: Mapped[Short]
    party_id: Mapped[int] = ref("party")
    call_id: Mapped[int | None] = ref("call")
    region: Mapped[str] = mapped_column(String(6), index=True)
    recommender_id: Mapped[int | None] = ref("recommender")
    """Through whom it goes; None for the body of its territory."""
    channel: Mapped[Channel] = mapped_column(choice(Channel), default=Channel.OWN, server_default="own")
    state: Mapped[ApplicationState] = mapped_column(
        choice(ApplicationState), default=ApplicationState.DRAFT, server_default="draft", index=True
    )
    facts: Mapped[Json] = mapped_column(SealedJson(), default=dict, server_default="{}")
    created_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deadline_extended_to: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deadline_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    return_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    paper_received_on: Mapped[date | None]
    nominated_from_id: Mapped[int | None] = ref("accreditation", later=True)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads it as declared

    party: Mapped[Party] = relationship()
    call: Mapped[Call | None] = relationship()
    recommender: Mapped[Recommender | None] = relationship()

    @property
    def place(self) -> Place:
        """Its programme, its division, and through whom it goes."""
        return self.program, self.region, self.recommender_id

    def __str__(self) -> str:
        return f"{self.program}/{self.track} #{self.id}"


class Provenance(StrEnum):
    """How a fact became known, from the weakest to the strongest."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    ATTESTED = "attested"
    DERIVED = "derived"

    @property
    def label(self) -> T:
        """The provenance's name for a screen."""
        return _PROVENANCE_LABELS[self]


_PROVENANCE_LABELS = {
    Provenance.CLAIMED: T("自报", "Claimed"),
    Provenance.VERIFIED: T("已核实", "Verified"),
    Provenance.ATTESTED: T("已认定", "Attested"),
    Provenance.DERIVED: T("推算", "Derived"),
}


class FactEntry(Base):
    """One statement of a fact: value, provenance, by whom, when, with a note. Overridden, never changed."""

    __tablename__ = "fact_entry"
    whose = ("application_id",)
    __table_args__ = (Index("ix_fact_entry_application_name", "application_id", "name"),)

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application", index=False)
    name: Mapped[Short]
    value: Mapped[Any] = mapped_column(SealedJson(), nullable=True)
    """JSON value; null says that it is not known any more."""
    provenance: Mapped[Provenance] = mapped_column(choice(Provenance))
    note: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    by_id: Mapped[int | None] = ref("app_user")
    at: Mapped[Moment]

    application: Mapped[Application] = relationship()
    by: Mapped[User | None] = relationship()


class MaterialFile(Base):
    """A document handed in under a material's key; the bytes stand outside the web root under the SHA-256."""

    __tablename__ = "material_file"
    whose = ("application_id",)
    __table_args__ = (
        Index("ix_material_file_application_key", "application_id", "key"),
        CheckConstraint("size >= 0", "size_not_negative"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256_in_hex"),
    )

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application", index=False)
    key: Mapped[Short]
    filename: Mapped[Name]
    content_type: Mapped[Short] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    uploaded_by_id: Mapped[int | None] = ref("app_user")
    uploaded_at: Mapped[Moment]
    replaced_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted: Mapped[bool | None]
    """An officer's word on it: yes, no, or not looked at yet."""
    remark: Mapped[str] = mapped_column(String(500), default="", server_default="")

    application: Mapped[Application] = relationship()


class CorrectionKind(StrEnum):
    """What is marked."""

    FACT = "fact"
    MATERIAL = "material"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _CORRECTION_KIND_LABELS[self]


_CORRECTION_KIND_LABELS = {
    CorrectionKind.FACT: T("事实", "Fact"),
    CorrectionKind.MATERIAL: T("材料", "Document"),
}


class CorrectionItem(Base):
    """A fact or a material that one return asks to correct; those of every return stay."""

    __tablename__ = "correction_item"
    __table_args__ = (UniqueConstraint("application_id", "returned_at", "kind", "key"),)

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application", index=False)
    returned_at: Mapped[Moment]
    kind: Mapped[CorrectionKind] = mapped_column(choice(CorrectionKind))
    key: Mapped[Short]
    """The fact's name, or the material's key."""
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
