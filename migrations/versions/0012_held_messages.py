"""Messages that the brake holds.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

NAME, TABLE = "ck_outbox_message_messagestate", "outbox_message"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, "state IN ('pending', 'sent', 'failed', 'held')")
    op.create_index("ix_outbox_message_created", TABLE, ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_outbox_message_created", TABLE)
    # An earlier version has no brake: a person looks at them among the failed ones.
    op.execute("UPDATE outbox_message SET state = 'failed' WHERE state = 'held'")
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, "state IN ('pending', 'sent', 'failed')")
