"""Reviews that are set aside, or are an opinion without points.

Revision ID: 0023
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None

TASK, BY, SAYS_WHY = (
    "review_assignment",
    "fk_review_assignment_set_aside_by_id",
    "ck_review_assignment_whoever_sets_aside_says_why",
)


def upgrade() -> None:
    op.add_column(TASK, sa.Column("positive", sa.Boolean(), nullable=True))
    op.add_column(TASK, sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TASK, sa.Column("set_aside_by_id", sa.BigInteger(), nullable=True))
    op.add_column(TASK, sa.Column("set_aside_reason", sa.String(500), server_default="", nullable=False))
    op.create_foreign_key(op.f(BY), TASK, "app_user", ["set_aside_by_id"], ["id"])
    op.create_index(op.f("ix_review_assignment_set_aside_by_id"), TASK, ["set_aside_by_id"])
    op.create_check_constraint(op.f(SAYS_WHY), TASK, "(set_aside_at IS NULL) = (set_aside_reason = '')")


def downgrade() -> None:
    op.drop_constraint(op.f(SAYS_WHY), TASK, type_="check")
    for column in ("set_aside_reason", "set_aside_by_id", "set_aside_at", "positive"):
        op.drop_column(TASK, column)
