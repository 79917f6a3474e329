"""What a run of the check leaves alone: days to come, and every programme but the one that is named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.clock import moment
from core.domain.errors import Refused
from core.domain.roles import Role
from core.services.daily_check.run import run_checks
from core.services.granting import notices
from core.services.review import reviews
from core.storage.engine import session_factory
from core.storage.models import Accreditation, AuditEvent, Call, JobRun, OutboxMessage, PublicNotice
from tests.services.factory import accredit
from tests.services.journey import Town

NOW = moment("2024-05-06T23:59")
TODAY, TOMORROW = date(2024, 5, 6), date(2024, 5, 7)


def written(engine: Engine) -> tuple[int, ...]:
    tables = (AuditEvent, OutboxMessage, JobRun)
    with session_factory(engine)() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def due_to_expire(engine: Engine) -> Any:
    """A status whose term ends with 2024-05-06."""
    return accredit(
        engine, "jilin/expert", "2022-05-06", valid_through=TODAY, next_due_on=TOMORROW, region="220202"
    )


def test_a_day_to_come_is_refused_and_nothing_is_written(engine: Engine) -> None:
    held, before = due_to_expire(engine), written(engine)
    with pytest.raises(Refused, match="2024-05-07 is yet to come") as caught:
        run_checks(session_factory(engine), TOMORROW, now=NOW)
    assert "--dry-run" in caught.value.text.zh
    assert written(engine) == before
    # What the day itself brings is done on it, up to its last minute and from its first.
    assert run_checks(session_factory(engine), TODAY, now=NOW).tally.counts == {}
    done = run_checks(session_factory(engine), TOMORROW, now=moment("2024-05-07T00:00"))
    assert "expired" in {key.rsplit("|", 1)[-1] for key in done.tally.counts}
    with session_factory(engine)() as session:
        assert session.get_one(Accreditation, held.id).state == "expired"


def test_a_dry_run_tells_of_a_day_to_come(engine: Engine) -> None:
    due_to_expire(engine)
    before = written(engine)
    told = run_checks(session_factory(engine), TOMORROW, now=NOW, dry_run=True)
    assert "expired" in {key.rsplit("|", 1)[-1] for key in told.tally.counts}
    assert written(engine) == before


def crowd(town: Town) -> datetime:
    """Of Liaocheng a notice, of Shanghai a reviewer's task, and the moment a month later: both are over."""
    published = town.start("liaocheng/specialized").reviewed().approve()
    with published.as_officer(4) as w:
        notices.publish(w, "liaocheng", [published.application_id], "公示")
    late = (
        town.start("shanghai/specialized", day=published.day)
        .fill()
        .attach_all()
        .submit()
        .recommend()
        .review()
    )
    reviewer = town.make_actor(Role.REVIEWER, "shanghai", "310000")
    with late.as_officer(3) as w:
        reviews.assign(w, late.application_id, [reviewer.user_id or 0])
    return moment(late.on(30))


def standing(town: Town) -> tuple[int, int, int, int]:
    """Closed notices, accreditations, closed calls, reminders to reviewers."""
    reminded = select(func.count()).where(OutboxMessage.event == "review.reminder")
    counts = (
        select(func.count()).where(PublicNotice.closed_at.is_not(None)),
        select(func.count()).select_from(Accreditation),
        select(func.count()).where(Call.closed_at.is_not(None)),
        reminded,
    )
    with session_factory(town.engine)() as session:
        closed, held, calls, letters = (session.scalar(query) or 0 for query in counts)
    return closed, held, calls, letters


def test_a_programme_that_is_named_is_the_only_one_touched(town: Town) -> None:
    now = crowd(town)
    factory, day = session_factory(town.engine), now.date()
    assert standing(town) == (0, 0, 0, 0)
    before = written(town.engine)
    run_checks(factory, day, now=now, program="jilin")
    assert standing(town) == (0, 0, 0, 0)
    assert written(town.engine)[:2] == before[:2]
    run_checks(factory, day, now=now, program="liaocheng")
    closed, held, calls, reminded = standing(town)
    assert (closed, held, calls > 0, reminded) == (1, 1, True, 0)
    run_checks(factory, day, now=now, program="shanghai")
    closed, held, more, reminded = standing(town)
    assert (closed, held, more > calls, reminded > 0) == (1, 1, True, True)
