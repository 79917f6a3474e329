"""Calls: what their form refuses, all at once, and what stays once there are applications."""

from datetime import date

import pytest

from core.domain.clock import moment
from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.services.base.work import ANONYMOUS
from core.services.calls import calls
from core.services.granting import starting
from core.storage.engine import session_factory
from core.storage.models import Call

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
