"""Forms around the cases: people and roles, settings, holidays, tables in and out, direct inclusion."""

import base64
import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.domain.clock import today
from core.domain.roles import Role
from core.services.files.sheets import write_sheet
from core.services.people.users import hash_password
from core.storage.models import (
    Accreditation,
    AuditEvent,
    Ban,
    Grant,
    HolidayDay,
    Nomination,
    Party,
    SettingOverride,
    User,
)
from core.storage.seed import load_regions
from tests.services.factory import accredit, id_number, make_party, uscc
from tests.services.journey import PDF, docx
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser, Page


@pytest.fixture
def sysadmin(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.SYSADMIN)))


@pytest.fixture
def lead(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.LEAD)))


def count(session: Session, entity: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(entity)) or 0


def test_a_user_gets_an_account_a_role_and_loses_both(
    sysadmin: Browser, session: Session, app: Flask
) -> None:
    page = sysadmin.get("/admin/system/users/new").send(email="new@example.cn", name="赵敏")
    assert "赵敏" in page.text
    page = page.send("/grant", role="officer", program="liaocheng", region="371500")
    assert "聊城市" in page.text
    user = session.scalars(select(User).where(User.email == "new@example.cn")).one()
    grant = session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
    assert (grant.role, grant.program, grant.region) == (Role.OFFICER, "liaocheng", "371500")
    user.password = hash_password("a-long-password")
    session.commit()
    entered = app.test_client().post("/login", data={"email": user.email, "password": "a-long-password"})
    assert entered.status_code == 302
    page = sysadmin.get(f"/admin/system/users/{user.id}").send("/revoke")
    assert "没有角色" in page.text
    page.send("/close")
    closed = app.test_client().post("/login", data={"email": user.email, "password": "a-long-password"})
    assert closed.status_code == 200


def test_a_body_that_nobody_registered_is_told_at_its_field_and_what_was_typed_stays(
    sysadmin: Browser, make_user: MakeUser
) -> None:
    code = uscc()
    user = make_user()
    page = sysadmin.get(f"/admin/system/users/{user.id}")
    given = {"role": "recommender", "program": "jilin", "region": "220200", "uscc": code}
    page = page.send("/grant", ok=False, **given)
    assert page.status == 422
    assert f"没有登记该单位（{code}）" in page.text
    assert code in page.form("/grant").fields.values()
    page = sysadmin.get("/admin/system/succession/").send(ok=False, old=code, new=uscc(), on="2190-01-01")
    assert page.status == 422
    assert f"没有登记该单位（{code}）" in page.text


def test_nobody_gives_a_role_to_themselves(sysadmin: Browser, session: Session) -> None:
    own = session.scalars(select(User)).one()
    page = sysadmin.get(f"/admin/system/users/{own.id}").send("/grant", ok=False, role="lead")
    assert page.status == 422
    assert count(session, Grant) == 1


def test_regions_are_looked_up_by_name(sysadmin: Browser, session: Session) -> None:
    load_regions(session)
    session.commit()
    found = sysadmin.client.get("/admin/system/regions?query=东昌府").json
    assert found == [["371502", "东昌府区 371502"]]


def test_a_parameter_is_changed_with_a_reason_from_a_day_on(lead: Browser, session: Session) -> None:
    page = lead.get("/admin/parameters/?program=liaocheng")
    assert "三次投诉在多长时间内累计" in page.text
    path = "/admin/parameters/liaocheng/8(3).satisfaction_pct?track=comprehensive"
    refused = lead.get(path).send(ok=False, value="101", effective_on="2026-01-01", reason="提高要求")
    assert refused.status == 422
    assert count(session, SettingOverride) == 0
    missing = lead.get(path).send(ok=False, value="85", effective_on="2026-01-01", reason="")
    assert "请填写" in missing.text
    done = lead.get(path).send(value="85", effective_on="2024-01-01", reason="提高要求")
    assert "85" in done.text
    made = session.scalars(select(SettingOverride)).one()
    assert (made.name, made.value, made.reason) == ("8(3).satisfaction_pct", "85", "提高要求")


def test_a_reading_and_an_operational_setting_are_changed(lead: Browser, session: Session) -> None:
    lead.get("/admin/parameters/miit_volunteer/miit.shortfall").send(
        value="either", effective_on="2024-01-01", reason="按原文"
    )
    lead.get("/admin/parameters/-/login_attempts").send(
        value="3", effective_on=today().isoformat(), reason="加强安全"
    )
    assert {item.value for item in session.scalars(select(SettingOverride))} == {"either", "3"}


def test_an_officer_reads_settings_and_changes_none(officer: FlaskClient) -> None:
    path = "/admin/parameters/liaocheng/liaocheng.professionals"
    assert officer.get(path).status_code == 200
    assert "变更</h2>" not in officer.get(path).text
    assert officer.post(path, data={"value": "intersection"}).status_code == 403


