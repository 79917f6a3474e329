"""Digests: what waits, to whom it is wished, once a day or a week, and nothing where nothing waits."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from core.domain.clock import moment
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.services.todo import digest as module
from core.services.todo.digest import is_first_of_week, send_digests
from core.storage.engine import session_factory
from core.storage.models import Application, JobRun, OutboxMessage, User
from core.storage.models.operations import JobState
from core.storage.models.people import Digest
from tests.services.factory import make_party

NOW = moment("2026-03-02T08:00")
MONDAY = date(2026, 3, 2)


@pytest.fixture
def send(engine):
    def run(day=MONDAY, *, weekly=True):
        return send_digests(session_factory(engine), day, NOW, weekly=weekly)

    return run


@pytest.fixture
def make_reader(engine, make_actor):
    """Somebody with a draft to finish, and a wish."""

    def make(digest, *, waits=True, **more):
        party = make_party(engine)
        actor = make_actor(Role.APPLICANT, parties=[party])
        with session_factory(engine)() as session, session.begin():
            if waits:
                draft = {"program": "jilin", "track": "provider", "edition": "interim", "region": "220202"}
                session.add(Application(party_id=party, state=ApplicationState.DRAFT, **draft))
            user = session.get_one(User, actor.user_id)
            user.digest = digest
            for name, value in more.items():
                setattr(user, name, value)
        return actor.user_id

    return make


def digests(engine, user_id):
    with session_factory(engine)() as session:
        query = select(OutboxMessage).where(OutboxMessage.user_id == user_id, OutboxMessage.event == "digest")
        return list(session.scalars(query.order_by(OutboxMessage.id)))


@pytest.fixture(autouse=True)
def nobody_else(engine):
    """The readers of the tests before wish nothing."""
    with engine.begin() as connection:
        connection.execute(update(User).values(digest=Digest.NONE))


def test_what_waits_is_told_once_a_day_in_the_readers_language(engine, send, make_reader):
    zh, en = make_reader(Digest.DAILY), make_reader(Digest.DAILY, language="en")
    assert send() == {"digests": 2, "failed": 0}
    assert send() == {"digests": 0, "failed": 0}
    assert send(MONDAY + timedelta(days=1), weekly=False)["digests"] == 2
    first, second = digests(engine, zh)
    assert first.subject == "待办事项（1 项）"
    assert "未提交的申请：1 项" in first.body
    assert "Applications not submitted yet: 1" in digests(engine, en)[0].body
    assert first.key != second.key


def test_weekly_digests_come_with_the_weeks_first_run_only(engine, send, make_reader):
    weekly, daily = make_reader(Digest.WEEKLY), make_reader(Digest.DAILY)
    assert send(MONDAY + timedelta(days=1), weekly=False)["digests"] == 1
    assert digests(engine, weekly) == []
    assert send(MONDAY + timedelta(days=7))["digests"] == 2
    assert (len(digests(engine, weekly)), len(digests(engine, daily))) == (1, 2)


@pytest.mark.parametrize(
    ("runs", "day", "first"),
    [
        ([], MONDAY, True),
        ([MONDAY - timedelta(days=1)], MONDAY, True),
        ([MONDAY], MONDAY + timedelta(days=1), False),
        ([MONDAY], MONDAY + timedelta(days=6), False),
        ([MONDAY], MONDAY + timedelta(days=7), True),
        ([MONDAY - timedelta(days=3)], MONDAY + timedelta(days=2), True),
    ],
)
def test_the_first_run_of_a_week_is_mondays_or_what_stands_in_for_it(session, runs, day, first):
    with session.begin():
        session.add_all(JobRun(job="digest", as_of=on, started_at=NOW, state=JobState.DONE) for on in runs)
        session.add(JobRun(job="digest", as_of=MONDAY, started_at=NOW, state=JobState.FAILED))
        session.flush()
        assert is_first_of_week(session, "digest", day) is first
        session.rollback()


def test_nothing_is_sent_where_nothing_waits_or_nobody_wishes_it(engine, send, make_reader):
    readers = [
        make_reader(Digest.DAILY, waits=False),
        make_reader(Digest.NONE),
        make_reader(Digest.DAILY, active=False),
        make_reader(Digest.DAILY, email=None, mobile="13911112222", mobile_confirmed_at=NOW),
    ]
    assert send() == {"digests": 0, "failed": 0}
    assert not any(digests(engine, reader) for reader in readers)


def test_one_that_fails_does_not_stop_the_others(engine, send, make_reader, monkeypatch):
    broken, good = make_reader(Digest.DAILY), make_reader(Digest.DAILY)
    whole = module.write_digest

    def write(w, user_id, day):
        if user_id == broken:
            raise RuntimeError("something is wrong")
        return whole(w, user_id, day)

    monkeypatch.setattr(module, "write_digest", write)
    assert send() == {"digests": 1, "failed": 1}
    assert digests(engine, good)
