"""MIIT, a workstation: included without recommendation, warned, billed, extended; and tables of others."""

from pathlib import Path

import pytest

from core.domain.roles import Role
from core.services.files.sheets import write_sheet
from tests.e2e.conftest import Enter, Look, MakeUser, Site
from tests.e2e.person import Person
from tests.services.factory import uscc
from tests.services.journey import PDF, claims, docx

KEY = "miit_volunteer/workstation"
NAME = "北京海淀中小企业服务联合会"
PROGRAM = "中小企业志愿服务工作站和志愿服务专家"
TRACK = f"{PROGRAM} · 志愿服务工作站"
TABLE = f"{PROGRAM} · 中小企业志愿服务工作站汇总表"
HEADERS = ("序号", "单位名称", "地址", "联系人", "联系电话")
HEAD = (
    ("附件3 中小企业志愿服务工作站汇总表",),
    ("填写单位：山东省中小企业服务中心", "联系人：韩梅", "联系电话：0531-86000000"),
)
GOOD = (
    (1, "济南先进制造服务中心", "济南市历下区经十路 1 号", "刘洋", "13953100001"),
    (2, "青岛蓝海创业服务站", "青岛市市南区香港中路 2 号", "陈晨", "13953200002"),
)
BAD = (
    GOOD[0],
    (2, "青岛蓝海创业服务站", "青岛市市南区香港中路 2 号", "", "1395320"),
    (3, "济南先进制造服务中心", "济南市历下区经十路 1 号", "刘洋", "13953100001"),
)


@pytest.mark.assurance
def test_a_workstation_from_the_call_to_its_extension(
    site: Site, make_user: MakeUser, enter: Enter, look: Look, tmp_path: Path
) -> None:
    center = make_user("张中心", Role.OFFICER, "miit_volunteer")
    document = tmp_path / "申报材料.pdf"
    document.write_bytes(PDF)

    officer = enter(center, "2023-02-20T09:00")
    announce(officer, look)
    case = file(officer, look)
    fill_and_hand_in(officer, case, document, look)
    decide(enter(center, "2023-03-13T10:00"), case, look)
    object_to(enter(center, "2023-03-15T10:00"), case, look)
    site.check("2023-03-20")
    officer = enter(center, "2023-03-20T16:00")
    officer.open(case)
    officer.sees("公示中", where=officer.page.locator(".page-head"))
    site.check("2023-03-21")
    status = included(enter(center, "2023-03-21T09:00"), case)

    site.check("2023-09-22")
    warned(enter(center, "2023-09-25T09:00"), status, look)
    paid(enter(center, "2023-10-12T09:00"), status, look)
    for day, services in (("2024-04-08", ("2024-03-30",)), ("2025-03-12", ("2024-09-20", "2025-03-10"))):
        serve(enter(center, f"{day}T09:00"), status, services)
        site.check(day)
    serve(enter(center, "2025-12-19T09:00"), status, ("2025-09-01",))
    too_early(enter(center, "2025-12-20T09:00"), status)
    site.check("2025-12-22")
    extended(enter(center, "2025-12-22T09:00"), status, look)
    site.verify()


def test_tables_include_their_rows_or_none(
    site: Site, make_user: MakeUser, enter: Enter, look: Look, tmp_path: Path
) -> None:
    center = make_user("张中心", Role.OFFICER, "miit_volunteer")
    province = make_user("山东受托", Role.RECOMMENDER, "miit_volunteer", "370000")
    for name, rows in (("bad", BAD), ("good", GOOD)):
        (tmp_path / f"{name}.xlsx").write_bytes(write_sheet("汇总表", HEADERS, rows, above=HEAD))
    (tmp_path / "汇总表盖章.pdf").write_bytes(PDF)
    (tmp_path / "汇总表盖章.docx").write_bytes(docx())

    announce(enter(center, "2023-02-20T09:00"), look)
    body = enter(province, "2023-03-02T10:00")
    send_table(body, tmp_path, "bad")
    body.sees("第 5 行", "联系人", "请填写", "联系电话", "第 6 行", "与第 4 行重复")
    look(body, "20-table-refused")
    body.menu("认定")
    body.sees("没有符合条件的记录。")
    body.menu("申请")
    body.sees("没有符合条件的记录。")

    send_table(body, tmp_path, "good")
    body.sees("尚未导入", "青岛蓝海创业服务站", "对各项义务的影响", "等 2 项")
    look(body, "20-table-looked-at")
    body.send("确认纳入")
    body.sees("已直接纳入 2 项", "MIIT-GZZ-2023-00001", "MIIT-GZZ-2023-00002")
    look(body, "21-included")
    body.link("MIIT-GZZ-2023-00002")
    body.sees("青岛蓝海创业服务站", "有效", "2023-03-02 至 2026-03-02", "山东省")
    body.link("原申请")
    body.sees("直接纳入", "已认定", "good.xlsx")
    look(body, "22-included-application")
    send_table(body, tmp_path, "good")
    body.sees("已在名录中（MIIT-GZZ-2023-00001")
    site.verify()


