"""A call says which service functions it leaves out, and why it is a second of its year.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False


def upgrade() -> None:
    op.add_column("call", sa.Column("closed_functions", JSONB(), server_default="[]", nullable=False))
    op.add_column("call", sa.Column("repeat_reason", sa.String(500), server_default="", nullable=False))
    # What the text of 2017 closes was a condition of its edition; it belongs to the calls of that year.
    op.execute(
        "UPDATE call SET closed_functions = '[\"legal\"]' WHERE program = 'shanghai'"
        " AND tracks ? 'specialized' AND extract(year FROM opens_at AT TIME ZONE 'Asia/Shanghai') = 2017"
    )


def downgrade() -> None:
    op.drop_column("call", "repeat_reason")
    op.drop_column("call", "closed_functions")
