"""Liaocheng, a specialised platform: from the call to the exit, and the ban that follows it."""

from pathlib import Path

import pytest

from core.domain.roles import Role
from tests.e2e.conftest import Enter, Look, MakeUser, Site
from tests.e2e.person import Person
from tests.services.factory import uscc
from tests.services.journey import PDF, claims, judgements

KEY = "liaocheng/specialized"
NAME = "聊城市鲁西融通中小企业服务有限公司"
PROGRAM = "聊城市中小企业公共服务示范平台"
TRACK = f"{PROGRAM} · 专业类平台"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document to hand in."""
    path = tmp_path / "证明材料（盖章）.pdf"
    path.write_bytes(PDF)
    return path


@pytest.mark.assurance
def test_a_platform_from_the_call_to_the_ban(
    site: Site, make_user: MakeUser, enter: Enter, look: Look, document: Path
) -> None:
    clerk = make_user("李经办", Role.OFFICER, "liaocheng", "371500")
    second = make_user("王复核", Role.OFFICER, "liaocheng", "371500")
    county = make_user("赵推荐", Role.RECOMMENDER, "liaocheng", "371502")
    code = uscc()

    officer = enter(clerk, "2024-05-06T09:00")
    look(officer, "01-dashboard-empty")
    announce(officer, look)
    case = file(officer, code, look)
    fill(officer, case, look)
    hand_in(officer, case, document, look)
    recommend(enter(county, "2024-05-20T10:00"), look)
    decide(enter(clerk, "2024-05-27T10:00"), case, look)

    site.check("2024-06-03")
    officer = enter(clerk, "2024-06-03T16:00")
    officer.open(case)
    officer.sees("公示中", where=officer.page.locator(".page-head"))
    site.check("2024-06-04")
    status = accredited(enter(clerk, "2024-06-04T09:00"), case, look)

    serve(enter(clerk, "2024-07-11T09:00"), status, look)
    complain(enter(clerk, "2024-09-02T09:00"), status)
    site.check("2025-01-10")
    report(enter(clerk, "2025-01-20T09:00"), status)
    another_event(enter(clerk, "2025-06-16T09:00"), status)

    site.check("2026-02-03")
    told(enter(clerk, "2026-02-03T10:00"), status, look)
    object_to(enter(clerk, "2026-02-05T10:00"), status)
    first_word(enter(clerk, "2026-02-11T10:00"), status, look)
    second_word(enter(second, "2026-02-11T14:00"), status, look)
    officer = enter(clerk, "2026-03-02T10:00")
    banned(officer, code, look)
    in_english(officer, status, case, look)
    site.verify()


def announce(officer: Person, look: Look) -> None:
    """The year's call."""
    officer.menu("申报通知")
    officer.link("发布申报通知")
    officer.fill(
        {
            "标题": "2024 年度示范平台申报通知",
            "项目和类别": [TRACK],
            "开始时间": "2024-05-01T00:00",
            "申报截止": "2024-05-31T17:00",
            "推荐截止": "2024-06-15T17:00",
        }
    )
    look(officer, "02-new-call")
    officer.send("保存")
    officer.told("已发布")
    officer.sees("2024 年度示范平台申报通知", "受理中", "专业类平台", "2024-05-31 17:00")
    look(officer, "03-call")


def file(officer: Person, code: str, look: Look) -> str:
    """The party at the counter, and its draft."""
    officer.menu("主体")
    officer.link("登记主体")
    officer.fill({"类型": "机构", "名称（个人填姓名）": NAME, "统一社会信用代码（机构）": code[:-1] + "0"})
    officer.fill({"行政区划": "东昌府区", "手机号码": "1380013800"})
    officer.send("保存")
    officer.told("请更正标出的内容")
    look(officer, "04-party-refused")
    officer.fill({"统一社会信用代码（机构）": code, "手机号码": "13800138000", "联系人": "孙丽"})
    officer.fill({"电子邮箱": "sunli@example.cn", "地址": "山东省聊城市东昌府区柳园南路 1 号"})
    officer.send("保存")
    officer.told("主体已登记")
    officer.fill({"申报类别": TRACK})
    look(officer, "05-new-application")
    officer.send("开始填写")
    officer.sees("填写事实", NAME)
    return officer.page.url.rsplit("/", 1)[0]


