"""Calls: what their form refuses, all at once, and what stays once there are applications."""

from datetime import date

import pytest

from core.domain.clock import moment
from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS
from core.services.calls import calls
from core.services.granting import matching, starting
from core.storage.engine import session_factory
from core.storage.models import Call
from tests.services.journey import race

GIVEN = {
    "program": "liaocheng",
    "tracks": ["specialized", "comprehensive"],
    "opens_at": moment("2024-05-10T00:00"),
    "submit_by": moment("2024-05-31T17:00"),
    "recommend_by": moment("2024-06-07T17:00"),
}


def save(town, at="2024-05-01T10:00", **changes):
    given = GIVEN | changes
    with town.begin(town.officer(given["program"]), at) as w:
        return calls.save_call(w, **given)


def test_a_call_is_open_between_its_moments_for_everyone_to_see(town):
    number = save(town, title="2024 年申报通知", quota=20)
    for at, is_open in (
        ("2024-05-09T23:59:59", False),
        ("2024-05-10T00:00:00", True),
        ("2024-05-31T17:00:00", True),
        ("2024-05-31T17:00:01", False),
    ):
        with town.begin(ANONYMOUS, at) as w:
            found = {view.id: view for view in calls.open_calls(w, "liaocheng", "specialized")}
            assert (number in found) is is_open, at
    assert found == {}
    with town.begin(ANONYMOUS, "2024-05-20T10:00") as w:
        view = next(view for view in calls.open_calls(w) if view.id == number)
        assert (view.title, view.quota, view.open, view.edition) == ("2024 年申报通知", 20, True, "measures")
        assert calls.open_calls(w, "liaocheng", "other") == []


def test_the_text_s_own_window_is_taken_where_none_is_given(town):
    given = {"program": "shanghai", "tracks": ["specialized"], "title": "2017"}
    number = save(town, "2017-01-01T09:00", **given, opens_at=None, submit_by=None, recommend_by=None)
    with session_factory(town.engine)() as session:
        call = session.get_one(Call, number)
    assert call.submit_by == moment("2017-09-20T17:00:00")
    assert call.recommend_by == moment("2017-09-30T23:59:59")
    assert call.edition == "2017"
    with town.begin(ANONYMOUS, "2024-05-01T10:00") as w:
        assert calls.default_window(w, "liaocheng", "specialized") is None


def test_every_error_of_the_form_at_once(town, unchanged):
    save(town, title="重名")
    sheet = [
        {"key": "a", "title": "甲", "weight": 1, "max": 0},
        {"key": "b", "title": "乙", "weight": 1, "max": 10},
        {"key": "b", "title": "丙", "weight": 1, "max": 10},
        {"key": "c", "weight": "x", "max": 10},
    ]
    with pytest.raises(Invalid) as caught:
        save(
            town,
            title=" 重名 ",
            tracks=["expert"],
            submit_by=moment("2024-05-10T00:00"),
            recommend_by=moment("2024-05-09T00:00"),
            quota=0,
            score_sheet=sheet,
            edition="2030",
        )
    assert set(caught.value.errors) == {
        "title",
        "tracks",
        "submit_by",
        "recommend_by",
        "quota",
        "edition",
        "score_sheet.1",
        "score_sheet.2",
        "score_sheet.3",
        "score_sheet.4",
    }
    naive = moment("2024-05-31T17:00").replace(tzinfo=None)
    with unchanged(Invalid, "时区"):
        save(town, title="无时区", submit_by=naive)
    with unchanged(Invalid, "请给出时间"):
        save(town, title="无时间", submit_by=None)
    with unchanged(Invalid, "常年受理"):
        save(town, program="jilin", tracks=["provider"], title="吉林")
    with unchanged(NotAllowed), town.begin(town.recommender("liaocheng"), "2024-05-01T10:00") as w:
        calls.save_call(w, **GIVEN, title="推荐单位不能发布")


def test_a_call_with_applications_keeps_its_tracks_edition_and_scored_sheet(town, unchanged):
    sheet = [{"key": "a", "title": "甲", "weight": 1, "max": 10}]
    case = town.start("shanghai/specialized", call={"score_sheet": sheet})
    call_id = case.load().call_id
    case.fill().attach_all().submit().recommend().review().score((5,))
    given = {
        "program": "shanghai",
        "title": "改",
        "opens_at": moment("2017-09-01T00:00"),
        "submit_by": moment("2017-09-30T00:00"),
        "recommend_by": moment("2017-10-30T00:00"),
        "call_id": call_id,
    }
    with unchanged(Invalid, "不能移除", "评分表"), case.as_officer(5) as w:
        calls.save_call(w, tracks=["comprehensive"], **given)
    with case.as_officer(5) as w:
        calls.save_call(w, tracks=["specialized", "comprehensive"], score_sheet=sheet, quota=3, **given)
    with session_factory(town.engine)() as session:
        assert session.get_one(Call, call_id).quota == 3
    with unchanged(NotFound), case.as_officer(5) as w:
        calls.save_call(w, tracks=["specialized"], **{**given, "call_id": 10**9})


