"""What each trigger reads of the records."""

from datetime import date

import pytest

from core.domain.supervision import metrics
from core.domain.supervision.standing import Glimpse, Standing
from core.domain.supervision.triggers import due_days, reads_dates
from core.rules.obligations import (
    Absence,
    Accumulation,
    Effect,
    ExitRule,
    FindingKind,
    OnFinding,
    OnRequest,
    PaidService,
    ReportOverdue,
    Silence,
    Span,
    YearlyTest,
)
from core.rules.text import T

START, DAY = date(2023, 3, 20), date(2024, 3, 21)
STANDING = Standing(START, START, date(2026, 3, 20))
LOW = metrics.record_satisfaction_pct.less_than(80)


@pytest.mark.parametrize(
    ("trigger", "reads"),
    [
        (Silence(6), True),
        (Absence(24), True),
        (Accumulation(metrics.low_satisfaction_events.at_least(3), Span.CALENDAR_YEAR, LOW), True),
        (Accumulation(metrics.verified_complaints.at_least(3), Span.TERM), False),
        (YearlyTest(metrics.service_hours.less_than(12)), False),
        (OnFinding((FindingKind.VIOLATION,)), False),
        (ReportOverdue("9"), False),
        (PaidService(), False),
        (OnRequest(), False),
    ],
)
def test_the_dates_of_records_are_looked_at_where_they_move_the_day(trigger, reads):
    rule = ExitRule("1", T("标题", "title"), trigger, Effect.REVOKE)
    low_on = date(2024, 5, 1) if getattr(trigger, "low", None) else None
    seen = Glimpse(date(2024, 2, 1), date(2024, 1, 15), low_on)
    before, after = (list(due_days(rule, STANDING, glimpse, DAY)) for glimpse in (Glimpse(), seen))
    assert (before != after) is reads
    assert reads_dates(trigger) is reads
