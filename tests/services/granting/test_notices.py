"""Public notices: counted in working days, frozen, objected to by anyone, and closed by the system alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.domain.calendar import CalendarUnknownError
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import ApplicationState
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.granting import decisions, notice_ends, notices
from core.storage.engine import session_factory
from core.storage.models import Accreditation, HolidayDay, Objection, OutboxMessage, PublicNotice
from tests.services.factory import accredit

KEY = "liaocheng/specialized"
WORDS = {"objector": "王某", "contact": "13900139000", "content": "该单位去年并未开展服务"}


def approved(town, day=None, **more):
    return town.start(KEY, day=day, **more).reviewed().approve()


def publish(case, days=4, **more):
    with case.as_officer(days) as w:
        return notices.publish(w, case.program, [case.application_id], "公示", **more)


def object_to(case, notice_id, at, **changes):
    with case.town.begin(ANONYMOUS, at) as w:
        return notices.object_to(w, notice_id, case.application_id, **(WORDS | changes))


def objection_of(case):
    with session_factory(case.town.engine)() as session:
        return session.scalars(
            select(Objection).where(Objection.notice_item.has(application_id=case.application_id))
        ).all()[-1]


def close(case, day):
    with case.town.begin(SYSTEM, f"{day}T00:10") as w:
        return notice_ends.close_due(w, w.today)


def held(case):
    with session_factory(case.town.engine)() as session:
        return session.scalar(select(Accreditation).where(Accreditation.party_id == case.party_id))


def load(case, notice_id):
    with session_factory(case.town.engine)() as session:
        return session.get_one(PublicNotice, notice_id)


@pytest.mark.parametrize(
    ("start", "closes_on", "why"),
    [
        ("2024-04-25", "2024-05-09", "published on 29 April; 1-5 May off"),
        ("2023-12-22", "2024-01-03", "published on 26 December; New Year's Day off"),
        (
            "2024-02-03",
            "2024-02-20",
            "published on 7 February; 10-17 off, 18 worked",
        ),
    ],
)
def test_the_last_day_is_counted_in_working_days_and_frozen(town, engine, start, closes_on, why):
    case = approved(town, date.fromisoformat(start))
    number = publish(case)
    found = load(case, number)
    assert (str(found.closes_on), found.working_days) == (closes_on, 5), why
    with session_factory(engine)() as session, session.begin():
        session.merge(HolidayDay(on=found.closes_on, working=False, name_zh="临时放假"))
    try:
        assert load(case, number).closes_on == found.closes_on
    finally:
        with session_factory(engine)() as session, session.begin():
            session.delete(session.get_one(HolidayDay, found.closes_on))


def test_a_year_that_is_not_known_refuses_the_publication(town, unchanged):
    case = approved(town, date(2026, 12, 21))
    with unchanged(CalendarUnknownError, "2027", "尚无"):
        publish(case)
    assert case.load().state is ApplicationState.APPROVED


def test_what_cannot_be_published_is_named(town, unchanged):
    case, draft = approved(town), town.start(KEY)
    with unchanged(Invalid, "早于今天", "请填写"), case.as_officer(4) as w:
        notices.publish(w, "liaocheng", [case.application_id], " ", on=case.day)
    with unchanged(Invalid, "晚于今天", "在当天发布"):
        publish(case, on=case.day + timedelta(days=5))
    assert case.load().state is ApplicationState.APPROVED
    with unchanged(Invalid, "请选择"), case.as_officer(4) as w:
        notices.publish(w, "liaocheng", [], "公示")
    with unchanged(Invalid, "草稿"), case.as_officer(4) as w:
        notices.publish(w, "liaocheng", [case.application_id, draft.application_id], "公示")
    with unchanged(NotAllowed), case.as_recommender(4) as w:
        notices.publish(w, "liaocheng", [case.application_id], "公示")
    publish(case, on=case.day + timedelta(days=4))
    with unchanged(Invalid, "已列入公示"):
        publish(case)


def test_it_ends_the_day_after_and_only_the_system_ends_it(town, unchanged):
    case = approved(town)
    number = publish(case)
    last = load(case, number).closes_on
    with unchanged(NotAllowed, "系统"), case.as_officer(20) as w:
        notice_ends.close_due(w, w.today)
    close(case, last)
    assert case.load().state is ApplicationState.ON_NOTICE
    assert close(case, last + timedelta(days=1)) >= 1
    assert close(case, last + timedelta(days=1)) == 0
    assert held(case).valid_from == last + timedelta(days=1)
    assert load(case, number).closed_at is not None


def test_a_late_run_gives_the_same_first_day(town):
    case = approved(town)
    last = load(case, publish(case)).closes_on
    close(case, last + timedelta(days=40))
    assert held(case).valid_from == last + timedelta(days=1)


def test_an_approved_application_that_was_never_published_waits(town):
    case = approved(town)
    close(case, "2025-01-01")
    assert case.load().state is ApplicationState.APPROVED


def test_anyone_objects_until_the_end_of_the_last_day(town, unchanged):
    case = approved(town)
    number = publish(case)
    last = load(case, number).closes_on
    with unchanged(Invalid, "请填写"):
        object_to(case, number, f"{last}T12:00", objector=" ", contact="", content="")
    with unchanged(NotFound), town.begin(ANONYMOUS, f"{last}T12:00") as w:
        notices.object_to(w, number, case.application_id + 10_000, **WORDS)
    code = object_to(case, number, f"{last}T23:59:59")
    with unchanged(Refused, "公示已于"):
        object_to(case, number, f"{last + timedelta(days=1)}T00:00:00")
    with town.begin(ANONYMOUS, f"{last}T23:59:59") as w:
        for typed in (f" {code} ", f"{code[:4]}\u2011{code[4:8]}–{code[8:]}\u200b"):
            assert notices.follow_up(w, typed).state.zh == "处理中"
        with pytest.raises(NotFound, match="no objection with this code"):
            notices.follow_up(w, "nonsense")


def test_an_objection_stops_only_the_application_that_it_is_about(town):
    stopped, other = approved(town), approved(town)
    with stopped.as_officer(4) as w:
        ids = [stopped.application_id, other.application_id]
        number = notices.publish(w, "liaocheng", ids, "两家公示")
    object_to(stopped, number, stopped.on(5))
    last = load(stopped, number).closes_on
    close(other, last + timedelta(days=1))
    assert (stopped.load().state, other.load().state) == ("on_notice", "accredited")
    assert load(other, number).closed_at is None


def test_a_dismissed_objection_lets_it_go_on_from_the_day_of_the_decision(town, unchanged):
    case = approved(town)
    number = publish(case)
    code = object_to(case, number, case.on(5))
    objection = objection_of(case)
    with unchanged(Invalid, "请填写"), case.as_officer(15) as w:
        notices.decide_objection(w, objection.id, upheld=False, reason="")
    with case.as_officer(15) as w:
        notices.decide_objection(w, objection.id, upheld=False, reason="经核查，情况不实")
    with unchanged(Conflict, "已处理（officer"), case.as_officer(15) as w:
        notices.decide_objection(w, objection.id, upheld=True, reason="再查")
    with town.begin(ANONYMOUS, case.on(15)) as w:
        assert notices.follow_up(w, code).decision_reason == "经核查，情况不实"
    close(case, case.day + timedelta(days=18))
    assert held(case).valid_from == case.day + timedelta(days=15)


def test_an_upheld_objection_ends_the_application(town, engine, unchanged):
    case = approved(town)
    number = publish(case)
    object_to(case, number, case.on(5))
    with unchanged(Refused, "异议"), case.as_officer(6) as w:
        decisions.reject(w, case.application_id, "反悔")
    with case.as_officer(6) as w:
        notices.decide_objection(w, objection_of(case).id, upheld=True, reason="查实无服务业绩")
    assert case.load().state is ApplicationState.REJECTED
    close(case, "2025-01-01")
    assert held(case) is None
    with session_factory(engine)() as session:
        told = session.scalars(
            select(OutboxMessage).where(OutboxMessage.party_id == case.party_id).order_by(OutboxMessage.id)
        ).all()
    events = [row.event for row in told if row.channel == "email"]
    assert {"notice.published", "objection.received", "objection.decided"} <= set(events)
    assert events[-1] == "application.rejected"


def test_a_notice_is_public_with_what_everyone_may_see(town):
    case = approved(town)
    number = publish(case)
    with town.begin(ANONYMOUS, case.on(5)) as w:
        shown = next(item for item in notices.notices(w, "liaocheng", running=True) if item.id == number)
    assert shown.open
    assert [item.application_id for item in shown.items] == [case.application_id]
    assert (shown.items[0].track, shown.items[0].region) == ("specialized", "371502")
    with town.begin(ANONYMOUS, case.on(60)) as w:
        assert number not in {item.id for item in notices.notices(w, running=True)}
        assert number in {item.id for item in notices.notices(w)}


def test_a_notice_that_an_earlier_version_dated_ahead_is_not_shown_before(town, unchanged):
    case = approved(town)
    number = publish(case)
    with session_factory(town.engine)() as session, session.begin():
        session.get_one(PublicNotice, number).published_on = case.day + timedelta(days=7)
    with town.begin(ANONYMOUS, case.on(6)) as w:
        assert number not in {item.id for item in notices.notices(w)}
    with unchanged(NotFound):
        object_to(case, number, case.on(6))


def test_one_that_cannot_be_entered_stays_and_does_not_stop_the_others(town, engine):
    stuck, other = approved(town), approved(town)
    with stuck.as_officer(4) as w:
        notices.publish(w, "liaocheng", [stuck.application_id, other.application_id], "公示")
    accredit(engine, "liaocheng/specialized", "2024-05-01", party_id=stuck.party_id)
    close(stuck, "2024-07-01")
    assert (stuck.load().state, other.load().state) == ("on_notice", "accredited")
    with stuck.as_officer(50) as w, pytest.raises(NotFound):
        notices.decide_objection(w, 10**9, upheld=True, reason="无")
