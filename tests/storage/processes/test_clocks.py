"""The clock of a process against its database's: at the bound, ahead and behind, and said once."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from core.domain import clock
from core.domain.clock import moment
from core.domain.errors import Refused
from core.storage.processes.clocks import BOUND, Clocks

NOW = moment("2026-03-02T09:00")
SECOND = timedelta(seconds=1)


def database(there: datetime) -> object:
    """A connection to a database at that time."""
    return lambda _: SimpleNamespace(fetchone=lambda: (there,))


@pytest.mark.parametrize(
    ("ahead", "agree"),
    [
        (timedelta(0), True),
        (BOUND - SECOND, True),
        (BOUND, True),
        (BOUND + SECOND, False),
        (-BOUND + SECOND, True),
        (-BOUND, True),
        (-BOUND - SECOND, False),
        (timedelta(hours=25), False),
        (timedelta(days=-365), False),
    ],
)
def test_clocks_agree_up_to_the_bound(
    monkeypatch: pytest.MonkeyPatch, ahead: timedelta, *, agree: bool
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + ahead)
    clocks = Clocks()
    assert clocks.compare(database(NOW)) is agree  # type: ignore[arg-type]  # a stand-in for a connection
    assert clocks.apart is not agree
    assert clocks.ahead == ahead


def test_it_is_said_once_when_they_part_and_once_when_they_agree_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    clocks = Clocks()
    off, right = database(NOW - timedelta(hours=1)), database(NOW)
    with capture_logs() as logged:
        for there in (right, off, off, right, right):
            clocks.compare(there)  # type: ignore[arg-type]  # a stand-in for a connection
    assert [(line["event"], line["log_level"]) for line in logged] == [
        ("clock.off", "error"),
        ("clock.right", "warning"),
    ]
    assert logged[0]["seconds_ahead"] == 3600


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(timedelta(hours=1), "60 minutes ahead of"), (timedelta(hours=-25), "1500 minutes behind")],
)
def test_what_would_be_dated_is_refused_with_how_far_it_is_off(
    monkeypatch: pytest.MonkeyPatch, session: Session, ahead: timedelta, said: str
) -> None:
    Clocks().hold(session)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + ahead)
    with pytest.raises(Refused, match=said) as refused:
        Clocks().hold(session)
    assert "管理员" in refused.value.text.zh
