"""What keeps the register running: settings, the holiday table, jobs, messages, the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship
from sqlalchemy.types import Text

from core.rules.text import T
from core.storage.models.base import Base, Id, Json, Moment, Name, Short, choice, ref
from core.storage.models.trail import AuditValue
from core.storage.sealed.boxes import Kind
from core.storage.sealed.types import Sealed, SealedJson


class SettingKind(StrEnum):
    """What an override changes."""

    PARAMETER = "parameter"
    INTERPRETATION = "interpretation"
    OPERATION = "operation"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _SETTING_KIND_LABELS[self]


_SETTING_KIND_LABELS = {
    SettingKind.PARAMETER: T("参数", "Parameter"),
    SettingKind.INTERPRETATION: T("条款理解", "Interpretation"),
    SettingKind.OPERATION: T("运行设置", "Operation"),
}


class SettingOverride(Base):
    """A parameter, interpretation or operational setting, changed from a date on, with a reason."""

    __tablename__ = "setting_override"
    __table_args__ = (
        UniqueConstraint("program", "track", "kind", "name", "effective_on"),
        CheckConstraint("reason <> ''", "reason_given"),
    )

    id: Mapped[Id]
    program: Mapped[Short]
    """Empty for an operational setting."""
    track: Mapped[Short] = mapped_column(String(64), default="", server_default="")
    """Parameters belong to a track; interpretations to the whole programme."""
    kind: Mapped[SettingKind] = mapped_column(choice(SettingKind))
    name: Mapped[Name]
    value: Mapped[Name]
    effective_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(2000))
    set_by_id: Mapped[int | None] = ref("app_user", index=False)
    set_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())


class HolidayDay(Base):
    """One day of the State Council's holiday table; a year with no day here is not known."""

    __tablename__ = "holiday_day"

    on: Mapped[date] = mapped_column("day", Date, primary_key=True)
    working: Mapped[bool] = mapped_column(Boolean)
    name_zh: Mapped[str] = mapped_column(String(100), default="", server_default="")
    name_en: Mapped[str] = mapped_column(String(100), default="", server_default="")
    known_on: Mapped[date | None] = mapped_column(Date)
    """When the table of its year came; None where the register had it from the beginning."""


class JobState(StrEnum):
    """Where a job run stands; one left running by a crash is taken over by the next."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _JOB_STATE_LABELS[self]


_JOB_STATE_LABELS = {
    JobState.RUNNING: T("进行中", "Running"),
    JobState.DONE: T("完成", "Completed"),
    JobState.STOPPED: T("已中断", "Stopped half-way"),
    JobState.FAILED: T("失败", "Failed"),
}


class JobRun(Base):
    """One run of a job: for which day, what it did, what failed."""

    __tablename__ = "job_run"
    audited = False

    id: Mapped[Id]
    job: Mapped[Short]
    as_of: Mapped[date] = mapped_column(Date)
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[JobState] = mapped_column(
        choice(JobState), default=JobState.RUNNING, server_default="running"
    )
    counts: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    """{"program|clause|kind": number}."""
    failures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    message: Mapped[str] = mapped_column(Text, default="", server_default="")


class MessageState(StrEnum):
    """Where an outgoing message stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    """One of too many at once: a person lets it go, or discards it."""
    DISCARDED = "discarded"
    """Never sent: a person said why."""

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _MESSAGE_STATE_LABELS[self]


_MESSAGE_STATE_LABELS = {
    MessageState.PENDING: T("待发送", "Pending"),
    MessageState.SENT: T("已发送", "Sent"),
    MessageState.FAILED: T("发送失败", "Sending failed"),
    MessageState.HELD: T("暂停发送", "Held"),
    MessageState.DISCARDED: T("已作废，未发送", "Discarded, not sent"),
}


class MessageChannel(StrEnum):
    """How a copy of a message goes out."""

    EMAIL = "email"
    SMS = "sms"
    INBOX = "inbox"
    """No copy is wanted or can be sent: the message stands in the inbox all the same."""

    @property
    def label(self) -> T:
        """The way's name for a screen."""
        return _MESSAGE_CHANNEL_LABELS[self]


