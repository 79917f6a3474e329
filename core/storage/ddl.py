"""Functions and triggers of the database: what was written is kept, and duties are kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from alembic import context, op
from sqlalchemy import Connection

from core.domain.roles import Role

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


DUTY = f"""
CREATE FUNCTION accredit_duty(role text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT CASE role
{"".join(f"    WHEN '{role}' THEN '{role.duty}'{chr(10)}" for role in Role if role.duty)}END
$$
"""
DROP_DUTY = "DROP FUNCTION accredit_duty(text)"
SEPARATE_DUTIES = """
CREATE FUNCTION accredit_separate_duties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What was there before this rule may be made less, and so be mended.
    IF TG_OP = 'UPDATE' AND NEW.user_id = OLD.user_id
    AND accredit_duty(NEW.role) IS NOT DISTINCT FROM accredit_duty(OLD.role)
    AND coalesce(NEW.starts_on, '-infinity') >= coalesce(OLD.starts_on, '-infinity')
    AND coalesce(NEW.ends_on, 'infinity') <= coalesce(OLD.ends_on, 'infinity') THEN
        RETURN NULL;
    END IF;
    -- Two grants to one account at once wait for each other here, and the second sees the first.
    PERFORM FROM app_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM role_grant g WHERE g.user_id = NEW.user_id
        AND accredit_duty(g.role) <> accredit_duty(NEW.role)
        AND daterange(g.starts_on, g.ends_on) && daterange(NEW.starts_on, NEW.ends_on)
    ) THEN
        RAISE EXCEPTION 'the account % has another duty on a day of this role', NEW.user_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'role_grant_one_duty';
    END IF;
    RETURN NULL;
END
$$
"""
DROP_SEPARATE_DUTIES = "DROP FUNCTION accredit_separate_duties()"
ONE_DUTY = """
CREATE TRIGGER role_grant_one_duty AFTER INSERT OR UPDATE ON role_grant
FOR EACH ROW EXECUTE FUNCTION accredit_separate_duties()"""


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


CREATE = (REFUSE, *keep(WRITTEN_ONCE), *PLACED_ONCE, DUTY, SEPARATE_DUTIES, ONE_DUTY, *ACCESS_STAYS)
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


@contextmanager
def apart() -> Iterator[tuple[Connection, bool]]:
    """A connection on which a revision changes rows, and whether it may commit a part of them before it ends.

    A try is one transaction, and none of its changes may outlive it.
    """
    if context.config.attributes.get(TRIED):
        yield op.get_bind(), False
        return
    with op.get_bind().engine.connect() as connection:
        yield connection, True
