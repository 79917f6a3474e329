"""Servers for mail and text messages, and messages to send."""

import pytest

from core.services.base.work import SYSTEM
from core.services.delivery.gateways import HttpSmsGateway
from core.services.delivery.smtp import SmtpGateway
from core.services.messaging.writing import notify
from core.storage.engine import session_factory
from tests.services.delivery.sending import AT, SENDER
from tests.services.mail import make_party
from tests.services.servers import Mailbox, SmsBox, mail_server, sms_server


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


@pytest.fixture
def sms_box():
    return SmsBox()


@pytest.fixture
def sms(sms_box):
    with sms_server(sms_box) as url:
        yield HttpSmsGateway(url, "secret-token", timeout=2)
