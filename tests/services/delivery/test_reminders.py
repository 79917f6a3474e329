"""After an outage of the mail server only the latest reminder goes out, once, and only where it is of use."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.roles import Role
from core.rules.obligations import ReportKind
from core.services.base.work import SYSTEM
from core.services.daily_check.run import run_checks
from core.services.duties.reports import submit_report
from core.services.duties.returned_reports import return_report
from core.services.endings.extensions import request_extension
from core.services.endings.withdrawals import withdraw
from core.services.supervision.living_through import check_now
from core.services.supervision.reminding import is_outdated, with_days_left
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage, Party
from tests.services.factory import accredit, serve
from tests.services.members import member_of

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


def reminders(engine, event):
    with session_factory(engine)() as session:
        query = select(OutboxMessage).where(OutboxMessage.event == event)
        return list(session.scalars(query.order_by(OutboxMessage.id)))


def of_use(begin, rows, at):
    with begin(SYSTEM, at) as w:
        return {
            row.key.split("/")[3]
            for row in rows
            if not is_outdated(w, w.session.get_one(OutboxMessage, row.id))
        }


def test_nobody_is_reminded_who_applied_under_another_registration(engine, begin, held, make_actor, town):
    lived(engine, begin, LAST - timedelta(days=90))
    waiting = term_reminders(engine)
    case = town.start(TRACK, day=LAST - timedelta(days=89)).fill().attach_all().submit()
    at = f"{LAST - timedelta(days=88)}T10:00"
    assert of_use(begin, waiting, at) == {"term"}
    with session_factory(engine)() as session, session.begin():
        session.get_one(Party, case.party_id).merged_into_id = held.party_id
    assert of_use(begin, waiting, at) == set()


def test_a_plan_and_a_report_are_reminded_of_until_they_come_or_their_day_is_over(engine, begin, make_actor):
    """Both of Shanghai, due on Friday 2025-01-31, a day off: the last day is 5 February."""
    held = accredit(
        engine,
        "shanghai/specialized",
        "2023-08-10",
        valid_through=date(2025, 8, 10),
        next_due_on=date(2025, 1, 1),
    )
    with begin(SYSTEM, "2025-01-31T00:10") as w:
        check_now(w, held.id)
    rows = reminders(engine, "reminder.report")
    kinds = {row.key.split("/")[3] for row in rows}
    assert kinds == {"plan", "report"}
    due = {row.key.split("/")[3]: date.fromisoformat(row.key.split("/")[4].split("#")[0]) for row in rows}
    for kind, named in due.items():
        with begin(SYSTEM, f"{named}T09:00") as w:
            last = w.calendar.last_day(named)
        mine = [row for row in rows if row.key.split("/")[3] == kind]
        assert of_use(begin, mine, f"{last}T09:00") == {kind}
        assert of_use(begin, mine, f"{last + timedelta(days=1)}T09:00") == set()
    with begin(member_of(make_actor, held), "2025-01-31T10:00") as w:
        submit_report(w, held.id, 2025, "全年计划", kind=ReportKind.PLAN)
    assert of_use(begin, rows, "2025-01-31T11:00") == {"report"}
    with begin(member_of(make_actor, held), "2025-01-31T12:00") as w:
        report = submit_report(w, held.id, 2024, "全年情况")
    assert of_use(begin, rows, "2025-01-31T13:00") == set()
    with begin(make_actor(Role.OFFICER, "shanghai"), "2025-01-31T14:00") as w:
        return_report(w, report, "缺数据")
    assert of_use(begin, rows, "2025-01-31T15:00") == {"report"}
    with begin(member_of(make_actor, held), "2025-01-31T16:00") as w:
        withdraw(w, held.id)
    assert of_use(begin, rows, "2025-01-31T17:00") == set()


def test_a_duty_is_reminded_of_until_it_is_met_or_its_year_over(engine, begin, make_actor):
    """Sixty hours of volunteer service in a year that ends on 2024-06-01."""
    held = accredit(engine, "miit_volunteer/workstation", "2023-06-01", next_due_on=date(2024, 1, 1))
    with begin(SYSTEM, "2024-05-31T00:10") as w:
        check_now(w, held.id)
    rows = reminders(engine, "reminder.duty")
    last = date.fromisoformat(rows[0].key.split("/")[4])
    assert of_use(begin, rows, f"{last}T09:00") == {"duty"}
    assert of_use(begin, rows, f"{last + timedelta(days=1)}T09:00") == set()
    serve(engine, held, "2024-04-02", hours="59.5")
    assert of_use(begin, rows, "2024-05-31T10:00") == {"duty"}
    serve(engine, held, "2024-04-03", hours="0.5")
    assert of_use(begin, rows, "2024-05-31T11:00") == set()