def fill(officer: Person, case: str, look: Look) -> None:
    """The verdict follows the facts: nothing known, one figure too small, everything claimed."""
    facts = claims(KEY)
    officer.open(case)
    officer.judged("尚不能确定", {"8(3)": "未知"})
    look(officer, "06-draft-empty")

    officer.link("填写事实")
    officer.facts({"smes_served_last_year": 79, "smes_served_prior_year": 70, "satisfaction_pct": 150})
    officer.send("保存")
    officer.told("请更正标出的内容")
    officer.facts({"satisfaction_pct": 92})
    officer.send("保存")
    officer.told("已保存")
    officer.judged("不符合条件", {"8(3)": "不满足"})
    officer.sees("不少于 80", "79", where=officer.row("8(3)", officer.section("条件审查")))
    look(officer, "07-draft-too-few")

    officer.link("填写事实")
    # What is asked for a function shows when the function is claimed.
    assert not officer.asks("financing_lectures")
    officer.facts({"service_functions": facts.pop("service_functions")})
    assert officer.asks("financing_lectures")
    assert not officer.asks("legal_hotline")
    officer.facts({name: value for name, value in facts.items() if officer.asks(name)})
    look(officer, "08-facts")
    officer.send("保存")
    officer.judged("符合条件", {"8(1)": "满足", "8(3)": "满足", "8(7)": "满足", "9": "满足"})
    look(officer, "09-draft-claimed")


def hand_in(officer: Person, case: str, document: Path, look: Look) -> None:
    """Not complete, it cannot be submitted; with every document it can."""
    officer.sees("提交", "必交材料不齐", where=officer.section("可办理的事项"))
    materials = officer.section("材料")
    rows = materials.locator("tbody tr").count()
    assert rows == 9
    for number in range(rows):
        place = materials.locator("tbody tr").nth(number)
        officer.step("上传", {"文件": document}, where=place)
        # Its file may be taken back: it has arrived, and the page is there again.
        officer.sees("撤下", where=place)
        officer.told("材料已上传")
    officer.sees_not("未提交", where=materials)
    look(officer, "10-materials")
    officer.step("提交")
    officer.told("已办理：提交")
    officer.sees("已提交", where=officer.page.locator(".page-head"))


def recommend(county: Person, look: Look) -> None:
    """The county measures what the applicant claimed, and recommends."""
    look(county, "11-county-dashboard")
    county.menu("申请")
    county.row(NAME).get_by_role("link").first.click()
    county.sees(NAME, "已提交")
    box = county.offer("推荐")
    look(county, "12-recommend")
    county.fill({"推荐意见": "经实地测评，运营情况良好，同意推荐。"}, box)
    county.fill({"运营情况": "场所、人员与申报一致，服务台账完整。"}, box)
    county.facts({"smes_served_last_year": 110, "satisfaction_pct": 91}, box)
    box.get_by_role("button", name="推荐", exact=True).click()
    county.told("已办理：推荐")
    word = county.section("推荐与实测")
    county.sees("同意推荐", where=word)
    county.sees("120", "110", where=county.row("上年服务中小企业数", word))
    county.sees("已推荐", where=county.page.locator(".page-head"))
    look(county, "13-recommended")


