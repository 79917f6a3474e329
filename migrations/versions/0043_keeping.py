"""What is kept for a time and then destroyed: lists that two approve, and what is held from them.

Revision ID: 0043
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0043"
down_revision: str | None = "0041"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = True

HOLD, LISTS, ITEMS = "legal_hold", "destruction_list", "destruction_item"
KINDS = "kind IN ('case', 'records', 'refused_files', 'abandoned_files', 'messages')"


def upgrade() -> None:
    op.create_table(
        HOLD,
        _id(),
        _number("party_id", nullable=False),
        _number("application_id"),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        _number("placed_by_id"),
        _moment("placed_at", nullable=False),
        _number("lifted_by_id"),
        _moment("lifted_at"),
        _reason("lifted_reason"),
        *_keys(
            HOLD,
            party_id="party",
            application_id="application",
            placed_by_id="app_user",
            lifted_by_id="app_user",
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_reason = '')", name=op.f("ck_legal_hold_lifted_with_a_reason")
        ),
        sa.CheckConstraint(
            "lifted_by_id <> placed_by_id", name=op.f("ck_legal_hold_lifted_by_a_second_person")
        ),
    )
    op.create_index("ix_legal_hold_party_id", HOLD, ["party_id"])
    op.create_index(
        "uq_legal_hold_open",
        HOLD,
        ["party_id", sa.text("coalesce(application_id, 0)")],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        LISTS,
        _id(),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        _number("proposed_by_id"),
        _moment("proposed_at", nullable=False),
        _number("first_by_id"),
        _moment("first_at"),
        _number("second_by_id"),
        _moment("carried_out_at"),
        _number("declined_by_id"),
        _moment("declined_at"),
        _reason("declined_reason"),
        sa.Column("counts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("files_gone", sa.Integer(), server_default="0", nullable=False),
        sa.Column("files_left", postgresql.JSONB(), server_default="[]", nullable=False),
        *_keys(
            LISTS,
            **dict.fromkeys(("proposed_by_id", "first_by_id", "second_by_id", "declined_by_id"), "app_user"),
        ),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_{LISTS}_{name}"))
            for name, condition in (
                ("kept", KINDS),
                ("approved_by_two", "first_by_id <> second_by_id"),
                ("carried_out_once_approved", "(carried_out_at IS NULL) = (second_by_id IS NULL)"),
                ("first_before_second", "carried_out_at IS NULL OR first_by_id IS NOT NULL"),
                ("carried_out_or_declined", "carried_out_at IS NULL OR declined_at IS NULL"),
                ("declined_with_a_reason", "(declined_at IS NULL) = (declined_reason = '')"),
                ("sha256_in_hex", "sha256 ~ '^[0-9a-f]{64}$'"),
            )
        ),
    )
    op.create_index(
        "uq_destruction_list_open",
        LISTS,
        ["program", "kind"],
        unique=True,
        postgresql_where=sa.text("carried_out_at IS NULL AND declined_at IS NULL"),
    )
    op.create_table(
        ITEMS,
        _id(),
        _number("list_id", nullable=False),
        _number("subject_id", nullable=False),
        _number("party_id"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=True),
        *_keys(ITEMS, list_id=LISTS, party_id="party"),
        sa.UniqueConstraint("list_id", "subject_id", name=op.f("uq_destruction_item_list_id_subject_id")),
    )


def downgrade() -> None:
    for table in (ITEMS, LISTS, HOLD):
        op.drop_table(table)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _number(name: str, *, nullable: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _reason(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=2000), server_default="", nullable=False)


def _keys(table: str, **targets: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, target in targets.items()
        ),
    ]
