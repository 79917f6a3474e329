"""What a downgrade would lose, found by trying it: down and up again, in a transaction that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, text

TABLES = text("""
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
AND relname <> 'alembic_version' ORDER BY relname""")
KEEP = "CREATE TEMPORARY TABLE accredit_before (name text, held text) ON COMMIT DROP"
ROWS = "SELECT '{name}', md5(to_jsonb(t)::text) FROM public.\"{name}\" t"
"""Each row by its columns' names, so that their order does not matter."""
MISSING = text("""
SELECT count(*) FROM (SELECT held FROM accredit_before WHERE name = :name
EXCEPT ALL SELECT held FROM accredit_after WHERE name = :name) gone""")


class LossError(Exception):
    """A downgrade was refused, since rows would go or come back other than they are."""

    def __init__(self, revision: str, losses: Mapping[str, int]) -> None:
        self.revision, self.losses = revision, dict(losses)
        told = ", ".join(f"{name} {number}" for name, number in self.losses.items())
        super().__init__(
            f"going back to {revision} would lose {sum(self.losses.values())} rows ({told}); nothing was "
            "changed. Stay on this version, or make a backup (accredit backup) and then give --lose"
        )


def losses(connection: Connection, down: Callable[[], None], up: Callable[[], None]) -> dict[str, int]:
    """By table how many rows are not what they were once the schema went down and up again.

    Nothing of it stays. Takes as long as both ways, and locks what they change meanwhile.
    """
    connection.rollback()
    connection.execute(text(KEEP))
    before = _note(connection, "accredit_before")
    down()
    up()
    connection.execute(text(KEEP.replace("before", "after")))
    _note(connection, "accredit_after")
    missing = {name: int(connection.scalar(MISSING, {"name": name}) or 0) for name in before}
    connection.rollback()
    return {name: number for name, number in missing.items() if number}


def _note(connection: Connection, noted: str) -> list[str]:
    names = list(connection.scalars(TABLES))
    for name in names:
        connection.execute(text(f"INSERT INTO {noted} " + ROWS.format(name=name)))
    return names
