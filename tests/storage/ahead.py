"""A database one expanding revision ahead of this code, for older code to work on."""

from __future__ import annotations

import sys

from sqlalchemy import text

from core.storage import migrate
from core.storage.engine import make_engine

EXPANSION = (
    "ALTER TABLE party ADD COLUMN of_a_later_version text",
    "ALTER TABLE application ADD COLUMN of_a_later_version integer NOT NULL DEFAULT 0",
    "ALTER TABLE accreditation ADD COLUMN of_a_later_version jsonb",
    "CREATE TABLE of_a_later_version (id bigint PRIMARY KEY, party_id bigint REFERENCES party)",
    "UPDATE alembic_version SET version_num = '9999'",
)


def main(url: str, application: str) -> None:
    """Migrate the database to the newest revision, and a made-up one on."""
    engine = make_engine(url)
    migrate.upgrade(engine, application=application)
    with engine.begin() as connection:
        for statement in EXPANSION:
            connection.execute(text(statement))
    migrate.give_rights(engine, application)
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
