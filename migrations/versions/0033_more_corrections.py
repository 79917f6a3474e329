"""A closure, a ban that was lifted and a waiver are corrected too; what waits names the objection it upholds.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from core.storage import ddl

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

CORRECTED = (
    "approval", "refusal", "return", "exit", "finding", "complaint", "decline", "recommendation", "inclusion",
    "withdrawal", "extension", "score",
)  # fmt: skip
ADDED = ("closure", "ban", "waiver")
CHANGED = ("open", "granted", "refused", "withdrawn", "revoked")


def upgrade() -> None:
    op.add_column("decision_correction", sa.Column("party_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_decision_correction_party_id"), "decision_correction", "party", ["party_id"], ["id"]
    )
    op.create_index(op.f("ix_decision_correction_party_id"), "decision_correction", ["party_id"])
    _about("num_nonnulls(application_id, accreditation_id, party_id) >= 1")
    _allow("decision_correction", "kind", "correctedkind", (*CORRECTED[:-1], *ADDED, CORRECTED[-1]))
    _allow("change_request", "state", "changestate", (*CHANGED, "corrected"))
    op.add_column("pending_decision", sa.Column("objection_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_pending_decision_objection_id"), "pending_decision", "objection", ["objection_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_pending_decision_objection_refuses"),
        "pending_decision",
        "objection_id IS NULL OR act = 'reject'",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_pending_decision_objection_refuses"), "pending_decision", type_="check")
    op.drop_column("pending_decision", "objection_id")
    op.execute("UPDATE change_request SET state = 'revoked' WHERE state = 'corrected'")
    _allow("change_request", "state", "changestate", CHANGED)
    for statement in ddl.release(["decision_correction"]):
        op.execute(statement)
    # An earlier version has no place for what is about a party alone; of others it reads nothing.
    op.execute("DELETE FROM decision_correction WHERE num_nonnulls(application_id, accreditation_id) = 0")
    op.execute("UPDATE decision_correction SET kind = 'score' WHERE kind IN ('closure', 'ban', 'waiver')")
    for statement in ddl.keep(["decision_correction"]):
        op.execute(statement)
    _allow("decision_correction", "kind", "correctedkind", CORRECTED)
    _about("num_nonnulls(application_id, accreditation_id) >= 1")
    op.drop_column("decision_correction", "party_id")


def _about(condition: str) -> None:
    constraint = op.f("ck_decision_correction_about_something")
    op.drop_constraint(constraint, "decision_correction", type_="check")
    op.create_check_constraint(constraint, "decision_correction", condition)


def _allow(table: str, column: str, name: str, values: Sequence[str]) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table, type_="check")
    op.create_check_constraint(constraint, table, f"{column} IN ({', '.join(map(repr, values))})")
