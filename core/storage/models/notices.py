"""Public notices, what they list, and objections to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, DateTime, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from core.rules.text import T
from core.storage.models.applications import Application
from core.storage.models.base import Base, Id, Long, Moment, Name, Short, choice, ref
from core.storage.sealed.boxes import Kind
from core.storage.sealed.types import Sealed


class PublicNotice(Base):
    """A list of applications published for objections; `closes_on` is frozen at publication."""

    __tablename__ = "public_notice"
    __table_args__ = (
        CheckConstraint("working_days >= 1", "has_working_days"),
        CheckConstraint("published_on < closes_on", "day_of_publication_does_not_count"),
    )

    id: Mapped[Id]
    program: Mapped[Short]
    title: Mapped[Name]
    published_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date, index=True)
    working_days: Mapped[int]
    published_by_id: Mapped[int | None] = ref("app_user")
    introduction: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What the authority says above the list."""
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    items: Mapped[list[NoticeItem]] = relationship(back_populates="notice")

    def __str__(self) -> str:
        return self.title


class NoticeItem(Base):
    """One application on a public notice."""

    __tablename__ = "notice_item"
    __table_args__ = (UniqueConstraint("notice_id", "application_id"),)

    id: Mapped[Id]
    notice_id: Mapped[int] = ref("public_notice")
    application_id: Mapped[int] = ref("application")
    struck_on: Mapped[date | None] = mapped_column(Date)
    """From this day it stands here no longer: the decision behind it was corrected."""

    notice: Mapped[PublicNotice] = relationship(back_populates="items")
    application: Mapped[Application] = relationship()


class ObjectionState(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _OBJECTION_STATE_LABELS[self]


_OBJECTION_STATE_LABELS = {
    ObjectionState.OPEN: T("待处理", "To be decided"),
    ObjectionState.UPHELD: T("异议成立", "Objection upheld"),
    ObjectionState.DISMISSED: T("异议不成立", "Objection dismissed"),
}


class Objection(Base):
    """An objection to one application on a notice; it stops only that one."""

    __tablename__ = "objection"
    whose = ("id",)
    __table_args__ = (CheckConstraint("(state = 'open') = (decided_at IS NULL)", "decided_has_time"),)

    id: Mapped[Id]
    notice_item_id: Mapped[int] = ref("notice_item")
    objector: Mapped[Name]
    contact: Mapped[str] = mapped_column(Sealed(Kind.ADDRESS))
    content: Mapped[Long]
    code: Mapped[str] = mapped_column(Sealed(Kind.CODE), unique=True)
    """Follow-up code handed to the objector."""
    received_at: Mapped[Moment]
    party_statement: Mapped[str] = mapped_column(String(4000), default="", server_default="")
    """What the party that it is about said to it."""
    state: Mapped[ObjectionState] = mapped_column(
        choice(ObjectionState), default=ObjectionState.OPEN, server_default="open"
    )
    decision_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    decided_by_id: Mapped[int | None] = ref("app_user")
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    notice_item: Mapped[NoticeItem] = relationship()
