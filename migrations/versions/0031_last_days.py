"""Last days that are moved from days off: since when the table of a year is known.

Revision ID: 0031
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0024"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("holiday_day", sa.Column("known_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("holiday_day", "known_on")
