"""The units in which settings are given, by their Chinese words (`core.domain.quantities`)."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.lifecycle.keeping import Kept
from core.domain.quantities import (
    CASES,
    DAYS,
    ITEMS,
    MESSAGES,
    MINUTES,
    MONTH,
    MONTHS,
    PLACES,
    POINTS,
    SHARE,
    WORKING_DAYS,
    YEARS,
)
from core.rules.terms import Kind
from core.rules.walk import Parameter
from core.services.base.work import (
    ACCESS_MONTHS,
    DECISION_DELAY,
    ENDED_DAYS,
    NOTICE_DAYS,
    OPEN_CLAIMS,
    REGISTRATIONS_A_DAY,
)

OPERATION_UNITS: Mapping[str, str] = {
    "objection_working_days": WORKING_DAYS,
    "brake_count": CASES,
    "brake_percent": SHARE,
    "most_messages": MESSAGES,
    "login_attempts": "次",
    "login_lock_minutes": MINUTES,
    "review_days": DAYS,
    "review_remind_days": DAYS,
    "review_spread": POINTS,
    DECISION_DELAY: MINUTES,
    ACCESS_MONTHS: MONTHS,
    NOTICE_DAYS: DAYS,
    ENDED_DAYS: DAYS,
    **{kind.setting: MONTHS for kind in Kept},
    REGISTRATIONS_A_DAY: PLACES,
    OPEN_CLAIMS: ITEMS,
}
"""How the register is run."""
FIELD_UNITS: Mapping[str, str] = {
    "at_least": ITEMS,
    "working_days": WORKING_DAYS,
    "due_month": MONTH,
    **dict.fromkeys(("years", "ban_years"), YEARS),
    **dict.fromkeys(("months", "covered_months"), MONTHS),
    **dict.fromkeys(("days_before", "days_after", "rectify_days"), DAYS),
    **dict.fromkeys(
        ("first_reminder", "second_reminder", "last_reminder", "duty_reminder", "report_reminder"), DAYS
    ),
}
"""The numbers of clauses that are no bound on a fact."""


def subject_of(number: Parameter) -> str:
    """What a number of a clause is about: a fact, a metric, or a field of the rule."""
    return number.id.removeprefix(f"{number.clause}.").split("#")[0]


def unit_of(number: Parameter) -> str:
    """The unit in which a number of a clause is given: years where it bounds a date, items a set."""
    fact = number.fact
    if fact is None:
        subject = subject_of(number)
        return SHARE if subject.endswith(("_share", "_growth")) else FIELD_UNITS.get(subject, "")
    if fact.kind in (Kind.DATE, Kind.DATE_OR_NEVER):
        return YEARS
    return ITEMS if fact.kind is Kind.SET else fact.unit.zh
