"""Supervision of the accredited."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "register_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "accredited",
                "reminder",
                "warning",
                "shortfall",
                "finding_opened",
                "reverification_due",
                "rectification_ordered",
                "rectification_closed",
                "exit_proposed",
                "exit_dismissed",
                "exit_overturned",
                "revoked",
                "expired",
                "extended",
                "extension_refused",
                "withdrawn",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("title_zh", sa.String(length=500), nullable=False),
        sa.Column("title_en", sa.String(length=500), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_register_event_accreditation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_event")),
        sa.UniqueConstraint(
            "accreditation_id",
            "kind",
            "clause",
            "period",
            name=op.f("uq_register_event_accreditation_id_kind_clause_period"),
        ),
    )
    op.create_index(
        "ix_register_event_kind_happened_on", "register_event", ["kind", "happened_on"], unique=False
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("complainant", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=2000), server_default="", nullable=False),
        sa.CheckConstraint(
            "(verified IS NULL) = (decided_on IS NULL)", name=op.f("ck_complaint_decided_has_day")
        ),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_complaint_accreditation_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_complaint_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("code", name=op.f("uq_complaint_code")),
    )
    op.create_index(op.f("ix_complaint_accreditation_id"), "complaint", ["accreditation_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("clause", sa.String(length=64), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=True),
        sa.Column("service_record_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "established",
                "dismissed",
                name="findingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=2000), server_default="", nullable=False),
        sa.CheckConstraint(
            "(state = 'established') = (established_on IS NOT NULL)",
            name=op.f("ck_finding_established_has_day"),
        ),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_finding_accreditation_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_finding_decided_by_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["app_user.id"], name=op.f("fk_finding_opened_by_id")),
        sa.ForeignKeyConstraint(
            ["service_record_id"], ["service_record.id"], name=op.f("fk_finding_service_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("service_record_id", name=op.f("uq_finding_service_record_id")),
    )
    op.create_index(op.f("ix_finding_accreditation_id"), "finding", ["accreditation_id"], unique=False)
    op.create_table(
        "rectification",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "passed",
                "failed",
                "lapsed",
                name="rectificationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("result_note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('passed', 'failed') OR result_on IS NOT NULL",
            name=op.f("ck_rectification_result_has_day"),
        ),
        sa.CheckConstraint("ordered_on <= deadline", name=op.f("ck_rectification_deadline_after_order")),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_rectification_accreditation_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["app_user.id"], name=op.f("fk_rectification_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
    )
    op.create_index(
        op.f("ix_rectification_accreditation_id"), "rectification", ["accreditation_id"], unique=False
    )
    op.create_index(
        "uq_rectification_open",
        "rectification",
        ["accreditation_id", "clause"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "exit_case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("title_zh", sa.String(length=500), nullable=False),
        sa.Column("title_en", sa.String(length=500), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "automatic", "confirm", name="mode", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("ban_years", sa.Integer(), server_default="0", nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("finding_id", sa.BigInteger(), nullable=True),
        sa.Column("rectification_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("objection_until", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "objected",
                "held",
                "confirmed_once",
                "upheld",
                "dismissed",
                "overturned",
                name="exitstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="proposed",
            nullable=False,
        ),
        sa.Column("objection", sa.Text(), server_default="", nullable=False),
        sa.Column("objected_on", sa.Date(), nullable=True),
        sa.Column("human_requested", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_officer_id", sa.BigInteger(), nullable=True),
        sa.Column("second_officer_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("appeal", sa.Text(), server_default="", nullable=False),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("appeal_decided_on", sa.Date(), nullable=True),
        sa.Column("appeal_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("ban_years >= 0", name=op.f("ck_exit_case_ban_not_negative")),
        sa.CheckConstraint(
            "first_officer_id IS NULL OR first_officer_id <> second_officer_id",
            name=op.f("ck_exit_case_two_different_officers"),
        ),
        sa.CheckConstraint(
            "objection_until IS NULL OR (told_on IS NOT NULL AND told_on < objection_until)",
            name=op.f("ck_exit_case_objection_after_telling"),
        ),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_exit_case_accreditation_id")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_exit_case_finding_id")),
        sa.ForeignKeyConstraint(
            ["first_officer_id"], ["app_user.id"], name=op.f("fk_exit_case_first_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["app_user.id"], name=op.f("fk_exit_case_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["rectification.id"], name=op.f("fk_exit_case_rectification_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_officer_id"], ["app_user.id"], name=op.f("fk_exit_case_second_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_case")),
    )
    op.create_index(op.f("ix_exit_case_accreditation_id"), "exit_case", ["accreditation_id"], unique=False)
    op.create_index(op.f("ix_exit_case_state"), "exit_case", ["state"], unique=False)
    op.create_index(
        "uq_exit_case_open",
        "exit_case",
        ["accreditation_id", "clause"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'objected', 'held', 'confirmed_once')"),
    )
    op.create_table(
        "ban",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("clause", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("exit_case_id", sa.BigInteger(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("starts_on <= through", name=op.f("ck_ban_dates_in_order")),
        sa.ForeignKeyConstraint(["exit_case_id"], ["exit_case.id"], name=op.f("fk_ban_exit_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_ban_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban")),
    )
    op.create_index("ix_ban_party_program", "ban", ["party_id", "program"], unique=False)
    op.create_index(
        "uq_ban_exit_case_id",
        "ban",
        ["exit_case_id"],
        unique=True,
        postgresql_where=sa.text("exit_case_id IS NOT NULL"),
    )
    op.create_table(
        "excused_absence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("excused_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_excused_absence_accreditation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["app_user.id"], name=op.f("fk_excused_absence_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excused_absence")),
    )
    op.create_index(
        op.f("ix_excused_absence_accreditation_id"), "excused_absence", ["accreditation_id"], unique=False
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(length=64), server_default="", nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("quality", sa.Text(), server_default="", nullable=False),
        sa.Column("fees", sa.Text(), server_default="", nullable=False),
        sa.Column("satisfaction_pct", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("inspector_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_inspection_accreditation_id")
        ),
        sa.ForeignKeyConstraint(["inspector_id"], ["app_user.id"], name=op.f("fk_inspection_inspector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_accreditation_id"), "inspection", ["accreditation_id"], unique=False)
    op.create_table(
        "extension_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "granted",
                "refused",
                name="extensionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("old_valid_through", sa.Date(), nullable=False),
        sa.Column("new_valid_through", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "old_valid_through < new_valid_through", name=op.f("ck_extension_request_extends")
        ),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_extension_request_accreditation_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["app_user.id"], name=op.f("fk_extension_request_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["app_user.id"], name=op.f("fk_extension_request_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_request")),
    )
    op.create_index(
        op.f("ix_extension_request_accreditation_id"), "extension_request", ["accreditation_id"], unique=False
    )
    op.create_index(
        "uq_extension_request_open",
        "extension_request",
        ["accreditation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("extension_request")
    op.drop_table("inspection")
    op.drop_table("excused_absence")
    op.drop_table("ban")
    op.drop_table("exit_case")
    op.drop_table("rectification")
    op.drop_table("finding")
    op.drop_table("complaint")
    op.drop_table("register_event")
