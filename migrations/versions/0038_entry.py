"""Passwords are as old as they are, and some come no second time; who came in and looked is on record.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage import ddl

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

ACCESS = "access_record"
KINDS = ["entered", "not_entered", "locked", "left", "password_changed", "factor_changed", "unlocked"]
KINDS += ["forbidden", "looked"]
LOOKS = ["party", "account", "document", "form", "dossier", "table", "list", "export"]


def upgrade() -> None:
    op.add_column("app_user", sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("app_user", sa.Column("password_due", sa.String(length=40), nullable=True))
    op.create_check_constraint(
        op.f("ck_app_user_passworddue"), "app_user", "password_due IN ('unfit', 'aged')"
    )
    op.create_table(
        "former_password",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=255), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_former_password_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_password")),
    )
    op.create_index("ix_former_password_user_id", "former_password", ["user_id"])
    _record_access()


def _record_access() -> None:
    op.create_table(
        ACCESS,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("who_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=45), server_default="", nullable=False),
        sa.Column("look", sa.String(length=40), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("program", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("detail", sa.String(length=100), server_default="", nullable=False),
        sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name=op.f("ck_access_record_accesskind")),
        sa.CheckConstraint(f"look IN ({_listed(LOOKS)})", name=op.f("ck_access_record_look")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
    )
    op.create_index("ix_access_record_at", ACCESS, ["at"])
    for column in ("who_id", "party_id", "address"):
        op.create_index(f"ix_access_record_{column}", ACCESS, [column, "at"])
    for statement in ddl.ACCESS_STAYS:
        op.execute(statement)


def _listed(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def downgrade() -> None:
    op.execute(ddl.DROP_FORGET_ACCESS)
    op.drop_table(ACCESS)
    op.drop_table("former_password")
    op.drop_constraint(op.f("ck_app_user_passworddue"), "app_user", type_="check")
    op.drop_column("app_user", "password_due")
    op.drop_column("app_user", "password_set_at")
