"""Everyone's own screens: accounts by e-mail or mobile, invitations, rosters, attachments, long exports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "data_export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("file_format", sa.String(length=64), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("language", sa.String(length=2), server_default="zh", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "done",
                "stopped",
                "failed",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="running",
            nullable=False,
        ),
        sa.Column("done_rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total_rows", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(sha256 IS NOT NULL) = (state = 'done')", name=op.f("ck_data_export_done_has_file")
        ),
        sa.CheckConstraint("done_rows >= 0", name=op.f("ck_data_export_done_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_data_export_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_export")),
    )
    op.create_index(op.f("ix_data_export_user_id"), "data_export", ["user_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.BigInteger(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["app_user.id"], name=op.f("fk_invitation_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(["invited_by_id"], ["app_user.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_invitation_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_party_id"), "invitation", ["party_id"], unique=False)
    op.create_table(
        "staff_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id_key", sa.String(length=64), nullable=False),
        sa.Column("id_masked", sa.String(length=18), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_staff_member_name_given")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_staff_member_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("party_id", "id_key", name=op.f("uq_staff_member_party_id_id_key")),
    )
    op.create_index(op.f("ix_staff_member_party_id"), "staff_member", ["party_id"], unique=False)
    op.create_table(
        "verification_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_up",
                "reset_password",
                "confirm_address",
                name="codepurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_verification_code_attempts_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_verification_code_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_code")),
    )
    op.create_index("ix_verification_code_address", "verification_code", ["address", "purpose"], unique=False)
    op.create_index(op.f("ix_verification_code_user_id"), "verification_code", ["user_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "licence",
                "photo",
                "report",
                "statement",
                "rectification",
                name="attachmentpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("annual_report_id", sa.BigInteger(), nullable=True),
        sa.Column("exit_case_id", sa.BigInteger(), nullable=True),
        sa.Column("rectification_id", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'photo') = (entry_id IS NOT NULL)"
            " AND (purpose = 'report') = (annual_report_id IS NOT NULL)"
            " AND (purpose = 'statement') = (exit_case_id IS NOT NULL)"
            " AND (purpose = 'rectification') = (rectification_id IS NOT NULL)",
            name=op.f("ck_attachment_belongs_to_its_purpose"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_attachment_sha256_in_hex")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachment_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["annual_report_id"], ["annual_report.id"], name=op.f("fk_attachment_annual_report_id")
        ),
        sa.ForeignKeyConstraint(["exit_case_id"], ["exit_case.id"], name=op.f("fk_attachment_exit_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_attachment_party_id")),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["rectification.id"], name=op.f("fk_attachment_rectification_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["app_user.id"], name=op.f("fk_attachment_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_annual_report_id"), "attachment", ["annual_report_id"], unique=False)
    op.create_index(op.f("ix_attachment_entry_id"), "attachment", ["entry_id"], unique=False)
    op.create_index(op.f("ix_attachment_exit_case_id"), "attachment", ["exit_case_id"], unique=False)
    op.create_index("ix_attachment_party_purpose", "attachment", ["party_id", "purpose"], unique=False)
    op.create_index(op.f("ix_attachment_rectification_id"), "attachment", ["rectification_id"], unique=False)
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)
    op.add_column("app_user", sa.Column("mobile_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("app_user", sa.Column("wants_email", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("app_user", sa.Column("wants_sms", sa.Boolean(), server_default="true", nullable=False))
    op.add_column(
        "app_user",
        sa.Column(
            "digest",
            sa.Enum(
                "none", "daily", "weekly", name="digest", native_enum=False, create_constraint=True, length=40
            ),
            server_default="none",
            nullable=False,
        ),
    )
    op.alter_column("app_user", "email", existing_type=sa.VARCHAR(length=200), nullable=True)
    op.create_check_constraint(
        op.f("ck_app_user_can_be_reached"), "app_user", "email IS NOT NULL OR mobile_confirmed_at IS NOT NULL"
    )
    op.create_index(
        "uq_app_user_mobile",
        "app_user",
        ["mobile"],
        unique=True,
        postgresql_where=sa.text("mobile_confirmed_at IS NOT NULL"),
    )
    op.add_column(
        "call",
        sa.Column("tie_break", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.add_column("outbox_message", sa.Column("secret", sa.Text(), server_default="", nullable=False))
    op.add_column("party", sa.Column("verification_requested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "party", sa.Column("verification_remark", sa.String(length=500), server_default="", nullable=False)
    )
    op.add_column(
        "rectification", sa.Column("answer", sa.String(length=4000), server_default="", nullable=False)
    )
    op.add_column("rectification", sa.Column("answered_on", sa.Date(), nullable=True))
    op.add_column("public_notice", sa.Column("introduction", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "objection", sa.Column("party_statement", sa.String(length=4000), server_default="", nullable=False)
    )
    op.create_index(
        "ix_accreditation_number_key", "accreditation", [sa.literal_column("upper(replace(number, '-', ''))")]
    )
    op.create_index("ix_accreditation_started_on", "accreditation", ["started_on"])


def downgrade() -> None:
    op.drop_index("ix_accreditation_started_on", table_name="accreditation")
    op.drop_index("ix_accreditation_number_key", table_name="accreditation")
    op.drop_column("objection", "party_statement")
    op.drop_column("public_notice", "introduction")
    op.drop_column("rectification", "answered_on")
    op.drop_column("rectification", "answer")
    op.drop_column("party", "verification_remark")
    op.drop_column("party", "verification_requested_at")
    op.drop_column("outbox_message", "secret")
    op.drop_column("call", "tie_break")
    op.drop_index(
        "uq_app_user_mobile",
        table_name="app_user",
        postgresql_where=sa.text("mobile_confirmed_at IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_app_user_can_be_reached"), "app_user")
    # An account of a mobile number alone keeps its row under an address that leads nowhere.
    op.execute("UPDATE app_user SET email = mobile || '@mobile.invalid' WHERE email IS NULL")
    op.alter_column("app_user", "email", existing_type=sa.VARCHAR(length=200), nullable=False)
    op.drop_column("app_user", "digest")
    op.drop_column("app_user", "wants_sms")
    op.drop_column("app_user", "wants_email")
    op.drop_column("app_user", "mobile_confirmed_at")
    op.drop_index(op.f("ix_attachment_sha256"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_rectification_id"), table_name="attachment")
    op.drop_index("ix_attachment_party_purpose", table_name="attachment")
    op.drop_index(op.f("ix_attachment_exit_case_id"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_entry_id"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_annual_report_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index(op.f("ix_verification_code_user_id"), table_name="verification_code")
    op.drop_index("ix_verification_code_address", table_name="verification_code")
    op.drop_table("verification_code")
    op.drop_index(op.f("ix_staff_member_party_id"), table_name="staff_member")
    op.drop_table("staff_member")
    op.drop_index(op.f("ix_invitation_party_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_data_export_user_id"), table_name="data_export")
    op.drop_table("data_export")
