"""Changes of what the register vouches for: requests, former values, successors, new certificates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Date, DateTime, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.rules.text import T
from core.storage.models.base import Base, Id, Moment, Name, choice, ref
from core.storage.models.people import Party
from core.storage.models.register import Accreditation


class Vouched(StrEnum):
    """What of a party's data the register vouches for, by the column that holds it."""

    NAME = "name"
    REGION = "region"
    EMPLOYER = "employer"

    @property
    def label(self) -> T:
        """The value's name for a screen."""
        return _VOUCHED_LABELS[self]


_VOUCHED_LABELS = {
    Vouched.NAME: T("名称（姓名）", "Name"),
    Vouched.REGION: T("行政区划", "Division"),
    Vouched.EMPLOYER: T("所在单位", "Employer"),
}


class ChangeRequest(Base):
    """What a party that holds or seeks a status asks to have changed, with the answer.

    `name`, `region` and `employer` are the new values, None where one stays; the old ones stand in the party
    until it is granted, and in `former_value` from then on. `uscc` is a code whose check digit does not fit:
    it is accepted while the request stands granted.
    """

    __tablename__ = "change_request"
    whose = ("party_id",)
    __table_args__ = (
        Index("uq_change_request_open", "party_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_change_request_state", "state", "asked_at"),
        Index("ix_change_request_uscc", "uscc", postgresql_where=text("uscc IS NOT NULL")),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", "open_until_decided"),
        CheckConstraint(
            "(kind = 'details') = (num_nonnulls(name, region, employer) > 0)", "details_have_values"
        ),
        CheckConstraint("(kind = 'number') = (uscc IS NOT NULL)", "number_has_a_code"),
        CheckConstraint("ends_party = (kind IN ('closure', 'merger')) OR kind = 'split'", "who_ends"),
    )

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(
        choice(ChangeState), default=ChangeState.OPEN, server_default="open"
    )
    name: Mapped[str | None] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(String(6))
    employer: Mapped[str | None] = mapped_column(String(200))
    uscc: Mapped[str | None] = mapped_column(String(18))
    ends_party: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """The party is no more once it is granted; one that is divided may go on."""
    statement: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    asked_at: Mapped[Moment]
    asked_by_id: Mapped[int | None] = ref("app_user", index=False)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by_id: Mapped[int | None] = ref("app_user", index=False)
    answer: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    party: Mapped[Party] = relationship()
    successors: Mapped[list[Successor]] = relationship(
        back_populates="request", order_by=lambda: Successor.id
    )

    def __str__(self) -> str:
        return f"{self.kind.label.zh} #{self.id}"


class Successor(Base):
    """Who takes the place of a party that was merged or divided; found by its code, once it is registered."""

    __tablename__ = "successor"
    __table_args__ = (UniqueConstraint("request_id", "uscc"),)

    id: Mapped[Id]
    request_id: Mapped[int] = ref("change_request", index=False)
    name: Mapped[Name]
    uscc: Mapped[str] = mapped_column(String(18), index=True)

    request: Mapped[ChangeRequest] = relationship(back_populates="successors")


class FormerValue(Base):
    """A name, a division or an employer as it was, until the first day of the next."""

    __tablename__ = "former_value"
    whose = ("party_id",)
    __table_args__ = (
        CheckConstraint("held_from <= held_until", "dates_in_order"),
        Index("ix_former_value_grams", "grams", postgresql_using="gin"),
    )

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    field: Mapped[Vouched] = mapped_column(choice(Vouched))
    value: Mapped[Name]
    folded: Mapped[str] = mapped_column(Text, server_default="", default="")
    """A name as `core.domain.folding` compares it; empty of other values, which nobody searches."""
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", default=list)
    held_from: Mapped[date | None] = mapped_column(Date)
    """None where the register does not know since when."""
    held_until: Mapped[date] = mapped_column(Date)
    """First day on which it no longer held."""
    request_id: Mapped[int | None] = ref("change_request")
    unaudited = frozenset({"folded", "grams"})

    party: Mapped[Party] = relationship()


class CertificateIssue(Base):
    """A certificate that was issued anew under its number, with what it states; the first has no row."""

    __tablename__ = "certificate_issue"
    whose = ("party_id",)
    __table_args__ = (Index("ix_certificate_issue_accreditation_id", "accreditation_id", "id"),)

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    accreditation_id: Mapped[int] = ref("accreditation", index=False)
    issued_on: Mapped[date] = mapped_column(Date)
    name: Mapped[Name]
    employer: Mapped[str] = mapped_column(String(200), default="", server_default="")
    issued_by_id: Mapped[int | None] = ref("app_user", index=False)

    accreditation: Mapped[Accreditation] = relationship()
