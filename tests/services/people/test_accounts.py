"""Accounts that people open themselves: codes and their bounds, the same answer to all, each address once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, timedelta
from functools import partial
from itertools import count

import pytest
from sqlalchemy import func, select, update

from core.domain.clock import moment
from core.domain.errors import Conflict, Invalid, NotAllowed, Refused
from core.services.base.work import ANONYMOUS, SYSTEM, work
from core.services.delivery.by_hand import resend
from core.services.delivery.outbox import send_due
from core.services.entry.guesses import Place, bounded
from core.services.people import accounts, codes
from core.services.people.users import _HASHER, actor_for, find_by_login
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, OutboxMessage, User, VerificationCode
from core.storage.models.accounts import GuessKind
from core.storage.models.operations import MessageState
from core.storage.models.people import Digest

AT = moment("2026-03-02T09:00")
PASSWORD = "long enough for all"
_numbers = count(1)


class Post:
    """A gateway that keeps what it was given."""

    def __init__(self):
        self.letters = []

    def send(self, letter):
        self.letters.append(letter)

    def opened(self):
        return nullcontext(self)


@pytest.fixture
def mail():
    return f"someone{next(_numbers)}@example.cn"


@pytest.fixture
def mobile():
    return f"139{next(_numbers):08d}"


@pytest.fixture
def act(engine):
    """Runs a service as somebody at a moment, in a transaction."""

    def run(service, *args, actor=ANONYMOUS, at=AT, **more):
        with session_factory(engine)() as session, work(session, actor, at) as w:
            return service(w, *args, **more)

    return run


@pytest.fixture
def post(engine):
    """Sends what is due and gives the letters to an address, newest last."""
    gateway = Post()

    def deliver(address, at=AT):
        send_due(session_factory(engine), at, {"email": gateway, "sms": gateway})
        return [letter for letter in gateway.letters if letter.recipient == address]

    return deliver


@pytest.fixture
def code_of(post):
    """The code in the last letter to an address."""

    def read(address, at=AT):
        body = post(address, at)[-1].body
        return next(word for word in body.replace("，", " ").replace(".", " ").split() if word.isdigit())

    return read


@pytest.fixture
def join(act, code_of):
    """An account for an address."""

    def make(address):
        act(accounts.ask_sign_up, address)
        return act(accounts.sign_up, address, code_of(address), name="王芳", password=PASSWORD)

    return make


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_an_e_mail_address_opens_an_account_without_roles(engine, act, mail, code_of):
    asked = mail.replace("someone", "Someone")
    act(accounts.ask_sign_up, asked, "en")
    number = act(accounts.sign_up, asked, code_of(mail), name=" Wang ", password=PASSWORD, language="en")
    with session_factory(engine)() as session:
        user = session.get_one(User, number)
        assert (user.email, user.name, user.language, user.mobile_confirmed_at) == (mail, "Wang", "en", None)
        assert user.confirmed_at == AT
        assert _HASHER.verify(user.password, PASSWORD)
        assert actor_for(session, number, date(2024, 6, 3)).grants == ()
        assert find_by_login(session, mail.upper()).id == number
        typed = f"\u200b {mail.replace('@', '＠').upper()}\u00a0"
        assert find_by_login(session, typed).id == number


def test_a_mobile_number_opens_an_account_by_text_message(engine, act, mobile, post, join):
    number = join(mobile)
    with session_factory(engine)() as session:
        user = session.get_one(User, number)
        assert (user.email, user.mobile, user.mobile_confirmed_at) == (None, mobile, AT)
        assert find_by_login(session, f"+86 {mobile}").id == number
    assert "请勿告诉他人" in post(mobile)[0].body


def test_a_number_that_was_not_confirmed_opens_nothing(engine, act, mobile, mail, join):
    number = join(mail)
    with engine.begin() as connection:
        connection.execute(update(User).where(User.id == number).values(mobile=mobile))
    with session_factory(engine)() as session:
        assert find_by_login(session, mobile) is None
    assert join(mobile) != number


@pytest.mark.parametrize(("after", "good"), [(599, True), (600, False), (601, False)])
def test_a_code_lives_ten_minutes(act, mail, code_of, after, good):
    act(accounts.ask_sign_up, mail)
    code, later = code_of(mail), AT + timedelta(seconds=after)
    done = act(accounts.sign_up, mail, code, name="王", password=PASSWORD, at=later)
    assert isinstance(done, int) is good


@pytest.mark.parametrize(("failures", "good"), [(0, True), (4, True), (5, False), (6, False)])
def test_a_code_is_tried_five_times(act, mail, code_of, failures, good):
    act(accounts.ask_sign_up, mail)
    code = code_of(mail)
    for _ in range(failures):
        refusal = act(accounts.sign_up, mail, wrong(code), name="王", password=PASSWORD)
        assert isinstance(refusal, Refused)
    done = act(accounts.sign_up, mail, code, name="王", password=PASSWORD)
    assert isinstance(done, int) is good


def test_what_is_wrong_with_name_and_password_costs_no_attempt(engine, act, mail, code_of):
    act(accounts.ask_sign_up, mail)
    code = code_of(mail)
    for _ in range(6):
        with pytest.raises(Invalid) as caught:
            act(accounts.sign_up, mail, code, name=" ", password="short")
        assert set(caught.value.errors) == {"name", "password"}
    assert isinstance(act(accounts.sign_up, mail, code, name="王", password=PASSWORD), int)


def test_a_code_is_used_once_and_only_the_last_one_counts(act, mail, code_of):
    act(accounts.ask_reset, mail)
    act(accounts.ask_sign_up, mail)
    first = code_of(mail)
    later = AT + timedelta(seconds=60)
    act(accounts.ask_sign_up, mail, at=later)
    second = code_of(mail, later)
    if first != second:
        refusal = act(accounts.sign_up, mail, first, name="王", password=PASSWORD, at=later)
        assert isinstance(refusal, Refused)
    assert isinstance(act(accounts.sign_up, mail, second, name="王", password=PASSWORD, at=later), int)
    again = act(accounts.sign_up, mail, second, name="王", password=PASSWORD, at=later)
    assert isinstance(again, Refused)


@pytest.mark.parametrize(("after", "good"), [(0, False), (59, False), (60, True)])
def test_another_code_comes_after_a_minute(act, mail, after, good):
    act(accounts.ask_sign_up, mail)
    if good:
        act(accounts.ask_sign_up, mail, at=AT + timedelta(seconds=after))
    else:
        with pytest.raises(Refused, match=f"in {60 - after} seconds"):
            act(accounts.ask_sign_up, mail, at=AT + timedelta(seconds=after))


def test_so_many_codes_a_day(act, mail):
    for number in range(codes.MOST_A_DAY):
        act(accounts.ask_reset, mail, at=AT + timedelta(minutes=number))
    with pytest.raises(Refused, match="too many codes"):
        act(accounts.ask_reset, mail, at=AT + timedelta(minutes=30))
    act(accounts.ask_reset, mail, at=AT + timedelta(days=1))


def test_whether_there_is_an_account_shows_only_in_the_letter(engine, act, mail, post, join):
    number = join(mail)
    later = AT + timedelta(minutes=2)
    other = f"new{mail}"
    assert act(accounts.ask_sign_up, mail, at=later).value == mail
    assert act(accounts.ask_sign_up, other, at=later).value == other
    assert act(accounts.ask_reset, mail, at=later).value == mail
    assert act(accounts.ask_reset, other, at=later).value == other
    assert [letter.event for letter in post(mail, later)][1:] == ["account.exists", "account.code"]
    assert [letter.event for letter in post(other, later)] == ["account.code", "account.unknown"]
    # The wrong code is answered alike, too.
    for address in (mail, other):
        refusal = act(accounts.sign_up, address, "000000", name="王", password=PASSWORD, at=later)
        assert isinstance(refusal, Refused)
        assert refusal.message == codes.WRONG
    with engine.begin() as connection:
        connection.execute(update(User).where(User.id == number).values(active=False))
    act(accounts.ask_reset, mail, at=later + timedelta(minutes=2))
    assert post(mail, later + timedelta(minutes=2))[-1].event == "account.unknown"


def test_two_who_sign_up_at_once_with_one_code_make_one_account(engine, act, mail, code_of):
    act(accounts.ask_sign_up, mail)
    code = code_of(mail)

    def enter(_):
        try:
            return act(accounts.sign_up, mail, code, name="王", password=PASSWORD)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(enter, range(2)))
    assert sum(isinstance(result, int) for result in results) == 1
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).where(User.email == mail)) == 1


def test_a_reset_password_opens_the_account_and_ends_a_lockout(engine, act, mail, code_of, post, join):
    number = join(mail)
    guess = partial(bounded, session_factory(engine), Place(GuessKind.PASSWORD, "::1", number), AT)
    for _ in range(5):
        guess(lambda: False)
    with session_factory(engine)() as session:
        before = session.get_one(User, number).fs_uniquifier
    act(accounts.ask_reset, mail)
    assert act(accounts.reset_password, mail, code_of(mail), "another long one") == number
    with session_factory(engine)() as session:
        user = session.get_one(User, number)
        assert _HASHER.verify(user.password, "another long one")
        assert user.fs_uniquifier != before
    assert post(mail)[-1].event == "account.password_changed"
    assert guess(lambda: True)


def test_an_address_is_changed_with_a_code_and_the_one_before_is_told(
    engine, act, mail, mobile, code_of, post, join
):
    number = join(mail)
    with session_factory(engine)() as session:
        actor = actor_for(session, number, date(2024, 6, 3))
    new = f"new{mail}"
    act(accounts.ask_address, new, actor=actor)
    act(accounts.ask_address, mobile, actor=actor)
    assert isinstance(act(accounts.confirm_address, new, "000000", actor=actor), Refused)
    assert act(accounts.confirm_address, new, code_of(new), actor=actor) is None
    assert act(accounts.confirm_address, mobile, code_of(mobile), actor=actor) is None
    assert post(mail)[-1].event == "account.address_changed"
    with session_factory(engine)() as session:
        user = session.get_one(User, number)
        assert (user.email, user.mobile, user.mobile_confirmed_at) == (new, mobile, AT)
    with pytest.raises(Refused, match="already"):
        act(accounts.ask_address, new, actor=actor)
    with pytest.raises(NotAllowed):
        act(accounts.ask_address, new)


def test_nobody_takes_the_address_of_another(engine, act, mail, code_of, post, join):
    mine = join(mail)
    theirs = join(f"their{mail}")
    with session_factory(engine)() as session:
        actor = actor_for(session, theirs, date(2024, 6, 3))
    later = AT + timedelta(minutes=1)
    act(accounts.ask_address, mail, actor=actor, at=later)
    assert post(mail, later)[-1].event == "account.exists"
    # A code that was asked for before the other had the address is worth nothing afterwards.
    wanted = f"wanted{mail}"
    act(accounts.ask_address, wanted, actor=actor)
    code = code_of(wanted)
    third = join(wanted)
    with pytest.raises(Conflict):
        act(accounts.confirm_address, wanted, code, actor=actor)
    assert len({mine, theirs, third}) == 3


def test_a_code_is_seen_by_its_recipient_only(engine, act, mail, post, code_of):
    act(accounts.ask_sign_up, mail)
    with session_factory(engine)() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == mail)).one()
        code, body = row.secret, row.body
        stored = session.scalars(select(VerificationCode).where(VerificationCode.address == mail)).one()
        trail = str([event.changes for event in session.scalars(select(AuditEvent))])
    assert code.isdigit()
    assert code not in body
    assert code not in stored.code_hash
    assert code not in trail
    assert code_of(mail) == code
    with session_factory(engine)() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == mail)).one()
        assert (row.state, row.secret) == (MessageState.SENT, "")
        number = row.id
    with pytest.raises(Refused, match="once"):
        act(resend, number, actor=SYSTEM)


@pytest.mark.parametrize("given", ["", "someone", "123", "a@b", "12345678901", "+1 555 0100"])
def test_what_is_no_address_is_refused(act, given):
    for ask in (accounts.ask_sign_up, accounts.ask_reset):
        with pytest.raises(Invalid) as caught:
            act(ask, given)
        assert list(caught.value.errors) == ["address"]


def test_settings_are_the_users_own(engine, act, mail, mobile, join):
    number, phone = join(mail), join(mobile)
    with session_factory(engine)() as session:
        actor, other = (
            actor_for(session, number, date(2024, 6, 3)),
            actor_for(session, phone, date(2024, 6, 3)),
        )
    wishes = {"language": "en", "wants_email": False, "wants_sms": False, "digest": Digest.WEEKLY}
    act(accounts.change_settings, name="Li", actor=actor, **wishes)
    with session_factory(engine)() as session:
        user = session.get_one(User, number)
        assert (user.name, user.language, user.wants_email, user.digest) == ("Li", "en", False, Digest.WEEKLY)
    with pytest.raises(Invalid) as caught:
        act(accounts.change_settings, name="", actor=other, **{**wishes, "language": "fr"})
    assert set(caught.value.errors) == {"name", "language", "digest"}
