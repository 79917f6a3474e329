"""A database that is away is said once when it goes and once when it is back, whoever finds so."""

import time

import psycopg
import pytest
from structlog.testing import capture_logs

from core.storage.processes.absence import Absence


@pytest.fixture
def said():
    with capture_logs() as lines:
        yield lines


def events(said):
    return [line["event"] for line in said]


def test_it_is_said_once_when_it_goes_and_once_when_it_is_back(said):
    absence = Absence()
    absence.back(time.monotonic())
    for _ in range(2):
        absence.lost(psycopg.OperationalError("gone"))
    absence.refused()
    for _ in range(2):
        absence.back(time.monotonic())
    assert [(line["event"], line.get("refused")) for line in said] == [
        ("database.away", None),
        ("database.back", 1),
    ]
    assert not absence.away


def test_an_answer_to_who_asked_before_it_was_lost_does_not_bring_it_back(said):
    absence = Absence()
    asked = time.monotonic()
    absence.lost(psycopg.OperationalError("gone"))
    absence.back(asked)
    assert absence.away
    absence.lost(psycopg.OperationalError("gone"))
    assert events(said) == ["database.away"]
    absence.back(time.monotonic())
    assert events(said) == ["database.away", "database.back"]
