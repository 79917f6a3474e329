"""Associations and departments recommend beside the divisions, each what goes through it.

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0045"
down_revision: str | None = "0044"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

THROUGH = ("application", "accreditation", "recommendation", "role_grant")
"""What was there before goes through the body of its territory, which is no row."""
REACH: list[sa.TextClause | str] = [
    "user_id",
    "role",
    sa.text("coalesce(program, '')"),
    sa.text("coalesce(region, '')"),
    sa.text("coalesce(party_id, 0)"),
]
THROUGH_WHOM = sa.text("coalesce(recommender_id, 0)")


def upgrade() -> None:
    op.create_table(
        "recommender",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("program", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('territory', 'membership', 'assignment')", name=op.f("ck_recommender_recommenderkind")
        ),
        sa.CheckConstraint("kind <> 'territory'", name=op.f("ck_recommender_not_by_territory")),
        sa.CheckConstraint(
            "(kind = 'membership') = (party_id IS NOT NULL)",
            name=op.f("ck_recommender_association_is_a_party"),
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_recommender_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommender")),
        sa.UniqueConstraint("program", "name", name=op.f("uq_recommender_program_name")),
    )
    op.create_index("ix_recommender_party_id", "recommender", ["party_id"])
    op.create_table(
        "recommender_listed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("recommender_id", sa.BigInteger(), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("joined_on < left_on", name=op.f("ck_recommender_listed_joined_before_it_left")),
        sa.ForeignKeyConstraint(
            ["recommender_id"], ["recommender.id"], name=op.f("fk_recommender_listed_recommender_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommender_listed")),
        sa.UniqueConstraint(
            "recommender_id",
            "uscc",
            "joined_on",
            name=op.f("uq_recommender_listed_recommender_id_uscc_joined_on"),
        ),
    )
    op.create_index("ix_recommender_listed_uscc", "recommender_listed", ["uscc"])
    op.create_index(
        "uq_recommender_listed_now",
        "recommender_listed",
        ["recommender_id", "uscc"],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )
    for table in THROUGH:
        op.add_column(table, sa.Column("recommender_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_recommender_id"), table, "recommender", ["recommender_id"], ["id"]
        )
        op.create_index(f"ix_{table}_recommender_id", table, ["recommender_id"])
    _reach([*REACH, THROUGH_WHOM])


def downgrade() -> None:
    # Without its body, such a role would reach the whole programme.
    op.execute("DELETE FROM role_grant WHERE recommender_id IS NOT NULL")
    _reach(REACH)
    for table in THROUGH:
        op.drop_index(f"ix_{table}_recommender_id", table)
        op.drop_constraint(op.f(f"fk_{table}_recommender_id"), table, type_="foreignkey")
        op.drop_column(table, "recommender_id")
    op.drop_table("recommender_listed")
    op.drop_table("recommender")


def _reach(columns: list[sa.TextClause | str]) -> None:
    op.drop_index("uq_role_grant_reach", "role_grant")
    op.create_index(
        "uq_role_grant_reach",
        "role_grant",
        columns,
        unique=True,
        postgresql_where=sa.text("ends_on IS NULL"),
    )
