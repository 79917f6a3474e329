"""The one clock, and what refusals carry."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from core.domain import clock
from core.domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Refused, TooMany
from core.rules.text import T

WHAT = T("已被他人办理", "someone else decided it")
MEND = T("请刷新", "reload")


@time_machine.travel(datetime(2024, 12, 31, 16, 0, tzinfo=UTC), tick=False)
def test_the_day_is_shanghais():
    assert clock.today() == date(2025, 1, 1)
    assert clock.now().isoformat() == "2025-01-01T00:00:00+08:00"


def test_moments_without_an_offset_are_shanghais():
    local = clock.moment("2017-09-20T17:00:00")
    assert local == datetime(2017, 9, 20, 9, 0, tzinfo=UTC)
    assert clock.moment("2017-09-20T09:00:00+00:00") == local
    assert clock.moment("2017-09-20T09:00:00+00:00").utcoffset() == timedelta(hours=8)


def test_the_date_of_a_moment():
    assert clock.local_date(datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2024, 12, 31)
    assert clock.local_date(datetime(2024, 12, 31, 16, 0, tzinfo=UTC)) == date(2025, 1, 1)
    with pytest.raises(ValueError, match="no time zone"):
        clock.local_date(datetime(2024, 12, 31, 16, 0))  # noqa: DTZ001  # a naive one is what is refused


@pytest.mark.parametrize("kind", [DomainError, NotAllowed, Conflict, NotFound, Refused])
def test_a_refusal_says_what_happened_and_what_to_do(kind):
    refusal = kind(WHAT, field="decision", mend=MEND)
    assert str(refusal) == "someone else decided it; reload"
    assert refusal.text == T("已被他人办理；请刷新", "someone else decided it; reload")
    assert refusal.field == "decision"
    assert kind(WHAT).text == WHAT


def test_invalid_input_names_every_error():
    invalid = Invalid({"name": WHAT, "uscc": MEND})
    assert str(invalid) == "someone else decided it; reload"
    assert invalid.errors == {"name": WHAT, "uscc": MEND}
    assert invalid.field == "name"


def test_a_process_that_lives_ahead_dates_by_its_own_day():
    clock.set_forward(40)
    try:
        assert clock.forward() == timedelta(days=40)
        ahead = clock.now()
    finally:
        clock.set_forward(0)
    assert timedelta(days=39) < ahead - clock.now() <= timedelta(days=40)


def test_too_much_says_until_when() -> None:
    until = clock.moment("2025-03-10T10:05")
    refused = TooMany(WHAT, until=until, field="password")
    assert (refused.until, refused.field, refused.message) == (until, "password", WHAT)
