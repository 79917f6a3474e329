"""What stands beside the audit trail: its links and signed ends, each person's key, the values it seals.

And what must stay when data go: lists of what is destroyed, and what keeps something from it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship
from sqlalchemy.types import Date, DateTime

from core.domain.lifecycle.keeping import Kept
from core.storage.models.base import Base, Id, Json, Moment, Short, choice, ref
from core.storage.models.people import Party, User


class AuditLink(Base):
    """The events of one transaction; the sealer gives it its place in the chain, once, after the commit."""

    __tablename__ = "audit_link"
    __table_args__ = (
        CheckConstraint("events > 0", "events_positive"),
        CheckConstraint("num_nulls(number, previous_hash, hash) IN (0, 3)", "placed_whole"),
        Index("ix_audit_link_unplaced", "id", postgresql_where=text("number IS NULL")),
    )
    audited = False

    id: Mapped[Id]
    """Names the transaction; from a sequence, so that gaps are transactions that were taken back."""
    written_at: Mapped[Moment] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    events: Mapped[int] = mapped_column(Integer)
    root: Mapped[str] = mapped_column(String(64))
    """The hash over the hashes of its events, in their order."""
    number: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Its place, without gaps; None until it is sealed."""
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


class AuditEnd(Base):
    """Stands for the links that were written into a file and taken out of the database, signed."""

    __tablename__ = "audit_end"
    __table_args__ = (CheckConstraint("first BETWEEN 1 AND number", "first_to_last"),)
    audited = False

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The last link of the part."""
    first: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    """That of the last link: the next one goes on from it."""
    events: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file, up to the line of the end."""
    at: Mapped[Moment]
    key: Mapped[str] = mapped_column(String(44))
    signature: Mapped[str] = mapped_column(String(88))


