"""One case of each track through the screens alone: what the pages say on its way to the end."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from core.rules.periods import period_end
from tests.services.journey import TRACKS
from tests.web.counter import Counter
from tests.web.screens import Page

DAY = timedelta(days=1)
BY_NOTICE = ["草稿", "已提交", "已推荐", "评审中", "待公示", "公示中", "已认定"]
WAYS = {
    "jilin": ["草稿", "已提交", "已推荐", "评审中", "已认定"],
    "liaocheng": BY_NOTICE,
    "hubei": BY_NOTICE,
    "shanghai": ["草稿", "已提交", "已推荐", "评审中", "待签协议", "已认定"],
    "miit_volunteer": ["草稿", "已提交", "评审中", "待公示", "公示中", "已认定"],
}
"""The states of an application, as its text lays its stages down."""
ENTRIES = {"jilin": "8(5)", "liaocheng": "14", "hubei": "13", "shanghai": "5.4", "miit_volunteer": "N3"}
"""The clause under which each programme accredits."""


@pytest.mark.parametrize("key", TRACKS)
def test_a_case_from_the_counter_to_its_end(accredited: Callable[[str], Counter], key: str) -> None:
    item = accredited(key)
    page = item.case()
    assert state(page) == "已认定"
    passed = [line.rsplit("→ ", 1)[-1] for line in reversed(lines(page, "//li/div[2]"))]
    assert passed == WAYS[item.program]
    page = item.status()
    assert state(page) == "有效"
    first, last = term(page)
    assert happened(page) == [(first, "认定", ENTRIES[item.program])]
    assert last >= period_end(first, years=1)
    live(item, key)
    # What the page says stands in the lists too.
    listed = item.at("officer").get(f"/admin/accreditations/?search={number(item.status())}")
    assert state(item.status()) in listed.text


def live(item: Counter, key: str) -> None:
    """A service that is rejected and verified again, then what becomes of a status of that track."""
    first, last = term(item.status())
    item.later(10)
    item.serve(item.day)
    assert row(item.status(), "records")[1:5] == ["政策解读与诊断", "4", "2", "已核实"]
    item.status().send("/do/reject-record", item.status().parts("/do/reject-record")[0], reason="签到表不符")
    assert row(item.status(), "records")[4] == "不予采信"
    item.status().send("/do/verify-record", item.status().parts("/do/verify-record")[0])
    assert row(item.status(), "records")[4] == "已核实"
    LIVES[key](item, first, last)


def jilin_provider(item: Counter, first: date, last: date) -> None:
    """Too few hours in the first year, and no report: reminded, warned, and out by itself."""
    end = period_end(first, years=1)
    check_on(item, end - timedelta(days=90))
    assert (end - timedelta(days=90), "提醒", "10(1)") in happened(item.status())
    check_on(item, end + DAY)
    assert {(end + DAY, "警告", "10(1)"), (end + DAY, "拟退出", "11(1)")} <= set(happened(item.status()))
    assert "全年未达到考核要求 11(1) 已提出" in card(item.status(), "exits")
    assert "期满自动生效" in card(item.status(), "exits")
    tell(item)
    item.later(15)
    item.check()
    page = item.status()
    assert (state(page), happened(page)[0][1:]) == ("已撤销", ("撤销认定", "11(1)"))
    assert "禁止申报" not in card(page, "exits")


def jilin_expert(item: Counter, first: date, last: date) -> None:
    """Enough hours each year, the reports in time: verified again, and extended by two years."""
    for year in (1, 2):
        end = period_end(first, years=year)
        item.on(end - timedelta(days=60))
        item.serve(item.day, hours=12)
        assert "已达标" in card(item.status(), "duties")
        item.status().send("/do/submit-report", summary="全年咨询十二小时", success_cases="两家企业获得贷款")
        assert "全年咨询十二小时" in card(item.status(), "reports")
        item.status("recommender").send("/do/accept-report", item.status().parts("/do/accept-report")[0])
    check_on(item, last - timedelta(days=30))
    assert {"提醒"} == {kind for _, kind, clause in happened(item.status()) if clause == "10(1)"}
    extend(item, "10(3)", last, period_end(first, years=4))
    check_on(item, last + DAY)
    assert (last + DAY, "应复核", "10(2)") in happened(item.status())
    assert state(item.status()) == "有效"


def liaocheng_comprehensive(item: Counter, first: date, last: date) -> None:
    """Three complaints found true: out by two officers, with a ban."""
    for who in ("甲公司", "乙公司", "丙公司"):
        item.later(1)
        item.status().send("/do/file-complaint", complainant=who, contact="13800138001", content="收费不实")
        complaint = item.status().parts("/do/decide-complaint")[0]
        item.status().send("/do/decide-complaint", complaint, verdict="yes", reason="已核实")
        assert ("20(4)" in [clause for *_, clause in happened(item.status())]) == (who == "丙公司")
    confirm(item, "20(4)")
    through = period_end(item.day, years=3)
    assert "3 年" in card(item.status(), "exits")
    bans = item.at("officer").get("/admin/bans/").text
    assert through.isoformat() in bans
    again = item.at("officer").get(party_of(item)).text
    assert f"{item.day} 至 {through}" in re.sub(r"<[^>]+>", "", again)


def liaocheng_specialized(item: Counter, first: date, last: date) -> None:
    """A year without an event of the authority: revoked, and reinstated on appeal by the lead."""
    item.serve(item.day, organized_by_authority="y")
    end = period_end(item.day, months=12)
    item.at("officer").get("/admin/register/campaigns/new").send(
        program="liaocheng", title="对接会", starts_on=f"{end}", ends_on=f"{end}", organized_by_authority="y"
    )
    item.on(date(end.year, 1, 20))
    item.status().send("/do/submit-report", summary="年度工作总结")
    check_on(item, end + DAY)
    assert (end + DAY, "拟退出", "20(3)") in happened(item.status())
    case = item.status().parts("/do/object-exit")[0]
    tell(item)
    item.status().send("/do/object-exit", case, reason="当年未收到活动通知")
    assert "当事人有异议" in card(item.status(), "exits")
    confirm(item, "20(3)")
    item.status().send("/do/appeal-exit", case, reason="通知确未送达")
    assert not item.status().has("/do/decide-appeal"), "an officer decides no appeal"
    item.status("lead").send("/do/decide-appeal", case, verdict="yes", reason="通知确未送达，申诉成立")
    page = item.status()
    assert (state(page), happened(page)[0][1:]) == ("有效", ("退出撤销", "20(3)"))
    assert "退出决定已撤销" in card(page, "exits")


def hubei_comprehensive(item: Counter, first: date, last: date) -> None:
    """Three events that did not satisfy: ordered to rectify, which fails."""
    for satisfaction in (79, 60, 79):
        item.later(1)
        item.serve(item.day, satisfaction_pct=satisfaction)
    page = item.status()
    assert (state(page), happened(page)[0]) == ("整改中", (item.day, "责令整改", "18(1)"))
    assert (item.day + timedelta(days=30)).isoformat() in card(page, "orders")
    item.later(20)
    item.status().send(
        "/do/close-order", item.status().parts("/do/close-order")[0], verdict="no", reason="未改进"
    )
    assert "整改未通过" in card(item.status(), "orders")
    confirm(item, "18(1)")


def hubei_specialized(item: Counter, first: date, last: date) -> None:
    """Too few public-benefit services: put right in time; the recommender's proposal fails; the term ends."""
    end = period_end(first, years=1)
    check_on(item, end + DAY)
    assert (end + DAY, "责令整改", "18(4)") in happened(item.status())
    assert state(item.status()) == "整改中"
    order = item.status().parts("/do/close-order")[0]
    item.status().send("/do/close-order", order, verdict="yes", reason="已补足公益服务")
    assert state(item.status()) == "有效"
    item.status("recommender").send("/do/propose-exit", clause="18(2)", reason="服务质量引发纠纷")
    assert not item.status("recommender").has("/do/dismiss-exit"), "who recommends does not decide"
    exit_case = item.status().parts("/do/dismiss-exit")[0]
    item.status().send("/do/dismiss-exit", exit_case, reason="纠纷已和解")
    assert happened(item.status())[0][1:] == ("退出驳回", "18(2)")
    expire(item, last, "15")