_MESSAGE_CHANNEL_LABELS = {
    MessageChannel.EMAIL: T("电子邮件", "By e-mail"),
    MessageChannel.SMS: T("短信", "Text message"),
    MessageChannel.INBOX: T("仅站内", "Inbox only"),
}


class OutboxMessage(Base):
    """A message written in the transaction that caused it, sent later; `key` keeps it from coming twice."""

    __tablename__ = "outbox_message"
    whose = ("user_id", "party_id", "id")
    __table_args__ = (
        Index("ix_outbox_message_state_next", "state", "next_attempt_at"),
        Index("ix_outbox_message_created", "created_at"),
        Index("ix_outbox_message_alike", "program", "event", "created_at"),
        CheckConstraint("state <> 'discarded' OR (sent_at IS NULL AND attempts = 0)", "discarded_never_sent"),
    )
    unaudited = frozenset(
        {"state", "attempts", "next_attempt_at", "sent_at", "last_error", "read_at", "secret"}
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    event: Mapped[Short]
    channel: Mapped[Short]
    """A `MessageChannel`."""
    program: Mapped[str | None] = mapped_column(String(64))
    region: Mapped[str | None] = mapped_column(String(6))
    """Whose officers see it: the programme and division that it is about; None for messages on accounts."""
    party_id: Mapped[int | None] = ref("party")
    user_id: Mapped[int | None] = ref("app_user")
    accreditation_id: Mapped[int | None] = ref("accreditation")
    exit_case_id: Mapped[int | None] = ref("exit_case")
    recipient: Mapped[str] = mapped_column(Sealed(Kind.ADDRESS))
    """Address or number; empty when the party has none, and the message then fails for a person to see."""
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Sealed(Kind.MESSAGE))
    secret: Mapped[str] = mapped_column(Sealed(Kind.CODE), default="", server_default="")
    """A code or link for the recipient alone: the sender puts it into the text, and it is then gone."""
    language: Mapped[str] = mapped_column(String(2), default="zh", server_default="zh")
    state: Mapped[MessageState] = mapped_column(
        choice(MessageState), default=MessageState.PENDING, server_default="pending"
    )
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    next_attempt_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())
    created_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class DataExport(Base):
    """A long export, made by the worker: its progress, and the file once it is done."""

    __tablename__ = "data_export"
    __table_args__ = (
        CheckConstraint("done_rows >= 0", "done_not_negative"),
        CheckConstraint("(sha256 IS NOT NULL) = (state = 'done')", "done_has_file"),
    )
    unaudited = frozenset(
        {"arguments", "state", "done_rows", "total_rows", "message", "finished_at", "sha256", "size"}
    )

    id: Mapped[Id]
    user_id: Mapped[int] = ref("app_user", ondelete="CASCADE")
    name: Mapped[Short]
    """The list."""
    file_format: Mapped[Short]
    arguments: Mapped[Json] = mapped_column(SealedJson(Kind.WORDS), default=dict, server_default="{}")
    """Filters and order, as in the list's address."""
    language: Mapped[str] = mapped_column(String(2), default="zh", server_default="zh")
    state: Mapped[JobState] = mapped_column(
        choice(JobState), default=JobState.RUNNING, server_default="running"
    )
    done_rows: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    total_rows: Mapped[int | None]
    filename: Mapped[Name]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    message: Mapped[str] = mapped_column(Text, default="", server_default="")
    asked_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AuditEvent(Base):
    """One change, hashed, a part of its transaction's link; a trigger refuses updates and deletes."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject", "subject_id"),
        Index("ix_audit_event_link", "link_id", "id"),
    )
    audited = False

    id: Mapped[Id]
    """Of one object the later event has the higher one; gaps are transactions that were taken back."""
    link_id: Mapped[int] = ref("audit_link", index=False)
    at: Mapped[Moment]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[Name]
    action: Mapped[Short]
    subject: Mapped[Short]
    subject_id: Mapped[str] = mapped_column(String(64))
    changes: Mapped[Json] = mapped_column(JSONB)
    """{column: [before, after]}."""
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    """Only of events from before revision 0013: each was hashed together with the one before."""
    hash: Mapped[str] = mapped_column(String(64))

    value: Mapped[AuditValue | None] = relationship(
        primaryjoin=lambda: AuditEvent.id == foreign(AuditValue.event_id), uselist=False, viewonly=True
    )
