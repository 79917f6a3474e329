"""Tables and functions of the job engine, procrastinate 3.10, as it publishes them (MIT licence)."""

from pathlib import Path

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = Path(__file__).parents[1] / "sql" / "procrastinate_3_10.sql"

REMOVE = r"""
DO $$
DECLARE found text;
BEGIN
    FOR found IN SELECT format('DROP TABLE %s CASCADE', oid::regclass) FROM pg_class
        WHERE relkind = 'r' AND relname LIKE 'procrastinate\_%' AND pg_table_is_visible(oid)
    LOOP EXECUTE found; END LOOP;
    FOR found IN SELECT format('DROP FUNCTION %s CASCADE', oid::regprocedure) FROM pg_proc
        WHERE proname LIKE 'procrastinate\_%' AND pg_function_is_visible(oid)
    LOOP EXECUTE found; END LOOP;
    FOR found IN SELECT format('DROP TYPE %s CASCADE', oid::regtype) FROM pg_type
        WHERE typname LIKE 'procrastinate\_%' AND typcategory <> 'A' AND pg_type_is_visible(oid)
    LOOP EXECUTE found; END LOOP;
END
$$
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCHEMA.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql(REMOVE.replace("%", "%%"))
