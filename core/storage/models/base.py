"""The declarative base, naming conventions and column types that all entities share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    MetaData,
    Numeric,
    String,
    Text,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Name = Annotated[str, mapped_column(String(200))]
Short = Annotated[str, mapped_column(String(64))]
Long = Annotated[str, mapped_column(Text)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Money = Annotated[Decimal, mapped_column(Numeric(18, 2))]
Hours = Annotated[Decimal, mapped_column(Numeric(9, 2))]
Percent = Annotated[Decimal, mapped_column(Numeric(5, 2))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]


class Base(DeclarativeBase):
    """Base of all entities; `unaudited` names columns whose changes the audit trail leaves out.

    `whose` names the columns that say whose the personal values of a row are, the first that is filled: of a
    foreign key the party or user that it leads to, of `id` the row itself.
    """

    metadata = MetaData(naming_convention=NAMING)
    unaudited: ClassVar[frozenset[str]] = frozenset()
    audited: ClassVar[bool] = True
    whose: ClassVar[tuple[str, ...]] = ()


def choice(options: type[StrEnum]) -> Enum:
    """A column type for an enumeration, kept as text under a CHECK constraint."""
    return Enum(
        options,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=options.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def ref(target: str, *, index: bool = True, ondelete: str | None = None, later: bool = False) -> Any:
    """A foreign key column to `table.id`, indexed unless said otherwise.

    `later` breaks a circle of tables: the constraint is added once both are there.
    """
    return mapped_column(
        BigInteger, ForeignKey(f"{target}.id", ondelete=ondelete, use_alter=later), index=index
    )


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _keep_old_values(_entity: type[Base], _key: str, attribute: Any) -> None:
    """Load a column's old value before it is replaced: the audit trail shows it."""
    if hasattr(attribute.property, "columns"):
        event.listen(attribute, "set", _unchanged, active_history=True, propagate=True)


def _unchanged(_target: object, _value: object, _old: object, _initiator: object) -> None:
    return None
