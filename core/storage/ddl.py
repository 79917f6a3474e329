"""Functions and triggers of the database that keep what was written: the trail, the facts, the decisions."""

from __future__ import annotations

REFUSE = """
CREATE FUNCTION accredit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are written once and stay', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""

WRITTEN_ONCE = ("audit_event", "fact_entry", "decision")
"""Tables whose rows are neither changed nor removed."""

CREATE: tuple[str, ...] = (
    REFUSE,
    *(
        f"CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION accredit_refuse_change()"
        for table in WRITTEN_ONCE
    ),
    *(
        f"CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION accredit_refuse_change()"
        for table in WRITTEN_ONCE
    ),
)
"""Statements that set them up on tables that are there."""

DROP: tuple[str, ...] = (
    *(f"DROP TRIGGER {table}_stays ON {table}" for table in WRITTEN_ONCE),
    *(f"DROP TRIGGER {table}_rows_stay ON {table}" for table in WRITTEN_ONCE),
    "DROP FUNCTION accredit_refuse_change()",
)
"""Statements that take them away again."""