def shanghai_comprehensive(item: Counter, first: date, last: date) -> None:
    """Nothing in the text revokes: reminded before the end, and over when the agreement is."""
    assert not item.status().has("/do/propose-exit")
    assert "本项目没有延续" in item.status().text
    expire(item, last, "协议约定")


def shanghai_specialized(item: Counter, first: date, last: date) -> None:
    """Inspected, and gone of its own will."""
    item.status("recommender").send("/do/plan-inspection", planned_on=item.day.isoformat())
    page = item.status("recommender")
    part = page.parts("/do/record-inspection")[0]
    page.send("/do/record-inspection", part, quality="良好", fees="合理", satisfaction_pct=95, verdict="yes")
    assert "通过" in card(item.status(), "inspections")
    item.status().send("/do/withdraw", reason="业务调整")
    page = item.status()
    assert (state(page), happened(page)[0]) == ("已退出", (item.day, "主动退出", "自愿退出"))


def miit_volunteer_workstation(item: Counter, first: date, last: date) -> None:
    """Silent for half a year, short over the whole year; the party asks that a person decides."""
    silent = period_end(item.day, months=6) + DAY
    check_on(item, silent)
    assert (silent, "警告", "N5") in happened(item.status())
    assert number(item.status()) in item.at("officer").get("/admin/warnings/").text
    end = period_end(first, years=1)
    check_on(item, end + DAY)
    assert (end + DAY, "拟退出", "A1.15") in happened(item.status())
    item.status().send("/do/ask-person", item.status().parts("/do/ask-person")[0])
    assert "当事人要求人工决定" in card(item.status(), "exits")
    tell(item)
    item.later(30)
    item.check()
    assert state(item.status()) == "有效"
    confirm(item, "A1.15")


