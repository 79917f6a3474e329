"""A certificate's number is one in every writing, held by the database; users are sorted as parties are.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

KEY = "replace(accredit_folded(number), '-', '')"
LATER = f"""
SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY {KEY} ORDER BY id) AS place FROM accreditation) a
WHERE place > 1 ORDER BY id"""  # noqa: S608  # constants of this module


def upgrade() -> None:
    # An earlier version could take a number in twice, in two writings. Both stay, and verify names them; a
    # third is refused, since the first of them is under the index. By the old one, then, each is found.
    there = [row[0] for row in op.get_bind().execute(sa.text(LATER))]
    if not there:
        op.drop_index("ix_accreditation_number_key", "accreditation")
    op.create_index(
        "uq_accreditation_number_key",
        "accreditation",
        [sa.literal_column(KEY)],
        unique=True,
        postgresql_where=sa.text(f"id NOT IN ({', '.join(map(str, there))})") if there else None,
    )
    # Filled in by the upgrade's last step, as for parties: no statement knows how a name is read.
    op.add_column(
        "app_user", sa.Column("sort_name", sa.Text(collation="C"), server_default="", nullable=False)
    )
    op.create_index("ix_app_user_sort_name", "app_user", ["sort_name"])


def downgrade() -> None:
    op.drop_index("ix_app_user_sort_name", "app_user")
    op.drop_column("app_user", "sort_name")
    op.drop_index("uq_accreditation_number_key", "accreditation")
    op.create_index(
        "ix_accreditation_number_key", "accreditation", [sa.literal_column(KEY)], if_not_exists=True
    )
