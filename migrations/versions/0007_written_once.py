"""Triggers that keep what was written: the audit trail, the facts, the decisions."""

from alembic import op

from core.storage import ddl

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for statement in ddl.CREATE:
        op.execute(statement)


def downgrade() -> None:
    for statement in ddl.DROP:
        op.execute(statement)
