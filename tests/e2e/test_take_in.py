"""An authority goes live with what it accredited before: a table sent, looked at, and taken in."""

from datetime import date
from pathlib import Path

from core.domain.roles import Role
from core.services.files.sheets import write_sheet
from tests.e2e.conftest import Enter, Look, MakeUser
from tests.services.factory import uscc
from tests.services.journey import PDF
from tests.services.takein.tables import HEADERS, ORDER, row

NUMBER = "鄂严选〔2023〕17号"
LONG = "湖北省中小企业服务中心综合业务处李经办（第二账号）"
"""A name that gives way to what else stands in the head of a page."""


def test_former_statuses_are_looked_at_and_taken_in(
    make_user: MakeUser, enter: Enter, look: Look, tmp_path: Path
) -> None:
    table = tmp_path / "旧名录.xlsx"
    officer = enter(make_user(LONG, Role.OFFICER, "hubei", "420000"), "2024-06-03T09:00")
    officer.menu("既有认定导入")
    look(officer, "70-take-in")
    body, second = row(uscc=uscc(), **ORDER), row(number="甲-2", uscc=uscc(), name="第二机构")
    table.write_bytes(write_sheet("名录", HEADERS, [body, row(number="甲-2", uscc="12")]))
    officer.fill({"既有认定（xlsx 或 ods 或 csv）": table})
    officer.send("核对")
    officer.sees("第 3 行“统一社会信用代码”")
    look(officer, "71-take-in-refused")
    table.write_bytes(write_sheet("名录", HEADERS, [body, second]))
    officer.fill({"既有认定（xlsx 或 ods 或 csv）": table})
    officer.send("核对")
    officer.sees("读入的值：既有认定", "第二机构")
    look(officer, "72-take-in-looked-at")
    officer.send("确认导入 2 项")
    officer.told("已导入 2 项认定")
    officer.link(NUMBER)
    officer.sees("2024-06-03 自文件“旧名录.xlsx”第 2 行导入")
    officer.sees("整改中")
    scan = tmp_path / "原证书.pdf"
    scan.write_bytes(PDF)
    officer.page.locator("#former-files").set_input_files(scan)
    officer.page.locator("#former form.upload button").click()
    officer.told("文件已保存")
    officer.sees("原证书.pdf")
    look(officer, "73-taken-in")
    officer.open(f"/verify?number={NUMBER}")
    officer.sees(f"{date(2026, 3, 20)}")
    look(officer, "74-verified", (360, 390, 1280))
