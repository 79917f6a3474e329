"""What stands beside the audit trail: each person's key, and the personal values that it seals."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.storage.models.base import Base, Id


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
