"""Statuses that were granted before this register, and by which row of which table they were taken in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.storage.models.base import Base, Id, Name, ref
from core.storage.models.register import Accreditation


class TakenIn(Base):
    """Where a status came from, and what is known of its days before: nothing follows of more than that."""

    __tablename__ = "taken_in"
    __table_args__ = (
        UniqueConstraint("accreditation_id"),
        CheckConstraint("source_row >= 1", "row_from_one"),
        CheckConstraint("last_active_on < taken_on AND last_attended_on < taken_on", "told_of_before"),
    )

    id: Mapped[Id]
    accreditation_id: Mapped[int] = ref("accreditation", index=False)
    filename: Mapped[Name]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the table, which stands in the store of files under it."""
    source_row: Mapped[int]
    """As a spreadsheet numbers the rows of the table."""
    taken_on: Mapped[date] = mapped_column(Date)
    taken_by_id: Mapped[int | None] = ref("app_user", index=False)
    last_active_on: Mapped[date | None] = mapped_column(Date)
    last_attended_on: Mapped[date | None] = mapped_column(Date)
    totals: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    """[{"first", "last", and metrics by name}]: what the services of days before come to."""

    accreditation: Mapped[Accreditation] = relationship()
