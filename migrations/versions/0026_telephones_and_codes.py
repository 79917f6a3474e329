"""Telephone numbers beside the mobile one; credit codes accepted although their check digit does not fit.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "change_request"
KINDS = ["details", "closure", "merger", "split"]
WITH_NUMBER = ["details", "number", "closure", "merger", "split"]
STATES = ["open", "granted", "refused", "withdrawn"]


def upgrade() -> None:
    op.add_column("party", sa.Column("phone", sa.String(length=200), server_default="", nullable=False))
    op.add_column(TABLE, sa.Column("uscc", sa.String(length=18), nullable=True))
    _words("ck_change_request_changekind", "kind", WITH_NUMBER)
    _words("ck_change_request_changestate", "state", [*STATES, "revoked"])
    op.create_check_constraint(
        op.f("ck_change_request_number_has_a_code"), TABLE, "(kind = 'number') = (uscc IS NOT NULL)"
    )
    op.create_index("ix_change_request_uscc", TABLE, ["uscc"], postgresql_where=sa.text("uscc IS NOT NULL"))


def downgrade() -> None:
    # An earlier version takes no such code: what was said of it goes with its proof.
    op.execute(
        "DELETE FROM attachment WHERE change_request_id IN "
        "(SELECT id FROM change_request WHERE kind = 'number')"
    )
    op.execute("DELETE FROM change_request WHERE kind = 'number'")
    op.drop_index("ix_change_request_uscc", TABLE)
    op.drop_constraint(op.f("ck_change_request_number_has_a_code"), TABLE, type_="check")
    _words("ck_change_request_changestate", "state", STATES)
    _words("ck_change_request_changekind", "kind", KINDS)
    op.drop_column(TABLE, "uscc")
    op.drop_column("party", "phone")


def _words(name: str, column: str, words: list[str]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(name), TABLE, type_="check")
    op.create_check_constraint(op.f(name), TABLE, f"{column} IN ({listed})")
