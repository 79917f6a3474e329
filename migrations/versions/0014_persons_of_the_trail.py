"""Personal values of the audit trail: beside the events, sealed under a key of each person's own.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "person_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_key")),
    )
    op.create_index("ix_person_key_person", "person_key", ["person"])
    op.create_table(
        "audit_value",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_value")),
    )
    op.create_index(op.f("ix_audit_value_key_id"), "audit_value", ["key_id"])


def downgrade() -> None:
    # What was recorded since stays as its digests: an earlier version shows these, and cannot open them.
    op.drop_table("audit_value")
    op.drop_table("person_key")
