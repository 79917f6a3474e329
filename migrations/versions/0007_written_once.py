"""Triggers that keep what was written: the audit trail, the facts, the decisions."""

from alembic import op

from core.storage import ddl

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("audit_event", "fact_entry", "decision")


def upgrade() -> None:
    for statement in (ddl.REFUSE, *ddl.keep(TABLES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in (*ddl.release(TABLES), ddl.DROP_REFUSE):
        op.execute(statement)
