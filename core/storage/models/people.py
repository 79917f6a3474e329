"""Parties, the users who act for them or for an authority, and where each may act."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from flask_security.core import UserMixin
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship
from sqlalchemy.types import Text

from core.domain.identifiers import mask_mobile
from core.domain.identifiers.telephones import all_numbers
from core.domain.roles import Role
from core.rules.clauses import PartyKind, RecommenderKind
from core.rules.text import T
from core.storage.models.base import Base, Id, Json, Moment, Name, Short, choice, ref
from core.storage.sealed.boxes import Kind
from core.storage.sealed.types import Sealed, SealedJson, SealedList


class Region(Base):
    """An administrative division (GB/T 2260): 6-digit code, names, and the code above it."""

    __tablename__ = "region"
    audited = False

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(String(6), index=True)
    name: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(String(200), default="")


class Party(Base):
    """An organisation or a person, once each: by USCC or by resident ID number."""

    __tablename__ = "party"
    whose = ("id",)
    __table_args__ = (
        CheckConstraint("kind = 'person' OR uscc IS NOT NULL OR directly_included", "organization_has_uscc"),
        CheckConstraint("kind = 'organization' OR uscc IS NULL", "person_has_no_uscc"),
        CheckConstraint(
            "kind = 'organization' OR id_number IS NOT NULL OR directly_included", "person_has_id_number"
        ),
        CheckConstraint("kind = 'person' OR id_number IS NULL", "organization_has_no_id_number"),
        CheckConstraint("name <> ''", "name_given"),
        CheckConstraint("merged_into_id <> id", "not_merged_into_itself"),
        Index("ix_party_name_grams", "name_grams", postgresql_using="gin"),
        Index(
            "ix_party_unnumbered",
            "folded_name",
            postgresql_where=text("uscc IS NULL AND id_number IS NULL"),
        ),
        Index(
            "ix_party_profile",
            "profile",
            postgresql_using="gin",
            postgresql_ops={"profile": "jsonb_path_ops"},
        ),
    )

    id: Mapped[Id]
    kind: Mapped[PartyKind] = mapped_column(choice(PartyKind))
    name: Mapped[Name] = mapped_column(String(200))
    name_grams: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", default=list)
    """Bigrams of the folded name, set with the name by `core.storage.search`."""
    folded_name: Mapped[str] = mapped_column(Text, server_default="", default="")
    """The name as `core.domain.folding` compares it, set in the same place."""
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), server_default="", default="", index=True)
    """What lists are sorted by (`core.domain.names.order`), set in the same place."""
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    id_number: Mapped[str | None] = mapped_column(Sealed(Kind.IDENTITY), unique=True)
    region: Mapped[str] = mapped_column(String(6), index=True)
    address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    contact_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    mobile: Mapped[str] = mapped_column(Sealed(Kind.TELEPHONE), default="", server_default="")
    phone: Mapped[str] = mapped_column(Sealed(Kind.TELEPHONE), default="", server_default="")
    """Under which it is called, landlines too, as `core.domain.identifiers.telephones` writes them."""
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")
    employer: Mapped[str] = mapped_column(String(200), default="", server_default="")
    directly_included: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Came by an entrusted body's summary table, which names neither USCC nor ID number."""
    profile: Mapped[Json] = mapped_column(SealedJson(), default=dict, server_default="{}")
    """Effective facts by name, as JSON: the latest known, reused by every application."""
    profile_confirmed_on: Mapped[date | None]
    """When the party last confirmed or updated its data."""
    verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When an officer verified that the account acts for the enterprise."""
    verification_requested_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    verification_remark: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """Why the last request was turned down."""
    merged_into_id: Mapped[int | None] = ref("party")
    """The party under which it is shown, the last of a chain: it is the same one, registered twice."""
    closed_on: Mapped[date | None]
    """First day on which the party was no more: closed, merged into another, divided."""
    created_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())
    registered_by_id: Mapped[int | None] = ref("app_user")
    """The account that registered it as its own; None where staff, a table or an earlier version did."""
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads it as declared

    merged_into: Mapped[Party | None] = relationship(remote_side="Party.id")
    merged: Mapped[list[Party]] = relationship(
        viewonly=True, foreign_keys="Party.merged_into_id", remote_side="Party.merged_into_id"
    )
    """What is shown under it."""
    memberships: Mapped[list[Membership]] = relationship(back_populates="party")
    unaudited = frozenset({"name_grams", "folded_name", "sort_name"})

    @property
    def telephone(self) -> str:
        """Every number under which it is called, the mobile one first."""
        return all_numbers(self.mobile, self.phone)

    @property
    def waits_since(self) -> datetime | None:
        """Since when it waits to be verified, under whichever registration that was asked for first."""
        asked = (one.verification_requested_at for one in (self, *self.merged))
        return min((at for at in asked if at is not None), default=None)

    def __str__(self) -> str:
        return self.name


class Merger(Base):
    """That two parties are one, found by an officer: nothing of either is rewritten, so it can be undone."""

    __tablename__ = "merger"
    whose = ("merged_id",)
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", "two_parties"),
        CheckConstraint("(undone_at IS NULL) = (undone_reason = '')", "undone_with_a_reason"),
        Index("uq_merger_merged_id", "merged_id", unique=True, postgresql_where=text("undone_at IS NULL")),
    )

    id: Mapped[Id]
    kept_id: Mapped[int] = ref("party")
    merged_id: Mapped[int] = ref("party", index=False)
    reason: Mapped[str] = mapped_column(String(2000))
    merged_at: Mapped[Moment] = mapped_column(DateTime(timezone=True))
    merged_by_id: Mapped[int | None] = ref("app_user", index=False)
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_by_id: Mapped[int | None] = ref("app_user", index=False)
    undone_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    kept: Mapped[Party] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Party] = relationship(foreign_keys=[merged_id])
    merged_by: Mapped[User | None] = relationship(foreign_keys=[merged_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])


class NotSame(Base):
    """That two parties, alike as they look, are not one; found by an officer, until it is taken back.

    It is about the two rows, the lower number first, and holds for all that stand for either as long as they
    do: who is not the same as a party is not the same as whatever that party was merged with.
    """

    __tablename__ = "not_same"
    whose = ("one_id",)
    __table_args__ = (
        CheckConstraint("one_id < other_id", "lower_first"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_reason = '')", "taken_back_with_a_reason"),
        Index(
            "uq_not_same_pair",
            "one_id",
            "other_id",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    one_id: Mapped[int] = ref("party")
    other_id: Mapped[int] = ref("party")
    reason: Mapped[str] = mapped_column(String(2000))
    marked_at: Mapped[Moment] = mapped_column(DateTime(timezone=True))
    marked_by_id: Mapped[int | None] = ref("app_user", index=False)
    taken_back_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    taken_back_by_id: Mapped[int | None] = ref("app_user", index=False)
    taken_back_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    one: Mapped[Party] = relationship(foreign_keys=[one_id])
    other: Mapped[Party] = relationship(foreign_keys=[other_id])
    marked_by: Mapped[User | None] = relationship(foreign_keys=[marked_by_id])
    taken_back_by: Mapped[User | None] = relationship(foreign_keys=[taken_back_by_id])


class Digest(StrEnum):
    """How often a user is sent what waits."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def label(self) -> T:
        """The choice's name for a screen."""
        return _DIGEST_LABELS[self]


