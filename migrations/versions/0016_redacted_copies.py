"""Redacted copies: what is sealed behind them, who looked, what parties ask; a decision names its files.

Revision ID: 0016
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0016"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

ONE_DOCUMENT = "num_nonnulls(material_id, attachment_id) = 1"


def upgrade() -> None:
    op.add_column(
        "decision",
        sa.Column("documents", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.create_table(
        "redaction",
        *_document(),
        *_why(),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("copy_filename", sa.String(length=200), nullable=False),
        sa.Column("copy_content_type", sa.String(length=100), nullable=False),
        sa.Column("copy_size", sa.Integer(), nullable=False),
        sa.Column("copy_sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_reason", sa.String(length=2000), server_default="", nullable=False),
        sa.CheckConstraint(ONE_DOCUMENT, name=op.f("ck_redaction_one_document")),
        sa.CheckConstraint("size >= 0 AND copy_size >= 0", name=op.f("ck_redaction_size_not_negative")),
        sa.CheckConstraint(
            "sha256 ~ '^[0-9a-f]{64}$' AND copy_sha256 ~ '^[0-9a-f]{64}$'",
            name=op.f("ck_redaction_sha256_in_hex"),
        ),
        sa.CheckConstraint("sha256 <> copy_sha256", name=op.f("ck_redaction_copy_differs")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL) AND (lifted_at IS NULL) = (lifted_reason = '')",
            name=op.f("ck_redaction_lifted_by_someone"),
        ),
        sa.CheckConstraint("lifted_by_id <> by_id", name=op.f("ck_redaction_lifted_by_a_second_person")),
        *_references("redaction", party_id="party", by_id="app_user", lifted_by_id="app_user"),
        *_references("redaction", material_id="material_file", attachment_id="attachment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
    )
    for column in ("material_id", "attachment_id", "sha256"):
        op.create_index(op.f(f"ix_redaction_{column}"), "redaction", [column])
    op.create_table(
        "sealed_opening",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("redaction_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_references("sealed_opening", redaction_id="redaction", by_id="app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_opening")),
    )
    op.create_index(op.f("ix_sealed_opening_redaction_id"), "sealed_opening", ["redaction_id"])
    op.create_table(
        "redaction_request",
        *_document(),
        sa.Column("program", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=True),
        *_why(),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("redaction_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(ONE_DOCUMENT, name=op.f("ck_redaction_request_one_document")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '' AND redaction_id IS NULL)",
            name=op.f("ck_redaction_request_answered_somehow"),
        ),
        *_references("redaction_request", material_id="material_file", attachment_id="attachment"),
        *_references("redaction_request", party_id="party", redaction_id="redaction"),
        *_references("redaction_request", asked_by_id="app_user", answered_by_id="app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_request")),
    )
    for column in ("material", "attachment"):
        op.create_index(
            f"uq_redaction_request_open_{column}",
            "redaction_request",
            [f"{column}_id"],
            unique=True,
            postgresql_where=sa.text("answered_at IS NULL"),
        )


def downgrade() -> None:
    # An earlier version shows what stands in a document's row: that stays the copy.
    for table in ("redaction_request", "sealed_opening", "redaction"):
        op.drop_table(table)
    op.drop_column("decision", "documents")


def _document() -> list[sa.Column]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("material_id", sa.BigInteger(), nullable=True),
        sa.Column("attachment_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
    ]


def _why() -> list[sa.Column]:
    kind = sa.Enum(
        "wrong_document",
        "personal_data",
        "secret",
        "other",
        name="redactionkind",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    return [
        sa.Column("kind", kind, nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
    ]


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]
