"""Held messages: discarded by a person, and counted along an index of their kind.

Revision ID: 0018
Revises: 0016
"""

from __future__ import annotations

from alembic import op

revision: str = "0018"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None

STATES, NEVER, TABLE = (
    "ck_outbox_message_messagestate",
    "ck_outbox_message_discarded_never_sent",
    "outbox_message",
)


def upgrade() -> None:
    op.drop_constraint(op.f(STATES), TABLE, type_="check")
    op.create_check_constraint(
        op.f(STATES), TABLE, "state IN ('pending', 'sent', 'failed', 'held', 'discarded')"
    )
    op.create_check_constraint(
        op.f(NEVER), TABLE, "state <> 'discarded' OR (sent_at IS NULL AND attempts = 0)"
    )
    op.create_index("ix_outbox_message_alike", TABLE, ["program", "event", "created_at"])
    op.drop_index("ix_outbox_message_program", TABLE)


def downgrade() -> None:
    op.create_index("ix_outbox_message_program", TABLE, ["program"])
    op.drop_index("ix_outbox_message_alike", TABLE)
    op.drop_constraint(op.f(NEVER), TABLE, type_="check")
    # An earlier version knows no other state that nothing sends by itself; the reason stands beside it.
    op.execute("UPDATE outbox_message SET state = 'failed' WHERE state = 'discarded'")
    op.drop_constraint(op.f(STATES), TABLE, type_="check")
    op.create_check_constraint(op.f(STATES), TABLE, "state IN ('pending', 'sent', 'failed', 'held')")
