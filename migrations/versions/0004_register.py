"""The register and its service diary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "accreditation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("track", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("functions", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "rectifying",
                "expired",
                "revoked",
                "withdrawn",
                name="accreditationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="active",
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_clause", sa.String(length=64), server_default="", nullable=False),
        sa.Column("extension_needs_decision", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(state IN ('active', 'rectifying')) = (ended_on IS NULL)",
            name=op.f("ck_accreditation_ended_when_not_active"),
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_accreditation_sequence_from_one")),
        sa.CheckConstraint(
            "started_on <= valid_from AND valid_from <= valid_through",
            name=op.f("ck_accreditation_dates_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_accreditation_application_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_accreditation_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation")),
        sa.UniqueConstraint("number", name=op.f("uq_accreditation_number")),
        sa.UniqueConstraint(
            "program", "track", "year", "sequence", name=op.f("uq_accreditation_program_track_year_sequence")
        ),
    )
    op.create_index(
        "ix_accreditation_due",
        "accreditation",
        ["next_due_on"],
        unique=False,
        postgresql_where=sa.text("next_due_on IS NOT NULL"),
    )
    op.create_index(op.f("ix_accreditation_party_id"), "accreditation", ["party_id"], unique=False)
    op.create_index(
        "ix_accreditation_program_state", "accreditation", ["program", "track", "state"], unique=False
    )
    op.create_index(op.f("ix_accreditation_region"), "accreditation", ["region"], unique=False)
    op.create_index("ix_accreditation_valid_through", "accreditation", ["valid_through"], unique=False)
    op.create_index(
        "uq_accreditation_active",
        "accreditation",
        ["party_id", "program", "track"],
        unique=True,
        postgresql_where=sa.text("state IN ('active', 'rectifying')"),
    )
    op.create_index(
        "uq_accreditation_application_id",
        "accreditation",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("application_id IS NOT NULL"),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("organized_by_authority", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_campaign_starts_before_it_ends")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "service_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("function", sa.String(length=64), server_default="", nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "online",
                "offline",
                "both",
                name="servicemode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="offline",
            nullable=False,
        ),
        sa.Column("hours", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("participants", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "enterprises", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("enterprise_keys", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("satisfaction_pct", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("fee_cny", sa.Numeric(precision=18, scale=2), server_default="0", nullable=False),
        sa.Column("organized_by_authority", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("public_benefit", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("summary", sa.String(length=4000), server_default="", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "verified",
                "rejected",
                name="recordstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="submitted",
            nullable=False,
        ),
        sa.Column("rejection_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("fee_cny >= 0", name=op.f("ck_service_record_fee_not_negative")),
        sa.CheckConstraint("hours >= 0 AND hours <= 24 * 31", name=op.f("ck_service_record_hours_in_range")),
        sa.CheckConstraint(
            "satisfaction_pct BETWEEN 0 AND 100", name=op.f("ck_service_record_satisfaction_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_service_record_accreditation_id")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_service_record_campaign_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_service_record_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
        sa.UniqueConstraint(
            "accreditation_id", "entry_id", name=op.f("uq_service_record_accreditation_id_entry_id")
        ),
    )
    op.create_index(
        "ix_service_record_check",
        "service_record",
        ["accreditation_id", "service_date"],
        unique=False,
        postgresql_include=[
            "state",
            "hours",
            "satisfaction_pct",
            "fee_cny",
            "organized_by_authority",
            "public_benefit",
        ],
    )
    op.create_index(op.f("ix_service_record_entry_id"), "service_record", ["entry_id"], unique=False)
    op.create_table(
        "annual_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("success_cases", sa.Text(), server_default="", nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("submitted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_annual_report_accreditation_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["app_user.id"], name=op.f("fk_annual_report_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_report")),
        sa.UniqueConstraint(
            "accreditation_id",
            "year",
            "submitted_on",
            name=op.f("uq_annual_report_accreditation_id_year_submitted_on"),
        ),
    )
    op.create_index(
        op.f("ix_annual_report_accreditation_id"), "annual_report", ["accreditation_id"], unique=False
    )
    op.create_table(
        "nomination",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("nominated_on", sa.Date(), nullable=False),
        sa.Column("nominated_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_nomination_accreditation_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_nomination_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["nominated_by_id"], ["app_user.id"], name=op.f("fk_nomination_nominated_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint(
            "accreditation_id", "target", "year", name=op.f("uq_nomination_accreditation_id_target_year")
        ),
    )
    op.create_index(op.f("ix_nomination_accreditation_id"), "nomination", ["accreditation_id"], unique=False)
    op.create_index(op.f("ix_nomination_application_id"), "nomination", ["application_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_application_nominated_from_id"),
        "application",
        "accreditation",
        ["nominated_from_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_constraint("fk_application_nominated_from_id", "application", type_="foreignkey")
    op.drop_table("nomination")
    op.drop_table("annual_report")
    op.drop_table("service_record")
    op.drop_table("campaign")
    op.drop_table("accreditation")
