"""Reviews set aside or given as an opinion; second factors reset by two; looks at filers, and their files.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | None = None
depends_on: str | None = None

FILE, LOOK, RESET, TASK, BY, SAYS_WHY = (
    "filing_file",
    "filer_look",
    "factor_reset",
    "review_assignment",
    "fk_review_assignment_set_aside_by_id",
    "ck_review_assignment_whoever_sets_aside_says_why",
)


def upgrade() -> None:
    op.add_column(TASK, sa.Column("positive", sa.Boolean(), nullable=True))
    op.add_column(TASK, sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TASK, sa.Column("set_aside_by_id", sa.BigInteger(), nullable=True))
    op.add_column(TASK, sa.Column("set_aside_reason", sa.String(500), server_default="", nullable=False))
    op.create_foreign_key(op.f(BY), TASK, "app_user", ["set_aside_by_id"], ["id"])
    op.create_index(op.f("ix_review_assignment_set_aside_by_id"), TASK, ["set_aside_by_id"])
    op.create_check_constraint(op.f(SAYS_WHY), TASK, "(set_aside_at IS NULL) = (set_aside_reason = '')")
    op.create_table(
        RESET,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("closed_by", sa.String(200), server_default="", nullable=False),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by = '')", name=op.f("ck_factor_reset_closed_by_somebody")
        ),
        sa.CheckConstraint(
            "NOT confirmed OR COALESCE(closed_by_id::text, closed_by)"
            " <> COALESCE(opened_by_id::text, opened_by)",
            name=op.f("ck_factor_reset_confirmed_by_a_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_factor_reset_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["app_user.id"], name=op.f("fk_factor_reset_opened_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["app_user.id"], name=op.f("fk_factor_reset_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset")),
    )
    op.create_index(op.f("ix_factor_reset_user_id"), RESET, ["user_id"])
    op.create_index(
        "uq_factor_reset_open", RESET, ["user_id"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        LOOK,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("objection_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(complaint_id, objection_id) = 1", name=op.f("ck_filer_look_at_one_filing")
        ),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_filer_look_complaint_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_filer_look_objection_id")),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_filer_look_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filer_look")),
    )
    op.create_table(
        FILE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=True),
        sa.Column("objection_id", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(complaint_id, objection_id) = 1", name=op.f("ck_filing_file_of_one_filing")
        ),
        sa.CheckConstraint("size >= 0", name=op.f("ck_filing_file_size_not_negative")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_filing_file_sha256_in_hex")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_filing_file_complaint_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_filing_file_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_file")),
    )
    op.create_index(op.f("ix_filing_file_sha256"), FILE, ["sha256"])
    for table in (LOOK, FILE):
        for column in ("complaint_id", "objection_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table(FILE)
    op.drop_table(LOOK)
    op.drop_table(RESET)
    op.drop_constraint(op.f(SAYS_WHY), TASK, type_="check")
    for column in ("set_aside_reason", "set_aside_by_id", "set_aside_at", "positive"):
        op.drop_column(TASK, column)
