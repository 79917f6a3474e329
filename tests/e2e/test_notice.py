"""A notice: published by an officer, objected to by someone without account, decided, and followed up."""

from datetime import date
from typing import Any

import pytest

from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from tests.e2e.conftest import Enter, Look, MakeUser, Site
from tests.e2e.person import Person
from tests.services.journey import Case, Town

KEY = "liaocheng/specialized"
FINE, DOUBTED = "聊城市运河企业服务中心", "聊城市光岳咨询有限公司"
TITLE = "2025 年度示范平台拟认定名单公示"
INTRODUCTION = "依据专家评审结果，现将拟认定名单公示如下。\n有异议的，请在公示期内实名反映。"
OBJECTION = "该公司上年三次对接活动的签到表系事后补签，参会企业不知情。"
WORD = "签到表由经办人员补签，公司无法提供原始记录。"
REASON = "经走访签到表所列 6 家企业，均未参加活动，异议属实。"
CODE = "#code"


@pytest.fixture
def approved(town: Town) -> dict[str, Case]:
    """Two platforms that the city has approved, on no notice yet."""
    day = date(2025, 9, 15)
    return {name: town.start(KEY, day=day, name=name).reviewed().approve(days=10) for name in (FINE, DOUBTED)}


def test_a_notice_and_an_objection_that_is_upheld(
    site: Site,
    approved: dict[str, Case],
    make_user: MakeUser,
    enter: Enter,
    new_context: Any,
    look: Look,
) -> None:
    account = make_user("李经办", Role.OFFICER, "liaocheng", "371500")
    publish(enter(account, "2025-09-29T09:00"), look)

    site.set("2025-10-09T20:00")
    visitor = Person(new_context(base_url=site.url).new_page(), "", "")
    code = object_to(visitor, look)
    follow(visitor, code, "处理中")
    visitor.sees("正在核实")
    look(visitor, "08-being-examined")

    decide(enter(account, "2025-10-10T09:00"), look)
    site.set("2025-10-11T20:00")
    follow(visitor, code.lower(), "成立")
    visitor.sees(REASON)
    visitor.sees("2025-10-09", "2025-10-10")
    visitor.sees_not("13900139000", "周先生", DOUBTED)
    look(visitor, "13-followed")

    site.check("2025-10-14")
    site.set("2025-10-14T09:00")
    over(visitor, look)
    assert approved[FINE].load().state is ApplicationState.ACCREDITED
    assert approved[DOUBTED].load().state is ApplicationState.REJECTED
    site.verify()


def publish(officer: Person, look: Look) -> None:
    """From the dashboard to the public page: the last day is known before anything is published."""
    look(officer, "01-dashboard")
    officer.section("待我办理").get_by_role("link").filter(has_text="待发布公示的申请").click()
    officer.sees(FINE, DOUBTED)
    officer.fill({"公示标题": TITLE, "公示说明": INTRODUCTION, "公示日期": "2025-09-29"})
    officer.send("预览")
    plan = officer.section("预览")
    officer.sees(TITLE, FINE, DOUBTED, "公示期：2025-09-29 至 2025-10-13（含当日）", where=plan)
    # The holidays around the National Day do not count; the Saturday worked in return does.
    officer.sees("5 个工作日", "2025-09-30、2025-10-09、2025-10-10、2025-10-11、2025-10-13", where=plan)
    look(officer, "02-preview")
    officer.send("发布公示")
    officer.told("公示已发布")
    officer.sees(TITLE, "2025-09-29 至 2025-10-13", "2 份申请，0 份因异议暂停")
    look(officer, "03-published")
    officer.link("公众页面")
    officer.sees(TITLE, "有异议的，请在公示期内实名反映。", FINE)


def object_to(visitor: Person, look: Look) -> str:
    """From the site's first page to the code."""
    visitor.open("/")
    visitor.sees("正在公示", TITLE, "2025-10-13", "还有 4 天")
    look(visitor, "04-home")
    visitor.page.locator("main a").filter(has_text="对公示提出异议").click()
    visitor.link(TITLE)
    visitor.sees("公示中", "2025-10-13（含当日）")
    look(visitor, "05-notice")
    visitor.row(DOUBTED).get_by_role("link", name="提出异议").click()
    visitor.sees(DOUBTED, "您的信息如何使用")
    visitor.send("提交异议")
    visitor.sees("请填写")
    visitor.fill({"您的姓名或单位名称": "周先生", "联系方式": "13900139000", "异议内容": OBJECTION})
    look(visitor, "06-objection")
    visitor.send("提交异议")
    visitor.sees("已收到您的异议", "只显示这一次")
    look(visitor, "07-receipt")
    code = visitor.page.locator(CODE).inner_text()
    visitor.page.reload()
    visitor.sees("查询码已经显示过")
    return code


def follow(visitor: Person, code: str, state: str) -> None:
    """By the code to where the objection stands."""
    visitor.open("/")
    visitor.page.locator("main a").filter(has_text="查询办理进度").click()
    visitor.fill({"查询码": code})
    visitor.send("查询")
    visitor.sees("公示异议", where=visitor.section("公示异议"))
    visitor.sees(state, where=visitor.section("公示异议"))


def decide(officer: Person, look: Look) -> None:
    """From the dashboard to the decision; the party is heard first."""
    look(officer, "09-dashboard")
    officer.section("待我办理").get_by_role("link").filter(has_text="待处理的异议").click()
    look(officer, "10-objections")
    officer.row(DOUBTED).get_by_role("link").first.click()
    card = officer.section("公示与异议")
    officer.sees(OBJECTION, where=card)
    officer.sees_not("周先生", where=card)
    officer.send("查看提交人")
    officer.sees("周先生", "13900139000", "本次查看已记入操作记录")
    look(officer, "10-who-filed")
    officer.link("返回")
    officer.step("登记当事人陈述", {"当事人陈述": WORD}, where=card)
    officer.sees(WORD, where=card)
    box = officer.offer("处理异议", card)
    officer.fill({"结论": "异议成立", "理由": REASON}, box)
    look(officer, "11-deciding")
    box.get_by_role("button", name="处理异议", exact=True).click()
    officer.sees("未通过", where=officer.page.locator(".page-head"))
    officer.sees("成立", REASON, where=officer.section("公示与异议"))
    look(officer, "12-decided")


def over(visitor: Person, look: Look) -> None:
    """The notice is over: whom nobody doubted stands in the register, the other does not."""
    visitor.open("/notices")
    visitor.sees("目前没有正在公示的名单。")
    visitor.row(TITLE).get_by_role("link").click()
    visitor.sees("公示期已结束", "不再受理异议")
    visitor.sees_not("提出异议")
    look(visitor, "14-over")
    visitor.link(FINE)
    visitor.sees("有效", "2025-10-14", TITLE)
    look(visitor, "15-body")
    visitor.open("/register")
    visitor.sees(FINE)
    visitor.sees_not(DOUBTED)
