"""A recommender's word and a direct inclusion are corrected too; what an accreditation followed stands again.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

from core.storage import ddl

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | None = None
depends_on: str | None = None

EVENTS = (
    "accredited", "reminder", "warning", "shortfall", "finding_opened", "reverification_due",
    "rectification_ordered", "rectification_closed", "exit_proposed", "exit_dismissed", "exit_overturned",
    "revoked", "expired", "extended", "extension_refused", "withdrawn", "duplicate", "separated", "changed",
    "ceased", "annulled",
)  # fmt: skip
CORRECTED = ("approval", "refusal", "return", "exit", "finding", "complaint", "score")
ADDED = ("decline", "recommendation", "inclusion", "withdrawal", "extension")


def upgrade() -> None:
    _allow("decision_correction", "correctedkind", (*CORRECTED[:-1], *ADDED, CORRECTED[-1]))
    _allow("register_event", "eventkind", (*EVENTS, "restored"))


def downgrade() -> None:
    # Of the kinds that an earlier version knows, the nearest.
    op.execute("UPDATE register_event SET kind = 'separated' WHERE kind = 'restored'")
    for statement in ddl.release(["decision_correction"]):
        op.execute(statement)
    op.execute(
        """
        UPDATE decision_correction SET kind = CASE kind
            WHEN 'inclusion' THEN 'approval' WHEN 'decline' THEN 'refusal'
            WHEN 'recommendation' THEN 'return' ELSE 'exit' END
        WHERE kind IN ('inclusion', 'decline', 'recommendation', 'withdrawal', 'extension')
        """
    )
    for statement in ddl.keep(["decision_correction"]):
        op.execute(statement)
    _allow("decision_correction", "correctedkind", CORRECTED)
    _allow("register_event", "eventkind", EVENTS)


def _allow(table: str, name: str, values: Sequence[str]) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table, type_="check")
    op.create_check_constraint(constraint, table, f"kind IN ({', '.join(map(repr, values))})")
