"""The inbox: each occasion once, one's own and one's parties', read by each for oneself."""

from itertools import count

import pytest
from sqlalchemy import select, update

from core.domain.errors import NotFound
from core.domain.roles import Role
from core.services.base.paging import SIZE, Wish
from core.services.base.work import SYSTEM
from core.services.messaging import inbox
from core.services.messaging.template import FOOTER
from core.services.messaging.writing import EMAIL, INBOX, SMS, Recipient, notify
from core.storage.engine import session_factory
from core.storage.models import Membership, OutboxMessage, Party, User
from core.storage.models.operations import MessageState
from tests.services.factory import accredit, make_party
from tests.services.journey import Town

AT = "2026-03-02T09:00"
VALUES = {"program": "jilin", "track": "provider"}
_keys = count(1)


@pytest.fixture
def party(engine):
    return make_party(engine, email="", mobile="")


@pytest.fixture
def member(make_actor, party):
    return make_actor(Role.APPLICANT, parties=[party])


def wish(engine, actor, **wishes):
    with engine.begin() as connection:
        connection.execute(update(User).where(User.id == actor.user_id).values(**wishes))


def tell(begin, event="application.submitted", at=AT, **more):
    key = f"told/{next(_keys)}"
    about = {} if "accreditation_id" in more else VALUES
    values = about | {"reason": "缺页", "marked": ""} | more.pop("values", {})
    with begin(SYSTEM, at) as w:
        notify(w, event, key=key, values=values, **more)
    return key


def copies(engine, key):
    with session_factory(engine)() as session:
        own = OutboxMessage.key == key
        found = session.scalars(
            select(OutboxMessage)
            .where(own | OutboxMessage.key.startswith(f"{key}#"))
            .order_by(OutboxMessage.id)
        )
        return [(row.channel, row.state) for row in found]


def lines(begin, actor, **more):
    with begin(actor, AT) as w:
        return inbox.page(w, Wish(size=more.pop("size", SIZE)), **more).rows


def test_an_occasion_with_many_copies_stands_once(engine, begin, party, member, make_actor):
    colleague = make_actor(Role.APPLICANT, parties=[party])
    key = tell(begin, party_id=party)
    assert copies(engine, key) == [(EMAIL, MessageState.PENDING)] * 2
    for actor in (member, colleague):
        (line,) = lines(begin, actor)
        assert (line.party_id, line.read) == (party, False)
        with begin(actor, AT) as w:
            assert inbox.unread(w) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_meant_for_an_e_mail_stand_in_no_inbox(engine, begin, party, member, language):
    """Nor do those of a letter that an earlier version kept with them."""
    wish(engine, member, language=language)
    key = tell(begin, party_id=party)
    (line,) = lines(begin, member)
    with begin(member, AT) as w:
        kept = w.session.scalars(select(OutboxMessage.body).where(OutboxMessage.key == key)).one()
        shown = inbox.read(w, line.id).body
    assert shown == kept
    assert FOOTER.get(language) not in shown
    assert shown.endswith("2026年3月2日\n" if language == "zh" else "2 March 2026\n")
    with engine.begin() as connection:
        older = update(OutboxMessage).where(OutboxMessage.key == key)
        connection.execute(older.values(body=kept + FOOTER.get(language)))
    with begin(member, AT) as w:
        assert inbox.read(w, line.id).body == shown


def test_each_reads_for_oneself(begin, party, member, make_actor):
    colleague = make_actor(Role.APPLICANT, parties=[party])
    tell(begin, party_id=party)
    (line,) = lines(begin, member)
    with begin(member, AT) as w:
        letter = inbox.read(w, line.id)
        assert "已于" in letter.body
    with begin(member, AT) as w:
        assert inbox.unread(w) == 0
    with begin(colleague, AT) as w:
        assert inbox.unread(w) == 1
        assert inbox.mark_all(w) == 1
    with begin(colleague, AT) as w:
        assert (inbox.unread(w), inbox.mark_all(w)) == (0, 0)


def test_who_comes_later_sees_what_was_before_as_read(begin, party, member, make_actor):
    tell(begin, party_id=party)
    late = make_actor(Role.APPLICANT, parties=[party])
    (line,) = lines(begin, late)
    assert line.read
    with begin(late, AT) as w:
        inbox.read(w, line.id)
    with begin(member, AT) as w:
        assert inbox.unread(w) == 1


