"""An applicant's way through the own pages: found, begun, filled in, handed in, returned, corrected."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.clock import SHANGHAI, now
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.storage.models import Application, Call, OutboxMessage
from tests.services.journey import claims
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.applicant import KEY, Applicant, applicant, file
from tests.web.screens import Browser

MakeApplicant = Any


@pytest.fixture
def make_applicant(session: Session, make_user: MakeUser, log_in: LogIn) -> MakeApplicant:
    """Makes applicants."""

    def make(key: str = KEY, **more: Any) -> Applicant:
        return applicant(session, make_user, log_in, key, **more)

    return make


@pytest.fixture
def someone(make_applicant: MakeApplicant) -> Applicant:
    """An applicant under an open call."""
    made: Applicant = make_applicant()
    return made


def test_an_applicant_finds_begins_fills_hands_in_corrects(
    someone: Applicant, make_user: MakeUser, log_in: LogIn
) -> None:
    page = someone.browser.get("/my/programs/")
    assert "正在受理" in page.text
    assert "尚未填报" in page.text
    someone.begin()
    assert someone.browser.at.endswith("/facts")
    someone.fill(staff_full_time=9)
    page = someone.browser.get(f"{someone.path}/submit")
    assert "还差 1 人" in page.text
    assert "必交材料不齐" in page.text
    someone.hand_in()
    page = someone.browser.get(f"{someone.path}/submit")
    assert "必交材料不齐" not in page.text
    page.send(declared="y")
    assert someone.application.state is ApplicationState.SUBMITTED
    officer = Browser(log_in(make_user(Role.OFFICER)))
    back = officer.get(f"/admin/applications/{someone.application.id}")
    wrong = back.parts("/do/judge-file")[0]
    back.send("/do/judge-file", wrong, verdict="no", remark="公章不清")
    officer.get(f"/admin/applications/{someone.application.id}").send("/do/move-return", reason="请核对人数")
    page = someone.browser.get(someone.path)
    for word in ("需要补正", "请核对人数", "公章不清", "还差 1 人"):
        assert word in page.text
    assert "公章不清" in someone.browser.get(f"{someone.path}/materials").text
    someone.fill(staff_full_time=12)
    page = someone.browser.get(f"{someone.path}/materials")
    replace = next(
        path for form in page.forms() if (path := urlsplit(form.action or "").path).endswith("/replace")
    )
    assert replace.split("/")[-2] == wrong
    someone.browser.post(replace, {"files": file(name="新表.pdf")})
    someone.browser.get(f"{someone.path}/submit").send(declared="y")
    for browser, address in (
        (someone.browser, someone.path),
        (officer, f"/admin/applications/{someone.application.id}"),
    ):
        text = browser.get(address).text
        assert "补正后的变化" in text
        assert "新表.pdf" in text
        assert "9 人" in text
        assert "12 人" in text


def test_handed_in_twice_it_is_handed_in_once(someone: Applicant, session: Session) -> None:
    someone.begin()
    someone.fill()
    someone.hand_in()
    address = f"{someone.path}/submit"
    sent = {"declared": "y", "version": str(someone.application.version)}
    someone.browser.post(address, sent)
    again = someone.browser.post(address, sent)
    assert "无需再次提交" in again.text
    told = select(func.count()).where(OutboxMessage.event == "application.submitted")
    once = session.scalar(told)
    someone.browser.get(address)
    assert session.scalar(told) == once
    assert someone.application.state is ApplicationState.SUBMITTED


def test_without_the_declaration_or_with_gaps_nothing_is_handed_in(someone: Applicant) -> None:
    someone.begin()
    address = f"{someone.path}/submit"
    page = someone.browser.post(address, {}, ok=False)
    assert page.status == 422
    assert "请勾选承诺后提交" in page.text
    sent = {"declared": "y", "version": str(someone.application.version)}
    page = someone.browser.post(address, sent, ok=False)
    assert page.status == 422
    assert "必交材料不齐" in page.text
    assert someone.application.state is ApplicationState.DRAFT


def test_what_changed_since_the_check_is_not_handed_in_unseen(someone: Applicant) -> None:
    someone.begin()
    someone.fill()
    someone.hand_in()
    seen = str(someone.application.version)
    someone.fill(staff_full_time=99)
    # A version that is not sent, or is none, is older than any.
    for version in ({"version": seen}, {}, {"version": ""}, {"version": "x"}):
        late = someone.browser.post(f"{someone.path}/submit", {"declared": "y", **version}, ok=False)
        assert "他人刚刚修改了这条申请" in late.text
        assert late.status == 422
        assert someone.application.state is ApplicationState.DRAFT


def test_withdrawn_only_when_said_twice(someone: Applicant) -> None:
    someone.begin()
    page = someone.browser.get(someone.path)
    refused = page.send("/withdraw", ok=False)
    assert refused.status == 422
    assert someone.application.state is ApplicationState.DRAFT
    page.send("/withdraw", sure="y")
    assert someone.application.state is ApplicationState.WITHDRAWN
    again = someone.browser.post(f"{someone.path}/withdraw", {"sure": "y"})
    assert "已撤回" in again.text or "该申请已办结" in again.text


@pytest.mark.parametrize(("second", "state"), [(0, "submitted"), (1, "draft")])
def test_the_deadline_holds_to_the_second(make_applicant: MakeApplicant, second: int, state: str) -> None:
    last = datetime(2026, 12, 21, 17, tzinfo=SHANGHAI)
    with time_machine.travel(last - timedelta(hours=2), tick=False) as clock:
        someone = make_applicant(window=(last - timedelta(days=9), last))
        someone.begin()
        someone.fill()
        someone.hand_in()
        page = someone.browser.get(f"{someone.path}/submit")
        assert "02:00:00" in page.text
        clock.move_to(last + timedelta(seconds=second))
        page.send(declared="y", ok=False)
        assert someone.application.state.value == state
        if second:
            assert "截止" in someone.browser.get(f"{someone.path}/submit").text


def test_a_deadline_extended_for_one_is_shown_with_its_reason(
    make_applicant: MakeApplicant, make_user: MakeUser, log_in: LogIn
) -> None:
    last = datetime(2026, 12, 21, 17, tzinfo=SHANGHAI)
    with time_machine.travel(last - timedelta(hours=2), tick=False) as clock:
        someone = make_applicant(window=(last - timedelta(days=9), last))
        someone.begin()
        officer = Browser(log_in(make_user(Role.OFFICER)))
        officer.get(f"/admin/applications/{someone.application.id}").send(
            "/do/extend-deadline", until="2026-12-25T17:00", reason="证照换发中"
        )
        clock.move_to(last + timedelta(hours=1))
        page = someone.browser.get(someone.path)
        assert "证照换发中" in page.text
        assert "还有 3 天 23:00:00" in page.text
        someone.fill()
        someone.hand_in()
        someone.browser.get(f"{someone.path}/submit").send(declared="y")
        assert someone.application.state is ApplicationState.SUBMITTED


def test_what_stands_against_a_beginning_is_told(someone: Applicant, session: Session) -> None:
    sent = {"track": KEY, "party": str(someone.party.id)}
    someone.browser.post("/my/applications/start", sent)
    again = someone.browser.post("/my/applications/start", sent, ok=False)
    assert "已有在办的申请" in again.text
    outside = someone.browser.post("/my/applications/start", {**sent, "track": "jilin/provider"}, ok=False)
    assert "只受理辖区" in outside.text
    assert session.scalar(select(func.count()).select_from(Application)) == 1
    for track in ("nothing/at-all", "shanghai/nothing", ""):
        nowhere = someone.browser.post("/my/applications/start", {**sent, "track": track}, ok=False)
        assert nowhere.status == 404


def test_a_draft_is_switched_to_the_other_track_with_what_it_has(
    someone: Applicant, session: Session
) -> None:
    call = session.scalars(select(Call)).one()
    call.tracks = ["comprehensive", "specialized"]
    session.commit()
    someone.begin()
    someone.fill(staff_full_time=17)
    page = someone.browser.get("/my/programs/")
    assert "同一项目同一批次只能申报一个类别" in page.text
    page.send(f"/{someone.application.id}/switch")
    assert someone.browser.at.endswith("/facts")
    assert someone.application.track == "specialized"
    assert someone.application.facts["staff_full_time"] == 17
    refused = someone.browser.post(f"{someone.path}/switch", {"track": "nothing"}, ok=False)
    assert refused.status == 404
    someone.browser.post(f"{someone.path}/switch", {"track": "comprehensive"})
    someone.hand_in()
    someone.browser.get(f"{someone.path}/submit").send(declared="y")
    assert "改报须先撤回该申请" in someone.browser.get("/my/programs/").text
    late = someone.browser.post(f"{someone.path}/switch", {"track": "specialized"}, ok=False)
    assert "已不是草稿" in late.text
    assert someone.application.track == "comprehensive"


def test_nobody_elses_application_is_there(
    someone: Applicant, make_applicant: MakeApplicant, make_user: MakeUser, log_in: LogIn
) -> None:
    someone.begin()
    number, party = someone.application.id, someone.party.id
    stranger, officer = make_applicant("jilin/provider").browser, Browser(log_in(make_user(Role.OFFICER)))
    for browser in (stranger, officer):
        for ending in ("", "/facts", "/materials", "/submit"):
            assert browser.get(f"/my/applications/{number}{ending}", ok=False).status == 404
        for ending in ("/facts", "/facts/staff_full_time", "/submit", "/withdraw", "/materials/report"):
            assert browser.post(f"/my/applications/{number}{ending}", {}, ok=False).status == 404
        sent = {"track": KEY, "party": str(party)}
        assert browser.post("/my/applications/start", sent, ok=False).status == 404
        assert browser.get(f"/my/programs/?party={party}", ok=False).status == 404
    assert someone.application.state is ApplicationState.DRAFT


def test_the_list_is_empty_filters_and_pages(someone: Applicant, session: Session) -> None:
    assert "还没有申请" in someone.browser.get("/my/applications/").text
    for number in range(21):
        session.add(
            Application(
                program="shanghai",
                track="comprehensive",
                edition="2017",
                party_id=someone.party.id,
                region="310104",
                state=ApplicationState.WITHDRAWN if number else ApplicationState.DRAFT,
                created_at=now(),
            )
        )
    session.commit()
    page = someone.browser.get("/my/applications/")
    assert "共 21 条" in page.text
    assert "第 2 页" in someone.browser.get("/my/applications/?page=1").text
    assert "共 1 条" in someone.browser.get("/my/applications/?state=draft").text
    assert "没有这样的申请" in someone.browser.get("/my/applications/?state=accredited").text
    assert someone.browser.get("/my/applications/?state=nonsense&page=-3").status == 200


@pytest.mark.parametrize("key", ["jilin/expert", "jilin/provider", "liaocheng/comprehensive"])
def test_pages_stand_in_english_and_chinese(make_applicant: MakeApplicant, key: str, app: Flask) -> None:
    someone = make_applicant(key, profile=claims(key), language="en")
    assert "Where you can apply" in someone.browser.get("/my/programs/").text
    page = someone.browser.get("/my/programs/")
    page.send("/start")
    for ending, word in (
        ("", "Next step"),
        ("/facts", "Each entry is saved"),
        ("/materials", "Choose several at once"),
        ("/submit", "Check and submit"),
    ):
        assert word in someone.browser.get(someone.path + ending).text
    assert "检查并提交" in someone.browser.get(someone.path + "/submit?lang=zh").text


def test_whoever_acts_for_nobody_is_told(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user()))
    assert "您还没有代表任何单位或个人" in browser.get("/my/programs/").text
    assert "还没有申请" in browser.get("/my/applications/").text
    assert "您没有代表任何机构" in browser.get("/my/roster/").text
