"""The delivery log: what it says above the list."""

from datetime import timedelta

from sqlalchemy import func, select
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


def test_who_complained_is_not_read_off_the_log(make_user: MakeUser, log_in: LogIn, session: Session) -> None:
    keep(session, 1)
    (mail,) = session.query(OutboxMessage).all()
    mail.event, mail.recipient, mail.program = "filing.decided", "zhao@example.cn", "jilin"
    mail.last_error = "550 <zhao@example.cn> unknown"
    session.commit()
    for role in (Role.SYSADMIN, Role.AUDITOR):
        browser = Browser(log_in(make_user(role)))
        for page in (LOG, f"{LOG}details/?id={mail.id}"):
            text = browser.get(page).text
            assert "提交人（不显示）" in text
            assert "zhao@" not in text
        assert "zhao@" not in browser.client.get(f"{LOG}export/csv/").text
    mail.state = MessageState.HELD
    mail.sent_at = None
    session.commit()
    lead = Browser(log_in(make_user(Role.LEAD, "jilin")))
    held = lead.get(f"/admin/held-messages/{mail.id}").text
    assert "提交人（不显示）" in held
    assert "zhao@" not in held


def test_numbers_of_people_are_masked_whatever_says_them(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    keep(session, 1)
    (short,) = session.query(OutboxMessage).all()
    short.event, short.recipient, short.program = "reminder.term", "13900139001", "jilin"
    short.subject, short.body = "账号 13900139002", "账号 13900139003 已开通"
    short.last_error, short.state, short.sent_at = "13900139004 无效", MessageState.HELD, None
    session.commit()
    browser = Browser(log_in(make_user(Role.LEAD, "jilin")))
    details, held = f"{LOG}details/?id={short.id}", f"/admin/held-messages/{short.id}"
    for page, masked in ((details, "1234"), (held, "123"), (f"{LOG}export/csv/", "1234")):
        text = browser.client.get(page).text
        assert "1390013900" not in text
        assert [last for last in masked if f"139****900{last}" not in text] == []


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
    page = browser.get(f"/admin/held-messages/{held.id}")
    assert all(word in page.text for word in ("已到期", "a@firm.example", "解除暂停", "作废"))
    officer = Browser(log_in(make_user(Role.OFFICER, "jilin")))
    assert "解除暂停" not in officer.get(LOG).text


def test_the_lead_discards_what_was_written_by_mistake(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    keep(session, 1, 1)
    for message in session.query(OutboxMessage).all():
        message.program, message.state, message.sent_at = "jilin", MessageState.HELD, None
    session.commit()
    browser = Browser(log_in(make_user(Role.LEAD, "jilin")))
    page = f"/admin/held-messages/{session.scalar(select(func.min(OutboxMessage.id)))}"
    assert browser.get(f"{LOG}?state=held").doc.xpath(f"//a[@href='{page}']")
    refused = browser.get(page).send("/discard", ok=False)
    assert refused.status == 422
    assert browser.get(page).form("/discard").fields["number"] == "2"
    stale = browser.get(page).send("/discard", ok=False, number="1", reason="误发")
    assert "与您核对时的 1 条不同" in stale.text
    done = browser.get(page).send("/discard", reason="误发")
    assert "已作废，不再发送" in done.text
    assert "误发" in browser.get(f"{LOG}?state=discarded").text
    late = browser.get(page)
    assert "已不在暂停之列" in late.text
    assert not late.has("/discard")
    states = {row.state for row in session.query(OutboxMessage).populate_existing()}
    assert states == {MessageState.DISCARDED}
