"""A tracer that is taken away is put back for the test after, and the run says where it was lost."""

import sys
from types import FrameType
from typing import Any

import pytest

from tests.traced import Traced, unmeasured


class Tracer:
    """As much of coverage's tracer as is asked of it."""

    def __init__(self) -> None:
        self.seen = False

    def __call__(self, frame: FrameType, event: str, arg: Any) -> None:
        self.seen = True

    def reset_activity(self) -> None:
        self.seen = False

    def activity(self) -> bool:
        return self.seen


@pytest.fixture
def tracer():
    before, made = sys.gettrace(), Tracer()
    sys.settrace(made)
    yield made
    sys.settrace(before)


def test_a_tracer_that_was_taken_away_is_back_for_the_next_test(tracer):
    traced = Traced()
    traced.pytest_runtest_logstart("test_a")
    traced.pytest_runtest_logstart("test_b")
    sys.settrace(None)
    with pytest.warns(UserWarning, match="lost in test_b"):
        traced.pytest_runtest_logstart("test_c")
    assert sys.gettrace() is tracer
    traced.pytest_runtest_logstart("test_d")


def test_a_tracer_that_sees_no_call_is_set_again(tracer, monkeypatch):
    traced = Traced()
    traced.pytest_runtest_logstart("test_a")
    monkeypatch.setattr(tracer, "activity", lambda: False)
    with pytest.warns(UserWarning, match="lost in test_a"):
        traced.pytest_runtest_logstart("test_b")


def test_without_coverage_there_is_nothing_to_hold():
    before = sys.gettrace()
    sys.settrace(None)
    try:
        traced = Traced()
        traced.pytest_runtest_logstart("test_a")
        traced.pytest_runtest_logstart("test_b")
    finally:
        sys.settrace(before)


def test_what_is_not_measured_is_not_traced_and_the_rest_is(tracer):
    with unmeasured():
        assert sys.gettrace() is None
    assert sys.gettrace() is tracer
    with pytest.raises(ZeroDivisionError), unmeasured():
        _ = 1 / 0
    assert sys.gettrace() is tracer
