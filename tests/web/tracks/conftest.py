"""Cases of a track, carried from the counter on by the people of its programme."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.web.conftest import LogIn, MakeUser
from tests.web.counter import Counter, MakeCounter


@pytest.fixture
def counter(
    app: Flask, session: Session, make_user: MakeUser, log_in: LogIn, holidays: None
) -> Iterator[MakeCounter]:
    """A programme's people at their screens, on the day of the track's golden case."""
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


@pytest.fixture
def accredited(counter: MakeCounter) -> Callable[[str], Counter]:
    """Carries a case of a track from the counter into the register."""

    def carry(key: str) -> Counter:
        item = counter(key)
        item.call()
        item.file()
        item.decide()
        item.finish()
        return item

    return carry
