"""From the review to the decision, notices and agreements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "review_assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=True),
        sa.Column("conflict_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("comment", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_assignment_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["app_user.id"], name=op.f("fk_review_assignment_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_assignment")),
        sa.UniqueConstraint(
            "application_id", "reviewer_id", name=op.f("uq_review_assignment_application_id_reviewer_id")
        ),
    )
    op.create_index(
        op.f("ix_review_assignment_application_id"), "review_assignment", ["application_id"], unique=False
    )
    op.create_index(
        op.f("ix_review_assignment_reviewer_id"), "review_assignment", ["reviewer_id"], unique=False
    )
    op.create_table(
        "score",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_score_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["review_assignment.id"],
            name=op.f("fk_score_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("assignment_id", "criterion", name=op.f("uq_score_assignment_id_criterion")),
    )
    op.create_index(op.f("ix_score_assignment_id"), "score", ["assignment_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "approved",
                "rejected",
                "waived",
                name="decisionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("clause", sa.String(length=64), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "kind <> 'waived' OR clause <> ''", name=op.f("ck_decision_waiver_names_condition")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_decision_application_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_decision_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_application_id"), "decision", ["application_id"], unique=False)
    op.create_index(op.f("ix_decision_by_id"), "decision", ["by_id"], unique=False)
    op.create_index(
        "uq_decision_once",
        "decision",
        ["application_id", "kind"],
        unique=True,
        postgresql_where=sa.text("kind <> 'waived'"),
    )
    op.create_table(
        "public_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "published_on < closes_on", name=op.f("ck_public_notice_day_of_publication_does_not_count")
        ),
        sa.CheckConstraint("working_days >= 1", name=op.f("ck_public_notice_has_working_days")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["app_user.id"], name=op.f("fk_public_notice_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
    )
    op.create_index(op.f("ix_public_notice_closes_on"), "public_notice", ["closes_on"], unique=False)
    op.create_index(
        op.f("ix_public_notice_published_by_id"), "public_notice", ["published_by_id"], unique=False
    )
    op.create_table(
        "notice_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_notice_item_application_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["public_notice.id"], name=op.f("fk_notice_item_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_item")),
        sa.UniqueConstraint(
            "notice_id", "application_id", name=op.f("uq_notice_item_notice_id_application_id")
        ),
    )
    op.create_index(op.f("ix_notice_item_application_id"), "notice_item", ["application_id"], unique=False)
    op.create_index(op.f("ix_notice_item_notice_id"), "notice_item", ["notice_id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_item_id", sa.BigInteger(), nullable=False),
        sa.Column("objector", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "upheld",
                "dismissed",
                name="objectionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("decision_reason", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_objection_decided_has_time")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_objection_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["notice_item_id"], ["notice_item.id"], name=op.f("fk_objection_notice_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("code", name=op.f("uq_objection_code")),
    )
    op.create_index(op.f("ix_objection_decided_by_id"), "objection", ["decided_by_id"], unique=False)
    op.create_index(op.f("ix_objection_notice_item_id"), "objection", ["notice_item_id"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=False),
        sa.Column("signed_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("valid_from <= valid_through", name=op.f("ck_agreement_valid_dates")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_agreement_application_id")
        ),
        sa.ForeignKeyConstraint(["signed_by_id"], ["app_user.id"], name=op.f("fk_agreement_signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("application_id", name=op.f("uq_agreement_application_id")),
    )
    op.create_index(op.f("ix_agreement_application_id"), "agreement", ["application_id"], unique=False)
    op.create_index(op.f("ix_agreement_signed_by_id"), "agreement", ["signed_by_id"], unique=False)


def downgrade() -> None:
    op.drop_table("agreement")
    op.drop_table("objection")
    op.drop_table("notice_item")
    op.drop_table("public_notice")
    op.drop_table("decision")
    op.drop_table("score")
    op.drop_table("review_assignment")
