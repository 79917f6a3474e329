"""After an outage of the mail server only the latest reminder goes out, once, and only where it is of use."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.daily_check.run import run_checks
from core.services.endings.extensions import request_extension
from core.services.supervision.reminding import is_outdated, with_days_left
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage
from tests.services.factory import accredit

TRACK, LAST = "jilin/expert", date(2024, 3, 20)


@pytest.fixture
def held(engine):
    return accredit(engine, TRACK, "2022-03-20", next_due_on=LAST - timedelta(days=90))


def lived(engine, begin, until):
    done = run_checks(session_factory(engine), until, now=moment(f"{until}T00:10"))
    assert not done.tally.failures, done.to_json()


def term_reminders(engine):
    with session_factory(engine)() as session:
        query = select(OutboxMessage).where(OutboxMessage.event == "reminder.term")
        return list(session.scalars(query.order_by(OutboxMessage.id)))


def test_the_latest_stage_alone_is_of_use_and_tells_the_days_of_today(engine, begin, held):
    for left in (90, 30, 7):
        lived(engine, begin, LAST - timedelta(days=left))
    rows = term_reminders(engine)
    stages = {row.key.split("/term/")[1].split("/")[1] for row in rows}
    assert len(stages) > 1, "there is more than one stage"
    on = LAST - timedelta(days=3)
    with begin(SYSTEM, f"{on}T09:00") as w:
        kept = [w.session.get_one(OutboxMessage, row.id) for row in rows]
        sent = [row for row in kept if not is_outdated(w, row)]
        assert {row.key.split("/term/")[1].split("/")[1] for row in sent} == {min(stages, key=int)}
        assert all("还有 3 天到期" in with_days_left(w, row) for row in sent)
    for late, of_use in ((0, True), (1, False)):
        with begin(SYSTEM, f"{LAST + timedelta(days=late)}T09:00") as w:
            latest = w.session.get_one(OutboxMessage, sent[0].id)
            assert is_outdated(w, latest) is not of_use
            assert not of_use or "还有 0 天到期" in with_days_left(w, latest)


def test_nobody_is_reminded_who_has_asked(engine, begin, held, make_actor):
    lived(engine, begin, LAST - timedelta(days=90))
    waiting = term_reminders(engine)
    assert waiting
    on = LAST - timedelta(days=89)
    with begin(make_actor(Role.APPLICANT, parties=[held.party_id]), f"{on}T09:00") as w:
        request_extension(w, held.id, "请予延期")
    with begin(SYSTEM, f"{on}T10:00") as w:
        assert all(is_outdated(w, w.session.get_one(OutboxMessage, row.id)) for row in waiting)
    lived(engine, begin, LAST - timedelta(days=1))
    assert len(term_reminders(engine)) == len(waiting)
