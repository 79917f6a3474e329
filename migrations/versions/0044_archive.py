"""Closed cases are handed over to the archive as packages, each with the digest of its bytes.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = True

TABLE = "archive_package"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("retention_months", sa.Integer(), nullable=False),
        sa.Column("document_number", sa.String(length=200), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("archive_number", sa.String(length=100), server_default="", nullable=False),
        sa.Column("receiver", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_package")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_archive_package_application_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"], name=op.f("fk_archive_package_made_by_id")),
        sa.UniqueConstraint(
            "application_id", "sha256", name=op.f("uq_archive_package_application_id_sha256")
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_archive_package_sha256_in_hex")),
        sa.CheckConstraint(
            "(received_on IS NULL) = (archive_number = '')",
            name=op.f("ck_archive_package_received_under_a_number"),
        ),
    )
    op.create_index("ix_archive_package_program", TABLE, ["program", "id"])


def downgrade() -> None:
    op.drop_table(TABLE)
