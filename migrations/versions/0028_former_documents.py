"""Documents of statuses that were taken in: files of the register beside them.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | None = None
depends_on: str | None = None

PURPOSES = "ck_attachment_attachmentpurpose"
BELONGS = "ck_attachment_belongs_to_its_purpose"
OTHERS = (
    "(purpose = 'photo') = (entry_id IS NOT NULL)"
    " AND (purpose = 'report') = (annual_report_id IS NOT NULL)"
    " AND (purpose = 'statement') = (exit_case_id IS NOT NULL)"
    " AND (purpose = 'rectification') = (rectification_id IS NOT NULL)"
    " AND (purpose = 'change') = (change_request_id IS NOT NULL)"
)


def upgrade() -> None:
    op.add_column("attachment", sa.Column("taken_in_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_attachment_taken_in_id"), "attachment", "taken_in", ["taken_in_id"], ["id"]
    )
    op.create_index(op.f("ix_attachment_taken_in_id"), "attachment", ["taken_in_id"])
    _take_words([*_words(), "former"])
    _belongs(f"{OTHERS} AND (purpose = 'former') = (taken_in_id IS NOT NULL)")


def downgrade() -> None:
    # An earlier version has no place for them; their bytes stay in the store.
    op.execute(
        "DELETE FROM sealed_opening WHERE redaction_id IN (SELECT r.id FROM redaction r"
        " JOIN attachment a ON a.id = r.attachment_id WHERE a.purpose = 'former')"
    )
    op.execute(
        "DELETE FROM redaction_request WHERE attachment_id IN"
        " (SELECT id FROM attachment WHERE purpose = 'former')"
    )
    op.execute(
        "DELETE FROM redaction WHERE attachment_id IN (SELECT id FROM attachment WHERE purpose = 'former')"
    )
    op.execute("DELETE FROM attachment WHERE purpose = 'former'")
    _belongs(OTHERS)
    _take_words([word for word in _words() if word != "former"])
    op.drop_index(op.f("ix_attachment_taken_in_id"), table_name="attachment")
    op.drop_column("attachment", "taken_in_id")


def _words() -> list[str]:
    """The purposes that the database takes as it stands."""
    query = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
    return re.findall(r"'(\w+)'", op.get_bind().scalar(query, {"name": PURPOSES}) or "")


def _take_words(words: list[str]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(PURPOSES), "attachment", type_="check")
    op.create_check_constraint(op.f(PURPOSES), "attachment", f"purpose IN ({listed})")


def _belongs(rule: str) -> None:
    op.drop_constraint(op.f(BELONGS), "attachment", type_="check")
    op.create_check_constraint(op.f(BELONGS), "attachment", rule)