def test_a_day_of_the_holiday_table_is_corrected(lead: Browser, session: Session, holidays: None) -> None:
    lead.get("/admin/system/holiday").send(day="2024-07-01", kind="holiday", name="临时放假")
    session.rollback()
    assert session.get_one(HolidayDay, date(2024, 7, 1)).working is False
    lead.get("/admin/system/holiday?on=2024-07-01").send("/remove")
    session.expire_all()
    session.rollback()
    assert session.get(HolidayDay, date(2024, 7, 1)) is None


def test_a_ban_is_lifted_by_the_lead(lead: Browser, session: Session, engine: Engine) -> None:
    party = make_party(engine)
    ban = Ban(
        party_id=party, program="liaocheng", clause="20", starts_on=date(2024, 1, 1), through=date(2099, 1, 1)
    )
    session.add(ban)
    session.commit()
    page = lead.get(f"/admin/filing/party/{party}").send("/lift")
    assert "解除" in page.text
    session.expire_all()
    assert session.get_one(Ban, ban.id).lifted_on is not None


def test_a_party_is_registered_once_with_every_error_at_once(officer: FlaskClient, session: Session) -> None:
    browser = Browser(officer)
    page = browser.get("/admin/filing/party").send(
        ok=False, kind="organization", name="诚信中心", uscc="123", region="371502", mobile="1", email="x"
    )
    assert page.status == 422
    assert len(page.complaints) >= 3
    assert count(session, Party) == 0
    code = uscc()
    good = {"kind": "organization", "name": "诚信中心", "uscc": code, "region": "371502"}
    browser.get("/admin/filing/party").send(**good)
    again = browser.get("/admin/filing/party").send(ok=False, **good)
    assert again.status == 422
    assert count(session, Party) == 1


def test_a_persons_number_stands_in_no_address(officer: FlaskClient) -> None:
    browser, number = Browser(officer), id_number()
    page = browser.get("/admin/filing/party").send(
        kind="person", name="王建国", id_number=number, region="371502"
    )
    assert browser.at.startswith("/admin/filing/application?party=")
    assert number not in browser.at
    assert "王建国" in page.text
    asked = "//input[@name='key']"
    assert page.doc.xpath(asked) == []
    assert len(browser.get("/admin/filing/application?party=1.x").doc.xpath(asked)) == 1


def filled(rows: list[list[object]]) -> bytes:
    headers = ["序号", "单位名称", "地址", "联系人", "联系电话"]
    above = [
        ["工作站推荐汇总表"],
        ["填写单位：吉林省中小企业服务中心"],
        ["联系人：李"],
        ["联系电话：13800138000"],
    ]
    return write_sheet("汇总表", headers, rows, above=above)


def include(browser: Browser, rows: list[list[object]], ok: bool = True):
    browser.get("/admin/register/calls/new").send(
        title="工作站招募",
        tracks=["miit_volunteer/workstation"],
        opens_at=f"{today() - timedelta(days=5)}T00:00",
        submit_by=f"{today() + timedelta(days=5)}T17:00",
        recommend_by=f"{today() + timedelta(days=9)}T17:00",
    )
    page = browser.get("/admin/filing/inclusion")
    return page.send(
        ok=ok,
        table="miit_volunteer/A3",
        region="220000",
        sheet=[filled(rows), "汇总表.xlsx"],
        scan_pdf=[PDF, "盖章.pdf"],
        scan_docx=[docx(), "盖章.docx"],
    )


def test_the_rows_of_a_sealed_table_are_included_directly(
    officer: FlaskClient, session: Session, holidays: None
) -> None:
    rows = [
        [1, "吉林工作站甲", "吉林市", "王芳", "13800138001"],
        [2, "吉林工作站乙", "吉林市", "李娜", "13800138002"],
    ]
    look = include(Browser(officer), rows)
    assert "尚未导入" in look.text
    assert "吉林工作站乙" in look.text
    assert "等 2 项" in look.text, "what it does to each duty, in one line for both"
    assert count(session, Accreditation) == 0
    page = look.send()
    assert "已直接纳入 2 项" in page.text
    assert look.send(ok=False).status == 422, "the same once more is refused"
    assert count(session, Accreditation) == 2


def test_one_bad_row_includes_nothing_and_every_error_is_named(
    officer: FlaskClient, session: Session, holidays: None
) -> None:
    rows = [[1, "吉林工作站甲", "吉林市", "王芳", "13800138001"], [2, "", "吉林市", "李娜", "138"]]
    page = include(Browser(officer), rows, ok=False)
    assert page.status == 422
    assert page.doc is not None
    said = page.doc.get_element_by_id("refused").text_content()
    assert "单位名称" in said
    assert "联系电话" in said
    assert count(session, Accreditation) == 0
    cells = returned(page)
    assert str(cells[4][-1]).startswith("错误"), "beside the headers"
    assert cells[5][-1] == "", "the first row was right"
    assert "联系电话" in str(cells[6][-1])
    assert cells[6][2] == "吉林市", "the rest stands as it was sent"


