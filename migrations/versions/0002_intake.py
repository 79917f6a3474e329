"""Calls, applications, facts and materials, recommendations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("tracks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submit_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recommend_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column(
            "score_sheet", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("opens_at < submit_by", name=op.f("ck_call_opens_before_it_closes")),
        sa.CheckConstraint(
            "recommend_by IS NULL OR recommend_by >= submit_by",
            name=op.f("ck_call_recommend_after_submission"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("program", "title", name=op.f("uq_call_program_title")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("track", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "own",
                "direct",
                "nomination",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="own",
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "recommended",
                "under_review",
                "on_notice",
                "agreement",
                "accredited",
                "rejected",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_extended_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("return_reason", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("paper_received_on", sa.Date(), nullable=True),
        sa.Column("nominated_from_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR channel = 'direct' OR submitted_at IS NOT NULL",
            name=op.f("ck_application_submitted_has_time"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_application_call_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_application_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_call_id"), "application", ["call_id"], unique=False)
    op.create_index(
        "ix_application_facts",
        "application",
        ["facts"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"facts": "jsonb_path_ops"},
    )
    op.create_index(
        op.f("ix_application_nominated_from_id"), "application", ["nominated_from_id"], unique=False
    )
    op.create_index(op.f("ix_application_party_id"), "application", ["party_id"], unique=False)
    op.create_index("ix_application_program_state", "application", ["program", "state"], unique=False)
    op.create_index(op.f("ix_application_region"), "application", ["region"], unique=False)
    op.create_index(op.f("ix_application_state"), "application", ["state"], unique=False)
    op.create_index(
        "uq_application_open",
        "application",
        ["party_id", "program", "track", sa.literal_column("coalesce(call_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('accredited', 'rejected', 'withdrawn')"),
    )
    op.create_table(
        "fact_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum(
                "claimed",
                "verified",
                "attested",
                "derived",
                name="provenance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_fact_entry_application_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_fact_entry_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_entry")),
    )
    op.create_index("ix_fact_entry_application_name", "fact_entry", ["application_id", "name"], unique=False)
    op.create_index(op.f("ix_fact_entry_by_id"), "fact_entry", ["by_id"], unique=False)
    op.create_table(
        "material_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_material_file_sha256_in_hex")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_material_file_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_material_file_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["app_user.id"], name=op.f("fk_material_file_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_file")),
    )
    op.create_index(
        "ix_material_file_application_key", "material_file", ["application_id", "key"], unique=False
    )
    op.create_index(op.f("ix_material_file_sha256"), "material_file", ["sha256"], unique=False)
    op.create_index(
        op.f("ix_material_file_uploaded_by_id"), "material_file", ["uploaded_by_id"], unique=False
    )
    op.create_table(
        "recommendation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("positive", sa.Boolean(), nullable=False),
        sa.Column("measured", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("recommender_party_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_recommendation_application_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_recommendation_by_id")),
        sa.ForeignKeyConstraint(
            ["recommender_party_id"], ["party.id"], name=op.f("fk_recommendation_recommender_party_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("application_id", "round", name=op.f("uq_recommendation_application_id_round")),
    )
    op.create_index(
        op.f("ix_recommendation_application_id"), "recommendation", ["application_id"], unique=False
    )
    op.create_index(op.f("ix_recommendation_by_id"), "recommendation", ["by_id"], unique=False)
    op.create_index(
        op.f("ix_recommendation_recommender_party_id"),
        "recommendation",
        ["recommender_party_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("recommendation")
    op.drop_table("material_file")
    op.drop_table("fact_entry")
    op.drop_table("application")
    op.drop_table("call")