def test_pages_and_filters(begin, party, member, make_party_two):
    for day in range(1, 6):
        tell(begin, party_id=party, at=f"2026-02-0{day}T09:00")
    tell(begin, party_id=make_party_two)
    both = lines(begin, member, size=10)
    assert [line.at.day for line in both] == [5, 4, 3, 2, 1]
    with begin(member, AT) as w:
        first = inbox.page(w, Wish(size=2))
        last = inbox.page(w, Wish(2, 2))
        assert (len(first.rows), first.more, len(last.rows), last.more) == (2, True, 1, False)
        inbox.read(w, first.rows[0].id)
    assert len(lines(begin, member, unread=True)) == 4
    assert lines(begin, member, party_id=make_party_two) == ()


@pytest.fixture
def make_party_two(engine):
    return make_party(engine)


def test_others_and_codes_are_not_found(engine, begin, party, member, make_actor):
    stranger = make_actor(Role.OFFICER)
    tell(begin, party_id=party)
    (line,) = lines(begin, member)
    assert lines(begin, stranger) == ()
    with begin(stranger, AT) as w, pytest.raises(NotFound):
        inbox.read(w, line.id)
    tell(begin, "account.code", user_id=member.user_id, values={"purpose": "x", "minutes": 1})
    to = Recipient(EMAIL, "x@example.cn", "zh", "x", member.user_id)
    tell(begin, "digest", to=to, values={"total": 1, "items": "x"})
    assert len(lines(begin, member)) == 1


@pytest.mark.parametrize(
    ("event", "wanted", "unwanted"),
    [
        ("application.submitted", [EMAIL], [INBOX]),
        ("application.returned", [EMAIL], [EMAIL]),
        ("rectification.ordered", [EMAIL, SMS], [EMAIL, SMS]),
        ("warning", [EMAIL, SMS], [EMAIL, SMS]),
        ("account.verified", [EMAIL], [EMAIL]),
    ],
)
def test_wishes_hold_unless_a_period_begins(engine, begin, party, make_actor, event, wanted, unwanted):
    member = make_actor(Role.APPLICANT, parties=[party])
    wish(engine, member, mobile="13900000001")
    held = accredit(engine, "jilin/provider", "2026-01-05", party_id=party)
    given = {"clause": "1", "title": "标题", "figures": {}, "deadline": "2026-04-01"}
    for channels, wishes in (
        (wanted, {"wants_email": True, "wants_sms": True}),
        (unwanted, {"wants_email": False, "wants_sms": False}),
    ):
        wish(engine, member, **wishes)
        key = tell(begin, event, accreditation_id=held.id, values=given)
        assert [channel for channel, _ in copies(engine, key)] == channels
    assert len(lines(begin, member)) == 2


def test_a_text_message_that_a_procedure_demands_goes_out_anyway(engine, begin, make_actor):
    held = accredit(engine, "miit_volunteer/workstation", "2026-01-05", region="371502")
    with engine.begin() as connection:
        connection.execute(update(Party).where(Party.id == held.party_id).values(email=""))
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    wish(engine, member, mobile="13900000002", wants_email=False, wants_sms=False)
    key = tell(begin, "application.accredited", accreditation_id=held.id)
    assert sorted(channel for channel, _ in copies(engine, key)) == [INBOX, SMS]


def test_what_nobody_wants_by_mail_stands_in_the_inbox_as_delivered(engine, begin, party, member):
    wish(engine, member, wants_email=False)
    key = tell(begin, party_id=party)
    assert copies(engine, key) == [(INBOX, MessageState.SENT)]
    (line,) = lines(begin, member)
    assert not line.read


def test_an_account_of_a_number_alone_gets_its_message_without_an_address(engine, begin, party, member):
    wish(engine, member, email=None, mobile="13900000003", mobile_confirmed_at=AT)
    key = tell(begin, party_id=party)
    assert [channel for channel, _ in copies(engine, key)] == [SMS, INBOX]
    wish(engine, member, wants_sms=False)
    key = tell(begin, party_id=party)
    assert [channel for channel, _ in copies(engine, key)] == [INBOX]
    with session_factory(engine)() as session:
        assert session.scalars(select(Membership).where(Membership.user_id == member.user_id)).one()


def test_a_message_leads_to_its_application_whoever_acts_for_the_party(engine, begin, make_actor, store):
    case = Town(engine, begin, make_actor, store).start("hubei/specialized").fill().attach_all().submit()
    with case.as_applicant() as w:
        (line,) = [line for line in inbox.page(w).rows if line.event == "application.submitted"]
        assert inbox.read(w, line.id).application_id == case.application_id
