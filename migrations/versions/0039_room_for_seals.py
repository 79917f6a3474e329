"""Columns of personal numbers and of codes have room for sealed texts.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

LENGTHS = {
    ("party", "id_number"): 18,
    ("party", "mobile"): 20,
    ("party", "phone"): 200,
    ("app_user", "mobile"): 20,
    ("verification_code", "address"): 200,
    ("verification_code", "code_hash"): 64,
    ("invitation", "address"): 200,
    ("outbox_message", "recipient"): 200,
    ("objection", "contact"): 200,
    ("objection", "code"): 32,
    ("complaint", "contact"): 200,
    ("complaint", "code"): 32,
}


EMPTY = (("party", "mobile"), ("party", "phone"), ("app_user", "mobile"))
"""Those with a default, which is of their type."""


def upgrade() -> None:
    for (table, column), length in LENGTHS.items():
        op.alter_column(table, column, type_=sa.Text(), existing_type=sa.String(length))
    _default()


def downgrade() -> None:
    for (table, column), length in LENGTHS.items():
        op.alter_column(table, column, type_=sa.String(length), existing_type=sa.Text())
    _default()


def _default() -> None:
    for table, column in EMPTY:
        op.alter_column(table, column, server_default="")
