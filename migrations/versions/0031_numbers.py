"""Certificate numbers are compared by the folding of names, and that reads more of what looks alike as one.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.domain import folding

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | None = None
depends_on: str | None = None

INDEX = "ix_accreditation_number_key"


def upgrade() -> None:
    # An index stands on the function as it is when the index is made.
    op.drop_index(INDEX, "accreditation")
    op.execute(sa.text(folding.sql().replace(":", r"\:")))
    op.create_index(INDEX, "accreditation", [sa.literal_column("replace(accredit_folded(number), '-', '')")])


def downgrade() -> None:
    # The function stays: it is that of the folding in the code, whichever that is.
    op.drop_index(INDEX, "accreditation")
    op.create_index(INDEX, "accreditation", [sa.literal_column("upper(replace(number, '-', ''))")])
