"""Fills a register by set-based SQL: accreditations of one day, whose first year ended yesterday.

Everything is worked out from the running numbers, so that two fills of one size are the same.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Engine, case, text, update

from core.storage.models import Accreditation

DAY = date(2024, 3, 21)
"""The day on which everything is due: the first accreditation year ended on the day before."""
SHORT_IN = 49
"""One accreditation in so many falls short of its yearly duty: of every track, as 49 is odd to 100."""

_TRACKS = """
CREATE TEMPORARY TABLE tracks ON COMMIT DROP AS
SELECT * FROM (VALUES
    ('miit_volunteer', 'expert', '2023', 'person', DATE '2026-03-20', 0, 49),
    ('miit_volunteer', 'workstation', '2023', 'organization', DATE '2026-03-20', 50, 59),
    ('jilin', 'expert', 'interim', 'person', DATE '2025-03-20', 60, 79),
    ('jilin', 'provider', 'interim', 'organization', DATE '2025-03-20', 80, 99))
AS t (program, track, edition, kind, through, low, high)
"""
"""The tracks, and which hundredths of the register they have."""
_PARTIES = """
INSERT INTO party (id, kind, name, uscc, id_number, region, email)
SELECT n, kind, '测试主体' || n, CASE kind WHEN 'organization' THEN '9' || lpad(n::text, 17, '0') END,
       CASE kind WHEN 'person' THEN lpad(n::text, 18, '0') END, '220202', 'p' || n || '@example.cn'
FROM generate_series(1, :size) AS n JOIN tracks ON n % 100 BETWEEN low AND high
ORDER BY n
"""
_ACCREDITATIONS = """
INSERT INTO accreditation (id, program, track, edition, party_id, number, year, sequence, region,
                           started_on, valid_from, valid_through, next_due_on)
SELECT n, program, track, edition, n, 'B-' || n, 2023, n, '220202', '2023-03-20', '2023-03-20', through, :day
FROM generate_series(1, :size) AS n JOIN tracks ON n % 100 BETWEEN low AND high
ORDER BY n
"""
# In the order of their days, as diaries are kept: one accreditation's records are scattered over the table.
_RECORDS = """
INSERT INTO service_record (accreditation_id, entry_id, service_date, title, hours, participants,
                            enterprises, enterprise_keys, satisfaction_pct, organized_by_authority,
                            public_benefit, state, summary)
SELECT n, md5(n || '/' || r)::uuid, DATE '2023-03-20' + ((r * 340) / :records + n % 17), '政策解读与辅导',
       CASE WHEN n % :short = 0 THEN 8.0 ELSE 80.0 END / :records, 3,
       jsonb_build_array(jsonb_build_object('name', '测试企业', 'uscc', '91220202MA0')),
       ARRAY(SELECT 'uscc:91' || lpad((n * 40 + (r * 7 + k * 11) % pool)::text, 16, '0')
             FROM generate_series(0, r % 5) AS k),
       80 + r % 20, r % 10 = 0, r % 3 = 0, CASE r % 2 WHEN 0 THEN 'verified' ELSE 'submitted' END, '现场走访'
FROM generate_series(1, :records) AS r CROSS JOIN generate_series(1, :size) AS n
CROSS JOIN LATERAL (SELECT CASE WHEN n % :short = 0 THEN 4 ELSE 40 END) AS p (pool)
ORDER BY r, n
"""
_REPORTS = """
INSERT INTO annual_report (accreditation_id, year, submitted_on, summary)
SELECT id, 2023, DATE '2024-02-01', '年度工作报告' FROM accreditation WHERE program = 'jilin'
"""


def fill(engine: Engine, accreditations: int, records_each: int) -> None:
    """Put so many accreditations with so many records each into an empty register, all due on the day."""
    given = {"size": accreditations, "records": records_each, "day": DAY, "short": SHORT_IN}
    with engine.begin() as connection:
        for statement in (_TRACKS, _PARTIES, _ACCREDITATIONS, _RECORDS, _REPORTS):
            connection.execute(text(statement), given)
    settle(engine, "VACUUM (ANALYZE)")


def set_due(engine: Engine, condition: ColumnElement[bool]) -> None:
    """Make the accreditations that meet the condition due on the day, and no others."""
    with engine.begin() as connection:
        connection.execute(update(Accreditation).values(next_due_on=case((condition, DAY))))
    settle(engine, "VACUUM (ANALYZE) accreditation")


def settle(engine: Engine, statement: str) -> None:
    """What autovacuum does in its time: so that no measurement pays for what went before."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
