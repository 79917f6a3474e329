"""A recommender's queue and evaluation form, and several recommendations at once."""

from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.storage.models import Application, FactEntry, Recommendation
from core.storage.models.applications import Provenance
from core.web.frame.bound import db
from tests.web.conftest import LogIn, MakeUser
from tests.web.desk import DAY, make_application, make_call
from tests.web.screens import Browser, Page

KEY, COUNTY, ELSEWHERE = "liaocheng/comprehensive", "371502", "371521"
QUEUE = "/admin/recommending/"
OPERATION = {"liaocheng_operation": "运营正常，台账完整"}
SUBMITTED = ApplicationState.SUBMITTED


@pytest.fixture
def recommender(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.RECOMMENDER, "liaocheng", COUNTY)))


def stands(session: Session, *applications: Application) -> list[str]:
    session.rollback()
    session.expire_all()
    return [session.get_one(Application, item.id).state.value for item in applications]


def preview(page: Page, *applications: Application, **more: str) -> Page:
    chosen = {"rowid": [str(item.id) for item in applications], **more}
    return page.browser.post(f"{QUEUE}preview", chosen)


def test_the_queue_holds_the_own_territory_what_is_due_first_on_top(
    recommender: Browser, session: Session
) -> None:
    late = make_call(session, KEY, recommend_by=now() + 2 * DAY, quota=3)
    calm = make_call(session, KEY, recommend_by=now() + 40 * DAY)
    make_application(session, KEY, call=calm, name="从容服务中心")
    make_application(session, KEY, call=late, name="紧迫服务中心", smes_served_last_year=79)
    make_application(session, KEY, call=late, name="他县服务中心", region=ELSEWHERE)
    make_application(session, KEY, ApplicationState.RECOMMENDED, call=late, name="已推荐服务中心")
    text = recommender.get(QUEUE).text
    assert text.index("紧迫服务中心") < text.index("从容服务中心")
    assert "他县服务中心" not in text
    assert "已推荐服务中心" not in text
    assert "还有 2 天" in text
    assert "已用 0 / 3" in text
    assert "1 项不满足" in text
    soon = recommender.get(f"{QUEUE}?due=soon").text
    assert "紧迫服务中心" in soon
    assert "从容服务中心" not in soon
    assert "没有符合筛选的申请" in recommender.get(f"{QUEUE}?search=无此机构").text
    english = recommender.get(f"{QUEUE}?lang=en").text
    assert "2 days left" in english
    assert "1 not met" in english


def test_an_empty_queue_says_so(recommender: Browser) -> None:
    assert "没有等待推荐的申请" in recommender.get(QUEUE).text