def returned(page: Page) -> list[list[Any]]:
    """The cells of the table that a refusal hands back."""
    assert page.doc is not None
    (address,) = page.doc.xpath("//*[@id='refused']//a/@href")
    data = base64.b64decode(address.partition(",")[2])
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_a_former_register_is_entered_whole_or_not_at_all(officer: FlaskClient, session: Session) -> None:
    browser = Browser(officer)
    headings = ["类别", "名称", "统一社会信用代码", "身份证号", "行政区划代码", "联系人"]
    good: list[list[Any]] = [["中小企业服务商", "北方咨询", uscc(), None, "220202", "王芳"]]
    bad = [*good, ["志愿服务中小企业专家", "王建国", None, "1", "220202", None]]

    def send(rows: list[list[Any]], ok: bool = True, language: str = "zh"):
        table = write_sheet("原名录", headings, rows)
        return browser.get(f"/admin/tables/?lang={language}").send(
            "/former", ok=ok, program="jilin", sheet=[table, "名录.xlsx"]
        )

    refused = send([[], *bad], ok=False)
    assert refused.status == 422
    cells = returned(refused)
    assert cells[2][-1] == ""
    assert "身份证号" in str(cells[3][-1]) or "第 4 行" in str(cells[3][-1])
    english = send(bad, ok=False, language="en")
    assert "row 3" in english.text
    browser.get("/admin/tables/?lang=zh")
    assert count(session, Accreditation) == 0
    bad[1][3] = id_number()
    look = send(bad)
    assert "新登记2" in look.text.replace(" ", "")
    assert count(session, Accreditation) == 0
    page = look.send()
    assert "已导入 2 行" in page.text
    assert count(session, Accreditation) == 2
    assert "重复，不再登记1" in send(good).text.replace(" ", "")
    assert "重复" in send(good).send().text


def test_a_nomination_is_made_and_listed(officer: FlaskClient, session: Session, engine: Engine) -> None:
    party = make_party(engine, name="聊城诚信服务中心")
    held = accredit(engine, "liaocheng/comprehensive", "2024-03-01", party_id=party)
    browser = Browser(officer)
    page = browser.get(f"/admin/accreditations/{held.id}")
    target = page.form("/do/nominate").inputs["nominate-target"].value_options[-1]
    page.send("/do/nominate", target=target, reason="业绩突出")
    made = session.scalars(select(Nomination)).one()
    listed = browser.get("/admin/tables/").form("/nominations")
    choice = next(value for value in listed.inputs["target"].value_options if value.startswith("liaocheng"))
    answer = officer.get("/admin/tables/nominations", query_string={"target": choice, "year": made.year})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert any("聊城诚信服务中心" in map(str, row) for row in rows)
    for path, rest in (
        ("nominations", {"target": choice}),
        ("inspections", {"program": "liaocheng", "format": "xlsx"}),
    ):
        address = f"/admin/tables/{path}"
        written = officer.get(address, query_string={**rest, "year": f"{made.year}年"})
        plain = officer.get(address, query_string={**rest, "year": made.year})
        assert (written.status_code, written.location) == (plain.status_code, plain.location)
        for wrong in ("去年", "", "1799", "2200"):
            refused = officer.get(address, query_string={**rest, "year": wrong})
            assert (refused.status_code, refused.text.count('class="field-error"')) == (422, 1), wrong
            assert f'value="{wrong}"' in refused.text


def test_tables_of_other_programmes_are_not_handed_out(make_user: MakeUser, log_in: LogIn) -> None:
    client = log_in(make_user(Role.OFFICER, "liaocheng", "371500"))
    answer = client.get("/admin/tables/summary?table=miit_volunteer/A3&state=accredited")
    assert answer.status_code == 404
    codes = [client.get(f"/admin/tables/former/{name}.xlsx").status_code for name in ("liaocheng", "jilin")]
    assert codes == [200, 404]


def test_what_is_done_is_in_the_trail_under_the_persons_name(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    user = make_user(Role.OFFICER)
    browser = Browser(log_in(user))
    browser.get("/admin/filing/party").send(
        kind="organization", name="诚信中心", uscc=uscc(), region="371502"
    )
    event = session.scalars(select(AuditEvent).where(AuditEvent.subject == "party")).first()
    assert event is not None
    assert (event.actor_id, event.actor) == (user.id, user.name)
