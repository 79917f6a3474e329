"""The end of an accreditation against its party's will: proposed, objected to, decided; and the ban."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import assert_never

from sqlalchemy import Boolean, CheckConstraint, Date, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from core.rules.obligations import Mode
from core.rules.text import T
from core.storage.models.base import Base, Id, Json, Short, choice, ref
from core.storage.models.people import Party, User
from core.storage.models.register import Accreditation
from core.storage.models.supervision import Finding


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
    ExitState.OVERTURNED: T("退出决定已撤销", "Overturned"),
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
