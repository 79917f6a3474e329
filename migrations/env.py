"""Runs the migrations: on the connection that `core.storage.migrate` gives, or under Flask-Migrate."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from core.storage.models import Base

FOREIGN = "procrastinate_"
"""Begins the names of what the job engine keeps in the database: not ours to compare."""


def ours(name: str | None, kind: str, parents: Any) -> bool:
    """Whether a thing found in the database belongs to the register's models."""
    owner = parents.get("table_name") if kind != "table" else name
    return not (owner or "").startswith(FOREIGN)


def run(connection: Connection | None = None) -> None:
    """Run what was asked, one transaction a revision; without a connection, print the SQL."""
    context.configure(
        connection=connection,
        dialect_name=None if connection is not None else "postgresql",
        target_metadata=Base.metadata,
        include_name=ours,
        compare_server_default=True,
        transaction_per_migration=True,
        literal_binds=connection is None,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run()
elif (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with current_app.extensions["migrate"].db.engine.connect() as opened:
        run(opened)
