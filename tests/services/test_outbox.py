"""The outbox over real servers: what is sent, put off, given up, told, and never sent twice."""

import json
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

import plugins.jilin
from core.domain.clock import moment
from core.domain.errors import NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.plugin_api import hookimpl
from core.rules.obligations import Mode
from core.services import outbox
from core.services.gateways import HttpSmsGateway, LogGateway
from core.services.messages import EMAIL, SMS, notify
from core.services.outbox import BACK_OFF, resend, send_due
from core.services.smtp import SmtpGateway
from core.services.work import SYSTEM
from core.storage.engine import session_factory
from core.storage.models import ExitCase, OutboxMessage
from core.storage.models.operations import MessageState
from tests.services.mail import make_accreditation, make_party
from tests.services.servers import Mailbox, SmsBox, free_port, mail_server, sms_server

AT = "2026-03-02T09:00"
NOW = moment(AT)
SENDER = "认定登记系统 <register@authority.example>"


@pytest.fixture
def factory(engine):
    return session_factory(engine)


@pytest.fixture
def box():
    return Mailbox()


@pytest.fixture
def smtp(box):
    with mail_server(box) as port:
        yield SmtpGateway("127.0.0.1", port, starttls=False, sender=SENDER)


@pytest.fixture
def write(begin):
    """Writes messages on the verification of parties with the given addresses."""

    def make(*addresses):
        with begin(SYSTEM, AT) as w:
            party = make_party(w.session, email="", mobile="13900001234")
            for number, address in enumerate(addresses):
                party.email = address
                notify(w, "account.verified", key=f"verified/{number}", party_id=party.id, values={})

    return make


