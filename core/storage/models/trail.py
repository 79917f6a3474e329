"""What stands beside the audit trail: its links and signed ends, each person's key, the values it seals."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, String, func, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship
from sqlalchemy.types import DateTime

from core.storage.models.base import Base, Id, Moment


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
