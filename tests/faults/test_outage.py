"""Mail server and gateway away for a day, in three ways, and back: nothing is lost, doubled or misled."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from structlog.testing import capture_logs

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.base.work import SYSTEM, Actor
from core.services.delivery.gateways import HttpSmsGateway
from core.services.delivery.letters import Gateway
from core.services.delivery.outbox import BACK_OFF, send_due
from core.services.delivery.smtp import SmtpGateway
from core.services.messaging.writing import EMAIL, SMS, Recipient, notify
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage
from core.storage.models.operations import MessageChannel, MessageState
from tests.conftest import Begin, MakeActor
from tests.faults.oracle import by_mail, deliveries
from tests.services.mail import make_accreditation, make_party
from tests.services.servers import Mailbox, SmsBox, free_port, mail_server, sms_server

pytestmark = [pytest.mark.slow, pytest.mark.database]

NOW = moment("2026-03-02T09:00")
PHASE = timedelta(hours=8)
SENDER = "register@authority.example"


class Trial:
    """A register with many messages, and runs that send at simulated times."""

    def __init__(self, engine: Engine, begin: Begin) -> None:
        self.engine, self.begin = engine, begin
        self.box, self.texts, self.port = Mailbox(), SmsBox(), free_port()
        self.factory = session_factory(engine)

    def write(self, at: datetime, *keys: str) -> None:
        """Messages, each to an address of its own: every tenth as a text message."""
        with self.begin(SYSTEM, at.isoformat()) as w:
            for number, key in enumerate(keys, 1):
                channel = SMS if number % 10 == 0 else EMAIL
                address = f"{key}@firm.example" if channel == EMAIL else f"139{number:08}"
                to = Recipient(channel, address, "zh", "某公司")
                notify(w, "account.verified", key=key, to=to, values={})

    def run(self, at: datetime, gateways: dict[MessageChannel, Gateway]) -> int:
        """Send until nothing is due any more at that time, as runs do that wake each other."""
        sent = 0
        while (done := send_due(self.factory, at, gateways).sent) > 0:
            sent += done
        return sent

    def states(self) -> Counter[MessageState]:
        """How many messages to the outside stand where."""
        query = select(OutboxMessage.state, func.count()).where(OutboxMessage.channel.in_((EMAIL, SMS)))
        with self.factory() as session:
            rows = session.execute(query.group_by(OutboxMessage.state)).all()
        return Counter({row[0]: row[1] for row in rows})

    def gateways(self, sms_url: str, patience: float = 60) -> dict[MessageChannel, Gateway]:
        """Where the register sends to, whoever listens there; it waits so many seconds for an answer."""
        mail = SmtpGateway("127.0.0.1", self.port, starttls=False, sender=SENDER, timeout=patience)
        return {EMAIL: mail, SMS: HttpSmsGateway(sms_url)}


@contextmanager
def hanging(port: int) -> Iterator[None]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", port), backlog=512):
        yield


@pytest.fixture
def trial(engine: Engine, begin: Begin) -> Trial:
    return Trial(engine, begin)


@pytest.fixture
def staff(make_actor: MakeActor) -> tuple[Actor, Actor, Actor]:
    """Two who answer for the notice of the trial, and one who does not."""
    mine = make_actor(Role.OFFICER, "jilin", "220000"), make_actor(Role.LEAD, "jilin")
    return *mine, make_actor(Role.LEAD, "hubei")


@pytest.mark.parametrize(
    ("number", "step"),
    [
        (40, timedelta(hours=2)),
        pytest.param(5000, timedelta(minutes=30), marks=pytest.mark.assurance),
    ],
)
def test_after_a_day_without_mail_and_text_messages_all_arrive_once(
    trial: Trial, staff: tuple[Actor, Actor, Actor], number: int, step: timedelta
) -> None:
    """For eight hours each the server refuses, hangs, and answers with "later"; the gateway with 503."""
    trial.write(NOW, *(f"m{count:05}" for count in range(number)))
    with trial.begin(SYSTEM, NOW.isoformat()) as w:
        status = make_accreditation(w.session, make_party(w.session, mobile=""))
        values = {"clause": "11", "title": "服务不足", "deadline": w.today, "figures": {}}
        notify(w, "rectification.ordered", key="order", accreditation_id=status.id, values=values)
    at = NOW
    with sms_server(trial.texts) as url:
        gateways = trial.gateways(url)
        trial.texts.answers = [(503, "")] * 100_000
        attempts = _while(trial, gateways, at, step)
        with hanging(trial.port):
            attempts += _while(trial, trial.gateways(url, patience=0.2), at := at + PHASE, step)
        with mail_server(trial.box, trial.port):
            trial.box.data_answers = ["451 4.3.0 try again later"] * 1_000_000
            attempts += _while(trial, gateways, at := at + PHASE, step)
            assert (attempts, trial.box.mails) == (0, [])
            assert trial.states()[MessageState.FAILED] == 0
            _told_of_it(trial, staff)
            trial.box.data_answers, trial.texts.answers = [], []
            trial.texts.requests.clear()
            at += PHASE
            trial.write(at, "new")
            back = at
            while MessageState.PENDING in trial.states():
                trial.run(at, gateways)
                assert ("new@firm.example" in trial.box.recipients) or at < back + step
                at += step
    assert at - back <= max(BACK_OFF) + step
    assert {*trial.states()} == {MessageState.SENT}
    arrivals = deliveries(
        trial.engine, by_mail(trial.box.mails, trial.box.recipients), since=NOW, channel=EMAIL
    )
    assert (arrivals.wrong, arrivals.copies) == ([], 0)
    texts = [str(request["to"]) for request in trial.texts.requests]
    assert len(texts) == len({*texts}) == number // 10
    print(f"{arrivals}, {len(texts)} text messages; all within {at - back - step} of the return")  # noqa: T201  # a figure for assurance


def _while(trial: Trial, gateways: dict[MessageChannel, Gateway], at: datetime, step: timedelta) -> int:
    """Runs for the hours of one phase; how many messages were sent."""
    return sum(trial.run(at + step * run, gateways) for run in range(int(PHASE / step)))


def _told_of_it(trial: Trial, staff: tuple[Actor, Actor, Actor]) -> None:
    """Officers and leads of the programme, once a day."""
    query = select(OutboxMessage.user_id, func.count()).where(
        OutboxMessage.event == "message.late", OutboxMessage.channel == EMAIL
    )
    with trial.factory() as session:
        told = {row[0]: row[1] for row in session.execute(query.group_by(OutboxMessage.user_id))}
    officer, lead, _ = staff
    assert told == {officer.user_id: 2, lead.user_id: 2}


def test_three_days_without_a_server_cost_no_message(trial: Trial) -> None:
    trial.write(NOW, "m0")
    gateways = trial.gateways("http://127.0.0.1:9/")
    for hours in range(0, 72, 4):
        assert trial.run(NOW + timedelta(hours=hours), gateways) == 0
    with mail_server(trial.box, trial.port):
        assert trial.run(NOW + timedelta(hours=72), gateways) == 1
    assert trial.box.recipients == ["m0@firm.example"]


def test_messages_that_are_put_off_again_and_again_keep_no_new_one_waiting(trial: Trial) -> None:
    """Half of the addresses are never served; what is written meanwhile leaves with the next run."""
    old = [f"old{count}" for count in range(9)]
    trial.write(NOW, *old)
    trial.box.answers = {f"{key}@firm.example": "451 4.3.0 try again later" for key in old}
    at = NOW
    with mail_server(trial.box, trial.port):
        gateways = trial.gateways("http://127.0.0.1:9/")
        for count in range(20):
            trial.write(at, f"new{count}")
            assert send_due(trial.factory, at, gateways).sent == 1
            at += timedelta(minutes=1)
    assert trial.box.recipients == [f"new{count}@firm.example" for count in range(20)]


@pytest.mark.parametrize(
    ("age", "told"),
    [(timedelta(hours=2) - timedelta(seconds=1), 0), (timedelta(hours=2), 2), (timedelta(hours=3), 2)],
)
def test_a_notice_that_begins_a_period_is_late_after_two_hours(
    trial: Trial, staff: tuple[Actor, Actor, Actor], age: timedelta, told: int
) -> None:
    with trial.begin(SYSTEM, NOW.isoformat()) as w:
        status = make_accreditation(w.session, make_party(w.session, mobile=""))
        values = {"clause": "11", "title": "服务不足", "deadline": w.today, "figures": {}}
        notify(w, "rectification.ordered", key="order", accreditation_id=status.id, values=values)
    with capture_logs() as logged:
        send_due(trial.factory, NOW + age, trial.gateways("http://127.0.0.1:9/"))
    assert len([line for line in logged if line["event"] == "message.late"]) == (1 if told else 0)
    query = select(func.count(OutboxMessage.user_id.distinct())).where(OutboxMessage.event == "message.late")
    with trial.factory() as session:
        assert session.scalar(query) == told
