"""Panels from the assignment to the decision on many: three score, one is blocked, ties are shown as ties."""

import io
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.services.base.work import DECISION_DELAY, OPERATION_DEFAULTS
from core.storage.models import (
    Application,
    Call,
    Decision,
    Membership,
    OutboxMessage,
    ReviewAssignment,
    Score,
)
from tests.web.conftest import LogIn, MakeUser
from tests.web.desk import SHEET, give_scores, make_application, make_call, reviewers
from tests.web.screens import Browser

KEY = "shanghai/specialized"
UNDER_REVIEW = ApplicationState.UNDER_REVIEW


@pytest.fixture
def officer(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.OFFICER, "shanghai", "310000")))


def fresh(session: Session) -> Session:
    session.rollback()
    session.expire_all()
    return session


def tasks(session: Session) -> list[ReviewAssignment]:
    return list(fresh(session).scalars(select(ReviewAssignment).order_by(ReviewAssignment.id)))


def states(session: Session, *applications: Application) -> list[str]:
    return [fresh(session).get_one(Application, item.id).state.value for item in applications]


def test_three_reviewers_score_and_one_is_blocked(
    officer: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    call = make_call(session, KEY, score_sheet=SHEET)
    item = make_application(session, KEY, UNDER_REVIEW, call=call, name="浦江服务中心")
    people = reviewers(make_user, "shanghai", 5)
    # The first belongs to the applicant; the second comes to, once the plan has been made.
    session.add(Membership(party_id=item.party_id, user_id=people[0].id))
    session.commit()
    page = officer.get(f"/admin/panels/{call.id}/assign")
    page = page.send(per_application="3位", reviewers=[str(user.id) for user in people[:4]])
    assert "是申请主体的成员" in page.text
    page.send("/assigned", give=[f"{item.id}:{user.id}" for user in people[1:4]])
    assert [task.reviewer_id for task in tasks(session)] == [user.id for user in people[1:4]]
    session.add(Membership(party_id=item.party_id, user_id=people[1].id))
    session.commit()
    blocked = Browser(log_in(people[1]))
    first = tasks(session)[0].id
    seen = blocked.get(f"/admin/reviews/{first}")
    assert "系统识别到利益冲突" in seen.text
    assert "服务能力" not in seen.text
    seen.send(f"/{first}" if seen.has(f"/{first}") else "")
    assert "已声明存在利益冲突并回避" in blocked.get(f"/admin/reviews/{first}").text
    for user, points in zip(people[2:4], ((90, 45), ("80.5", 40)), strict=True):
        browser = Browser(log_in(user))
        link = f"/admin/reviews/{next(t.id for t in tasks(session) if t.reviewer_id == user.id)}"
        browser.get(link).send(conflict="no")
        draft = browser.get(link).send(ability=points[0], then="draft")
        assert "草稿" in draft.text
        refused = browser.get(link).send(results="50.01", then="finish", ok=False)
        assert refused.status == 422
        browser.get(link).send(ability=points[0], results=points[1], comment="材料齐全", then="finish")
        assert "浦江服务中心" in browser.get("/admin/reviews/?show=done").text
    progress = officer.get(f"/admin/panels/{call.id}")
    assert "回避" in progress.text
    replaced = tasks(session)[0].id
    progress.send(f"/tasks/{replaced}", reviewer=people[4].id)
    assert {task.reviewer_id: task.conflict for task in tasks(session)} == {
        people[1].id: True,
        people[2].id: False,
        people[3].id: False,
        people[4].id: None,
    }
    last = Browser(log_in(people[4]))
    link = f"/admin/reviews/{tasks(session)[-1].id}"
    last.get(link).send(conflict="no")
    last.get(link).send(ability="70", results="35", then="finish")
    english = officer.get(f"/admin/panels/{call.id}/ranking?lang=en").text
    # 90, 80.3 and 70: their mean, and their ends.
    assert "80.10" in english
    assert "20.00 wide" in english
    other = Browser(log_in(make_user(Role.REVIEWER, "shanghai")))
    assert other.get(link, ok=False).status == 404


def test_reviewers_are_reminded_once_a_day_and_a_task_is_taken_back(
    officer: Browser, session: Session, make_user: MakeUser
) -> None:
    call = make_call(session, KEY, score_sheet=SHEET)
    item = make_application(session, KEY, UNDER_REVIEW, call=call)
    (user,) = reviewers(make_user, "shanghai", 1)
    session.add(ReviewAssignment(application_id=item.id, reviewer_id=user.id, assigned_at=now()))
    session.commit()
    for _ in range(2):
        officer.get(f"/admin/panels/{call.id}").send("/remind")
    told = fresh(session).scalars(select(OutboxMessage).where(OutboxMessage.event == "review.reminder"))
    assert [row.user_id for row in told] == [user.id]
    page = officer.get(f"/admin/panels/{call.id}")
    page.send(f"/tasks/{tasks(session)[0].id}", reviewer="")
    assert tasks(session) == []


@pytest.fixture
def ranked(session: Session, make_user: MakeUser) -> tuple[str, list[Application]]:
    """Four applications under a quota of two: one ahead, two that tie, one behind with a wide spread."""
    call = make_call(session, KEY, score_sheet=SHEET, quota=2)
    people = reviewers(make_user, "shanghai", 2)
    scores = [((95, 45), (95, 45)), ((80, 40), (80, 40)), ((80, 40), (80, 40)), ((90, 45), ("74.5", "37.5"))]
    made = []
    for number, points in enumerate(scores):
        item = make_application(session, KEY, UNDER_REVIEW, call=call, name=f"第{number}服务中心")
        give_scores(session, item, people, points)
        made.append(item)
    return f"/admin/panels/{call.id}", made


def test_the_ranking_shows_ties_wide_spreads_and_the_line(
    officer: Browser, session: Session, ranked: tuple[str, list[Application]]
) -> None:
    place, made = ranked
    # 90 and 74.7: 15.3 apart, above the mark of 15.
    text = officer.get(f"{place}/ranking").text
    assert "并列跨越名额线" not in text
    assert text.count("分差大") == 1
    assert "名额线：以上为剩余 2 个名额" in text
    call = session.get_one(Call, made[0].call_id)
    call.quota = 3
    session.commit()
    assert "有 2 件并列跨越名额线" in officer.get(f"{place}/ranking").text
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(officer.client.get(f"{place}/ranking.xlsx").data)
    ).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert [row[0] for row in rows[1:]] == [1, 2, 3, 3]
    assert rows[0][8:10] == ["服务能力", "服务业绩"]
    second = session.scalars(
        select(Score).join(ReviewAssignment).where(ReviewAssignment.application_id == made[3].id)
    ).all()
    for score in second:
        score.points = Decimal(90 if score.criterion == "ability" else 45)
    session.scalars(select(Score).where(Score.id == second[2].id)).one().points = Decimal(75)
    session.scalars(select(Score).where(Score.id == second[3].id)).one().points = Decimal("37.5")
    session.commit()
    # 90 and 75: exactly 15 apart is not marked.
    assert "分差大" not in officer.get(f"{place}/ranking").text


