"""Every track from the counter to its end, through the screens alone."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.rules.periods import period_end
from core.storage.models import Accreditation, RegisterEvent
from core.domain.standing import EventKind
from tests.services.intake.journey import TRACKS
from tests.web.conftest import LogIn, MakeUser
from tests.web.counter import Counter, MakeCounter, only

YEAR = timedelta(days=366)


@pytest.fixture
def counter(
    app: Flask, session: Session, make_user: MakeUser, log_in: LogIn, holidays: None
) -> Iterator[MakeCounter]:
    made: list[Counter] = []

    def make(key: str) -> Counter:
        app.config["WTF_CSRF_ENABLED"] = True
        item = Counter(app, session, make_user, log_in, key)
        made.append(item)
        item.on(item.day)
        return item

    yield make
    for item in made:
        item.leave()


def accredited(counter: MakeCounter, key: str) -> Counter:
    item = counter(key)
    item.call()
    item.file()
    item.decide()
    item.finish()
    return item


@pytest.mark.parametrize("key", TRACKS)
def test_a_case_of_every_track_from_the_counter_to_the_register(
    counter: MakeCounter, session: Session, key: str
) -> None:
    item = accredited(counter, key)
    held = only(session, Accreditation)
    assert held.state.value == "active"
    page = item.status()
    assert held.number in page.text
    assert "诚信服务中心" in page.text or "王建国" in page.text