def miit_volunteer_expert(item: Counter, first: date, last: date) -> None:
    """A fee is looked into and let go; each year done; expired, and active again by its extension."""
    item.serve(item.day, hours=2, fee_cny=100)
    assert happened(item.status())[0][1:] == ("立案", "N5")
    finding = item.status().parts("/do/decide-finding")[0]
    item.status().send("/do/decide-finding", finding, verdict="no", reason="系材料工本费，已退还")
    assert "不成立" in card(item.status(), "findings")
    for year in (1, 2, 3):
        item.on(period_end(first, years=year) - timedelta(days=100))
        item.serve(item.day, hours=12)
    check_on(item, last + DAY)
    page = item.status()
    assert (state(page), happened(page)[0]) == ("已到期", (last + DAY, "到期", "A2.9"))
    item.later(30)
    extend(item, "A2.9", last, period_end(first, years=6))


LIVES = {
    "jilin/provider": jilin_provider,
    "jilin/expert": jilin_expert,
    "liaocheng/comprehensive": liaocheng_comprehensive,
    "liaocheng/specialized": liaocheng_specialized,
    "hubei/comprehensive": hubei_comprehensive,
    "hubei/specialized": hubei_specialized,
    "shanghai/comprehensive": shanghai_comprehensive,
    "shanghai/specialized": shanghai_specialized,
    "miit_volunteer/workstation": miit_volunteer_workstation,
    "miit_volunteer/expert": miit_volunteer_expert,
}


def check_on(item: Counter, day: date) -> None:
    """Let the days pass to one on which the daily check runs."""
    item.on(day)
    item.check()


