"""The share of messages that left within seconds: at the bound, and what waits or failed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.services.delivery.promptness import promptness
from core.storage.models import OutboxMessage
from core.storage.models.operations import MessageState
from tests.services.delivery.sending import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def keep(session):
    def make(written, sent=None, *, channel="email", state=MessageState.SENT):
        number = session.query(OutboxMessage).count()
        session.add(
            OutboxMessage(
                key=f"k{number}",
                event="expired",
                channel=channel,
                recipient="a@firm.example",
                subject="",
                body="",
                state=state,
                created_at=written,
                next_attempt_at=written,
                sent_at=sent,
            )
        )
        session.flush()

    return make


def test_nothing_written_has_no_share(session):
    assert promptness(session, NOW).percent is None


@pytest.mark.parametrize(("seconds", "prompt"), [(9, 1), (10, 1), (11, 0)])
def test_ten_seconds_are_in_time(session, keep, seconds, prompt):
    written = NOW - timedelta(hours=1)
    keep(written, written + seconds * SECOND)
    assert promptness(session, NOW).prompt == prompt


@pytest.mark.parametrize(("ago", "counted"), [(9, 0), (10, 0), (11, 1)])
def test_what_waits_counts_as_late_once_its_seconds_are_over(session, keep, ago, counted):
    keep(NOW - ago * SECOND, state=MessageState.PENDING)
    found = promptness(session, NOW)
    assert (found.written, found.prompt) == (counted, 0)


def test_only_the_last_day_counts_and_only_what_is_sent_out(session, keep):
    day = timedelta(days=1)
    keep(NOW - day, NOW - day)
    keep(NOW - SECOND, NOW, channel="inbox")
    keep(NOW - day + SECOND, NOW - day + SECOND)
    keep(NOW - day + SECOND, state=MessageState.FAILED)
    keep(NOW - day + SECOND, NOW)
    found = promptness(session, NOW)
    assert (found.written, found.prompt, found.percent) == (3, 1, Decimal("33.3"))