def announce(officer: Person, look: Look) -> None:
    """The call of 2023, whose window the text itself sets."""
    officer.menu("申报通知")
    officer.link("发布申报通知")
    officer.fill({"标题": "2023 年志愿服务工作站招募", "项目和类别": [TRACK]})
    officer.send("保存")
    officer.sees("受理中", "2023-01-01 00:00", "2023-03-12 23:59")
    look(officer, "01-call")


def file(officer: Person, look: Look) -> str:
    """The party, at first without a mobile number."""
    officer.menu("主体")
    officer.link("登记主体")
    officer.fill({"类型": "机构", "名称（个人填姓名）": NAME, "统一社会信用代码（机构）": uscc()})
    officer.fill({"行政区划": "海淀区", "联系人": "吴敏", "电子邮箱": "wumin@example.cn"})
    officer.send("保存")
    officer.told("主体已登记")
    officer.fill({"申报类别": TRACK})
    officer.send("开始填写")
    officer.sees("填写事实", NAME)
    return officer.page.url.rsplit("/", 1)[0]


def fill_and_hand_in(officer: Person, case: str, document: Path, look: Look) -> None:
    """Facts, documents, and the mobile number without which the result cannot be sent."""
    facts = {name: value for name, value in claims(KEY).items() if officer.asks(name)}
    officer.facts(facts | {"staff_full_time": 9})
    officer.send("保存")
    officer.judged("不符合条件", {"A1.4(1)": "满足", "A1.4(4)": "不满足"})
    officer.sees("不少于 10", "9 人", where=officer.row("A1.4(4)", officer.section("条件审查")))
    officer.link("填写事实")
    officer.facts({"staff_full_time": 10})
    officer.send("保存")
    officer.judged("符合条件", {"A1.4(4)": "满足"})
    materials = officer.section("材料")
    for title in ("工作站申报材料", "中小企业志愿服务经验和成果说明"):
        officer.step("上传", {"文件": document}, where=officer.row(title, materials))
        officer.sees("撤下", where=officer.row(title, materials))
        officer.told("材料已上传")
    officer.sees("未填写有效手机号码", where=officer.section("可办理的事项"))
    look(officer, "02-no-mobile")
    officer.link("主体资料")
    officer.page.get_by_text("修改资料", exact=True).click()
    officer.fill({"手机号码": "13810001000"})
    officer.send("保存")
    officer.told("已保存")
    officer.sees("138****1000", where=officer.section("基本资料"))
    look(officer, "03-party")
    officer.open(case)
    officer.step("提交")
    officer.sees("已提交", where=officer.page.locator(".page-head"))


def decide(officer: Person, case: str, look: Look) -> None:
    """The center accepts, approves, and publishes."""
    officer.open(case)
    officer.step("受理")
    officer.step("通过并公示", {"意见": "材料齐全"})
    officer.step("发布公示", {"公示标题": "2023 年拟入库工作站公示"})
    officer.sees("2023-03-13 至 2023-03-20", where=officer.section("公示与异议"))
    look(officer, "04-on-notice")


def object_to(officer: Person, case: str, look: Look) -> None:
    """Someone objects by letter; the objection is examined and dismissed, and the notice goes on."""
    officer.open(case)
    officer.link("2023 年拟入库工作站公示")
    row = officer.row(NAME)
    words = {"异议人": "某协会", "联系方式": "010-60000000", "异议内容": "专职人员不足。"}
    officer.step("登记异议", words, where=row)
    officer.told("异议已登记")
    look(officer, "05-objection")
    officer.open(case)
    card = officer.section("公示与异议")
    officer.sees("待处理", "专职人员不足。", where=card)
    officer.step("处理异议", {"结论": "异议不成立", "理由": "经核社保记录，专职人员 10 人。"}, where=card)
    officer.sees("异议不成立", where=card)


