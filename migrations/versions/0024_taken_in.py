"""Statuses granted before this register: taken in with numbers of their own, and where each came from.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.alter_column("accreditation", "sequence", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "taken_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("years_sha256", sa.String(length=64), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_by_id", sa.BigInteger(), nullable=True),
        sa.Column("last_active_on", sa.Date(), nullable=True),
        sa.Column("last_attended_on", sa.Date(), nullable=True),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.CheckConstraint("source_row >= 1", name=op.f("ck_taken_in_row_from_one")),
        sa.CheckConstraint(
            "last_active_on < taken_on AND last_attended_on < taken_on",
            name=op.f("ck_taken_in_told_of_before"),
        ),
        sa.ForeignKeyConstraint(
            ["accreditation_id"],
            ["accreditation.id"],
            name=op.f("fk_taken_in_accreditation_id"),
        ),
        sa.ForeignKeyConstraint(["taken_by_id"], ["app_user.id"], name=op.f("fk_taken_in_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_in")),
        sa.UniqueConstraint("accreditation_id", name=op.f("uq_taken_in_accreditation_id")),
    )


def downgrade() -> None:
    op.drop_table("taken_in")
    # An earlier version numbers everything: these come behind the last of their year.
    op.execute(
        """
        UPDATE accreditation a SET sequence = f.sequence FROM (
            SELECT o.id, coalesce((
                SELECT max(n.sequence) FROM accreditation n
                WHERE (n.program, n.track, n.year) = (o.program, o.track, o.year)
            ), 0) + row_number() OVER (PARTITION BY o.program, o.track, o.year ORDER BY o.id) AS sequence
            FROM accreditation o WHERE o.sequence IS NULL
        ) f WHERE f.id = a.id
        """
    )
    op.alter_column("accreditation", "sequence", existing_type=sa.Integer(), nullable=False)
