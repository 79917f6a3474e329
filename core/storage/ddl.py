"""Functions and triggers of the database that keep what was written: the trail, the facts, the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from alembic import context, op

REFUSE = """
CREATE FUNCTION accredit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are written once and stay', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""
DROP_REFUSE = "DROP FUNCTION accredit_refuse_change()"

WRITTEN_ONCE = ("audit_event", "audit_end", "fact_entry", "decision", "decision_correction")
"""Tables whose rows are neither changed nor removed."""

LINKS = "audit_link"
PLACED_ONCE = (
    """
CREATE TRIGGER audit_link_place_stays BEFORE UPDATE ON audit_link FOR EACH ROW WHEN (
    OLD.number IS NOT NULL OR NEW.number IS NULL
    OR (OLD.id, OLD.written_at, OLD.events, OLD.root)
        IS DISTINCT FROM (NEW.id, NEW.written_at, NEW.events, NEW.root)
) EXECUTE FUNCTION accredit_refuse_change()""",
    "CREATE TRIGGER audit_link_rows_stay BEFORE DELETE ON audit_link "
    "FOR EACH ROW EXECUTE FUNCTION accredit_refuse_change()",
    "CREATE TRIGGER audit_link_stays BEFORE TRUNCATE ON audit_link "
    "FOR EACH STATEMENT EXECUTE FUNCTION accredit_refuse_change()",
)
"""The links of the trail stay, too, but for one change: they are given their place in the chain, once."""


def keep(tables: Iterable[str]) -> tuple[str, ...]:
    """Statements that have tables refuse changes."""
    return tuple(
        statement
        for table in tables
        for statement in (
            f"CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION accredit_refuse_change()",
            f"CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION accredit_refuse_change()",
        )
    )


def release(tables: Iterable[str]) -> tuple[str, ...]:
    """Statements that take this away again."""
    return tuple(
        f"DROP TRIGGER {table}_{what} ON {table}" for table in tables for what in ("stays", "rows_stay")
    )


CREATE = (REFUSE, *keep(WRITTEN_ONCE), *PLACED_ONCE)
"""Statements that set all of it up on tables that are there."""


TRIED = "tried"
"""Tells the revisions that they run in a try."""


@contextmanager
def unlocked() -> Iterator[dict[str, bool]]:
    """The options with which a revision makes or drops an index while the site works on the table.

    In a try that is taken back, which is one transaction, they are none.
    """
    if context.config.attributes.get(TRIED):
        yield {}
        return
    with op.get_context().autocommit_block():
        yield {"postgresql_concurrently": True}
