"""An administrator's page of a user: duties that are kept apart, and a password that only its owner sets."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.storage.models import OutboxMessage, User
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser


@pytest.fixture
def sysadmin(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.SYSADMIN)))


def test_a_second_duty_is_refused_at_its_field(sysadmin: Browser, make_user: MakeUser) -> None:
    user = make_user(Role.OFFICER, "jilin")
    page = sysadmin.client.post(f"/admin/system/users/{user.id}/grant", data={"role": "auditor"})
    assert page.status_code == 422
    assert "不得由同一账号兼任" in page.text


def test_an_administrator_asks_for_a_new_password_and_sets_none(
    sysadmin: Browser, make_user: MakeUser, session: Session
) -> None:
    user = make_user(Role.OFFICER, "jilin", password="correct-horse-battery")
    before, address = user.password, f"/admin/system/users/{user.id}"
    assert 'type="password"' not in sysadmin.get(address).text
    assert 'type="password"' not in sysadmin.get("/admin/system/users/new").text
    assert sysadmin.client.post(f"{address}/password", data={"password": "another-one-1"}).status_code == 404
    page = sysadmin.client.post(f"{address}/reset", follow_redirects=True)
    assert "已通知本人重设密码" in page.text
    session.expire_all()
    assert session.get_one(User, user.id).password == before
    events = session.scalars(select(OutboxMessage.event).where(OutboxMessage.user_id == user.id)).all()
    assert set(events) == {"account.password_reset"}
