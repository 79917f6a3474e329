"""The screen of the divisions: a new one is added, and named at once; what is none keeps what was typed."""

from core.domain.roles import Role
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser


def test_a_new_division_is_added_and_offered(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.SYSADMIN)))
    assert "没有添加。" in browser.get("/admin/divisions/").text
    again = browser.post("/admin/divisions/", {"code": "3715", "name": "新设区"}, ok=False)
    assert again.status == 422
    assert again.doc.xpath("//input[@name='name']/@value") == ["新设区"]
    page = browser.post("/admin/divisions/", {"code": "371598", "name": "新设区"})
    assert "371598新设区" in page.text
    offered = browser.client.get("/admin/system/regions?query=371598").json
    assert offered == [["371598", "新设区 371598"]]