def test_the_best_are_chosen_by_the_line_a_tie_never_and_exactly_that_is_decided(
    officer: Browser, session: Session, ranked: tuple[str, list[Application]]
) -> None:
    place, made = ranked
    page = officer.get(f"{place}/decide")
    assert page.doc is not None
    ticked = page.doc.xpath("//input[@name='rowid'][@checked]/@value")
    # First and second fit; the two that tie come after them.
    assert ticked == [str(made[0].id), str(made[3].id)]
    three = officer.get(f"{place}/decide?n=3")
    assert "并列跨越最后一个名额" in three.text
    assert three.doc is not None
    assert len(three.doc.xpath("//input[@name='rowid'][@checked]")) == 2
    missing = page.send("/preview", ok=False, rest="reject")
    assert missing.status == 422
    wanted = [str(made[0].id), str(made[1].id), str(made[2].id)]
    look = officer.get(f"{place}/decide").send(
        "/preview", rowid=wanted, rest="reject", reject_reason="名额有限", reason="择优"
    )
    assert "名次在名额之外" in look.text
    assert "将不予认定" in look.text
    assert look.doc is not None
    decided = set(look.doc.xpath("//input[@name='approve' or @name='reject']/@value"))
    told = {str(item.id) for item in made if item.party.email in look.text}
    assert len(told) == 3
    assert told == decided, "what is sent goes to whom it is decided on"
    assert states(session, *made) == ["under_review"] * 4
    done = look.send("/confirm")
    assert done.text.count("已通过") == 2
    after = states(session, *made)
    assert after[0] == "agreement"
    assert sorted(after[1:3]) == ["agreement", "under_review"]
    assert after[3] == "rejected"
    # Sent again it changes nothing: what was decided has changed since.
    again = look.send("/confirm")
    assert "他人刚刚修改了这条申请" in again.text
    assert again.text.count("未能批准") == 2
    assert "未通过" not in again.text
    assert len(fresh(session).scalars(select(Decision)).all()) == 3
    assert "quota 2, used 2; 0 more" in officer.get(f"{place}/decide?lang=en").text