def stored(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def test_mail_goes_out_with_a_chinese_subject_over_one_connection(write, factory, session, smtp, box):
    write("a@firm.example", "b@firm.example", "c@firm.example")
    counts = send_due(factory, NOW, {EMAIL: smtp})
    assert counts.to_json() == {"sent": 3, "retried": 0, "failed": 0}
    assert box.recipients == ["a@firm.example", "b@firm.example", "c@firm.example"]
    mail = box.mails[0]
    assert mail["subject"] == "主体核验通过"
    assert mail["from"] == SENDER
    assert mail["to"] == "a@firm.example"
    assert "吉林市创新服务有限公司 的账号和主体已核验通过" in mail.get_content()
    assert mail["date"].datetime == NOW
    assert mail["message-id"].endswith("@authority.example>")
    assert len({mail["message-id"] for mail in box.mails}) == 3
    assert len(box.connections) == 1
    assert {(row.state, row.sent_at, row.attempts) for row in stored(session)} == {
        (MessageState.SENT, NOW, 1)
    }
    assert send_due(factory, NOW, {EMAIL: smtp}).sent == 0


def test_a_run_sends_no_more_than_its_limit(write, factory, smtp, box):
    write(*(f"u{number}@firm.example" for number in range(5)))
    assert send_due(factory, NOW, {EMAIL: smtp}, limit=2).sent == 2
    assert send_due(factory, NOW, {EMAIL: smtp}).sent == 3


def test_a_refused_recipient_fails_at_once_and_the_others_are_sent(write, factory, session, smtp, box):
    box.answers["gone@firm.example"] = "550 5.1.1 no such user"
    write("gone@firm.example", "a@firm.example")
    assert send_due(factory, NOW, {EMAIL: smtp}).to_json() == {"sent": 1, "retried": 0, "failed": 1}
    gone, sent = stored(session)
    assert gone.state is MessageState.FAILED
    assert gone.last_error == "the mail server answered 550 5.1.1 no such user"
    assert sent.state is MessageState.SENT


@pytest.mark.parametrize("address", ["no address at all", "张三", "a@firm.example\nBcc: all@firm.example"])
def test_an_address_that_is_none_fails_and_does_not_stop_the_run(write, factory, session, smtp, box, address):
    write(address, "a@firm.example")
    send_due(factory, NOW, {EMAIL: smtp})
    send_due(factory, NOW + timedelta(days=1), {EMAIL: smtp})
    bad, good = stored(session)
    assert bad.state is MessageState.FAILED
    assert bad.last_error
    assert good.state is MessageState.SENT
    assert box.recipients == ["a@firm.example"]


def test_a_greylisted_recipient_is_tried_again_after_a_minute(write, factory, session, smtp, box):
    box.answers["a@firm.example"] = "451 4.7.1 come back later"
    write("a@firm.example", "b@firm.example")
    assert send_due(factory, NOW, {EMAIL: smtp}).to_json() == {"sent": 1, "retried": 1, "failed": 0}
    assert send_due(factory, NOW + timedelta(seconds=59), {EMAIL: smtp}).to_json()["retried"] == 0
    box.answers.clear()
    assert send_due(factory, NOW + timedelta(seconds=60), {EMAIL: smtp}).sent == 1


def test_data_that_the_server_refuses_is_given_up_or_tried_again_as_it_says(
    write, factory, session, smtp, box
):
    box.data_answers = ["554 5.7.1 looks like spam", "452 4.3.1 no room"]
    write("a@firm.example", "b@firm.example")
    assert send_due(factory, NOW, {EMAIL: smtp}).to_json() == {"sent": 0, "retried": 1, "failed": 1}


def test_the_waits_grow_and_after_the_last_a_person_has_to_look(write, factory, session):
    down = SmtpGateway("127.0.0.1", free_port(), starttls=False, sender=SENDER)
    write("a@firm.example")
    at = NOW
    for wait in BACK_OFF:
        assert send_due(factory, at, {EMAIL: down}).retried == 1
        assert send_due(factory, at + wait - timedelta(seconds=1), {EMAIL: down}).retried == 0
        at += wait
    assert send_due(factory, at, {EMAIL: down}).failed == 1
    (row,) = stored(session)
    assert (row.state, row.attempts) == (MessageState.FAILED, 6)
    assert "Connection refused" in row.last_error


def test_a_server_that_is_down_costs_one_attempt_and_its_return_sends_all(write, factory, session, box):
    port = free_port()
    gateway = SmtpGateway("127.0.0.1", port, starttls=False, sender=SENDER)
    write("a@firm.example", "b@firm.example", "c@firm.example")
    assert send_due(factory, NOW, {EMAIL: gateway}).to_json() == {"sent": 0, "retried": 1, "failed": 0}
    assert [row.attempts for row in stored(session)] == [1, 0, 0]
    with mail_server(box, port):
        later = send_due(factory, NOW + timedelta(minutes=1), {EMAIL: gateway})
    assert later.sent == 3


def test_a_connection_that_breaks_between_mails_is_opened_again(write, factory, box):
    port = free_port()
    gateway = SmtpGateway("127.0.0.1", port, starttls=False, sender=SENDER)
    write("a@firm.example", "b@firm.example")
    with mail_server(box, port, timeout=0.2):
        gateway.close, closing = lambda: None, gateway.close
        assert send_due(factory, NOW, {EMAIL: gateway}, limit=1).sent == 1
        threading.Event().wait(0.5)
        assert send_due(factory, NOW, {EMAIL: gateway}).sent == 1
        closing()
    assert len(box.connections) == 2


def test_a_server_without_starttls_gets_no_mail_where_it_is_asked_for(write, factory, session, box):
    write("a@firm.example")
    with mail_server(box) as port:
        assert send_due(factory, NOW, {EMAIL: SmtpGateway("127.0.0.1", port, sender=SENDER)}).retried == 1
    assert "STARTTLS" in stored(session)[0].last_error
    assert box.mails == []


def test_two_senders_at_once_send_each_message_once(write, factory, session, box):
    write(*(f"u{number}@firm.example" for number in range(20)))
    box.delay = 0.01
    results = []
    with mail_server(box) as port:

        def run():
            gateway = SmtpGateway("127.0.0.1", port, starttls=False, sender=SENDER)
            results.append(send_due(factory, NOW, {EMAIL: gateway}))

        senders = [threading.Thread(target=run) for _ in range(3)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    assert sorted(box.recipients) == sorted(f"u{number}@firm.example" for number in range(20))
    assert sum(counts.sent for counts in results) == 20
    assert all(row.attempts == 1 for row in stored(session))


KILLED = """
import os, signal, sys
from core.domain.clock import moment
from core.services.messages import EMAIL
from core.services.outbox import send_due
from core.services.smtp import SmtpGateway
from core.storage.engine import make_engine, session_factory

class Doomed(SmtpGateway):
    def send(self, letter):
        super().send(letter)
        os.kill(os.getpid(), signal.SIGKILL)

url, port, at = sys.argv[1:]
gateway = Doomed("127.0.0.1", int(port), starttls=False, sender="register@authority.example")
send_due(session_factory(make_engine(url)), moment(at), {EMAIL: gateway})
"""


def test_a_sender_killed_after_sending_sends_again_under_the_same_message_id(
    write, factory, session, engine, box
):
    write("a@firm.example")
    with mail_server(box) as port:
        url = engine.url.render_as_string(hide_password=False)
        done = subprocess.run([sys.executable, "-c", KILLED, url, str(port), AT], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        assert len(box.mails) == 1
        (row,) = stored(session)
        assert (row.state, row.attempts) == (MessageState.PENDING, 1)
        gateway = SmtpGateway("127.0.0.1", port, starttls=False, sender="register@authority.example")
        assert send_due(factory, NOW, {EMAIL: gateway}).sent == 0
        assert send_due(factory, NOW + timedelta(minutes=1), {EMAIL: gateway}).sent == 1
    first, second = box.mails
    assert first["message-id"] == second["message-id"]


def test_a_gateway_that_fails_in_an_unknown_way_does_not_stop_the_others(write, factory, session, tmp_path):
    class Odd(LogGateway):
        def send(self, letter):
            if letter.recipient.startswith("a@"):
                raise UnicodeError("odd")
            super().send(letter)

    write("a@firm.example", "b@firm.example")
    gateway = Odd(tmp_path / "outbox.jsonl", EMAIL)
    assert send_due(factory, NOW, {EMAIL: gateway}).to_json() == {"sent": 1, "retried": 1, "failed": 0}
    assert "odd" in stored(session)[0].last_error


def test_the_log_gateway_writes_a_line_a_message(write, factory, tmp_path):
    path = tmp_path / "instance" / "outbox.jsonl"
    write("a@firm.example")
    send_due(factory, NOW, {EMAIL: LogGateway(path, EMAIL)})
    (line,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert (line["channel"], line["to"], line["subject"]) == (EMAIL, "a@firm.example", "主体核验通过")


@pytest.fixture
def sms_box():
    return SmsBox()


@pytest.fixture
def sms(sms_box):
    with sms_server(sms_box) as url:
        yield HttpSmsGateway(url, "secret-token", timeout=2)


def test_a_text_message_is_posted_with_token_and_identifier(write, factory, session, sms, sms_box):
    write("")
    assert send_due(factory, NOW, {SMS: sms}).sent == 1
    (request,) = sms_box.requests
    assert request["to"] == "13900001234"
    assert request["text"] == "主体核验通过"
    assert request["headers"]["Authorization"] == "Bearer secret-token"
    assert request["headers"]["Idempotency-Key"] == request["id"]


@pytest.mark.parametrize(
    ("status", "state", "left"),
    [
        (400, MessageState.FAILED, False),
        (422, MessageState.FAILED, False),
        (401, MessageState.PENDING, True),
        (302, MessageState.PENDING, True),
        (429, MessageState.PENDING, True),
        (500, MessageState.PENDING, False),
        (503, MessageState.PENDING, True),
    ],
)
def test_the_answers_of_the_sms_gateway_decide_what_happens(
    begin, factory, session, sms, sms_box, status, state, left
):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session, email="")
        for number in (1, 2):
            notify(w, "account.verified", key=f"k{number}", party_id=party.id, values={})
    sms_box.answers = [(status, '{"error": "号码无效"}')]
    send_due(factory, NOW, {SMS: sms})
    first, second = stored(session)
    assert first.state is state
    assert str(status) in first.last_error
    assert "号码无效" in first.last_error
    assert second.state is (MessageState.PENDING if left else MessageState.SENT)
    assert {request["path"] for request in sms_box.requests} == {"/send"}


def test_an_sms_gateway_that_does_not_answer_is_tried_again(write, factory, session):
    write("")
    send_due(factory, NOW, {SMS: HttpSmsGateway(f"http://127.0.0.1:{free_port()}/", timeout=1)})
    (row,) = stored(session)
    assert row.state is MessageState.PENDING
    assert "cannot be reached" in row.last_error


@pytest.fixture
def proposed(begin, holidays):
    """A proposed exit whose message waits: the ids of accreditation and case."""
    with begin(SYSTEM, AT) as w:
        status = make_accreditation(w.session, make_party(w.session))
        case = ExitCase(
            accreditation_id=status.id,
            clause="11(2)",
            title_zh="违法违规",
            title_en="Violation",
            mode=Mode.CONFIRM,
            period="proposal/1",
            proposed_on=w.today,
        )
        w.session.add(case)
        w.session.flush()
        values = {"clause": "11(2)", "title": "违法违规", "figures": {}}
        notify(w, "exit.proposed", key="p/1", accreditation_id=status.id, exit_case_id=case.id, values=values)
        return status.id, case.id


def test_the_time_to_object_begins_when_the_proposal_is_sent_and_the_message_names_its_end(
    proposed, factory, session, smtp, box, sms, sms_box
):
    case = session.get(ExitCase, proposed[1])
    assert case.told_on is None
    sent = moment("2026-03-04T10:00")
    assert send_due(factory, sent, {EMAIL: smtp}).sent == 1
    session.expire_all()
    assert (case.told_on, case.objection_until) == (date(2026, 3, 4), date(2026, 3, 11))
    assert "最迟可于2026年3月11日登录系统提出异议" in box.mails[0].get_content()
    send_due(factory, moment("2026-03-05T10:00"), {SMS: sms})
    session.expire_all()
    assert case.told_on == date(2026, 3, 4)
    assert "2026年3月11日" in sms_box.requests[0]["text"]
    assert "2026年3月11日" in stored(session)[0].body


def test_a_proposal_that_cannot_be_delivered_starts_no_time_to_object(proposed, factory, session, smtp, box):
    box.answers["office@firm.example"] = "550 no such user"
    send_due(factory, NOW, {EMAIL: smtp})
    case = session.get(ExitCase, proposed[1])
    assert case.told_on is None
    assert case.objection_until is None


def test_a_proposal_that_the_register_cannot_note_is_sent_once_all_the_same(
    proposed, factory, session, smtp, box
):
    early = moment("2026-03-01T10:00")
    with factory() as earlier, earlier.begin():
        earlier.query(OutboxMessage).update({"next_attempt_at": early})
    send_due(factory, early, {EMAIL: smtp})
    send_due(factory, early + timedelta(days=1), {EMAIL: smtp})
    row = stored(session)[0]
    assert row.state is MessageState.SENT
    assert "告知日期" in row.last_error
    assert len(box.mails) == 1


@pytest.fixture
def plugin_channel(monkeypatch):
    """A further channel of the Jilin programme: what it was offered."""
    offered = []

    @hookimpl
    def notify(message):
        offered.append(dict(message))
        if message["event"] == "expired":
            raise RuntimeError("the channel is broken")
        return True

    monkeypatch.setattr(plugins.jilin, "notify", notify, raising=False)
    outbox._channels.cache_clear()
    yield offered
    outbox._channels.cache_clear()


def test_a_programmes_own_channel_is_asked_once_a_message_and_may_break(
    begin, factory, session, smtp, box, plugin_channel
):
    with begin(SYSTEM, AT) as w:
        status = make_accreditation(w.session, make_party(w.session))
        notify(w, "expired", key="e", accreditation_id=status.id, values={})
        notify(w, "withdrawn", key="w", accreditation_id=status.id, values={})
    assert send_due(factory, NOW, {EMAIL: smtp}).sent == 2
    assert [message["event"] for message in plugin_channel] == ["expired", "withdrawn"]
    assert plugin_channel[0]["to"] == "office@firm.example"
    assert all(row.state is MessageState.SENT for row in stored(session))


def test_a_failed_message_is_sent_again_to_the_address_that_is_known_now(
    begin, factory, session, smtp, box, make_actor
):
    with begin(SYSTEM, AT) as w:
        party = make_party(w.session, email="", mobile="")
        notify(w, "account.verified", key="k", party_id=party.id, values={})
        party_id = party.id
    (row,) = stored(session)
    officer = make_actor(Role.OFFICER, None, "220000")
    with begin(officer, AT) as w, pytest.raises(Refused, match="There is no address"):
        resend(w, row.id)
    with begin(SYSTEM, AT) as w:
        w.session.get_one(type(party), party_id).email = "new@firm.example"
    with begin(officer, AT) as w:
        assert resend(w, row.id) == row.id
    assert send_due(factory, NOW, {EMAIL: smtp}).sent == 1
    assert box.recipients == ["new@firm.example"]


def test_a_sent_message_is_sent_again_as_a_copy(write, begin, factory, session, smtp, box):
    write("a@firm.example")
    send_due(factory, NOW, {EMAIL: smtp})
    (row,) = stored(session)
    with begin(SYSTEM, AT) as w:
        assert resend(w, row.id) != row.id
    send_due(factory, NOW, {EMAIL: smtp})
    first, second = box.mails
    assert first["message-id"] != second["message-id"]
    assert [item.key for item in stored(session)] == ["verified/0", "verified/0~1"]


def test_only_those_whose_message_it_is_send_it_again(write, begin, session, make_actor):
    write("a@firm.example")
    (row,) = stored(session)
    for actor in (make_actor(Role.OFFICER, None, "370000"), make_actor(Role.AUDITOR)):
        with begin(actor, AT) as w, pytest.raises(NotAllowed):
            resend(w, row.id)
    with begin(SYSTEM, AT) as w, pytest.raises(NotFound):
        resend(w, 999)
