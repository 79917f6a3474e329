"""An index of the records with a fee: where none may be charged, the check looks for them every time."""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index(
        "ix_service_record_paid",
        "service_record",
        ["accreditation_id", "service_date"],
        postgresql_where=sa.text("fee_cny > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_service_record_paid", "service_record")
