"""Codes that confirm an address, and invitations to act for a party; both are spent once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, DateTime, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.rules.text import T
from core.storage.models.base import Base, Id, Moment, Name, choice, ref
from core.storage.models.people import Party, User
from core.storage.sealed.boxes import Kind
from core.storage.sealed.types import Sealed


class CodePurpose(StrEnum):
    """What a code allows."""

    SIGN_UP = "sign_up"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # the purpose's name
    CONFIRM_ADDRESS = "confirm_address"

    @property
    def label(self) -> T:
        """What the code is for, as its message says."""
        return _CODE_PURPOSE_LABELS[self]


_CODE_PURPOSE_LABELS = {
    CodePurpose.SIGN_UP: T("注册账号", "to sign up"),
    CodePurpose.RESET_PASSWORD: T("重设密码", "to set a new password"),
    CodePurpose.CONFIRM_ADDRESS: T("确认登录账号", "to confirm what you log in with"),
}


class VerificationCode(Base):
    """A code sent to an e-mail address or a mobile number: kept as its hash, with its failed attempts."""

    __tablename__ = "verification_code"
    __table_args__ = (
        Index("ix_verification_code_address", "address", "purpose"),
        CheckConstraint("attempts >= 0", "attempts_not_negative"),
    )
    audited = False

    id: Mapped[Id]
    purpose: Mapped[CodePurpose] = mapped_column(choice(CodePurpose))
    address: Mapped[str] = mapped_column(Sealed(Kind.ADDRESS))
    user_id: Mapped[int | None] = ref("app_user", ondelete="CASCADE")
    code_hash: Mapped[str] = mapped_column(Sealed(Kind.CODE))
    """Sealed, too: six digits are soon tried."""
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class FactorReset(Base):
    """A second factor that was lost, to be taken away: opened by one person, confirmed by another."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        Index("uq_factor_reset_open", "user_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        CheckConstraint("(closed_at IS NULL) = (closed_by = '')", "closed_by_somebody"),
        CheckConstraint(
            "NOT confirmed OR COALESCE(closed_by_id::text, closed_by)"
            " <> COALESCE(opened_by_id::text, opened_by)",
            "confirmed_by_a_second_person",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = ref("app_user", ondelete="CASCADE")
    reason: Mapped[str] = mapped_column(String(500))
    opened_by: Mapped[Name]
    """The person's name, or the command line with that of its operator, who has no account."""
    opened_by_id: Mapped[int | None] = ref("app_user", index=False)
    opened_at: Mapped[Moment]
    confirmed: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    closed_by: Mapped[Name] = mapped_column(String(200), default="", server_default="")
    closed_by_id: Mapped[int | None] = ref("app_user", index=False)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Invitation(Base):
    """An invitation to act for a party, sent to an address; it makes whoever opens it a member."""

    __tablename__ = "invitation"
    whose = ("party_id",)
    unaudited = frozenset({"token_hash"})

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    address: Mapped[str] = mapped_column(Sealed(Kind.ADDRESS))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int | None] = ref("app_user", index=False)
    invited_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by_id: Mapped[int | None] = ref("app_user", index=False)
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    party: Mapped[Party] = relationship()
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])
