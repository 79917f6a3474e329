"""Last days that move, yearly plans, reports that are returned, and events of divisions.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | None = None
depends_on: str | None = None

ONCE = ["accreditation_id", "year", "submitted_on"]
UNKNOWN = """
SELECT a.id FROM annual_report a WHERE a.kind = 'plan' OR EXISTS (
    SELECT FROM annual_report b WHERE b.kind = 'report' AND b.id > a.id
    AND (b.accreditation_id, b.year, b.submitted_on) = (a.accreditation_id, a.year, a.submitted_on))"""


def upgrade() -> None:
    op.add_column("holiday_day", sa.Column("known_on", sa.Date(), nullable=True))
    op.add_column("campaign", sa.Column("region", sa.String(length=6), server_default="", nullable=False))
    kinds = sa.Enum("report", "plan", name="reportkind", native_enum=False, create_constraint=True, length=40)
    op.add_column("annual_report", sa.Column("kind", kinds, server_default="report", nullable=False))
    op.add_column("annual_report", sa.Column("returned_on", sa.Date(), nullable=True))
    op.add_column(
        "annual_report",
        sa.Column("return_reason", sa.String(length=2000), server_default="", nullable=False),
    )
    op.add_column("annual_report", sa.Column("returned_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_annual_report_returned_by_id"), "annual_report", "app_user", ["returned_by_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_annual_report_returned_or_accepted"),
        "annual_report",
        "returned_on IS NULL OR accepted_at IS NULL",
    )
    op.drop_constraint(
        op.f("uq_annual_report_accreditation_id_year_submitted_on"), "annual_report", type_="unique"
    )
    op.create_index(
        "uq_annual_report_standing",
        "annual_report",
        ["accreditation_id", "year", "kind", "submitted_on"],
        unique=True,
        postgresql_where=sa.text("returned_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_annual_report_standing", table_name="annual_report")
    # An earlier version knows neither plans nor returns: of a day it keeps the last word on a year.
    op.execute("CREATE TEMPORARY TABLE unknown ON COMMIT DROP AS" + UNKNOWN)
    op.execute("DELETE FROM attachment WHERE annual_report_id IN (SELECT id FROM unknown)")
    op.execute("DELETE FROM annual_report WHERE id IN (SELECT id FROM unknown)")
    op.create_unique_constraint(
        op.f("uq_annual_report_accreditation_id_year_submitted_on"), "annual_report", ONCE
    )
    for name in ("returned_or_accepted", "reportkind"):
        op.drop_constraint(op.f(f"ck_annual_report_{name}"), "annual_report", type_="check")
    op.drop_constraint(op.f("fk_annual_report_returned_by_id"), "annual_report", type_="foreignkey")
    for column in ("returned_by_id", "return_reason", "returned_on", "kind"):
        op.drop_column("annual_report", column)
    op.drop_column("campaign", "region")
    op.drop_column("holiday_day", "known_on")