def test_decided_on_many_is_told_as_waiting_where_it_waits(
    officer: Browser,
    session: Session,
    ranked: tuple[str, list[Application]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, made = ranked
    monkeypatch.setitem(OPERATION_DEFAULTS, DECISION_DELAY, Decimal(30))
    wanted = {"rowid": [str(made[0].id)], "rest": "reject", "reject_reason": "名额有限", "reason": "择优"}
    look = officer.get(f"{place}/decide").send("/preview", **wanted)
    assert "决定后 30 分钟发出" in look.text
    done = look.send("/confirm")
    assert done.text.count("已决定，待发出：") == 4
    assert "已通过" not in done.text
    assert "决定后 30 分钟发出" in done.text
    assert states(session, *made) == ["under_review"] * 4
    # Off the list, and nothing that was ticked before decides on them again.
    listed = officer.get(f"{place}/decide").text
    assert "另有 4 件已决定，待发出" in listed
    assert 'name="rowid"' not in listed
    stale = officer.post(f"{place}/decide/preview", {**wanted, "csrf_token": ""})
    assert "已有决定待发出" in stale.text
    assert "没有其余申请" in stale.text


def test_the_panels_of_other_programmes_and_regions_are_not_found(
    session: Session, ranked: tuple[str, list[Application]], make_user: MakeUser, log_in: LogIn
) -> None:
    place, made = ranked
    stranger = Browser(log_in(make_user(Role.OFFICER, "hubei", "420000")))
    for page in ("", "/assign", "/ranking", "/ranking.xlsx", "/decide"):
        assert stranger.get(f"{place}{page}", ok=False).status == 404
    assert made[0].party.name not in stranger.get("/admin/panels/").text
    elsewhere = Browser(log_in(make_user(Role.OFFICER, "shanghai", "310101")))
    assert "第0服务中心" not in elsewhere.get(f"{place}/ranking").text
    sent = {"approve": [str(made[0].id)], f"version-{made[0].id}": ["1"], "rest": ["keep"]}
    assert elsewhere.post(f"{place}/decide/confirm", sent, ok=False).status == 404
    auditor = Browser(log_in(make_user(Role.AUDITOR)))
    assert "第0服务中心" in auditor.get(f"{place}/ranking").text
    assert auditor.get(f"{place}/decide", ok=False).status == 403
    assert states(session, made[0]) == ["under_review"]


def test_a_call_is_announced_with_its_tie_rules(officer: Browser, session: Session) -> None:
    form: dict[str, Any] = {
        "title": "二〇二六年申报",
        "tracks": [KEY],
        "opens_at": "2026-01-01T00:00",
        "submit_by": "2026-02-01T17:00",
        "score_sheet.title": ["服务能力", "服务业绩"],
        "score_sheet.weight": ["60", "40"],
        "score_sheet.max": ["100", "50"],
        "score_sheet.hint": ["团队与场地", ""],
    }
    refused = officer.get("/admin/register/calls/new").send(ok=False, tie_break="抓阄", **form)
    assert refused.status == 422
    assert "抓阄" in " ".join(refused.complaints)
    page = officer.get("/admin/register/calls/new").send(tie_break="分差\n服务业绩", **form)
    assert "专家分差小者在前；“服务业绩”得分高者在前" in page.text
    assert "团队与场地" in page.text
