"""Associations and departments on their pages, and an applicant who chooses one and turns to another."""

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import now, today
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.rules.clauses import RecommenderKind
from core.services.files.sheets import write_sheet
from core.services.recommenders import list_sheet
from core.storage.models import (
    Accreditation,
    Application,
    Grant,
    Listed,
    Membership,
    Party,
    Recommendation,
    Recommender,
    User,
)
from tests.services.factory import accredit, uscc
from tests.web.conftest import LogIn, MakeUser
from tests.web.desk import make_application, make_call
from tests.web.screens import Browser

KEY, PAGES = "hubei/comprehensive", "/admin/recommenders/"
DRAFT, REJECTED = ApplicationState.DRAFT, ApplicationState.REJECTED


def department(session: Session, name: str = "服务体系部") -> Recommender:
    body = Recommender(program="hubei", kind=RecommenderKind.ASSIGNMENT, name=name, since=today())
    session.add(body)
    session.commit()
    return body


def assign(session: Session, body: Recommender, application: Application) -> None:
    party = session.get_one(Party, application.party_id)
    row = {"uscc": party.uscc, "name": party.name, "joined_on": today()}
    session.add(Listed(recommender_id=body.id, **row))
    session.commit()


def role_for(session: Session, user: User, body: Recommender) -> User:
    session.add(Grant(user_id=user.id, role=Role.RECOMMENDER, program=body.program, recommender_id=body.id))
    session.commit()
    return user


@pytest.fixture
def officer(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.OFFICER, "hubei", "420000")))


def member(
    application: Application | Accreditation, session: Session, make_user: MakeUser, log_in: LogIn
) -> Browser:
    user = make_user()
    session.add(Membership(party_id=application.party_id, user_id=user.id, main=True))
    session.commit()
    return Browser(log_in(user))


