"""Names are compared by one folding, in Python and here.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.domain import folding

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.execute(sa.text(folding.sql().replace(":", r"\:")))
    op.add_column("party", sa.Column("folded_name", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE party SET folded_name = accredit_folded(name)")
    op.execute(
        """
        UPDATE party SET name_grams = ARRAY(
            SELECT gram FROM (
                SELECT '^' || substr(folded_name, 1, 1) AS gram, 0 AS place
                UNION ALL
                SELECT substr(folded_name, i, 2), i FROM generate_series(1, length(folded_name) - 1) i
            ) grams GROUP BY gram ORDER BY min(place)
        ) WHERE folded_name <> ''
        """
    )


def downgrade() -> None:
    op.drop_column("party", "folded_name")
    op.execute("DROP FUNCTION accredit_folded(text)")
