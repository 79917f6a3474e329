"""An account can be given up: it then names nobody.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0046"
down_revision: str | None = "0045"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = True

REACHED = "email IS NOT NULL OR mobile_confirmed_at IS NOT NULL"


def upgrade() -> None:
    op.add_column("app_user", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    _reached(f"{REACHED} OR given_up_at IS NOT NULL")
    _check("ck_app_user_given_up_is_closed", "given_up_at IS NULL OR NOT active")
    op.create_table(
        "left_file",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_left_file")),
    )


def downgrade() -> None:
    # Who gave an account up stays unknown: an address that cannot be written to keeps the row.
    op.execute("UPDATE app_user SET email = 'given-up-' || id || '@invalid' WHERE given_up_at IS NOT NULL")
    op.drop_table("left_file")
    op.drop_constraint(op.f("ck_app_user_given_up_is_closed"), "app_user")
    _reached(REACHED)
    op.drop_column("app_user", "given_up_at")


def _reached(how: str) -> None:
    op.drop_constraint(op.f("ck_app_user_can_be_reached"), "app_user")
    _check("ck_app_user_can_be_reached", how)


def _check(name: str, how: str) -> None:
    """Hold new rows to it at once, and look at the old ones while others write."""
    op.create_check_constraint(op.f(name), "app_user", how, postgresql_not_valid=True)
    op.execute(f"ALTER TABLE app_user VALIDATE CONSTRAINT {name}")