def test_the_authority_enters_an_association_and_it_keeps_its_own_list(
    officer: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    party = make_application(session, KEY, DRAFT, name="武汉服务业协会").party
    page = officer.get(PAGES)
    assert "还没有登记" in page.text
    page = page.send("/add", kind="hubei/membership", name="服务业协会", uscc="123", ok=False)
    assert "没有登记该单位" in page.text
    page = page.send("/add", kind="hubei/membership", name="服务业协会", uscc=party.uscc)
    assert "名单为空" in page.text
    assert not page.has("/put-on")
    body = session.scalars(select(Recommender)).one()
    keeper = Browser(log_in(role_for(session, make_user(), body)))
    page = keeper.get(f"{PAGES}{body.id}")
    wrong = page.send("/put-on", name="甲服务中心", uscc="9142", joined_on=today(), ok=False)
    assert "18 位" in wrong.text
    code = uscc()
    page = wrong.send("/put-on", uscc=code)
    assert "甲服务中心" in page.text
    assert keeper.get(f"{PAGES}{body.id}?q={code}").text.count("甲服务中心") == 1
    assert "甲服务中心" in officer.get(f"{PAGES}{body.id}").text
    assert not officer.get(f"{PAGES}{body.id}").has("/put-on")
    sent = {"name": "乙", "uscc": uscc(), "joined_on": str(today())}
    assert officer.post(f"{PAGES}{body.id}/put-on", sent, ok=False).status in (403, 422)
    assert session.scalars(select(Listed.name)).all() == ["甲服务中心"]


def test_a_table_is_taken_in_whole_or_not_at_all_and_given_out(officer: Browser, session: Session) -> None:
    body, code = department(session), uscc()
    titles = [column.title.zh for column in list_sheet.COLUMNS]

    def table(*rows: Any) -> Any:
        return (write_sheet("名单", titles, rows), "名单.xlsx")

    page = officer.get(f"{PAGES}{body.id}")
    refused = page.send(
        "/import", file=table(["甲", code, today(), None], ["乙", "12", today(), None]), ok=False
    )
    assert "第 3 行" in refused.text
    assert session.scalars(select(Listed)).all() == []
    seen = refused.send("/import", file=table(["甲", code, today(), None]))
    assert "尚未导入" in seen.text
    assert "甲" in seen.text
    assert session.scalars(select(Listed)).all() == []
    page = seen.send()
    assert "新增 1 家" in page.text
    officer.at = f"{PAGES}{body.id}/import"
    assert "未变 1 家" in seen.send().text
    sent = officer.client.get(f"{PAGES}{body.id}/list.xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sent)).get_sheet_by_index(0).to_python()
    assert [row[:2] for row in rows[1:]] == [["甲", code]]
    assert officer.client.get(f"{PAGES}template.xlsx").status_code == 200


def test_one_is_taken_off_and_the_body_ends(officer: Browser, session: Session) -> None:
    body = department(session)
    application = make_application(session, KEY, DRAFT)
    assign(session, body, application)
    row = session.scalars(select(Listed)).one()
    off = f"{PAGES}{body.id}/take-off/{row.id}"
    assert "应晚于加入日期" in officer.post(off, {"left_on": str(today())}, ok=False).text
    assert "无法读取" in officer.post(off, {"left_on": "明天"}, ok=False).text
    row.joined_on = row.joined_on.replace(year=row.joined_on.year - 1)
    session.commit()
    officer.post(off, {"left_on": str(today())})
    assert "没有找到" not in officer.get(f"{PAGES}{body.id}?show=former").text
    assert officer.get(f"{PAGES}{body.id}").send("/end", on="2020-01-01", ok=False).status == 422
    body.since = body.since.replace(year=body.since.year - 1)
    session.commit()
    page = officer.get(f"{PAGES}{body.id}").send("/end", on=today())
    assert "停止推荐：" in page.text
    assert not page.has("/end")


def test_a_status_says_who_recommended_it(
    engine: Engine, officer: Browser, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    held = accredit(engine, KEY, f"{today().year}-01-05", region="420106")
    staff, own = f"/admin/accreditations/{held.id}", f"/my/accreditations/{held.id}"
    item = session.get_one(Accreditation, held.id)
    holder = member(item, session, make_user, log_in)
    for browser, page in ((officer, staff), (holder, own)):
        assert "服务体系部" not in browser.get(page).text
    item.recommender_id = department(session).id
    session.commit()
    for browser, page in ((officer, staff), (holder, own)):
        assert "推荐单位服务体系部" in browser.get(page).text.replace(" ", "")


def test_others_do_not_find_it(session: Session, make_user: MakeUser, log_in: LogIn) -> None:
    body, other = department(session), department(session, "另一部")
    own = Browser(log_in(role_for(session, make_user(), other)))
    assert "服务体系部" not in own.get(PAGES).text
    assert own.get(f"{PAGES}{body.id}", ok=False).status == 404
    territory = Browser(log_in(make_user(Role.RECOMMENDER, "hubei", "420100")))
    assert territory.get(f"{PAGES}{body.id}", ok=False).status == 404
    assert PAGES not in str(territory.get("/admin/").response.text)


def test_an_administrator_gives_a_role_for_it(session: Session, make_user: MakeUser, log_in: LogIn) -> None:
    body, user = department(session), make_user()
    admin = Browser(log_in(make_user(Role.SYSADMIN)))
    page = admin.get(f"/admin/system/users/{user.id}")
    page = page.send("/grant", role="recommender", program="hubei", recommender=body.id)
    assert page.text.count("服务体系部") >= 2
    held = session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
    assert (held.recommender_id, held.region) == (body.id, None)


def test_an_applicant_names_its_recommender_in_the_draft(
    session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    body = department(session)
    application = make_application(session, KEY, DRAFT)
    mine = member(application, session, make_user, log_in)
    page = f"/my/applications/{application.id}"
    assert not mine.get(page).has("/recommender")
    assert "420100推荐单位" in mine.get(page).text
    assign(session, body, application)
    shown = mine.get(page).send("/recommender", recommender=body.id)
    assert "已选定推荐单位" in shown.text
    session.expire_all()
    assert session.get_one(Application, application.id).recommender_id == body.id
    stale = mine.get(page).send("/recommender", recommender=0, version="1", ok=False)
    assert stale.status == 422
    assert mine.get(page).send("/recommender", recommender=10**6, ok=False).status == 422


def test_after_a_refusal_the_applicant_turns_to_another(
    session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    body = department(session)
    application = make_application(session, KEY, REJECTED, call=make_call(session, KEY))
    session.add(Recommendation(application_id=application.id, positive=False, opinion="场所不符", at=now()))
    session.commit()
    mine = member(application, session, make_user, log_in)
    page = f"/my/applications/{application.id}"
    assert not mine.get(page).has("/turn")
    assign(session, body, application)
    shown = mine.get(page)
    assert "另请其他推荐单位推荐" in shown.text
    shown = shown.send("/turn", recommender=body.id)
    assert "已转请该推荐单位推荐" in shown.text
    session.expire_all()
    assert session.get_one(Application, application.id).state is ApplicationState.SUBMITTED
    theirs = Browser(log_in(role_for(session, make_user(), body)))
    assert str(application.id) in theirs.get("/admin/recommending/").response.text
    territory = Browser(log_in(make_user(Role.RECOMMENDER, "hubei", "420100")))
    assert territory.get(f"/admin/applications/{application.id}", ok=False).status == 404
    assert mine.client.post(f"{page}/turn", data={"recommender": "0"}).status_code == 303
    assert mine.client.post(f"{page}/recommender", data={"recommender": "0"}).status_code == 303


def test_an_officer_chooses_at_the_counter(officer: Browser, session: Session) -> None:
    body, application = department(session), make_application(session, KEY, DRAFT)
    page = f"/admin/applications/{application.id}"
    assert not officer.get(page).has("/choose-recommender")
    assign(session, body, application)
    assert "服务体系部" in officer.get(page).send("/choose-recommender", recommender=body.id).text
