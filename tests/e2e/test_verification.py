"""A programme that wants its applicants verified first, and the application as a PDF while it is a draft."""

from datetime import date
from pathlib import Path

import pypdfium2

from core.domain.roles import Role
from tests.e2e.conftest import Enter, Look, MakeUser, OpenAccount
from tests.services.journey import PDF, Town

NAME = "上海䶮泽科技服务有限公司"


def test_a_programme_that_verifies_first(
    town: Town,
    make_user: MakeUser,
    open_account: OpenAccount,
    enter: Enter,
    look: Look,
    tmp_path: Path,
) -> None:
    licence = tmp_path / "营业执照.pdf"
    licence.write_bytes(PDF)
    key, day = "shanghai/specialized", "2017-09-15"
    town.call(key, date.fromisoformat(day))
    member, _ = town.applicant(key, f"{day}T08:00", name=NAME)
    clerk = make_user("李经办", Role.OFFICER, "shanghai", "310000")
    account = open_account(member)
    applicant = enter(account, f"{day}T09:00")
    applicant.menu("可以申报的项目")
    applicant.page.locator("#shanghai-specialized").get_by_role("button", name="开始申报").click()
    applicant.told("已建立申请草稿")
    case = applicant.page.url.rsplit("/", 1)[0]
    applicant.open(f"{case}/submit")
    applicant.sees("主体尚未核验")
    look(applicant, "30-not-verified")
    applicant.menu("主体资料与成员")
    applicant.sees("下列项目要求先核验再申报")
    applicant.fill({"证照文件（PDF 或图片）": licence})
    applicant.send("上传")
    applicant.send("申请核验")
    applicant.sees("等待核验", "营业执照.pdf")
    look(applicant, "31-waiting")

    officer = enter(clerk, f"{day}T11:00")
    officer.menu("待核验主体")
    officer.row(NAME).get_by_role("link").first.click()
    officer.sees("营业执照.pdf")
    look(officer, "32-verify")
    officer.send("核验")
    officer.told("已核验")

    applicant = enter(account, f"{day}T14:00")
    applicant.menu("主体资料与成员")
    applicant.sees("已核验")
    applicant.open(f"{case}/submit")
    applicant.sees_not("主体尚未核验")
    applicant.open(case)
    look(applicant, "33-draft")
    with applicant.page.expect_download() as waiting:
        applicant.link("下载申请书（PDF）")
    text = pypdfium2.PdfDocument(waiting.value.path())[0].get_textpage().get_text_range()
    assert NAME in text.replace("\r\n", "")
