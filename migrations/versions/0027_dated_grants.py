"""Roles that are held from a day on or until one: an old body's end, and pass to the new one.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | None = None
depends_on: str | None = None

REACH = [
    "user_id",
    "role",
    sa.text("coalesce(program, '')"),
    sa.text("coalesce(region, '')"),
    sa.text("coalesce(party_id, 0)"),
]


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("role_grant", sa.Column("ends_on", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_role_grant_dates_in_order"), "role_grant", "starts_on < ends_on")
    op.drop_index("uq_role_grant_reach", "role_grant")
    op.create_index(
        "uq_role_grant_reach", "role_grant", REACH, unique=True, postgresql_where=sa.text("ends_on IS NULL")
    )


def downgrade() -> None:
    # An earlier version knows no days: what does not hold today goes.
    op.execute("DELETE FROM role_grant WHERE ends_on IS NOT NULL OR starts_on > CURRENT_DATE")
    op.drop_index("uq_role_grant_reach", "role_grant")
    op.create_index("uq_role_grant_reach", "role_grant", REACH, unique=True)
    op.drop_constraint(op.f("ck_role_grant_dates_in_order"), "role_grant", type_="check")
    op.drop_column("role_grant", "ends_on")
    op.drop_column("role_grant", "starts_on")
