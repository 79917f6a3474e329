"""The delivery log: what it says above the list."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.roles import Role
from core.storage.models import OutboxMessage
from core.storage.models.operations import MessageState
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

LOG = "/admin/messages/"


def keep(session: Session, *seconds: int) -> None:
    """Messages of an hour ago, each sent so many seconds later."""
    written = now() - timedelta(hours=1)
    for number, late in enumerate(seconds):
        session.add(
            OutboxMessage(
                key=f"k{number}",
                event="expired",
                channel="email",
                recipient="a@firm.example",
                subject="已到期",
                body="",
                state=MessageState.SENT,
                created_at=written,
                next_attempt_at=written,
                sent_at=written + timedelta(seconds=late),
            )
        )
    session.commit()


def test_the_share_of_messages_that_left_in_time_stands_above_the_list(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    browser = Browser(log_in(make_user(Role.SYSADMIN)))
    assert "10 秒内发出" not in browser.get(LOG).text
    keep(session, 1, 2, 11)
    assert "近 24 小时的消息有 66.6% 在 10 秒内发出" in browser.get(LOG).text


def test_the_lead_releases_from_the_list_what_the_brake_holds(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    keep(session, 1)
    (held,) = session.query(OutboxMessage).all()
    held.program, held.state, held.sent_at = "jilin", MessageState.HELD, None
    session.commit()
    browser = Browser(log_in(make_user(Role.LEAD, "jilin")))
    assert "暂停发送、待核对的消息" in browser.get("/admin/").text
    page = browser.get(f"{LOG}?state=held")
    assert "暂停发送" in page.text
    assert "解除暂停" in page.text
    officer = Browser(log_in(make_user(Role.OFFICER, "jilin")))
    assert "解除暂停" not in officer.get(LOG).text
