"""Runs the migrations on the connection that `core.storage.migrate` gives, one transaction a revision."""

from __future__ import annotations

from typing import Any

from alembic import context

from core.storage.models import Base

FOREIGN = "procrastinate_"
"""Begins the names of what the job engine keeps in the database: not ours to compare."""


def ours(name: str | None, kind: str, parents: Any) -> bool:
    """Whether a thing found in the database belongs to the register's models."""
    owner = parents.get("table_name") if kind != "table" else name
    return not (owner or "").startswith(FOREIGN)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=ours,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
