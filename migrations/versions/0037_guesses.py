"""Guesses are counted by account and network address; the count of an account alone goes.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

TABLE = "guess"
KINDS = ["password", "factor", "code", "code_asked", "invitation", "follow_up"]


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name=op.f("ck_guess_guesskind")
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_guess_failures_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guess")),
    )
    op.create_index(
        "uq_guess_place", TABLE, ["kind", sa.text("coalesce(user_id, 0)"), "address"], unique=True
    )
    op.create_index("ix_guess_user_id", TABLE, ["user_id"])
    op.create_index(
        "ix_guess_untold", TABLE, ["id"], postgresql_where=sa.text("locked_until IS NOT NULL AND NOT told")
    )
    # A lock lasts for minutes: whoever is locked out by the old count waits no longer for it.
    op.drop_column("app_user", "locked_until")
    op.drop_column("app_user", "failed_logins")


def downgrade() -> None:
    op.add_column("app_user", sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False))
    op.add_column("app_user", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.drop_table(TABLE)
