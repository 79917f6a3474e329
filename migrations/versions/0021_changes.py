"""Changes with proof: requests, former values, successors, new certificates; holders that are no more.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None

PURPOSE = "ck_attachment_belongs_to_its_purpose"
OTHERS = (
    "(purpose = 'photo') = (entry_id IS NOT NULL)"
    " AND (purpose = 'report') = (annual_report_id IS NOT NULL)"
    " AND (purpose = 'statement') = (exit_case_id IS NOT NULL)"
    " AND (purpose = 'rectification') = (rectification_id IS NOT NULL)"
)
MEMBERS = (
    ("ck_accreditation_accreditationstate", "accreditation", "state", ["ceased"]),
    ("ck_register_event_eventkind", "register_event", "kind", ["changed", "ceased"]),
    ("ck_attachment_attachmentpurpose", "attachment", "purpose", ["change"]),
)
"""Columns that take one of several words, and the new words of each."""


def upgrade() -> None:
    op.add_column("party", sa.Column("closed_on", sa.Date(), nullable=True))
    _make_requests()
    op.create_table(
        "former_value",
        _id(),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("field", _choice("vouched", "name", "region", "employer"), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(), server_default="", nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("held_from", sa.Date(), nullable=True),
        sa.Column("held_until", sa.Date(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("held_from <= held_until", name=op.f("ck_former_value_dates_in_order")),
        *_references("former_value", party_id="party", request_id="change_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_value")),
    )
    op.create_index(op.f("ix_former_value_party_id"), "former_value", ["party_id"])
    op.create_index(op.f("ix_former_value_request_id"), "former_value", ["request_id"])
    op.create_index("ix_former_value_grams", "former_value", ["grams"], postgresql_using="gin")
    op.create_table(
        "certificate_issue",
        _id(),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("accreditation_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("employer", sa.String(length=200), server_default="", nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        *_references(
            "certificate_issue", party_id="party", accreditation_id="accreditation", issued_by_id="app_user"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_issue")),
    )
    op.create_index(op.f("ix_certificate_issue_party_id"), "certificate_issue", ["party_id"])
    op.create_index("ix_certificate_issue_accreditation_id", "certificate_issue", ["accreditation_id", "id"])
    op.add_column("attachment", sa.Column("change_request_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_attachment_change_request_id"), "attachment", "change_request", ["change_request_id"], ["id"]
    )
    op.create_index(op.f("ix_attachment_change_request_id"), "attachment", ["change_request_id"])
    for name, table, column, more in MEMBERS:
        _take_words(name, table, column, _words(name) + more)
    _belongs(f"{OTHERS} AND (purpose = 'change') = (change_request_id IS NOT NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM attachment WHERE purpose = 'change'")
    op.execute("DELETE FROM register_event WHERE kind = 'changed'")
    # An earlier version knows no other end of this kind; its clause and its title stay.
    op.execute("UPDATE register_event SET kind = 'withdrawn' WHERE kind = 'ceased'")
    op.execute("UPDATE accreditation SET state = 'withdrawn' WHERE state = 'ceased'")
    _belongs(OTHERS)
    for name, table, column, more in MEMBERS:
        _take_words(name, table, column, [word for word in _words(name) if word not in more])
    op.drop_column("attachment", "change_request_id")
    for table in ("certificate_issue", "former_value", "successor", "change_request"):
        op.drop_table(table)
    op.drop_column("party", "closed_on")


def _make_requests() -> None:
    op.create_table(
        "change_request",
        _id(),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _choice("changekind", "details", "closure", "merger", "split"), nullable=False),
        sa.Column(
            "state",
            _choice("changestate", "open", "granted", "refused", "withdrawn"),
            server_default="open",
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("employer", sa.String(length=200), nullable=True),
        sa.Column("ends_party", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("statement", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=2000), server_default="", nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_change_request_open_until_decided")
        ),
        sa.CheckConstraint(
            "(kind = 'details') = (num_nonnulls(name, region, employer) > 0)",
            name=op.f("ck_change_request_details_have_values"),
        ),
        sa.CheckConstraint(
            "ends_party = (kind IN ('closure', 'merger')) OR kind = 'split'",
            name=op.f("ck_change_request_who_ends"),
        ),
        *_references("change_request", party_id="party", asked_by_id="app_user", decided_by_id="app_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    op.create_index(op.f("ix_change_request_party_id"), "change_request", ["party_id"])
    op.create_index("ix_change_request_state", "change_request", ["state", "asked_at"])
    op.create_index(
        "uq_change_request_open",
        "change_request",
        ["party_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "successor",
        _id(),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        *_references("successor", request_id="change_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_successor")),
        sa.UniqueConstraint("request_id", "uscc", name=op.f("uq_successor_request_id_uscc")),
    )
    op.create_index(op.f("ix_successor_uscc"), "successor", ["uscc"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _choice(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]


def _words(constraint: str) -> list[str]:
    """The words that a column takes as the database stands."""
    query = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
    return re.findall(r"'(\w+)'", op.get_bind().scalar(query, {"name": constraint}) or "")


def _take_words(constraint: str, table: str, column: str, words: list[str]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(constraint), table, type_="check")
    op.create_check_constraint(op.f(constraint), table, f"{column} IN ({listed})")


def _belongs(rule: str) -> None:
    op.drop_constraint(op.f(PURPOSE), "attachment", type_="check")
    op.create_check_constraint(op.f(PURPOSE), "attachment", rule)
