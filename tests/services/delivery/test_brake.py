"""The brake on mass messages: at its bound, what it never holds, and how a person lets them go."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.errors import NotAllowed, Refused
from core.domain.roles import Role
from core.services.base.work import OPERATION_DEFAULTS, SYSTEM
from core.services.delivery.by_hand import resend
from core.services.delivery.held import release
from core.services.delivery.outbox import send_due
from core.services.messaging.writing import EMAIL, notify
from core.services.todo.waiting import waiting_for
from core.storage.models.operations import MessageState
from tests.services.delivery.sending import AT, NOW, stored
from tests.services.mail import make_accreditation, make_party

PENDING, SENT, HELD = MessageState.PENDING, MessageState.SENT, MessageState.HELD


@pytest.fixture(autouse=True)
def three(monkeypatch):
    """Three of a kind in an hour go out."""
    monkeypatch.setitem(OPERATION_DEFAULTS, "most_messages", Decimal(3))


@pytest.fixture
def flood(begin):
    """Writes messages on the same event, in one transaction."""
    made = {}

    def write(number, event="withdrawn", at=AT):
        with begin(SYSTEM, at) as w:
            if not made:
                made["status"] = make_accreditation(w.session, make_party(w.session, mobile="")).id
            for each in range(number):
                key = f"{event}/{at}/{each}"
                notify(w, event, key=key, accreditation_id=made["status"], values={})

    return write


def states(session, event="withdrawn"):
    return [row.state for row in stored(session) if row.event == event]


@pytest.mark.parametrize(("number", "state"), [(2, SENT), (3, SENT), (4, HELD)])
def test_more_than_the_setting_are_held_and_none_of_them_leaves(
    flood, factory, session, smtp, box, number, state
):
    flood(number)
    send_due(factory, NOW, {EMAIL: smtp})
    assert states(session) == [state] * number
    assert len(box.mails) == (number if state is SENT else 0)


def test_those_of_other_hours_and_other_kinds_go_on(flood, factory, session, smtp):
    flood(3)
    flood(3, "expired")
    flood(3, at=(NOW + timedelta(hours=1)).isoformat())
    send_due(factory, NOW + timedelta(hours=1), {EMAIL: smtp})
    assert {row.state for row in stored(session)} == {SENT}


def test_one_that_waits_is_held_with_what_was_written_soon_after(flood, factory, session, smtp, box):
    """As where a check writes to one accreditation after another, faster than messages leave."""
    for minute in range(5):
        flood(1, at=(NOW + timedelta(minutes=minute)).isoformat())
    send_due(factory, NOW + timedelta(minutes=5), {EMAIL: smtp})
    assert states(session) == [HELD] * 5


def test_what_comes_one_by_one_is_stopped_once_it_is_too_much(flood, factory, session, smtp, box):
    for minute in range(6):
        at = NOW + timedelta(minutes=minute)
        flood(1, at=at.isoformat())
        send_due(factory, at, {EMAIL: smtp})
    assert states(session) == [SENT] * 3 + [HELD] * 3


def test_what_a_person_waits_for_is_never_held(begin, factory, session, smtp, box, write):
    write(*(f"u{number}@firm.example" for number in range(5)))
    assert send_due(factory, NOW, {EMAIL: smtp}).sent == 5


def test_the_lead_is_told_and_lets_them_go_with_one_act(
    flood, begin, factory, session, smtp, box, make_actor
):
    lead, officer = make_actor(Role.LEAD, "jilin"), make_actor(Role.OFFICER, "jilin")
    flood(4)
    send_due(factory, NOW, {EMAIL: smtp})
    assert {row.user_id for row in stored(session) if row.event == "message.held"} == {lead.user_id}
    first = stored(session)[0].id
    with begin(officer, AT) as w:
        assert "messages_held" not in {item.kind for item in waiting_for(w)}
        with pytest.raises(NotAllowed):
            release(w, first)
        with pytest.raises(Refused, match="held"):
            resend(w, first)
    later = NOW + timedelta(minutes=1)
    with begin(lead, later.isoformat()) as w:
        (waiting,) = [item for item in waiting_for(w) if item.kind == "messages_held"]
        assert waiting.number == 4
        assert release(w, first) == 4
        assert release(w, first) == 0
    assert states(session) == [PENDING] * 4
    send_due(factory, later, {EMAIL: smtp})
    assert states(session) == [SENT] * 4


def test_the_lead_of_one_programme_does_not_let_go_anothers(flood, begin, factory, session, smtp, make_actor):
    flood(4)
    send_due(factory, NOW, {EMAIL: smtp})
    with begin(make_actor(Role.LEAD, "hubei"), AT) as w, pytest.raises(NotAllowed):
        release(w, stored(session)[0].id)
    with begin(make_actor(Role.SYSADMIN), AT) as w:
        assert release(w, stored(session)[0].id) == 4
