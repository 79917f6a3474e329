"""The outbox beyond mail: text messages, proposals that begin a time to object, plugins, resending."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

import plugins.jilin
from core.domain.clock import moment
from core.domain.errors import NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.plugin_api import hookimpl
from core.rules.obligations import Mode
from core.services.base.work import SYSTEM
from core.services.delivery import outbox
from core.services.delivery.by_hand import AGAIN, resend
from core.services.delivery.gateways import HttpSmsGateway
from core.services.delivery.outbox import send_due
from core.services.delivery.promptness import periods_not_begun
from core.services.messaging.writing import EMAIL, SMS, notify
from core.services.todo.waiting import waiting_for
from core.storage.models import ExitCase, OutboxMessage
from core.storage.models.operations import MessageState
from tests.databases import as_owner
from tests.services.delivery.sending import AT, NOW, stored
from tests.services.mail import make_accreditation, make_party
from tests.services.servers import free_port


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


def test_a_telling_that_the_database_refuses_is_made_up_for_with_the_day_of_sending(
    proposed, engine, factory, session, smtp, box
):
    case, sent = session.get(ExitCase, proposed[1]), moment("2026-03-04T23:50")
    session.rollback()
    with as_owner(engine) as owner, owner.connect() as connection:
        connection.execute(text("ALTER TABLE exit_case ADD CONSTRAINT full_disk CHECK (told_on IS NULL)"))
        connection.commit()
        assert send_due(factory, sent, {EMAIL: smtp}).sent == 1
        connection.execute(text("ALTER TABLE exit_case DROP CONSTRAINT full_disk"))
        connection.commit()
    session.refresh(case)
    assert case.told_on is None
    send_due(factory, sent + timedelta(hours=1), {EMAIL: smtp})
    session.expire_all()
    assert (case.told_on, case.objection_until) == (date(2026, 3, 4), date(2026, 3, 11))
    assert len(box.mails) == 1


@pytest.fixture
def people(make_actor):
    """Who is told when a period does not begin: the first two."""
    return [
        make_actor(Role.OFFICER, None, "220000"),
        make_actor(Role.LEAD, "jilin"),
        make_actor(Role.OFFICER, None, "370000"),
        make_actor(Role.LEAD, "hubei"),
        make_actor(Role.AUDITOR),
    ]


def told_of_failure(session):
    return {row.user_id for row in stored(session) if row.event == "message.failed"}


def test_a_failed_message_that_begins_a_period_is_told_to_those_who_can_mend_it(
    proposed, begin, factory, session, smtp, box, people
):
    officer, lead, *others = people
    box.answers["office@firm.example"] = "550 no such user"
    with capture_logs() as logs:
        send_due(factory, NOW, {EMAIL: smtp})
    (entry,) = [entry for entry in logs if entry["event"] == "message.period_not_begun"]
    assert (entry["log_level"], entry["key"]) == ("error", "p/1")
    assert told_of_failure(session) == {officer.user_id, lead.user_id}
    assert periods_not_begun(session) == 1
    for actor, there in ((officer, True), (lead, True), *((other, False) for other in others)):
        with begin(actor, AT) as w:
            assert ("periods" in {item.kind for item in waiting_for(w)}) is there
    box.answers.clear()
    with begin(officer, AT) as w:
        resend(w, stored(session)[0].id)
    send_due(factory, NOW, {EMAIL: smtp})
    assert periods_not_begun(session) == 0
    notice = next(mail for mail in box.mails if "未送达" in mail["subject"])
    assert "office@firm.example" in notice.get_content()
    assert "550 no such user" in notice.get_content()


def test_a_message_with_which_no_period_begins_sounds_no_alarm(begin, factory, session, smtp, box, people):
    box.answers["office@firm.example"] = "550 no such user"
    with begin(SYSTEM, AT) as w:
        status = make_accreditation(w.session, make_party(w.session, mobile=""))
        notify(w, "withdrawn", key="w", accreditation_id=status.id, values={})
    assert send_due(factory, NOW, {EMAIL: smtp}).failed == 1
    assert (told_of_failure(session), periods_not_begun(session)) == (set(), 0)


def test_a_message_that_begins_a_period_and_has_no_address_sounds_the_alarm_at_once(begin, session, people):
    with begin(SYSTEM, AT) as w:
        status = make_accreditation(w.session, make_party(w.session, email="", mobile=""))
        values = {"clause": "11(2)", "title": "违法违规", "figures": {}}
        notify(w, "exit.proposed", key="p", accreditation_id=status.id, values=values)
    assert told_of_failure(session) == {people[0].user_id, people[1].user_id}


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
    an_hour_later = NOW + timedelta(hours=1)
    with begin(SYSTEM, an_hour_later.isoformat()) as w:
        assert resend(w, row.id) != row.id
    send_due(factory, an_hour_later, {EMAIL: smtp})
    first, second = box.mails
    assert first["message-id"] != second["message-id"]
    assert [item.key for item in stored(session)] == ["verified/0", "verified/0~1"]


def test_a_message_is_sent_again_once_however_fast_the_form_comes_twice(
    write, begin, factory, session, smtp, box
):
    """Twice before the copy leaves, and once more just after it; two minutes on a copy is meant."""
    write("a@firm.example")
    send_due(factory, NOW, {EMAIL: smtp})
    (row,) = stored(session)

    def again(at):
        with begin(SYSTEM, at.isoformat()) as w:
            return resend(w, row.id)

    assert again(NOW + AGAIN - timedelta(seconds=1)) == row.id, "it has just left"
    at = NOW + AGAIN
    copy = again(at)
    assert copy != row.id
    assert again(at) == copy
    send_due(factory, at, {EMAIL: smtp})
    assert again(at + AGAIN - timedelta(seconds=1)) == copy
    assert again(at + AGAIN) not in (row.id, copy)
    assert len(box.mails) == 2


def test_only_those_whose_message_it_is_send_it_again(write, begin, session, make_actor):
    write("a@firm.example")
    (row,) = stored(session)
    for actor in (make_actor(Role.OFFICER, None, "370000"), make_actor(Role.AUDITOR)):
        with begin(actor, AT) as w, pytest.raises(NotAllowed):
            resend(w, row.id)
    with begin(SYSTEM, AT) as w, pytest.raises(NotFound):
        resend(w, 999)
