"""Users and their roles are found by name, however it is written; the trail by who acted."""

import pytest
from sqlalchemy.orm import Session

from core.domain.roles import Role
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser
from tests.web.system.test_holidays import LATER

KEPT = "阿依努尔•买买提（Ａ）"
TYPED = ("阿依努尔·买买提", "努尔・买买", "买买提(a)", "阿依 努尔\u200b")


@pytest.fixture
def sysadmin(make_user: MakeUser, log_in: LogIn, session: Session) -> Browser:
    named = make_user(Role.OFFICER, "jilin")
    named.name = KEPT
    session.commit()
    return Browser(log_in(make_user(Role.SYSADMIN)))


@pytest.mark.parametrize("address", ["/admin/users/", "/admin/grants/"])
def test_a_name_is_found_however_it_is_typed(sysadmin: Browser, address: str) -> None:
    for typed in TYPED:
        assert KEPT in sysadmin.get(f"{address}?search={typed}").text, ascii(typed)
    for typed in ("阿依努尔买买提", "%", "买买提(b)"):
        assert KEPT not in sysadmin.get(f"{address}?search={typed}").text


def test_the_trail_is_found_by_who_acted(make_user: MakeUser, log_in: LogIn, session: Session) -> None:
    admin = make_user(Role.SYSADMIN)
    admin.name = KEPT
    session.commit()
    browser = Browser(log_in(admin))
    browser.get("/admin/holidays/years/2027/enter").send(notice=LATER).send("/enter")

    def found(typed: str) -> bool:
        return "国庆节" in browser.get(f"/admin/audit/?search={typed}&flt_subject=holiday_day").text

    assert [ascii(typed) for typed in (KEPT, *TYPED) if not found(typed)] == []
    admin.name = "陈主任"
    session.commit()
    assert found(KEPT), "the name of then, as it was written"
    assert found("陈 主任")
    assert not found("陈副主任")