def decide(officer: Person, case: str, look: Look) -> None:
    """The city judges what only a person can, approves, and publishes."""
    look(officer, "14-dashboard-waiting")
    officer.open(case)
    officer.step("开始评审")
    officer.told("已办理：开始评审")
    box = officer.offer("登记判定")
    officer.facts(judgements(KEY), box)
    officer.fill({"判定依据": "现场核查，材料属实"}, box)
    look(officer, "15-judging")
    box.get_by_role("button", name="登记判定", exact=True).click()
    officer.judged("符合条件", {"8(1)": "满足", "8(3)": "满足", "8(7)": "满足", "10(2)": "满足"})
    look(officer, "16-eligible")
    officer.step("通过并公示", {"意见": "同意认定"})
    officer.sees("待公示", where=officer.page.locator(".page-head"))
    officer.step("发布公示", {"公示标题": "2024 年度示范平台拟认定名单公示"})
    officer.sees("2024-05-27 至 2024-06-03", where=officer.section("公示与异议"))
    look(officer, "17-on-notice")
    officer.link("2024 年度示范平台拟认定名单公示")
    officer.sees(NAME, "2024-06-03")
    look(officer, "18-notice")


def accredited(officer: Person, case: str, look: Look) -> str:
    """After five working days without objection it stands in the register, with a number."""
    officer.open(case)
    officer.sees("已认定", where=officer.page.locator(".page-head"))
    officer.link("查看认定")
    officer.sees("LC-S-2024-0001", "2024-06-04 至 2027-06-04", "有效", "年度工作总结")
    look(officer, "19-accredited")
    return officer.page.url


def serve(officer: Person, status: str, look: Look) -> None:
    """A service with its enterprises, and one that cannot be right."""
    officer.open(status)
    officer.step("登记服务记录", {"服务内容": "银企对接会", "服务日期": "2024-07-12", "小时": "三"})
    officer.told("请更正标出的内容")
    officer.sees("请填写数字")
    officer.step("登记服务记录", {"小时": "30"})
    officer.sees("还没有发生", "且不超过 24")
    look(officer, "20-record-refused")
    officer.step(
        "登记服务记录",
        {
            "服务日期": "2024-07-10",
            "小时": "3.5",
            "方式": "线下",
            "参加人数": "40",
            "服务企业": "聊城市东风机械有限公司\n聊城市新华食品有限公司",
            "满意度（%）": "95",
            "主管部门组织": True,
            "公益性服务": True,
        },
    )
    officer.told("服务记录已登记")
    row = officer.row("银企对接会", officer.section("服务记录"))
    officer.sees("2024-07-10", "3.5", "2", "已核实", where=row)
    look(officer, "21-record")


def complain(officer: Person, status: str) -> None:
    """An enterprise complains, rightly; one such complaint ends nothing."""
    officer.open(status)
    officer.step("登记投诉", {"投诉人": "周先生", "联系方式": "13900139000", "内容": "承诺的对接没有办。"})
    card = officer.section("投诉")
    officer.sees("承诺的对接没有办。", "待核实", where=card)
    officer.step("核实投诉", {"结论": "属实", "理由": "电话核实，情况属实。"}, where=card)
    officer.sees("属实", "电话核实，情况属实。", where=card)
    officer.sees("没有退出事项。", where=officer.section("退出"))


def report(officer: Person, status: str) -> None:
    """The report on 2024 is pointed out as due, comes in time, and is accepted."""
    officer.open(status)
    card = officer.section("年度报告")
    officer.sees("2024", "截止 2025-01-31，为休息日，顺延至2025-02-05", where=card)
    officer.sees("提醒", "年度工作总结", where=officer.section("时间线"))
    officer.step(
        "代交年度报告", {"年度": "2024 年度报告", "总结": "全年服务企业 110 家，组织银企对接 6 场。"}
    )
    officer.sees("2025-01-20", "全年服务企业 110 家", where=card)
    officer.step("受理报告", where=card)
    officer.sees("已受理", where=card)


def another_event(officer: Person, status: str) -> None:
    """An event of the authority attended within the year, so that 20(3) stays silent."""
    officer.open(status)
    officer.step(
        "登记服务记录",
        {
            "服务日期": "2025-06-10",
            "服务内容": "专精特新培训",
            "小时": "6",
            "方式": "线上",
            "主管部门组织": True,
        },
    )
    officer.told("服务记录已登记")


