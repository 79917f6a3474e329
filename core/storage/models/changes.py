"""What is asked about a party, with proof: changes of what the register vouches for, and claims of it.

Beside the requests stand former values, successors and new certificates.
"""

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
from core.storage.models.people import Party, User
from core.storage.models.register import Accreditation
from core.storage.sealed.boxes import Kind
from core.storage.sealed.types import Sealed


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


class ClaimState(StrEnum):
    """Where a claim stands."""

    WANTED = "wanted"
    """Its proof is still to be handed in; nobody but the claimant has it before them."""
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _CLAIM_STATE_LABELS[self]

    @property
    def going(self) -> bool:
        """Whether it has no answer yet."""
        return self in GOING


_CLAIM_STATE_LABELS = {
    ClaimState.WANTED: T("待交证明材料", "Proof to be handed in"),
    ClaimState.OPEN: T("待核实", "To be verified"),
    ClaimState.ACCEPTED: T("已同意认领", "Claim accepted"),
    ClaimState.REFUSED: T("未同意认领", "Claim refused"),
    ClaimState.WITHDRAWN: T("认领已撤回", "Claim taken back"),
}
GOING = (ClaimState.WANTED, ClaimState.OPEN)
"""The states of a claim that has no answer yet."""


class PartyClaim(Base):
    """What somebody typed who registered a party that was there, or what it was when it was taken from them.

    It shows its claimant nothing that the register knows of the party.
    """

    __tablename__ = "party_claim"
    whose = ("user_id",)
    __table_args__ = (
        Index(
            "uq_party_claim_going",
            "party_id",
            "user_id",
            unique=True,
            postgresql_where=text("state IN ('wanted', 'open')"),
        ),
        Index("ix_party_claim_state", "state", "made_at"),
        CheckConstraint("(state IN ('wanted', 'open')) = (closed_at IS NULL)", "closed_with_its_answer"),
        CheckConstraint("state IN ('wanted', 'withdrawn') OR handed_in_at IS NOT NULL", "handed_in_first"),
        CheckConstraint("(objected_at IS NULL) = (objection = '')", "objection_has_its_day"),
    )

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    user_id: Mapped[int] = ref("app_user")
    state: Mapped[ClaimState] = mapped_column(
        choice(ClaimState), default=ClaimState.WANTED, server_default="wanted"
    )
    name: Mapped[Name]
    region: Mapped[str] = mapped_column(String(6))
    uscc: Mapped[str | None] = mapped_column(String(18))
    id_number: Mapped[str | None] = mapped_column(Sealed(Kind.IDENTITY))
    contact_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    mobile: Mapped[str] = mapped_column(Sealed(Kind.TELEPHONE), default="", server_default="")
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")
    statement: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    made_at: Mapped[Moment]
    handed_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_on: Mapped[date | None] = mapped_column(Date)
    """When the party's contacts were told, from which day they can object."""
    objection: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    """A contact's word against it."""
    objected_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    objected_by_id: Mapped[int | None] = ref("app_user", index=False)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by_id: Mapped[int | None] = ref("app_user", index=False)
    answer: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    others_ended: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Whether those who acted for the party before do so no more."""

    party: Mapped[Party] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    objected_by: Mapped[User | None] = relationship(foreign_keys=[objected_by_id])

    def __str__(self) -> str:
        return f"认领 #{self.id}"
