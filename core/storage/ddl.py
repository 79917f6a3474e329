"""Functions and triggers of the database that keep what was written: the trail, the facts, the decisions."""

from __future__ import annotations

from collections.abc import Iterable

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

ACCESS = "access_record"
FORGET_ACCESS = """
CREATE FUNCTION accredit_forget_access(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM access_record WHERE at < LEAST(before, now() - interval '6 months') RETURNING 1
    ) SELECT count(*) FROM gone
$$
"""
DROP_FORGET_ACCESS = "DROP FUNCTION accredit_forget_access(timestamptz)"
ACCESS_STAYS = (
    FORGET_ACCESS,
    f"CREATE TRIGGER {ACCESS}_rows_stay BEFORE UPDATE ON {ACCESS} "
    "FOR EACH ROW EXECUTE FUNCTION accredit_refuse_change()",
    f"CREATE TRIGGER {ACCESS}_young_rows_stay BEFORE DELETE ON {ACCESS} FOR EACH ROW "
    "WHEN (OLD.at >= now() - interval '6 months') EXECUTE FUNCTION accredit_refuse_change()",
    f"CREATE TRIGGER {ACCESS}_stays BEFORE TRUNCATE ON {ACCESS} "
    "FOR EACH STATEMENT EXECUTE FUNCTION accredit_refuse_change()",
)
"""The record of access only grows: its old rows go by the owner's function, which lets no younger one go
than article 21 (3) of the Cybersecurity Law has logs of a network kept for."""

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


CREATE = (REFUSE, *keep(WRITTEN_ONCE), *PLACED_ONCE, *ACCESS_STAYS)
"""Statements that set all of it up on tables that are there."""