def test_a_call_closed_early_takes_nothing_more_until_it_is_opened_again(town, begin, unchanged):
    case = town.start("liaocheng/specialized", day=date(2024, 5, 20)).fill().attach_all()
    call_id = case.load().call_id
    with case.as_officer() as w:
        calls.close_call(w, call_id)
    with unchanged(Refused, "截止"), case.as_applicant(1) as w:
        starting.submit(w, case.application_id)
    with unchanged(Refused, "已截止"), case.as_officer() as w:
        calls.close_call(w, call_id)
    with session_factory(town.engine)() as session:
        call = session.get_one(Call, call_id)
    with case.as_officer(1) as w:
        calls.save_call(
            w,
            program="liaocheng",
            tracks=call.tracks,
            title=call.title,
            opens_at=call.opens_at,
            submit_by=call.submit_by,
            call_id=call_id,
        )
    case.submit(2)
    with begin(town.officer("hubei"), case.on(0)) as w, pytest.raises(NotAllowed):
        calls.close_call(w, call_id)


def test_a_call_of_2017_takes_no_legal_services_and_says_so_with_the_clause(town, unchanged):
    case = town.start("shanghai/specialized").fill({"service_functions": ["legal"]}).attach_all()
    with unchanged(Refused, "不受理法律服务", "2.2(2)"), case.as_applicant() as w:
        starting.submit(w, case.application_id)
    with case.as_applicant() as w:
        found = {f"{m.program}/{m.track}": m for m in matching.matches(w, case.party_id)}
        assert found["shanghai/specialized"].call.closed.zh == "法律服务"
    case.fill({"service_functions": ["training"]}).submit()


def test_what_a_call_leaves_out_is_its_own(town, unchanged):
    given = {"program": "shanghai", "tracks": ["specialized"], "title": "2024 年通知"}
    moments = {"opens_at": moment("2024-05-10T00:00"), "submit_by": moment("2024-05-31T17:00")}
    number = save(town, **given | moments, recommend_by=None)
    with session_factory(town.engine)() as session:
        assert session.get_one(Call, number).closed_functions == []
    save(town, **given | moments, recommend_by=None, call_id=number, closed_functions=["training", "legal"])
    case = town.start("shanghai/specialized", day=date(2024, 5, 20), call={"closed_functions": ["training"]})
    case.fill({"service_functions": ["training"]}).attach_all()
    with pytest.raises(Refused) as refused, case.as_applicant() as w:
        starting.submit(w, case.application_id)
    assert "2.2(2)" not in refused.value.text.zh
    for wrong, said in ((["digital"], "不是该文本的服务功能"), ("all", "至少保留一类")):
        closed = wrong
        if wrong == "all":
            with town.begin(ANONYMOUS, "2024-05-01T10:00") as w:
                closed = w.rules("shanghai", "specialized", w.today).procedure.functions
        with unchanged(Invalid, said):
            save(town, **given | moments, recommend_by=None, call_id=number, closed_functions=closed)


def test_a_comprehensive_body_has_legal_services_among_others_in_2017(town):
    case = town.start("shanghai/comprehensive", call={"closed_functions": ["legal"]})
    case.fill({"service_functions": ["legal", "market"]}).attach_all().submit()


def test_the_clause_of_2017_is_not_that_of_a_later_call(town):
    case = town.start("shanghai/specialized", day=date(2024, 5, 20), call={"closed_functions": ["legal"]})
    case.fill({"service_functions": ["legal"]}).attach_all()
    with pytest.raises(Refused) as refused, case.as_applicant() as w:
        starting.submit(w, case.application_id)
    assert "不受理法律服务" in refused.value.text.zh
    assert "2.2(2)" not in refused.value.text.zh


def test_a_second_call_of_a_year_gives_its_reason(town, unchanged):
    first = save(town, title="2024 年通知")
    with unchanged(Invalid, "2024 年已有《2024 年通知》", "第 15 条"):
        save(town, title="2024 年第二批")
    with unchanged(Invalid, "至多"):
        save(town, title="2024 年第二批", repeat_reason="字" * 501)
    second = save(town, title="2024 年第二批", repeat_reason="字" * 500)
    # The first is changed without a reason, and so is a call of the year after, or of another track alone.
    save(town, title="2024 年通知（修订）", call_id=first)
    with unchanged(Invalid, "每年开展一次"):
        save(town, title="2024 年第二批", call_id=second)
    later = {"opens_at": moment("2025-01-01T00:00"), "submit_by": moment("2025-01-31T00:00")}
    save(town, title="2025 年通知", **later, recommend_by=None)
    save(town, "2024-01-01T10:00", program="shanghai", title="一", tracks=["specialized"])
    save(town, "2024-01-01T10:00", program="shanghai", title="二", tracks=["specialized"])


def test_of_two_calls_of_a_year_announced_at_once_the_second_is_asked_why(town):
    titles = iter(("甲", "乙"))
    officers = [town.officer("liaocheng"), town.make_actor(Role.LEAD)]
    results = race(
        town.engine, officers, "2024-05-01T10:00", lambda w: calls.save_call(w, **GIVEN, title=next(titles))
    )
    assert sorted(type(result).__name__ for result in results) == ["Invalid", "NoneType"]
