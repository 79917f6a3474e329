"""A second factor is set up, which logs another device out, and asked for again before a role is given."""

from __future__ import annotations

from datetime import timedelta

import pytest
from passlib.totp import TOTP

from core.domain.clock import moment
from core.domain.roles import Role
from tests.e2e.conftest import Enter, Look, MakeUser, Site

DAY = "2024-05-20"


@pytest.mark.assurance
def test_what_was_typed_is_sent_with_the_code(
    site: Site, make_user: MakeUser, enter: Enter, look: Look
) -> None:
    admin, _ = make_user("王管理", Role.SYSADMIN), make_user("李审计", Role.AUDITOR, "jilin")
    begin = moment(f"{DAY}T09:00")
    person = enter(admin, f"{DAY}T09:00")
    elsewhere = enter(admin)
    person.open("/tf-setup")
    person.send("设置动态口令应用")
    key = person.page.locator("main code").inner_text()
    factor = TOTP(key=key.replace("-", "").replace(" ", ""))
    person.fill({"验证码": factor.generate(begin).token})
    look(person, "90-set-up")
    person.send("启用")

    site.set(f"{DAY}T09:16")
    person.open("/admin/users/?search=李审计")
    person.page.get_by_role("link", name="李审计").first.click()
    look(person, "91-user")
    person.fill({"角色": "审计员", "自（日期）": "2024-07-01"})
    person.send("授予")
    person.sees("请再次验证", "您填写的内容都在")
    look(person, "92-asked-again")
    person.page.get_by_label("动态口令（或恢复码）").fill("000000")
    person.send("验证并继续")
    person.sees("验证码不正确或已使用过")
    later = begin + timedelta(minutes=16)
    person.page.get_by_label("动态口令（或恢复码）").fill(factor.generate(later).token)
    person.send("验证并继续")
    person.sees("已授予", "2024-07-01")

    person.open("/account/settings")
    person.link("登录设备")
    person.sees("（本机）")
    look(person, "93-sessions")
    elsewhere.open("/inbox/")
    elsewhere.sees("登录")
    assert elsewhere.page.url.endswith("/login?next=/inbox/")
