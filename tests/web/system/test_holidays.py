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
    assert "录入不通知任何人" in look.text
    done = look.send("/enter")
    assert "休 33 天，调休上班 1 天" in done.text
    again = browser.get("/admin/holidays/years/2027/enter").send(notice=LATER, ok=False)
    assert any("已载入" in text for text in again.complaints)
    replaced = browser.get("/admin/holidays/years/2027/enter").send(notice=LATER, replace="y").send("/enter")
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
    assert "休 20 天，调休上班 1 天" in look.send("/enter").text


def test_the_year_that_the_product_brings_is_looked_at_before_it_is_loaded(
    make_user: MakeUser, log_in: LogIn
) -> None:
    browser = Browser(log_in(make_user(Role.LEAD)))
    look = browser.get("/admin/holidays/years/2024").send("/2024/load")
    assert "尚未录入" in look.text
    assert "2024-02-04周日上班春节" in look.text
    assert "尚未载入" in browser.get("/admin/holidays/years/2024").text, "a look enters nothing"
    assert "调休上班 8 天" in look.send("/enter").text
    twice = browser.get("/admin/holidays/years/2024").send("/2024/load", ok=False)
    assert any("2024 年的安排已载入" in text for text in twice.complaints)
    # What was changed by hand stands beside what takes its place; what changed since is looked at anew.
    page = "/admin/system/holiday?on=2024-03-08"
    browser.get(page).send(name="某日")
    anew = browser.get("/admin/holidays/years/2024").send("/2024/load", replace="yes")
    assert "2024-03-08周五按星期休息" in anew.text
    browser.get(page).send(name="改名")
    late = anew.send("/enter", ok=False)
    assert any("其间已有改动" in text for text in late.complaints)
    again = browser.get("/admin/holidays/years/2024").send("/2024/load", replace="yes").send("/enter")
    assert "某日" not in again.text


def test_the_page_of_a_day_offers_the_look_at_a_year_that_is_not_loaded(
    make_user: MakeUser, log_in: LogIn
) -> None:
    browser = Browser(log_in(make_user(Role.SYSADMIN)))
    assert "尚未录入" in browser.get("/admin/system/holiday").send("/2024/load").text


def test_who_may_not_edit_the_table_is_not_offered_it(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.OFFICER)))
    assert "粘贴通知录入" not in browser.get("/admin/holidays/years/2027").text
    assert browser.get("/admin/holidays/years/2027/enter", ok=False).status == 403
    assert Browser(log_in(make_user(Role.LEAD))).get("/admin/holidays/years/0/enter", ok=False).status == 404
