"""What a notice would be before it is published, its introduction, and the party's word on an objection."""

from datetime import date, timedelta

import pytest

from core.domain.calendar import CalendarUnknownError
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from core.services.granting import notices
from tests.services.granting.test_notices import approved, load, object_to, objection_of, publish


def test_a_plan_tells_which_days_count(town):
    case = approved(town, date(2024, 4, 25))
    with case.as_officer(4) as w:
        plan = notices.plan(w, "liaocheng", [case.application_id])
    assert (str(plan.published_on), str(plan.closes_on), plan.working_days) == ("2024-04-29", "2024-05-09", 5)
    assert [str(day) for day in plan.counted] == [
        "2024-04-30", "2024-05-06", "2024-05-07", "2024-05-08", "2024-05-09",
    ]  # fmt: skip
    assert [str(day) for day in plan.passed_over] == [f"2024-05-0{number}" for number in range(1, 6)]
    assert [item.application_id for item in plan.applications] == [case.application_id]
    number = publish(case)
    assert load(case, number).closes_on == plan.closes_on, "the plan is what is published"


def test_a_plan_is_refused_as_the_publication_is(town, unchanged):
    case, unknown = approved(town), approved(town, date(2026, 12, 21))
    with unchanged(Invalid, "早于今天"), case.as_officer(4) as w:
        notices.plan(w, "liaocheng", [case.application_id], case.day)
    with unchanged(Invalid, "晚于今天"), case.as_officer(4) as w:
        notices.plan(w, "liaocheng", [case.application_id], case.day + timedelta(days=5))
    with unchanged(Invalid, "请选择"), case.as_officer(4) as w:
        notices.plan(w, "liaocheng", [])
    with unchanged(Invalid, "不属于本项目"), case.as_officer(4) as w:
        notices.plan(w, "hubei", [case.application_id])
    with unchanged(NotAllowed), case.as_recommender(4) as w:
        notices.plan(w, "liaocheng", [case.application_id])
    with unchanged(CalendarUnknownError, "2027"), unknown.as_officer(4) as w:
        notices.plan(w, "liaocheng", [unknown.application_id])


def test_the_introduction_stands_on_the_notice(town, unchanged):
    case = approved(town)
    with unchanged(Invalid, "20000"):
        publish(case, introduction="字" * 20_001)
    number = publish(case, introduction=" 经评审，现予公示。\n如有异议，请书面提出。 ")
    assert load(case, number).introduction == "经评审，现予公示。\n如有异议，请书面提出。"


def test_the_party_is_heard_before_the_decision(town, unchanged):
    case = approved(town)
    number = publish(case)
    object_to(case, number, case.on(5))
    objection = objection_of(case)
    with unchanged(Invalid, "请填写"), case.as_officer(6) as w:
        notices.hear_party(w, objection.id, " ")
    with unchanged(NotAllowed), case.as_recommender(6) as w:
        notices.hear_party(w, objection.id, "属实")
    with case.as_officer(6) as w:
        notices.hear_party(w, objection.id, "去年服务企业 120 家，有台账")
    with case.as_officer(6) as w:
        notices.hear_party(w, objection.id, "去年服务企业 125 家，有台账")
    assert objection_of(case).party_statement == "去年服务企业 125 家，有台账"
    with case.as_officer(7) as w:
        notices.decide_objection(w, objection.id, upheld=False, reason="有台账为证")
    with unchanged(Conflict, "已处理"), case.as_officer(7) as w:
        notices.hear_party(w, objection.id, "再补充")
    with pytest.raises(NotFound), case.as_officer(7) as w:
        notices.hear_party(w, 10**9, "x")
