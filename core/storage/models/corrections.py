"""Items to correct: what was marked when an application was returned."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.rules.text import T
from core.storage.models.base import Base, Id, Moment, Short, choice, ref


class CorrectionKind(StrEnum):
    """What is marked."""

    FACT = "fact"
    MATERIAL = "material"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _CORRECTION_KIND_LABELS[self]


_CORRECTION_KIND_LABELS = {
    CorrectionKind.FACT: T("事实", "Fact"),
    CorrectionKind.MATERIAL: T("材料", "Document"),
}


class CorrectionItem(Base):
    """A fact or a material that one return asks to correct; those of every return stay."""

    __tablename__ = "correction_item"
    __table_args__ = (UniqueConstraint("application_id", "returned_at", "kind", "key"),)

    id: Mapped[Id]
    application_id: Mapped[int] = ref("application", index=False)
    returned_at: Mapped[Moment]
    kind: Mapped[CorrectionKind] = mapped_column(choice(CorrectionKind))
    key: Mapped[Short]
    """The fact's name, or the material's key."""
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
