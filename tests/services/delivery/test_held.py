"""What the brake holds, discarded: with a reason, as looked at, once, and never where a period begins."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from core.domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Refused
from core.domain.messages import PERIOD_BEGINS
from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.delivery.by_hand import resend
from core.services.delivery.held import discard, look, release
from core.services.delivery.outbox import send_due
from core.services.messaging.inbox import page, read
from core.services.messaging.writing import EMAIL, notify
from core.services.supervision.actions import _undelivered
from core.storage.models import AuditEvent, ExitCase, OutboxMessage
from core.storage.models.exits import ExitState
from core.storage.models.operations import MessageState
from tests.services.delivery.sending import AT, NOW, stored
from tests.services.mail import make_accreditation, make_party

SENT, HELD, DISCARDED = MessageState.SENT, MessageState.HELD, MessageState.DISCARDED
LATER = (NOW + timedelta(minutes=1)).isoformat()
WHY = "批量误发"


@pytest.fixture
def lead(make_actor):
    return make_actor(Role.LEAD, "jilin")


@pytest.fixture
def flood(begin, session, lead):
    """Holds messages of one event; returns the id of the first."""

    def hold(number=3, became="withdrawn", state=None):
        with begin(SYSTEM, AT) as w:
            status = make_accreditation(w.session, make_party(w.session, mobile="")).id
            case = exit_case(w.session, status, state) if state else None
            for each in range(number):
                notify(w, "withdrawn", key=f"flood/{each}", accreditation_id=status, values={})
            found = w.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
            for message in found:
                message.state, message.event, message.exit_case_id = HELD, became, case
        return found[0].id

    return hold


def exit_case(session, accreditation_id, state):
    """A case of a status, in a state; returns its id."""
    case = ExitCase(
        accreditation_id=accreditation_id,
        clause="9",
        title_zh="甲",
        title_en="A",
        mode="confirm",
        period="p",
        proposed_on=NOW.date(),
        state=ExitState(state),
        decided_on=None if state == "proposed" else NOW.date(),
        evidence={},
    )
    session.add(case)
    session.flush()
    return case.id


def states(session):
    return [row.state for row in stored(session)]


def test_discarded_they_say_why_and_never_leave(flood, begin, session, lead, factory, smtp, box):
    first = flood()
    with begin(lead, LATER, "message.discard") as w:
        seen = look(w, first)
        assert (len(seen.held), seen.recipients, list(seen.begins)) == (3, 1, [])
        assert discard(w, first, f" {WHY} ", number=3) == 3
    assert {(row.state, row.last_error, row.sent_at) for row in stored(session)} == {(DISCARDED, WHY, None)}
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "message.discarded")).one()
    assert event.changes == {"state": ["held", "discarded"], "messages": [None, 3], "reason": [None, WHY]}
    with begin(lead, LATER) as w:
        assert release(w, first) == 0
        with pytest.raises(Refused, match="never sent"):
            resend(w, first)
    for hours in (0, 1, 48):
        send_due(factory, NOW + timedelta(hours=hours), {EMAIL: smtp})
    assert box.mails == []
    assert states(session) == [DISCARDED] * 3


def test_the_database_keeps_a_discarded_one_from_having_been_sent(flood, begin, session):
    first = flood()
    session.execute(update(OutboxMessage).where(OutboxMessage.id == first).values(state="discarded"))
    with pytest.raises(Exception, match="discarded_never_sent"):
        session.execute(update(OutboxMessage).where(OutboxMessage.id == first).values(sent_at=NOW))


@pytest.mark.parametrize("number", [2, 4])
def test_what_is_not_as_it_was_looked_at_stays_held(flood, begin, session, lead, number):
    first = flood()
    with begin(lead, LATER) as w, pytest.raises(Conflict, match="3 messages are held now"):
        discard(w, first, WHY, number=number)
    assert states(session) == [HELD] * 3


@pytest.mark.parametrize("reason", ["", "  ", "长" * 2001])
def test_a_reason_must_be_given(flood, begin, session, lead, reason):
    first = flood()
    with begin(lead, LATER) as w, pytest.raises(Invalid):
        discard(w, first, reason, number=3)
    assert states(session) == [HELD] * 3


def test_only_those_who_may_release_may_discard(flood, begin, session, lead, make_actor):
    first = flood()
    for role, program in ((Role.OFFICER, "jilin"), (Role.LEAD, "hubei"), (Role.AUDITOR, "jilin")):
        with begin(make_actor(role, program), LATER) as w, pytest.raises(NotAllowed):
            discard(w, first, WHY, number=3)
    with begin(lead, LATER) as w, pytest.raises(NotFound):
        look(w, first + 1000)
    with begin(make_actor(Role.SYSADMIN), LATER) as w:
        assert discard(w, first, WHY, number=3) == 3


@pytest.mark.parametrize("event", sorted(PERIOD_BEGINS))
def test_what_begins_a_period_is_named_and_not_discarded(flood, begin, session, lead, event):
    first = flood(became=event)
    with begin(lead, LATER) as w:
        assert len(look(w, first).begins) == 3
        with pytest.raises(Refused, match="with 3 of them a period begins") as refused:
            discard(w, first, WHY, number=3)
    assert "release them" in refused.value.mend.en
    assert states(session) == [HELD] * 3


@pytest.mark.parametrize(("state", "goes"), [("proposed", False), ("upheld", False), ("dismissed", True)])
def test_of_a_case_that_came_to_nothing_no_period_begins(flood, begin, session, lead, state, goes):
    first = flood(became="exit.proposed", state=state)
    with begin(lead, LATER) as w:
        if goes:
            assert discard(w, first, WHY, number=3) == 3
        else:
            with pytest.raises(Refused):
                discard(w, first, WHY, number=3)


def test_a_discarded_warning_counts_as_never_delivered(flood, begin, session, lead):
    first = flood(became="warning")
    about = session.get_one(OutboxMessage, first).accreditation_id
    with begin(lead, LATER) as w:
        assert _undelivered(w, [about]) == set()
        discard(w, first, WHY, number=3)
        assert _undelivered(w, [about]) == {about}


def test_in_the_inbox_it_stands_as_discarded_and_waits_for_nobody(flood, begin, session, lead, make_actor):
    first = flood()
    party = session.get_one(OutboxMessage, first).party_id
    member = make_actor(Role.APPLICANT, parties=frozenset({party}))
    with begin(member, LATER) as w:
        assert [(line.read, line.discarded) for line in page(w).rows] == [(False, False)] * 3
    with begin(lead, LATER) as w:
        discard(w, first, WHY, number=3)
    with begin(member, LATER) as w:
        assert [(line.read, line.discarded) for line in page(w).rows] == [(True, True)] * 3
        assert read(w, first).discarded


def test_the_second_is_told_who_was_first(flood, begin, session, lead, make_actor):
    first = flood()
    other = make_actor(Role.LEAD, "jilin")
    with begin(lead, LATER) as w:
        discard(w, first, WHY, number=3)
    with begin(other, LATER) as w, pytest.raises(Conflict, match="no longer held") as told:
        discard(w, first, "也误发", number=3)
    assert lead.name in told.value.text.en
    assert {row.last_error for row in stored(session)} == {WHY}


@pytest.mark.parametrize("others", ["discard", "release"])
def test_of_two_at_once_one_has_its_way_with_all_of_them(flood, begin, session, make_actor, others):
    first = flood()
    both = [make_actor(Role.LEAD, "jilin"), make_actor(Role.LEAD, "jilin")]
    at_once = Barrier(2)

    def act(actor, what):
        with begin(actor, LATER) as w:
            w.session.get(OutboxMessage, first)
            at_once.wait(timeout=20)
            try:
                return discard(w, first, WHY, number=3) if what == "discard" else release(w, first)
            except DomainError:
                return 0

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(act, both, ["discard", others]))
    assert sorted(done) == [0, 3]
    went = DISCARDED if done[0] else MessageState.PENDING if others == "release" else DISCARDED
    assert states(session) == [went] * 3
    (event,) = session.scalars(
        select(AuditEvent).where(AuditEvent.action.in_(("message.discarded", "message.released")))
    )
    assert event.changes["messages"] == [None, 3]