def tell(item: Counter) -> None:
    """Record that the party was told of the exit."""
    case = item.status().parts("/do/told-exit")[0]
    item.status().send("/do/told-exit", case, on=item.day.isoformat())


def confirm(item: Counter, clause: str) -> None:
    """Two officers confirm the exit when the party has been heard."""
    if item.status().has("/do/told-exit"):
        assert "尚未告知当事人" in card(item.status(), "exits")
        tell(item)
    item.later(14)
    for who, after in (("officer", "已一人确认"), ("second", "已生效")):
        page = item.status(who)
        page.send("/do/confirm-exit", page.parts("/do/confirm-exit")[0], reason="事实清楚")
        assert after in card(item.status(who), "exits")
        if who == "officer":
            assert not item.status(who).has("/do/confirm-exit"), "one officer does not decide alone"
            assert "须由另一名人员复核确认" in item.status(who).text
            assert state(item.status(who)) != "已撤销"
    page = item.status()
    assert (state(page), happened(page)[0]) == ("已撤销", (item.day, "撤销认定", clause))


def extend(item: Counter, clause: str, last: date, new_last: date) -> None:
    """Ask for an extension and have it granted: the new term begins where the old one ended."""
    item.status().send("/do/request-extension", statement="继续提供服务")
    request = item.status().parts("/do/decide-extension")[0]
    item.status().send("/do/decide-extension", request, verdict="yes", reason="履职良好")
    page = item.status()
    assert (state(page), term(page)) == ("有效", (last, new_last))
    assert happened(page)[0] == (item.day, "延续", clause)
    assert "已同意" in card(page, "extensions")


def expire(item: Counter, last: date, clause: str) -> None:
    """The end comes: three reminders, and the day after it the status is over."""
    for days in (90, 30, 7):
        check_on(item, last - timedelta(days=days))
        assert (item.day, "提醒", clause) in happened(item.status())
        ending = lines(item.at("officer").get("/admin/"), "//section[.//h2[.='90 天内到期']]")[0]
        assert f"{last}{days}" in ending
    check_on(item, last)
    assert state(item.status()) == "有效"
    check_on(item, last + DAY)
    page = item.status()
    assert (state(page), happened(page)[0]) == ("已到期", (last + DAY, "到期", clause))


def state(page: Page) -> str:
    """The badge beside the name."""
    return lines(page, "//h1//span[contains(@class, 'badge')]")[0]


def lines(page: Page, path: str) -> list[str]:
    """The texts at a place of the page."""
    assert page.doc is not None
    return [" ".join(item.text_content().split()) for item in page.doc.xpath(f"//main{path}")]


def card(page: Page, anchor: str) -> str:
    """What a part of the page says."""
    return lines(page, f"//*[@id='{anchor}']")[0]


def row(page: Page, anchor: str) -> list[str]:
    """The cells of the first row of a part's table."""
    return lines(page, f"//*[@id='{anchor}']//tbody/tr[1]/td")


def happened(page: Page) -> list[tuple[date, str, str]]:
    """The timeline, the latest first: day, kind, clause."""
    heads = lines(page, "//*[@id='timeline']//li/div[1]")
    parts = [head.split(" · ") for head in heads]
    return [(date.fromisoformat(day), kind, clause) for day, kind, clause in parts]


def term(page: Page) -> tuple[date, date]:
    """The first and the last day of the term."""
    said = lines(page, "//dt[contains(., '有效期')]/following-sibling::dd")[0]
    first, _, last = said.partition(" 至 ")
    return date.fromisoformat(first), date.fromisoformat(last[:10])


def number(page: Page) -> str:
    """The certificate's number."""
    return lines(page, "//dt[.='认定编号']/following-sibling::dd")[0]


def party_of(item: Counter) -> str:
    """The address of the party's page, as the case links to it."""
    page = item.case()
    assert page.doc is not None
    return str(page.doc.xpath("//main//a[.='主体资料']/@href")[0])
