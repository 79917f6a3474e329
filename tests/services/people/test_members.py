"""Whoever acts for a party: invited to an address, once; handed over, removed; and each is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.errors import Conflict, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS, work
from core.services.people import invitations, parties
from core.services.people.invitations import InvitationState
from core.services.people.users import actor_for
from core.storage.engine import session_factory
from core.storage.models import Invitation, Membership, OutboxMessage, User
from tests.services.factory import make_party

AT = moment("2026-03-02T09:00")
PAGE = "https://register.example/account/invitations/"


@pytest.fixture
def act(engine):
    def run(actor, service, *args, at=AT, **more):
        with session_factory(engine)() as session, work(session, actor, at) as w:
            return service(w, *args, **more)

    return run


@pytest.fixture
def party(engine):
    return make_party(engine)


@pytest.fixture
def main(engine, make_actor, party):
    actor = make_actor(Role.APPLICANT, parties=[party])
    with session_factory(engine)() as session, session.begin():
        session.scalars(select(Membership).where(Membership.user_id == actor.user_id)).one().main = True
    return actor


def owner_of(engine, make_actor, address, *, confirmed=True):
    """Somebody whose account has the address, confirmed by a code or not yet."""
    actor, at = make_actor(Role.APPLICANT), AT if confirmed else None
    with session_factory(engine)() as session, session.begin():
        user = session.get_one(User, actor.user_id)
        if "@" in address:
            user.email, user.confirmed_at = address, at
        else:
            user.mobile, user.mobile_confirmed_at = address, at
    return actor


@pytest.fixture
def guest(engine, make_actor):
    return owner_of(engine, make_actor, "guest@example.cn")


def token_of(engine, number):
    with session_factory(engine)() as session:
        return (
            session.scalars(select(OutboxMessage).where(OutboxMessage.key == f"invitation/{number}"))
            .one()
            .secret
        )


def members(engine, party):
    with session_factory(engine)() as session:
        found = session.scalars(select(Membership).where(Membership.party_id == party))
        return {item.user_id: item.main for item in found}


def letters(engine, user_id):
    with session_factory(engine)() as session:
        return [
            row.event
            for row in session.scalars(select(OutboxMessage).where(OutboxMessage.user_id == user_id))
        ]


@pytest.mark.parametrize("address", ["new@example.cn", "13912345678"])
def test_an_invited_person_acts_for_the_party(engine, act, party, main, make_actor, address):
    guest = owner_of(engine, make_actor, address)
    number = act(main, invitations.invite, party, address, PAGE)
    token = token_of(engine, number)
    view = act(ANONYMOUS, invitations.read, token)
    assert (view.party_id, view.state, view.address) == (party, InvitationState.OPEN, address)
    assert act(guest, invitations.accept, token) == party
    assert members(engine, party) == {main.user_id: True, guest.user_id: False}
    assert act(ANONYMOUS, invitations.read, token).state is InvitationState.ACCEPTED
    assert "member.joined" in letters(engine, main.user_id)
    with session_factory(engine)() as session:
        row = session.get_one(Invitation, number)
        assert token not in row.token_hash
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.secret == token)).one()
        assert token not in message.body
        assert PAGE in message.body


def test_an_invitation_is_accepted_once(engine, act, party, main, guest):
    token = token_of(engine, act(main, invitations.invite, party, "guest@example.cn", PAGE))

    def enter(_turn):
        try:
            return act(guest, invitations.accept, token)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(enter, range(2)))
    assert sum(isinstance(result, int) for result in results) == 1
    assert len(members(engine, party)) == 2
    with pytest.raises(Conflict, match="accepted"):
        act(guest, invitations.accept, token)


@pytest.mark.parametrize(
    ("invited", "own"),
    [
        ("Guest@Example.cn", "guest@example.cn"),
        ("guest@example.cn", "Guest@EXAMPLE.cn"),
        ("ｇｕｅｓｔ＠example.cn", "guest@example.cn"),
        ("guest@例子.cn", "guest@xn--fsqu00a.cn"),
        ("+86 139-1234-5678", "13912345678"),
        ("１３９１２３４５６７８", "13912345678"),
    ],
)
def test_an_address_is_the_same_however_it_is_written(engine, act, party, main, make_actor, invited, own):
    token = token_of(engine, act(main, invitations.invite, party, invited, PAGE))
    assert act(owner_of(engine, make_actor, own), invitations.accept, token) == party


@pytest.mark.parametrize("invited", ["ming@example.cn", "13912345678"])
def test_another_has_one_answer_that_tells_nothing_of_the_invited(
    engine, act, party, main, guest, make_actor, invited
):
    """Whether the address has an account, and whose, stands in no answer; nor does the address itself."""
    token = token_of(engine, act(main, invitations.invite, party, invited, PAGE))
    unconfirmed = owner_of(engine, make_actor, invited, confirmed=False)
    answers = set()
    for stranger in (guest, unconfirmed):
        with pytest.raises(Refused) as caught:
            act(stranger, invitations.accept, token)
        answers.add(caught.value.text)
    owner_of(engine, make_actor, invited.replace("ming", "Ming") if "@" in invited else invited)
    with pytest.raises(Refused) as caught:
        act(guest, invitations.accept, token)
    (answer,) = answers | {caught.value.text}
    assert invited not in f"{answer.zh} {answer.en}"
    assert ("m***@example.cn" if "@" in invited else "139****5678") in answer.zh
    assert "账号设置" in answer.zh
    assert "重新邀请" in answer.zh
    assert members(engine, party) == {main.user_id: True}
    assert act(ANONYMOUS, invitations.read, token).state is InvitationState.OPEN


def test_an_address_that_was_confirmed_since_opens_it(engine, act, party, main, make_actor):
    token = token_of(engine, act(main, invitations.invite, party, "13912345678", PAGE))
    late = owner_of(engine, make_actor, "13912345678", confirmed=False)
    with pytest.raises(Refused, match="has not confirmed"):
        act(late, invitations.accept, token)
    with session_factory(engine)() as session, session.begin():
        session.get_one(User, late.user_id).mobile_confirmed_at = AT
    assert act(late, invitations.accept, token) == party


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
def test_an_invitation_is_good_for_a_fortnight(engine, act, party, main, guest, seconds, good):
    token = token_of(engine, act(main, invitations.invite, party, "guest@example.cn", PAGE))
    late = AT + timedelta(days=14, seconds=seconds)
    assert (act(guest, invitations.read, token, at=late).state is InvitationState.OPEN) is good
    if good:
        act(guest, invitations.accept, token, at=late)
    else:
        with pytest.raises(Conflict, match="expired"):
            act(guest, invitations.accept, token, at=late)
        with pytest.raises(Conflict, match="expired"):
            act(main, invitations.cancel, act(guest, invitations.read, token).id, at=late)


def test_a_cancelled_invitation_leads_nowhere_and_another_can_be_sent(engine, act, party, main, guest):
    number = act(main, invitations.invite, party, "x@example.cn", PAGE)
    with pytest.raises(Refused, match="still open"):
        act(main, invitations.invite, party, "X@example.cn", PAGE)
    act(main, invitations.cancel, number)
    with pytest.raises(Conflict, match="cancelled"):
        act(main, invitations.cancel, number)
    with pytest.raises(Conflict, match="cancelled"):
        act(guest, invitations.accept, token_of(engine, number))
    act(main, invitations.invite, party, "x@example.cn", PAGE)
    states = [item.state for item in act(main, invitations.of_party, party).rows]
    assert states == [InvitationState.OPEN, InvitationState.CANCELLED]


def test_so_many_invitations_are_open(act, party, main):
    for number in range(invitations.MOST_OPEN):
        act(main, invitations.invite, party, f"many{number}@example.cn", PAGE)
    with pytest.raises(Refused, match="at most"):
        act(main, invitations.invite, party, "one-more@example.cn", PAGE)


def test_only_the_main_contact_and_an_officer_in_reach_invite(engine, act, party, main, guest, make_actor):
    other = make_actor(Role.APPLICANT, parties=[party])
    with pytest.raises(NotAllowed):
        act(other, invitations.invite, party, "x@example.cn", PAGE)
    for stranger in (guest, make_actor(Role.OFFICER, None, "420000")):
        with pytest.raises(NotFound):
            act(stranger, invitations.invite, party, "x@example.cn", PAGE)
        with pytest.raises(NotFound):
            act(stranger, invitations.of_party, party)
    lonely = make_party(engine)
    officer = make_actor(Role.OFFICER, None, "371500")
    token = token_of(engine, act(officer, invitations.invite, lonely, "guest@example.cn", PAGE))
    act(guest, invitations.accept, token)
    assert members(engine, lonely) == {guest.user_id: True}


def test_members_and_unknown_links_are_refused(engine, act, party, main, guest):
    token = token_of(engine, act(main, invitations.invite, party, "y@example.cn", PAGE))
    with pytest.raises(Refused, match="already"):
        act(main, invitations.accept, token)
    with pytest.raises(NotAllowed):
        act(ANONYMOUS, invitations.accept, token)
    for wrong in ("", token[:-1], "x" * 500):
        with pytest.raises(NotFound):
            act(guest, invitations.read, wrong)
    with session_factory(engine)() as session:
        email = session.get_one(User, main.user_id).email
    with pytest.raises(Refused, match="member already"):
        act(main, invitations.invite, party, email, PAGE)


def test_who_is_handed_over_to_or_removed_is_told(engine, act, party, main, make_actor):
    heir = make_actor(Role.APPLICANT, parties=[party])
    act(main, parties.hand_over, party, heir.user_id)
    assert letters(engine, heir.user_id) == ["member.main"]
    with session_factory(engine)() as session:
        leader = actor_for(session, heir.user_id, date(2024, 6, 3))
    act(leader, parties.remove_member, party, main.user_id)
    assert "member.removed" in letters(engine, main.user_id)
    with pytest.raises(NotFound):
        act(leader, parties.remove_member, party, main.user_id)
