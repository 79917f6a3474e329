"""Two parties that look like one may be marked as two, and parties without a number are found by name.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index(
        "ix_party_unnumbered",
        "party",
        ["folded_name"],
        postgresql_where=sa.text("uscc IS NULL AND id_number IS NULL"),
    )
    op.create_table(
        "not_same",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_back_reason", sa.String(2000), server_default="", nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_not_same_lower_first")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_reason = '')",
            name=op.f("ck_not_same_taken_back_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(["one_id"], ["party.id"], name=op.f("fk_not_same_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["party.id"], name=op.f("fk_not_same_other_id")),
        sa.ForeignKeyConstraint(["marked_by_id"], ["app_user.id"], name=op.f("fk_not_same_marked_by_id")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["app_user.id"], name=op.f("fk_not_same_taken_back_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_same")),
    )
    op.create_index("ix_not_same_one_id", "not_same", ["one_id"])
    op.create_index("ix_not_same_other_id", "not_same", ["other_id"])
    op.create_index(
        "uq_not_same_pair",
        "not_same",
        ["one_id", "other_id"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("not_same")
    op.drop_index("ix_party_unnumbered", "party")
