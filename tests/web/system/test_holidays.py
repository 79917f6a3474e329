"""A year of holidays is entered out of the pasted notice; what cannot be read stays, with its fault."""

from core.domain.roles import Role
from core.services.settings.holidays import COLUMNS
from tests.domain.test_holiday_notice import NOTICES
from tests.services.books import book
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

LATER = """元旦：1月1日（周五）至3日（周日）放假。
国庆节：10月1日（周五）至30日（周六）放假。10月31日（周日）上班。"""


def test_a_notice_is_pasted_and_the_year_is_known(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.SYSADMIN)))
    page = browser.get("/admin/holidays/years/2027")
    assert "尚未载入" in page.text
    assert "粘贴通知录入" in page.text
    wrong = browser.get("/admin/holidays/years/2027/enter").send(notice=NOTICES[2025], ok=False)
    assert wrong.status == 422
    assert any("请核对年份" in text for text in wrong.complaints)
    assert "2月8日（周六）上班" in wrong.text, "what was pasted stays"
    few = browser.get("/admin/holidays/years/2027/enter").send(notice="元旦：1月1日放假", ok=False)
    assert any("不会少于 20 天" in text for text in few.complaints)
    look = browser.get("/admin/holidays/years/2027/enter").send(notice=LATER)
    assert "尚未录入" in look.text
    assert "2027-10-31周日上班" in look.text
    done = look.send()
    assert "休 33 天，调休上班 1 天" in done.text
    again = browser.get("/admin/holidays/years/2027/enter").send(notice=LATER, ok=False)
    assert any("已载入" in text for text in again.complaints)
    replaced = browser.get("/admin/holidays/years/2027/enter").send(notice=LATER, replace="y").send()
    assert "2027 年已录入" in replaced.text


def test_of_a_table_with_two_sheets_one_is_named_and_how_it_was_read_is_said(
    make_user: MakeUser, log_in: LogIn
) -> None:
    browser = Browser(log_in(make_user(Role.SYSADMIN)))
    heads = [*(column.title.zh for column in COLUMNS), "依据"]
    days = [[f"2027-10-{day:02}", "否", "国庆节", "通知"] for day in range(1, 21)]
    sent = book(初稿=[heads, *days], 定稿=[heads, *days, ["2027-10-31", "是", "", ""]]), "2027.xlsx"
    asked = browser.get("/admin/holidays/years/2027/enter").send(file=sent, ok=False)
    assert any("请在“工作表名称”中填写" in text for text in asked.complaints)
    look = asked.send(file=sent, worksheet="定稿")
    assert "读取的是工作表“定稿”" in look.text
    assert "未读入：依据" in look.text
    assert "休 20 天，调休上班 1 天" in look.send().text


def test_who_may_not_edit_the_table_is_not_offered_it(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.OFFICER)))
    assert "粘贴通知录入" not in browser.get("/admin/holidays/years/2027").text
    assert browser.get("/admin/holidays/years/2027/enter", ok=False).status == 403
    assert Browser(log_in(make_user(Role.LEAD))).get("/admin/holidays/years/0/enter", ok=False).status == 404
