"""What supervision asks of the records, and when something can come of what is known so far."""

from datetime import date
from decimal import Decimal

import pytest

from core.domain.supervision.day import step
from core.domain.supervision.standing import Ask, Glimpse, Standing
from core.domain.supervision.windows import questions
from tests.lives import supervision

START, DAY = date(2023, 3, 20), date(2024, 3, 21)
STANDING = Standing(START, START, date(2026, 3, 20))
YEAR = Ask(START, date(2024, 3, 20))
RULES = supervision("miit_volunteer", "expert", START)


@pytest.mark.parametrize(
    ("metrics", "open_"),
    [
        ({}, True),
        ({"service_hours": Decimal(12)}, False),
        ({"service_hours": Decimal("11.99")}, True),
        ({"service_hours": Decimal("11.99"), "enterprises_served": 29}, True),
        ({"service_hours": Decimal("11.99"), "enterprises_served": 30}, False),
        ({"enterprises_served": 30}, False),
    ],
)
def test_what_is_known_settles_a_year_or_leaves_it_open(metrics, open_):
    (question,) = questions(RULES, STANDING, DAY)
    assert question.ask == YEAR
    assert question.may_fire(metrics, DAY) is open_


def test_a_window_that_nothing_comes_of_may_be_left_out():
    glimpse = Glimpse(last_active_on=date(2024, 3, 1))
    short = {YEAR: {"service_hours": Decimal(3), "enterprises_served": 2}}
    assert [action.clause for action in step(RULES, STANDING, glimpse, DAY, short)] == ["A2.13"]
    assert step(RULES, STANDING, glimpse, DAY, {}) == ()


def test_nothing_is_asked_of_a_status_that_has_ended():
    assert questions(RULES, Standing(START, START, date(2026, 3, 20), active=False), DAY) == ()
