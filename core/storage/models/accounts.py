"""How people come in: codes and invitations, wrong guesses, and the record of who came and who looked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, Index, Integer, String, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

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


class LoginSession(Base):
    """A browser that is logged in; ended by removing it. Its cookie has the key that is kept as a hash."""

    __tablename__ = "login_session"
    audited = False

    id: Mapped[Id]
    user_id: Mapped[int] = ref("app_user", ondelete="CASCADE")
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(200))
    """What the browser says of itself."""
    started_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    factor_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the second factor was shown last; None where it was not."""
    wrong_codes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    user: Mapped[User] = relationship()


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


class GuessKind(StrEnum):
    """What may be guessed, or asked for, from outside."""

    PASSWORD = "password"  # noqa: S105  # the kind's name
    FACTOR = "factor"
    CODE = "code"
    CODE_ASKED = "code_asked"
    INVITATION = "invitation"
    FOLLOW_UP = "follow_up"

    @property
    def label(self) -> T:
        """What is typed, as a page and a message say it."""
        return _GUESS_KIND_LABELS[self]


_GUESS_KIND_LABELS = {
    GuessKind.PASSWORD: T("密码", "password"),
    GuessKind.FACTOR: T("双重验证码或恢复码", "code of the second factor"),
    GuessKind.CODE: T("短信或邮件验证码", "code that was sent"),
    GuessKind.CODE_ASKED: T("索取验证码", "request for a code"),
    GuessKind.INVITATION: T("邀请链接", "link of an invitation"),
    GuessKind.FOLLOW_UP: T("查询码", "follow-up code"),
}


class FormerPassword(Base):
    """A password that a user had, as its hash: where the policy wants none of them again."""

    __tablename__ = "former_password"
    audited = False

    id: Mapped[Id]
    user_id: Mapped[int] = ref("app_user", ondelete="CASCADE")
    hash: Mapped[str] = mapped_column(String(255))
    replaced_at: Mapped[Moment]


class Guess(Base):
    """How often it was guessed wrongly from one network address: at one account, or (without one) at all.

    No key leads to the account: whoever changes that row holds it, and must not wait for a guess.
    """

    __tablename__ = "guess"
    __table_args__ = (
        # No NULLS NOT DISTINCT: PostgreSQL 14 does not know it.
        Index("uq_guess_place", "kind", text("coalesce(user_id, 0)"), "address", unique=True),
        Index("ix_guess_user_id", "user_id"),
        Index("ix_guess_untold", "id", postgresql_where=text("locked_until IS NOT NULL AND NOT told")),
        CheckConstraint("failures >= 0", "failures_not_negative"),
    )
    audited = False

    id: Mapped[Id]
    kind: Mapped[GuessKind] = mapped_column(choice(GuessKind))
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(45))
    """The network address; of IPv6 the network of 64 bits, which is one household's."""
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_at: Mapped[Moment]
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Whether whoever owns the account was told of the lock, or need not be."""
    entered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the account was last entered from there."""


class AccessKind(StrEnum):
    """What somebody did, or tried."""

    ENTERED = "entered"
    NOT_ENTERED = "not_entered"
    LOCKED = "locked"
    LEFT = "left"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the kind's name
    FACTOR_CHANGED = "factor_changed"
    UNLOCKED = "unlocked"
    FORBIDDEN = "forbidden"
    LOOKED = "looked"

    @property
    def label(self) -> T:
        """Its name for a screen."""
        return _ACCESS_KIND_LABELS[self]

    @property
    def is_refused(self) -> bool:
        """Whether nothing came of it."""
        return self in (AccessKind.NOT_ENTERED, AccessKind.LOCKED, AccessKind.FORBIDDEN)


_ACCESS_KIND_LABELS = {
    AccessKind.ENTERED: T("登录成功", "Logged in"),
    AccessKind.NOT_ENTERED: T("输错密码或验证码", "Wrong password or code"),
    AccessKind.LOCKED: T("暂时限制登录", "Locked out"),
    AccessKind.LEFT: T("已退出登录", "Logged out"),
    AccessKind.PASSWORD_CHANGED: T("密码变更", "Change of the password"),
    AccessKind.FACTOR_CHANGED: T("双重验证变更", "Change of the second factor"),
    AccessKind.UNLOCKED: T("解除登录限制", "Lock lifted"),
    AccessKind.FORBIDDEN: T("无权访问", "Not allowed to"),
    AccessKind.LOOKED: T("查看个人信息", "Looked at personal data"),
}


class Look(StrEnum):
    """What was looked at that shows a person's numbers, address or documents, as its services say.

    Who filed a complaint and what was sealed are on record where that is opened (`filer_look`,
    `sealed_opening`), and not here a second time.
    """

    PARTY = "party"
    ACCOUNT = "account"
    DOCUMENT = "document"
    FORM = "form"
    DOSSIER = "dossier"
    TABLE = "table"
    LIST = "list"
    EXPORT = "export"

    @property
    def label(self) -> T:
        """Its name for a screen."""
        return _LOOK_LABELS[self]


_LOOK_LABELS = {
    Look.PARTY: T("主体登记资料", "Registered data of a party"),
    Look.ACCOUNT: T("用户账号资料", "Data of an account"),
    Look.DOCUMENT: T("上传的文件", "Uploaded file"),
    Look.FORM: T("申请书或推荐表", "Form of an application"),
    Look.DOSSIER: T("整套案卷", "Whole dossier"),
    Look.TABLE: T("汇总表", "Summary table"),
    Look.LIST: T("含联系方式的列表", "List with addresses"),
    Look.EXPORT: T("导出的列表", "List exported"),
}


class AccessRecord(Base):
    """One entry: who, when, from where, what; of what was looked at the number, and nothing it says.

    No key leads anywhere: an entry stays when what it names is gone, and nobody waits for its writing.
    """

    __tablename__ = "access_record"
    __table_args__ = (
        Index("ix_access_record_at", "at"),
        Index("ix_access_record_who_id", "who_id", "at"),
        Index("ix_access_record_party_id", "party_id", "at"),
        Index("ix_access_record_address", "address", "at"),
    )
    audited = False

    id: Mapped[Id]
    at: Mapped[Moment]
    kind: Mapped[AccessKind] = mapped_column(choice(AccessKind))
    who_id: Mapped[int | None] = mapped_column(BigInteger)
    """The account: of whoever acts, or that somebody tried to enter; None for one that there is not."""
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who did it where that was not the account's owner."""
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    """The network address; empty on the machine itself, and in a worker."""
    look: Mapped[Look | None] = mapped_column(choice(Look))
    number: Mapped[int | None] = mapped_column(BigInteger)
    """Of the row that was looked at."""
    party_id: Mapped[int | None] = mapped_column(BigInteger)
    """Whose data it is."""
    program: Mapped[str | None] = mapped_column(String(64))
    region: Mapped[str | None] = mapped_column(String(6))
    detail: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """What was guessed at, the page that was forbidden, the list that was exported."""

    who: Mapped[User | None] = relationship(
        primaryjoin=lambda: foreign(AccessRecord.who_id) == User.id, viewonly=True
    )
    by: Mapped[User | None] = relationship(
        primaryjoin=lambda: foreign(AccessRecord.by_id) == User.id, viewonly=True
    )
    party: Mapped[Party | None] = relationship(
        primaryjoin=lambda: foreign(AccessRecord.party_id) == Party.id, viewonly=True
    )
