"""What is said to an application: recommended, returned, scored, decided, agreed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.rules.text import T
from core.storage.models.applications import Application
from core.storage.models.base import Base, Id, Json, Long, Moment, Percent, Short, choice, ref
from core.storage.models.people import User
from core.storage.sealed.types import SealedJson


class Recommendation(Base):
    """A recommender's word on an application with the facts it measured."""

    __tablename__ = "recommendation"
    whose = ("application_id",)
    __table_args__ = (UniqueConstraint("application_id", "round"),)

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application")
    round: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    positive: Mapped[bool]
    measured: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    opinion: Mapped[Long]
    by_id: Mapped[int | None] = ref("app_user")
    recommender_party_id: Mapped[int | None] = ref("party")
    recommender_id: Mapped[int | None] = ref("recommender")
    """Whose word it is; None for the body of the territory."""
    at: Mapped[Moment]

    application: Mapped[Application] = relationship()
    by: Mapped[User | None] = relationship()


class ReviewAssignment(Base):
    """A reviewer's task to score an application, with the declaration about conflicts of interest."""

    __tablename__ = "review_assignment"
    __table_args__ = (
        UniqueConstraint("application_id", "reviewer_id"),
        CheckConstraint("(set_aside_at IS NULL) = (set_aside_reason = '')", "whoever_sets_aside_says_why"),
    )

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application")
    reviewer_id: Mapped[int] = ref("app_user")
    assigned_at: Mapped[Moment]
    conflict: Mapped[bool | None]
    """The declaration: a conflict, none, or not declared yet."""
    conflict_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    comment: Mapped[str] = mapped_column(String(4000), default="", server_default="")
    positive: Mapped[bool | None]
    """The opinion, where no points are given."""
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    set_aside_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    set_aside_by_id: Mapped[int | None] = ref("app_user")
    set_aside_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """Why what the reviewer gave stays on file and does not count."""

    application: Mapped[Application] = relationship()
    reviewer: Mapped[User] = relationship(foreign_keys=reviewer_id)
    set_aside_by: Mapped[User | None] = relationship(foreign_keys=set_aside_by_id)
    scores: Mapped[list[Score]] = relationship(back_populates="assignment", cascade="all, delete-orphan")

    @hybrid_property
    def counts(self) -> bool:
        """Whether the reviewer's word is part of the panel: not recused, and not set aside."""
        return self.conflict is not True and self.set_aside_at is None

    @counts.inplace.expression
    @classmethod
    def _counts_in_sql(cls) -> ColumnElement[bool]:
        return and_(cls.conflict.is_not(True), cls.set_aside_at.is_(None))


class Score(Base):
    """One criterion's points from one reviewer."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("assignment_id", "criterion"),
        CheckConstraint("points >= 0", "points_not_negative"),
    )

    id: Mapped[Id]
    assignment_id: Mapped[int] = ref("review_assignment", ondelete="CASCADE")
    criterion: Mapped[Short]
    points: Mapped[Percent]

    assignment: Mapped[ReviewAssignment] = relationship(back_populates="scores")


class DecisionKind(StrEnum):
    """What was decided on an application."""

    APPROVED = "approved"
    REJECTED = "rejected"
    WAIVED = "waived"

    @property
    def label(self) -> T:
        """The decision's name for a screen."""
        return _DECISION_KIND_LABELS[self]


_DECISION_KIND_LABELS = {
    DecisionKind.APPROVED: T("已通过", "Approved"),
    DecisionKind.REJECTED: T("不予认定", "Rejected"),
    DecisionKind.WAIVED: T("酌情放宽", "Condition waived"),
}


class Decision(Base):
    """A decision with everything it was taken on: edition, settings, facts, files, verdict. Never changed."""

    __tablename__ = "decision"
    whose = ("application_id",)
    __table_args__ = (
        CheckConstraint("kind <> 'waived' OR clause <> ''", "waiver_names_condition"),
        Index(
            "uq_decision_instead",
            "application_id",
            "kind",
            text("coalesce(instead_of_id, 0)"),
            unique=True,
            postgresql_where=text("kind <> 'waived'"),
        ),
    )

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application")
    kind: Mapped[DecisionKind] = mapped_column(choice(DecisionKind))
    clause: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """For a waiver: the condition that was set aside."""
    reason: Mapped[Long]
    by_id: Mapped[int | None] = ref("app_user")
    at: Mapped[Moment]
    as_of: Mapped[date] = mapped_column(Date)
    edition: Mapped[Short]
    settings: Mapped[Json] = mapped_column(JSONB)
    """{"parameters": {id: "number"}, "readings": {id: value}} in force."""
    facts: Mapped[Json] = mapped_column(SealedJson())
    verdict: Mapped[Json] = mapped_column(JSONB)
    documents: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    """[{"id", "key", "sha256"}] of the files that stood then, by the bytes that were looked at."""
    left_open: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    """[{"zh", "en"}] of what was not settled, and for which the reason stands."""
    instead_of_id: Mapped[int | None] = ref("decision", index=False)
    """The last decision on the application before this one that was corrected."""

    application: Mapped[Application] = relationship()
    by: Mapped[User | None] = relationship()


class Agreement(Base):
    """The cooperation agreement of a programme that signs one."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_through", "valid_dates"),
        UniqueConstraint("application_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application")
    signed_on: Mapped[date] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_through: Mapped[date] = mapped_column(Date)
    signed_by_id: Mapped[int | None] = ref("app_user")

    application: Mapped[Application] = relationship()