_DIGEST_LABELS = {
    Digest.NONE: T("不发送", "Do not send"),
    Digest.DAILY: T("每天", "Daily"),
    Digest.WEEKLY: T("每周一", "On Mondays"),
}


class PasswordDue(StrEnum):
    """Why a password has to be replaced before anything else."""

    UNFIT = "unfit"
    AGED = "aged"

    @property
    def label(self) -> T:
        """What the page that asks for another says."""
        return _PASSWORD_DUE_LABELS[self]


_PASSWORD_DUE_LABELS = {
    PasswordDue.UNFIT: T(
        "您的密码不符合现行要求，请先更换", "Your password is not what is asked for now: replace it first"
    ),
    PasswordDue.AGED: T(
        "您的密码使用时间过长，请先更换", "You have had your password for too long: replace it first"
    ),
}


class User(Base, UserMixin):
    """Someone who can log in; what the user may do comes from grants and memberships."""

    __tablename__ = "app_user"
    whose = ("id",)
    __table_args__ = (
        CheckConstraint(
            "email IS NOT NULL OR mobile_confirmed_at IS NOT NULL OR given_up_at IS NOT NULL",
            "can_be_reached",
        ),
        CheckConstraint("given_up_at IS NULL OR NOT active", "given_up_is_closed"),
        Index(
            "uq_app_user_mobile",
            "mobile",
            unique=True,
            postgresql_where=text("mobile_confirmed_at IS NOT NULL"),
        ),
    )
    unaudited = frozenset(
        {
            "password",
            "password_set_at",
            "password_due",
            "fs_uniquifier",
            "last_login_at",
            "current_login_at",
            "login_count",
            "tf_totp_secret",
            "mf_recovery_codes",
            "tf_last_counter",
            "sort_name",
        }
    )

    id: Mapped[Id]
    email: Mapped[str | None] = mapped_column(String(200), unique=True)  # type: ignore[assignment]  # or a mobile number
    username: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[Name] = mapped_column(String(200), default="", server_default="")
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), server_default="", default="", index=True)
    """What lists are sorted by, set with the name by `core.storage.search`, as a party's is."""
    mobile: Mapped[str] = mapped_column(Sealed(Kind.TELEPHONE), default="", server_default="")
    password: Mapped[str | None] = mapped_column(String(255))
    password_set_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Unknown of passwords from before revision 0038."""
    password_due: Mapped[PasswordDue | None] = mapped_column(choice(PasswordDue))
    """Found at a login, when alone the password itself is known."""
    active: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    given_up_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When its person gave it up: it names nobody, and is opened no more."""
    fs_uniquifier: Mapped[Short] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="zh", server_default="zh")
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the e-mail address was confirmed by a code."""
    mobile_confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the mobile number was confirmed by a code; from then on it opens the account too."""
    wants_email: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    """Copies of messages that no text demands; the inbox has them all."""
    wants_sms: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    digest: Mapped[Digest] = mapped_column(choice(Digest), default=Digest.NONE, server_default="none")
    create_datetime: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_login_at: Mapped[datetime | None] = mapped_column(  # type: ignore[assignment]  # none before the first
        DateTime(timezone=True)
    )
    current_login_at: Mapped[datetime | None] = mapped_column(  # type: ignore[assignment]  # none before the first
        DateTime(timezone=True)
    )
    login_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(Integer)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(SealedList(Kind.CODE)))

    grants: Mapped[list[Grant]] = relationship(back_populates="user", cascade="all, delete-orphan")
    memberships: Mapped[list[Membership]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @property
    def role_names(self) -> list[str]:
        """The user's roles by name, each once; Flask-Security looks for its own kind under `roles`."""
        return sorted({grant.role for grant in self.grants})

    def held(self, day: date) -> list[Grant]:
        """The grants that hold on a day and may be used.

        Of two duties in one hand, which are of a time before they were kept apart, it is the one that was
        granted first.
        """
        held = sorted((grant for grant in self.grants if grant.holds_on(day)), key=lambda grant: grant.id)
        first = next((grant.role.duty for grant in held if grant.role.duty), None)
        return [grant for grant in held if grant.role.duty in (None, first)]

    def __str__(self) -> str:
        if self.given_up_at is not None:
            return f"#{self.id}"
        return self.name or self.email or mask_mobile(self.mobile)


class Recommender(Base):
    """An association, a chamber or a department of the authority that recommends in a programme.

    The body of a division needs no row: who recommends in a territory has a grant for it.
    """

    __tablename__ = "recommender"
    __table_args__ = (
        CheckConstraint("kind <> 'territory'", "not_by_territory"),
        CheckConstraint("(kind = 'membership') = (party_id IS NOT NULL)", "association_is_a_party"),
        UniqueConstraint("program", "name"),
    )

    id: Mapped[Id]
    program: Mapped[Short]
    kind: Mapped[RecommenderKind] = mapped_column(choice(RecommenderKind))
    name: Mapped[Name]
    party_id: Mapped[int | None] = ref("party")
    """The association as it is registered: it may recommend its members, and not itself."""
    since: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    """First day on which nobody can turn to it any more; what it recommended before stays with it."""

    party: Mapped[Party | None] = relationship()

    def takes_on(self, day: date) -> bool:
        """Whether one can turn to it on a day."""
        return self.since <= day and (self.ended_on is None or day < self.ended_on)

    def __str__(self) -> str:
        return self.name


class Listed(Base):
    """That a body is a member of an association, or assigned to a department, from a day on.

    It is known by its unified social credit code: a member need not be registered here.
    """

    __tablename__ = "recommender_listed"
    __table_args__ = (
        CheckConstraint("joined_on < left_on", "joined_before_it_left"),
        UniqueConstraint("recommender_id", "uscc", "joined_on"),
        Index(
            "uq_recommender_listed_now",
            "recommender_id",
            "uscc",
            unique=True,
            postgresql_where=text("left_on IS NULL"),
        ),
        Index("ix_recommender_listed_uscc", "uscc"),
    )

    id: Mapped[Id]
    recommender_id: Mapped[int] = ref("recommender", index=False)
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[Name]
    joined_on: Mapped[date] = mapped_column(Date)
    """First day on it."""
    left_on: Mapped[date | None] = mapped_column(Date)
    """First day on which it is no longer on it."""

    recommender: Mapped[Recommender] = relationship()

    @classmethod
    def on(cls, day: date) -> ColumnElement[bool]:
        """Who stands on it on a day."""
        return and_(cls.joined_on <= day, or_(cls.left_on.is_(None), cls.left_on > day))


class Grant(Base):
    """A role given to a user, for one programme or all, in one region (and what lies in it) or everywhere."""

    __tablename__ = "role_grant"
    __table_args__ = (
        # No NULLS NOT DISTINCT: PostgreSQL 14 does not know it.
        Index(
            "uq_role_grant_reach",
            "user_id",
            "role",
            text("coalesce(program, '')"),
            text("coalesce(region, '')"),
            text("coalesce(party_id, 0)"),
            text("coalesce(recommender_id, 0)"),
            unique=True,
            postgresql_where=text("ends_on IS NULL"),
        ),
        CheckConstraint("starts_on < ends_on", "dates_in_order"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = ref("app_user", ondelete="CASCADE")
    role: Mapped[Role] = mapped_column(choice(Role))
    program: Mapped[str | None] = mapped_column(String(64))
    region: Mapped[str | None] = mapped_column(String(6))
    party_id: Mapped[int | None] = ref("party")
    """The body that a recommender acts for: it may not recommend itself."""
    recommender_id: Mapped[int | None] = ref("recommender")
    """The association or department that a recommender acts for; None for the body of its territory."""
    starts_on: Mapped[date | None]
    """First day on which it holds; None where it held at once."""
    ends_on: Mapped[date | None]
    """First day on which it holds no longer; None for one without an end."""

    user: Mapped[User] = relationship(back_populates="grants")
    party: Mapped[Party | None] = relationship()
    recommender: Mapped[Recommender | None] = relationship()

    def holds_on(self, day: date) -> bool:
        """Whether the role is held on a day."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )

    @classmethod
    def held_on(cls, day: date) -> ColumnElement[bool]:
        """The same as a condition of a query, and that it may be used (`User.held`)."""
        first = aliased(cls)
        duty, others = func.accredit_duty(cls.role), func.accredit_duty(first.role)
        kept = (
            select(others)
            .where(first.user_id == cls.user_id, others.is_not(None), first._on(day))
            .order_by(first.id)
            .limit(1)
            .correlate(cls)
            .scalar_subquery()
        )
        return and_(cls._on(day), or_(duty.is_(None), duty == kept))

    @classmethod
    def _on(cls, day: date) -> ColumnElement[bool]:
        return and_(
            or_(cls.starts_on.is_(None), cls.starts_on <= day), or_(cls.ends_on.is_(None), cls.ends_on > day)
        )


class Membership(Base):
    """A user who acts for a party; there may be several, and one is the main contact."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("party_id", "user_id"),)

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    user_id: Mapped[int] = ref("app_user", ondelete="CASCADE")
    main: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    since: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.now())

    party: Mapped[Party] = relationship(back_populates="memberships")
    user: Mapped[User] = relationship(back_populates="memberships")