def included(officer: Person, case: str) -> str:
    """It stands in the register."""
    officer.open(case)
    officer.sees("已认定", where=officer.page.locator(".page-head"))
    officer.link("查看认定")
    officer.sees("MIIT-GZZ-2023-00001", "2023-03-21 至 2026-03-21", "有效", "海淀区")
    return officer.page.url


def warned(officer: Person, status: str, look: Look) -> None:
    """Half a year without a reported service: a warning under N5."""
    officer.menu("警告")
    officer.sees(NAME, "N5")
    look(officer, "06-warnings")
    officer.open(status)
    officer.sees("2023-09-22 · 警告 · N5", "半年未开展活动", where=officer.section("时间线"))
    officer.sees("有效", where=officer.page.locator(".page-head"))
    look(officer, "07-warned")


def paid(officer: Person, status: str, look: Look) -> None:
    """A great day of service meets the year's duty; one with a fee opens a finding, and counts no more."""
    serve(officer, status, ("2023-10-10",))
    duty = officer.row("A1.7(2)", officer.section("义务与本年进度").locator("table"))
    officer.sees("160 / 150", "已达标", where=officer.section("义务与本年进度"))
    assert duty.count() == 1
    officer.step(
        "登记服务记录",
        {
            "服务日期": "2023-10-11",
            "服务内容": "融资诊断",
            "小时": "5",
            "服务企业": "北京长城软件有限公司",
            "收费（元）": "500",
        },
    )
    officer.sees("收费 500 元", where=officer.row("融资诊断", officer.section("服务记录")))
    card = officer.section("查实事项")
    officer.sees("违规收费", "待查实", where=card)
    officer.sees("立案", "N5", where=officer.section("时间线"))
    look(officer, "08-paid")
    officer.step("作出认定", {"结论": "查证属实", "理由": "收款凭证为证，责令退还。"}, where=card)
    officer.sees("查证属实", "收款凭证为证", where=card)
    officer.sees("没有退出事项。", where=officer.section("退出"))


def serve(officer: Person, status: str, days: tuple[str, ...]) -> None:
    """A day of advice each, to 160 enterprises."""
    for day in days:
        officer.open(status)
        names = "\n".join(f"北京服务企业{number}有限公司" for number in range(160))
        officer.step(
            "登记服务记录",
            {"服务日期": day, "服务内容": f"志愿服务日 {day}", "小时": "8", "服务企业": names},
        )
        officer.told("服务记录已登记")
        officer.sees("160", where=officer.row(f"志愿服务日 {day}", officer.section("服务记录")))


def too_early(officer: Person, status: str) -> None:
    """An extension can be asked for from 90 days before the end, and the page says so."""
    officer.open(status)
    officer.sees("可在 2025-12-21 至 2026-06-19 之间提出", where=officer.section("可办理的事项"))


def extended(officer: Person, status: str, look: Look) -> None:
    """The end is near: asked for, granted, and three more years."""
    look(officer, "09-dashboard-ending")
    officer.sees(NAME, "2026-03-21", "89", where=officer.section("90 天内到期"))
    officer.open(status)
    officer.sees("提醒", "A1.12", where=officer.section("时间线"))
    officer.step("代为申请延续", {"申请说明": "愿继续提供志愿服务。"})
    card = officer.section("延续")
    officer.sees("2026-03-21 → 2029-03-21", "愿继续提供志愿服务。", where=card)
    officer.step("答复延续申请", {"答复": "同意延续"}, where=card)
    officer.sees("已同意", where=card)
    officer.sees("2026-03-21 至 2029-03-21", where=officer.section("认定信息"))
    officer.sees("延续", "A1.12", where=officer.section("时间线"))
    look(officer, "10-extended")


def send_table(body: Person, folder: Path, name: str) -> None:
    """The summary table with its sealed scan, in both forms."""
    body.menu("直接纳入")
    body.fill({"汇总表": TABLE, "填好的汇总表（xlsx）": folder / f"{name}.xlsx"})
    body.fill({"盖章扫描件（pdf）": folder / "汇总表盖章.pdf", "盖章件（docx）": folder / "汇总表盖章.docx"})
    body.send("核对")