class PersonKey(Base):
    """A person's key, wrapped under a master key outside the database; without it the person is erased."""

    __tablename__ = "person_key"
    __table_args__ = (Index("ix_person_key_person", "person"),)
    audited = False

    id: Mapped[Id]
    """Stands in each digest: two of one person, after the master keys were lost, are told apart."""
    person: Mapped[str] = mapped_column(String(80))
    """A row of a table, `party:12`, `user:3`, `complaint:4`."""
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class AuditValue(Base):
    """The personal values of one event, {path: [before, after]}, sealed under the person's key."""

    __tablename__ = "audit_value"
    audited = False

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key_id: Mapped[int] = mapped_column(BigInteger, index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    key: Mapped[PersonKey | None] = relationship(
        primaryjoin=lambda: foreign(AuditValue.key_id) == PersonKey.id, viewonly=True
    )


class LegalHold(Base):
    """Keeps a party, or one case of it, from being destroyed: for a suit, an audit, an investigation."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        Index(
            "uq_legal_hold_open",
            "party_id",
            text("coalesce(application_id, 0)"),
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        CheckConstraint("(lifted_at IS NULL) = (lifted_reason = '')", "lifted_with_a_reason"),
        CheckConstraint("lifted_by_id <> placed_by_id", "lifted_by_a_second_person"),
    )

    id: Mapped[Id]
    party_id: Mapped[int] = ref("party")
    application_id: Mapped[int | None] = ref("application", index=False)
    """The case alone; None for all of the party."""
    reason: Mapped[str] = mapped_column(String(2000))
    placed_by_id: Mapped[int | None] = ref("app_user", index=False)
    placed_at: Mapped[Moment]
    lifted_by_id: Mapped[int | None] = ref("app_user", index=False)
    lifted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lifted_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")

    placed_by: Mapped[User | None] = relationship(foreign_keys=[placed_by_id])
    lifted_by: Mapped[User | None] = relationship(foreign_keys=[lifted_by_id])


class DestructionList(Base):
    """What of one kind is to be destroyed: drawn up, approved by two, carried out; or declined.

    It stays for good, with what it counted: its certificate is made of it.
    """

    __tablename__ = "destruction_list"
    __table_args__ = (
        Index(
            "uq_destruction_list_open",
            "program",
            "kind",
            unique=True,
            postgresql_where=text("carried_out_at IS NULL AND declined_at IS NULL"),
        ),
        CheckConstraint("first_by_id <> second_by_id", "approved_by_two"),
        CheckConstraint("(carried_out_at IS NULL) = (second_by_id IS NULL)", "carried_out_once_approved"),
        CheckConstraint("carried_out_at IS NULL OR first_by_id IS NOT NULL", "first_before_second"),
        CheckConstraint("carried_out_at IS NULL OR declined_at IS NULL", "carried_out_or_declined"),
        CheckConstraint("(declined_at IS NULL) = (declined_reason = '')", "declined_with_a_reason"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256_in_hex"),
    )

    id: Mapped[Id]
    program: Mapped[Short]
    kind: Mapped[Kept] = mapped_column(choice(Kept))
    months: Mapped[int]
    """The length that held when it was drawn up."""
    reason: Mapped[str] = mapped_column(String(2000))
    sha256: Mapped[str] = mapped_column(String(64))
    """Over what stands on it, so that what was approved is what was drawn up."""
    proposed_by_id: Mapped[int | None] = ref("app_user", index=False)
    proposed_at: Mapped[Moment]
    first_by_id: Mapped[int | None] = ref("app_user", index=False)
    first_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    second_by_id: Mapped[int | None] = ref("app_user", index=False)
    carried_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    declined_by_id: Mapped[int | None] = ref("app_user", index=False)
    declined_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    declined_reason: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    counts: Mapped[Json] = mapped_column(JSONB, default=dict, server_default="{}")
    """{table: rows that went}."""
    files_gone: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    files_left: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    """Hashes of files that no row names any more, and that are still to be taken from the store."""
    unaudited = frozenset({"files_gone", "files_left"})

    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    first_by: Mapped[User | None] = relationship(foreign_keys=[first_by_id])
    second_by: Mapped[User | None] = relationship(foreign_keys=[second_by_id])
    declined_by: Mapped[User | None] = relationship(foreign_keys=[declined_by_id])

    @property
    def is_open(self) -> bool:
        """Whether it waits to be approved or declined."""
        return self.carried_out_at is None and self.declined_at is None


class LeftFile(Base):
    """A file whose row went with an account that was given up: still to be taken from the store."""

    __tablename__ = "left_file"
    audited = False

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    left_at: Mapped[Moment]


class DestructionItem(Base):
    """One row of the register on a list of destruction, by its number, and what became of it."""

    __tablename__ = "destruction_item"
    __table_args__ = (UniqueConstraint("list_id", "subject_id"),)
    audited = False

    id: Mapped[Id]
    list_id: Mapped[int] = ref("destruction_list", index=False)
    subject_id: Mapped[int] = mapped_column(BigInteger)
    """Of the row, in the table of the list's kind; no key leads to what goes."""
    party_id: Mapped[int | None] = ref("party", index=False)
    since: Mapped[date] = mapped_column(Date)
    gone: Mapped[bool | None]
    """None until it is carried out; False where it was kept after all: held, or counted anew."""

    party: Mapped[Party | None] = relationship()


class ArchivePackage(Base):
    """A closed case, put together for the archive: what its package says of it, and its digest."""

    __tablename__ = "archive_package"
    __table_args__ = (
        UniqueConstraint("application_id", "sha256"),
        Index("ix_archive_package_program", "program", "id"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", "sha256_in_hex"),
        CheckConstraint("(received_on IS NULL) = (archive_number = '')", "received_under_a_number"),
    )

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application", index=False)
    program: Mapped[Short]
    region: Mapped[str] = mapped_column(String(6))
    retention_months: Mapped[int]
    document_number: Mapped[str] = mapped_column(String(200))
    files: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    made_by_id: Mapped[int | None] = ref("app_user", index=False)
    made_at: Mapped[Moment]
    """The package is of this moment: made again of the same case it has the same bytes."""
    received_on: Mapped[date | None] = mapped_column(Date)
    archive_number: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """Under which the archive keeps it (档号)."""
    receiver: Mapped[str] = mapped_column(String(200), default="", server_default="")

    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
