"""Claims of parties that are there, with their proof; and which account registered a party as its own.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

TABLE = "party_claim"
STATES = ("wanted", "open", "accepted", "refused", "withdrawn")
PURPOSES = "ck_attachment_attachmentpurpose"
BELONGS = "ck_attachment_belongs_to_its_purpose"
OTHERS = (
    "(purpose = 'photo') = (entry_id IS NOT NULL)"
    " AND (purpose = 'report') = (annual_report_id IS NOT NULL)"
    " AND (purpose = 'statement') = (exit_case_id IS NOT NULL)"
    " AND (purpose = 'rectification') = (rectification_id IS NOT NULL)"
    " AND (purpose = 'change') = (change_request_id IS NOT NULL)"
)
FORMER = " AND (purpose = 'former') = (taken_in_id IS NOT NULL)"


def upgrade() -> None:
    _make_claims()
    op.add_column("attachment", sa.Column("claim_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_attachment_claim_id"), "attachment", TABLE, ["claim_id"], ["id"])
    op.create_index(op.f("ix_attachment_claim_id"), "attachment", ["claim_id"])
    _take_words([*_words(), "claim"])
    _belongs(f"{OTHERS} AND (purpose = 'claim') = (claim_id IS NOT NULL){FORMER}")
    op.add_column("party", sa.Column("registered_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_party_registered_by_id"), "party", "app_user", ["registered_by_id"], ["id"]
    )
    op.create_index(op.f("ix_party_registered_by_id"), "party", ["registered_by_id"])
    # Whoever registers a party becomes its main contact at that moment.
    op.execute(
        "UPDATE party SET registered_by_id = m.user_id FROM membership m"
        " WHERE m.party_id = party.id AND m.main AND m.since = party.created_at"
    )


def downgrade() -> None:
    op.drop_column("party", "registered_by_id")
    # An earlier version has no place for them; their bytes stay in the store.
    op.execute(
        "DELETE FROM sealed_opening WHERE redaction_id IN (SELECT r.id FROM redaction r"
        " JOIN attachment a ON a.id = r.attachment_id WHERE a.purpose = 'claim')"
    )
    op.execute(
        "DELETE FROM redaction_request WHERE attachment_id IN"
        " (SELECT id FROM attachment WHERE purpose = 'claim')"
    )
    op.execute(
        "DELETE FROM redaction WHERE attachment_id IN (SELECT id FROM attachment WHERE purpose = 'claim')"
    )
    op.execute("DELETE FROM attachment WHERE purpose = 'claim'")
    _belongs(f"{OTHERS}{FORMER}")
    _take_words([word for word in _words() if word != "claim"])
    op.drop_column("attachment", "claim_id")
    op.drop_table(TABLE)


def _make_claims() -> None:
    text = {"server_default": "", "nullable": False}
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="claimstate", native_enum=False, create_constraint=True, length=40),
            server_default="wanted",
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.String(length=100), **text),
        sa.Column("mobile", sa.Text(), **text),
        sa.Column("email", sa.String(length=200), **text),
        sa.Column("statement", sa.String(length=2000), **text),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("handed_in_at", moment, nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("objection", sa.String(length=2000), **text),
        sa.Column("objected_at", moment, nullable=True),
        sa.Column("objected_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=2000), **text),
        sa.Column("others_ended", sa.Boolean(), server_default="false", nullable=False),
        *_checks(
            closed_with_its_answer="(state IN ('wanted', 'open')) = (closed_at IS NULL)",
            handed_in_first="state IN ('wanted', 'withdrawn') OR handed_in_at IS NOT NULL",
            objection_has_its_day="(objected_at IS NULL) = (objection = '')",
        ),
        *_references(
            party_id="party", user_id="app_user", objected_by_id="app_user", decided_by_id="app_user"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for column in ("party_id", "user_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    op.create_index("ix_party_claim_state", TABLE, ["state", "made_at"])
    op.create_index(
        "uq_party_claim_going",
        TABLE,
        ["party_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('wanted', 'open')"),
    )


def _checks(**rules: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in rules.items()]


def _references(**targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{TABLE}_{column}"))
        for column, target in targets.items()
    ]


def _words() -> list[str]:
    """The purposes that a file can have as the database stands."""
    query = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
    return re.findall(r"'(\w+)'", op.get_bind().scalar(query, {"name": PURPOSES}) or "")


def _take_words(words: list[str]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(PURPOSES), "attachment", type_="check")
    op.create_check_constraint(op.f(PURPOSES), "attachment", f"purpose IN ({listed})")


def _belongs(rule: str) -> None:
    op.drop_constraint(op.f(BELONGS), "attachment", type_="check")
    op.create_check_constraint(op.f(BELONGS), "attachment", rule)