def told(officer: Person, status: str, look: Look) -> None:
    """No report on 2025 by the Monday that follows its last day: an exit is proposed, the party told."""
    look(officer, "22-dashboard-exit")
    officer.menu("退出事项")
    officer.sees("20(5)", NAME)
    look(officer, "23-exits")
    officer.row("20(5)").get_by_role("link").first.click()
    card = officer.section("退出")
    officer.sees("不报送年度工作总结", "20(5)", "已提出", "两人确认", "禁止申报", "3 年", where=card)
    officer.sees("尚未告知当事人，不能作出决定", where=card)
    look(officer, "24-exit-not-told")
    officer.step("登记送达", {"送达日期": "2026-02-03"}, where=card)
    officer.sees("2026-02-10", "异议期至 2026-02-10（含当日），期间不能作出决定", where=card)


def object_to(officer: Person, status: str) -> None:
    """The party's objection, recorded at the counter."""
    officer.open(status)
    card = officer.section("退出")
    officer.step("代为提出异议", {"异议内容": "报告已写好，因故未及时上传。"}, where=card)
    officer.sees("当事人有异议", "报告已写好，因故未及时上传。", where=card)


def first_word(officer: Person, status: str, look: Look) -> None:
    """One officer confirms, and cannot confirm twice."""
    officer.open(status)
    card = officer.section("退出")
    officer.step("确认退出", {"理由": "经催告仍未报送，异议不成立。"}, where=card)
    officer.sees("已一人确认", "李经办", where=card)
    officer.sees("须由另一名人员复核确认", where=card)
    officer.sees("有效", where=officer.page.locator(".page-head"))
    look(officer, "25-one-confirmed")


def second_word(officer: Person, status: str, look: Look) -> None:
    """The second officer's word ends the status."""
    look(officer, "26-dashboard-second")
    officer.open(status)
    officer.step("确认退出", {"理由": "复核无误，同意撤销。"}, where=officer.section("退出"))
    officer.sees("已撤销", where=officer.page.locator(".page-head"))
    officer.sees("2026-02-11", "20(5)", where=officer.section("认定信息"))
    officer.sees("已生效", "王复核", where=officer.section("退出"))
    officer.sees("撤销认定", "拟退出", where=officer.section("时间线"))
    look(officer, "27-revoked")


def banned(officer: Person, code: str, look: Look) -> None:
    """For three years there is no new application, and the page says from when there is."""
    officer.menu("申报通知")
    officer.link("发布申报通知")
    officer.fill({"标题": "2026 年度申报通知", "项目和类别": [TRACK], "开始时间": "2026-03-01T00:00"})
    officer.fill({"申报截止": "2026-03-31T17:00", "推荐截止": "2026-04-15T17:00"})
    officer.send("保存")
    officer.menu("申请")
    officer.link("代为申报")
    officer.fill({"统一社会信用代码或身份证号": code, "申报类别": TRACK})
    officer.send("开始填写")
    officer.told("2029-02-11 前（含当日）不得申报；自 2029-02-12 起可以申报")
    look(officer, "28-banned")
    officer.menu("禁止申报")
    officer.sees(NAME, "20(5)", "2029-02-11")
    look(officer, "29-bans")


def in_english(officer: Person, status: str, case: str, look: Look) -> None:
    """The main pages in the other language, without a Chinese word of ours."""
    officer.open(status)
    officer.page.get_by_role("link", name="English").click()
    officer.sees("Revoked", "Annual summary not submitted", "Two officers confirm", "3 years")
    officer.sees("What can be done now", "Timeline", "Duties and the running year")
    officer.all_english()
    look(officer, "30-revoked-en")
    officer.open(case)
    officer.sees("Accredited", "Check of the conditions", "Eligible", "mandatory", "Documents", "Decisions")
    officer.all_english()
    look(officer, "31-application-en")
    for line in ("Dashboard", "Applications", "Accreditations", "Exit cases", "Bans", "Service records"):
        officer.menu(line)
        officer.all_english()
        look(officer, f"32-{line}-en")
