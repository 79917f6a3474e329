"""Parties that are one are merged by a pointer, and names are sorted by how they are read.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None

ACCREDITATION, STATES = "accreditation", "ck_accreditation_accreditationstate"
EVENT, KINDS = "register_event", "ck_register_event_eventkind"
OLD_STATES = "'active', 'rectifying', 'expired', 'revoked', 'withdrawn'"
OLD_KINDS = (
    "'accredited', 'reminder', 'warning', 'shortfall', 'finding_opened', 'reverification_due', "
    "'rectification_ordered', 'rectification_closed', 'exit_proposed', 'exit_dismissed', 'exit_overturned', "
    "'revoked', 'expired', 'extended', 'extension_refused', 'withdrawn'"
)


def upgrade() -> None:
    # The keys are written by `accredit db upgrade` after it: no function of the database reads pinyin.
    op.add_column("party", sa.Column("sort_name", sa.Text(collation="C"), server_default="", nullable=False))
    op.create_index("ix_party_sort_name", "party", ["sort_name"])
    op.drop_index("ix_party_name", "party")
    op.add_column("party", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_party_merged_into_id"), "party", "party", ["merged_into_id"], ["id"])
    op.create_index("ix_party_merged_into_id", "party", ["merged_into_id"])
    op.create_check_constraint(op.f("ck_party_not_merged_into_itself"), "party", "merged_into_id <> id")
    op.create_table(
        "merger",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_reason", sa.String(2000), server_default="", nullable=False),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_merger_two_parties")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_reason = '')", name=op.f("ck_merger_undone_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["party.id"], name=op.f("fk_merger_kept_id")),
        sa.ForeignKeyConstraint(["merged_id"], ["party.id"], name=op.f("fk_merger_merged_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["app_user.id"], name=op.f("fk_merger_merged_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["app_user.id"], name=op.f("fk_merger_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
    )
    op.create_index("ix_merger_kept_id", "merger", ["kept_id"])
    op.create_index(
        "uq_merger_merged_id",
        "merger",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    _know(f"{OLD_STATES}, 'duplicate'", f"{OLD_KINDS}, 'duplicate', 'separated'")


def downgrade() -> None:
    # An earlier version knows no such end; nothing else of it ends without a case.
    op.execute("DELETE FROM register_event WHERE kind = 'separated'")
    op.execute(
        """
        UPDATE register_event e SET kind = 'expired' WHERE kind = 'duplicate' AND NOT EXISTS (
            SELECT FROM register_event o WHERE o.accreditation_id = e.accreditation_id AND o.kind = 'expired'
            AND o.clause = e.clause AND o.period = e.period)"""
    )
    op.execute("DELETE FROM register_event WHERE kind = 'duplicate'")
    op.execute("UPDATE accreditation SET state = 'expired' WHERE state = 'duplicate'")
    _know(OLD_STATES, OLD_KINDS)
    op.drop_table("merger")
    op.drop_constraint(op.f("ck_party_not_merged_into_itself"), "party", type_="check")
    op.drop_column("party", "merged_into_id")
    op.create_index("ix_party_name", "party", ["name"])
    op.drop_column("party", "sort_name")


def _know(states: str, kinds: str) -> None:
    op.drop_constraint(op.f(STATES), ACCREDITATION, type_="check")
    op.create_check_constraint(op.f(STATES), ACCREDITATION, f"state IN ({states})")
    op.drop_constraint(op.f(KINDS), EVENT, type_="check")
    op.create_check_constraint(op.f(KINDS), EVENT, f"kind IN ({kinds})")