def test_what_lies_elsewhere_is_not_found(
    recommender: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    call = make_call(session, KEY)
    theirs, ours = (make_application(session, KEY, call=call, region=where) for where in (ELSEWHERE, COUNTY))
    assert recommender.get(f"{QUEUE}{theirs.id}", ok=False).status == 404
    assert recommender.post(f"{QUEUE}preview", {"rowid": [str(theirs.id)]}, ok=False).status == 404
    sent = {"rowid": [str(theirs.id), str(ours.id)], "opinion": "同意"}
    assert recommender.post(f"{QUEUE}recommend", sent, ok=False).status == 404
    officer = Browser(log_in(make_user(Role.OFFICER, "liaocheng")))
    assert officer.get(f"{QUEUE}{ours.id}", ok=False).status == 403
    assert stands(session, theirs, ours) == ["submitted", "submitted"]


def test_the_queries_of_a_page_do_not_grow_with_its_rows(recommender: Browser, session: Session) -> None:
    call = make_call(session, KEY)

    def count() -> int:
        seen: list[str] = []

        def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        with recommender.client.application.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
        recommender.get(QUEUE)
        with recommender.client.application.app_context():
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    make_application(session, KEY, call=call)
    count()
    few = count()
    for _ in range(6):
        make_application(session, KEY, call=call)
    assert count() == few <= 20


def test_measurements_are_saved_without_a_recommendation_and_compared(
    recommender: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    call = make_call(session, KEY)
    item = make_application(session, KEY, call=call, smes_served_last_year=100, satisfaction_pct=80)
    page = recommender.get(f"{QUEUE}{item.id}")
    page = page.send(smes_served_last_year="79", satisfaction_pct="80", note="抽查台账", then="save", ok=True)
    assert "尚未推荐" in page.text
    assert "-21（-21%）" in page.text
    assert "服务业绩：满足 → 不满足" in page.text
    assert stands(session, item) == ["submitted"]
    entries = session.scalars(
        select(FactEntry).where(
            FactEntry.application_id == item.id, FactEntry.provenance == Provenance.VERIFIED
        )
    ).all()
    assert {(entry.name, entry.value, entry.note) for entry in entries} == {
        ("smes_served_last_year", 79, "抽查台账"),
        ("satisfaction_pct", 80, "抽查台账"),
    }
    officers = Browser(log_in(make_user(Role.OFFICER, "liaocheng", "371500")))
    case = officers.get(f"/admin/applications/{item.id}?lang=en").text
    assert "-21 (-21%)" in case


def test_a_recommendation_needs_its_measurements_and_a_word(recommender: Browser, session: Session) -> None:
    item = make_application(session, KEY, call=make_call(session, KEY))
    page = recommender.get(f"{QUEUE}{item.id}")
    refused = page.send(then="recommend", ok=False)
    assert refused.status == 422
    assert refused.complaints.count("请填写") == 4
    assert stands(session, item) == ["submitted"]
    recommender.get(f"{QUEUE}{item.id}").send(
        **OPERATION, smes_served_last_year="100", satisfaction_pct="85", opinion="情况属实", then="recommend"
    )
    assert stands(session, item) == ["recommended"]
    word = session.scalars(select(Recommendation)).one()
    assert word.measured == {"smes_served_last_year": 100, "satisfaction_pct": 85, **OPERATION}
    shown = recommender.get(f"{QUEUE}{item.id}").text
    assert "情况属实" in shown


def test_a_refusal_needs_its_reason_and_ends_the_application(recommender: Browser, session: Session) -> None:
    item = make_application(session, KEY, call=make_call(session, KEY))
    page = recommender.get(f"{QUEUE}{item.id}")
    assert page.send(then="decline", ok=False).status == 422
    recommender.get(f"{QUEUE}{item.id}").send(then="decline", opinion="场所不符", satisfaction_pct="70")
    assert stands(session, item) == ["rejected"]


def test_someone_else_who_was_first_is_a_conflict_not_an_overwriting(
    recommender: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    item = make_application(session, KEY, call=make_call(session, KEY))
    page = recommender.get(f"{QUEUE}{item.id}")
    other = Browser(log_in(make_user(Role.RECOMMENDER, "liaocheng", COUNTY)))
    given: dict[str, Any] = {"smes_served_last_year": "90", "satisfaction_pct": "88", "opinion": "同意"}
    given |= OPERATION
    other.get(f"{QUEUE}{item.id}").send(then="recommend", **given)
    assert page.send(then="recommend", ok=False, **given).status == 422
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Recommendation)) == 1


def test_ten_are_recommended_at_once_and_one_that_changed_meanwhile_stays(
    recommender: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    call = make_call(session, KEY, quota=4)
    ten = [make_application(session, KEY, call=call, name=f"第{number}服务中心") for number in range(10)]
    bare = make_application(session, KEY, ApplicationState.RETURNED, call=call, name="退回服务中心")
    queue = recommender.get(QUEUE)
    first = preview(queue, *ten, bare)
    assert "0将推荐" in first.text
    assert "推荐前须测评核实" in first.text
    assert "已是“退回补正”" in first.text
    page = preview(queue, *ten, bare, as_claimed="yes")
    assert "10将推荐" in page.text
    assert "1不会推荐" in page.text
    assert "10 件竞争剩余 4 个名额" in page.text
    assert page.send("/recommend", ok=False).status == 422
    other = Browser(log_in(make_user(Role.RECOMMENDER, "liaocheng", COUNTY)))
    given: dict[str, Any] = {"smes_served_last_year": "90", "satisfaction_pct": "88", "opinion": "同意"}
    given |= OPERATION
    other.get(f"{QUEUE}{ten[3].id}").send(then="recommend", **given)
    # The preview that was looked at, sent as it stood.
    words = {f"basis_{item.id}": "抽查台账" for item in ten}
    words |= {f"liaocheng_operation_{item.id}": "运营正常" for item in ten}
    bare_words = words | {f"basis_{ten[0].id}": " "}
    assert page.send("/recommend", ok=False, opinion="同意", **bare_words).complaints[1:] == ["请填写"]
    result = page.send("/recommend", opinion="经核实，同意推荐", **words)
    assert "已推荐 9 件，未推荐 1 件" in result.text
    assert "他人刚刚修改了这条申请" in result.text
    assert stands(session, *ten, bare) == ["recommended"] * 10 + ["returned"]
    notes = set(session.scalars(select(FactEntry.note).where(FactEntry.provenance == Provenance.VERIFIED)))
    assert notes == {"", "抽查台账"}
    again = page.send("/recommend", opinion="经核实，同意推荐", **words)
    assert "已推荐 0 件，未推荐 10 件" in again.text
    assert session.scalar(select(func.count()).select_from(Recommendation)) == 10


def test_all_that_are_eligible_are_chosen_by_one_button(recommender: Browser, session: Session) -> None:
    call, over = make_call(session, KEY), make_call(session, KEY, recommend_by=now() - DAY / 2)
    good = [make_application(session, KEY, call=call) for _ in range(2)]
    make_application(session, KEY, call=call, name="未达标中心", smes_served_last_year=79)
    make_application(session, KEY, call=over, name="已过期中心")
    page = recommender.post(f"{QUEUE}preview", {"all": "eligible", "as_claimed": "yes"})
    assert [name in page.text for name in (good[0].party.name, good[1].party.name)] == [True, True]
    assert "未达标中心" not in page.text
    assert "已过期中心" not in page.text
    english = recommender.client.post(
        f"{QUEUE}preview?lang=en", data={"all": "eligible", "as_claimed": "yes"}
    ).text
    assert "Who would be recommended" in english
