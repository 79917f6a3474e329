"""No account is given two of administration, decision and audit on one day; who has them keeps them.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

DUTY = """
CREATE FUNCTION accredit_duty(role text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT CASE role
    WHEN 'sysadmin' THEN 'administration'
    WHEN 'officer' THEN 'decision'
    WHEN 'lead' THEN 'decision'
    WHEN 'recommender' THEN 'decision'
    WHEN 'reviewer' THEN 'decision'
    WHEN 'auditor' THEN 'audit'
END
$$
"""
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
ONE_DUTY = """
CREATE TRIGGER role_grant_one_duty AFTER INSERT OR UPDATE ON role_grant
FOR EACH ROW EXECUTE FUNCTION accredit_separate_duties()"""


def upgrade() -> None:
    for statement in (DUTY, SEPARATE_DUTIES, ONE_DUTY):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER role_grant_one_duty ON role_grant")
    op.execute("DROP FUNCTION accredit_separate_duties()")
    op.execute("DROP FUNCTION accredit_duty(text)")
