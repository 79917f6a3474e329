"""Guesses are bounded: at an account from an address, at an account from everywhere, and from an address."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select

from core.domain.clock import moment
from core.domain.errors import Refused, TooMany
from core.rules.text import T
from core.services.entry import guesses
from core.services.entry.guesses import ADDRESSES, BURST, KNOWN, QUIET, Place, bounded, clear, network
from core.storage.engine import session_factory
from core.storage.models import Guess
from core.storage.models.accounts import GuessKind

AT = moment("2026-03-02T09:00")
MINUTE = timedelta(minutes=1)
HOME, AWAY = "203.0.113.5", "198.51.100.7"
OWNER = 7
Try = Callable[..., bool | None]


@pytest.fixture
def guess(engine: Engine) -> Try:
    """A guess at the owner's password: right or wrong; None where nobody looked at it."""

    def made(
        right: bool = False,
        *,
        after: timedelta = timedelta(0),
        address: str = HOME,
        user_id: int | None = OWNER,
        kind: GuessKind = GuessKind.PASSWORD,
    ) -> bool | None:
        place = Place(kind, address, user_id)
        try:
            return bounded(session_factory(engine), place, AT + after, lambda: right)
        except TooMany:
            return None

    return made


def wrong(guess: Try, times: int, **more: object) -> list[bool | None]:
    return [guess(**more) for _ in range(times)]


@pytest.mark.parametrize(("failures", "looked_at"), [(4, True), (5, None), (6, None)])
def test_so_many_failures_shut_the_account_to_their_address(
    guess: Try, failures: int, looked_at: bool | None
) -> None:
    wrong(guess, failures)
    assert guess(right=True) is looked_at


def test_the_owner_comes_in_from_elsewhere_meanwhile(guess: Try) -> None:
    wrong(guess, 5)
    assert guess(right=True, address=AWAY) is True
    assert guess(right=True) is None


def test_one_address_alone_never_makes_the_owner_wait_elsewhere(guess: Try) -> None:
    after = timedelta(0)
    for minutes in (15, 30, 60, 120, 240):
        assert wrong(guess, 5, after=after) == [False] * 5
        after += minutes * MINUTE
    assert guess(right=True, after=after - MINUTE, address=AWAY) is True


def test_the_lock_ends_by_itself_and_the_next_is_twice_as_long(guess: Try) -> None:
    second = timedelta(seconds=1)
    wrong(guess, 5)
    assert guess(right=True, after=15 * MINUTE - second) is None
    assert wrong(guess, 6, after=15 * MINUTE) == [*[False] * 5, None]
    assert guess(right=True, after=45 * MINUTE - second) is None
    assert guess(right=True, after=45 * MINUTE) is True


@pytest.mark.parametrize(("rounds", "hours"), [(7, 16), (8, 24), (9, 24), (60, 24)])
def test_no_lock_is_longer_than_a_day(rounds: int, hours: int) -> None:
    assert guesses._lock(5 * rounds, 5, 15 * MINUTE) == timedelta(hours=hours)


def test_what_is_turned_away_is_not_counted(guess: Try) -> None:
    wrong(guess, 5)
    assert wrong(guess, 40, after=5 * MINUTE) == [None] * 40
    assert guess(right=True, after=15 * MINUTE) is True


def test_a_success_forgets_the_failures_from_its_address_alone(guess: Try) -> None:
    wrong(guess, 4)
    wrong(guess, 4, address=AWAY)
    assert guess(right=True) is True
    assert wrong(guess, 4) == [False] * 4
    assert guess(address=AWAY) is False
    assert guess(right=True, address=AWAY) is None


@pytest.mark.parametrize(
    ("quiet", "looked_at"), [(QUIET - timedelta(seconds=1), None), (QUIET, True), (QUIET + MINUTE, True)]
)
def test_failures_are_forgotten_after_a_quiet_day(
    guess: Try, quiet: timedelta, looked_at: bool | None
) -> None:
    wrong(guess, 4)
    guess(after=quiet)
    assert guess(right=True, after=quiet) is looked_at


def fill(guess: Try, addresses: int) -> None:
    """As many failures at the owner's account as so many addresses can make."""
    for number in range(addresses):
        assert wrong(guess, 5, address=f"192.0.2.{number}") == [False] * 5


@pytest.mark.parametrize(("addresses", "more", "looked_at"), [(3, 4, True), (3, 5, None), (4, 0, None)])
def test_an_account_bears_so_many_failures_from_everywhere(
    guess: Try, addresses: int, more: int, looked_at: bool | None
) -> None:
    fill(guess, addresses)
    wrong(guess, more, address="192.0.2.99")
    assert guess(right=True, address=AWAY) is looked_at


def test_after_that_each_waits_twice_as_long_up_to_an_hour(guess: Try) -> None:
    fill(guess, ADDRESSES)
    after = timedelta(0)
    for number, minutes in enumerate((1, 2, 4, 8, 16, 32, 60, 60)):
        nearly = after + minutes * MINUTE - timedelta(seconds=1)
        assert guess(after=nearly, address=f"198.51.100.{number}") is None
        after += minutes * MINUTE
        assert guess(after=after, address=f"198.51.100.{number}") is False


@pytest.mark.parametrize(
    ("ago", "looked_at"),
    [(KNOWN - timedelta(seconds=1), True), (KNOWN, None), (KNOWN + MINUTE, None)],
)
def test_whoever_came_in_lately_from_an_address_does_not_wait_there(
    guess: Try, ago: timedelta, looked_at: bool | None
) -> None:
    assert guess(right=True, after=-ago, address=AWAY) is True
    fill(guess, ADDRESSES)
    wrong(guess, BURST, address=AWAY, user_id=None)
    assert guess(right=True, address=AWAY) is looked_at


def test_a_known_address_is_bounded_like_any_other(guess: Try) -> None:
    guess(right=True, after=-MINUTE)
    assert wrong(guess, 6) == [*[False] * 5, None]


@pytest.mark.parametrize(("tried", "looked_at"), [(BURST - 1, True), (BURST, None), (BURST + 1, None)])
def test_many_accounts_tried_from_one_address_are_bounded(
    guess: Try, tried: int, looked_at: bool | None
) -> None:
    for number in range(tried):
        guess(user_id=100 + number)
    assert guess(right=True) is looked_at
    assert guess(right=True, address=AWAY) is True


def test_the_address_guesses_on_one_a_minute(guess: Try) -> None:
    for number in range(BURST):
        guess(user_id=100 + number)
    assert guess(after=MINUTE - timedelta(seconds=1)) is None
    assert wrong(guess, 2, after=MINUTE) == [False, None]
    assert guess(after=61 * MINUTE) is False


def test_accounts_that_nobody_has_are_counted_by_the_address(guess: Try) -> None:
    assert wrong(guess, BURST + 1, user_id=None) == [*[False] * BURST, None]


def test_what_is_guessed_at_is_bounded_apart(guess: Try) -> None:
    wrong(guess, 5)
    assert guess(right=True, kind=GuessKind.FACTOR) is True


def test_a_success_gives_the_address_one_guess_back_and_no_more(guess: Try, engine: Engine) -> None:
    """Else whoever has one good code tries all others with it."""
    for _ in range(BURST - 1):
        guess(user_id=None, kind=GuessKind.FOLLOW_UP)
    assert guess(right=True, user_id=None, kind=GuessKind.FOLLOW_UP) is True
    assert wrong(guess, 2, user_id=None, kind=GuessKind.FOLLOW_UP) == [False, None]


def test_what_says_nothing_of_the_guess_does_not_count(engine: Engine) -> None:
    def refuse() -> bool:
        raise Refused(T("密码过短", "the new password is too short"))

    for _ in range(BURST + 5):
        with pytest.raises(Refused):
            bounded(session_factory(engine), Place(GuessKind.CODE, HOME), AT, refuse)


def test_a_guess_counts_whatever_becomes_of_the_request(engine: Engine, guess: Try) -> None:
    """It breaks off in the middle, five times, and the account is shut all the same."""

    def broken() -> bool:
        raise RuntimeError("the request ends here")

    place = Place(GuessKind.PASSWORD, HOME, OWNER)
    for _ in range(5):
        with pytest.raises(RuntimeError):
            bounded(session_factory(engine), place, AT, broken)
    assert guess(right=True) is None


@pytest.mark.parametrize(
    ("places", "most"),
    [
        ([Place(GuessKind.PASSWORD, HOME, OWNER)] * 12, 5),
        ([Place(GuessKind.PASSWORD, f"198.51.100.{number}", OWNER) for number in range(30)], 20),
        ([Place(GuessKind.PASSWORD, HOME, 100 + number) for number in range(36)], BURST),
    ],
    ids=["account and address", "account", "address"],
)
def test_as_many_at_once_as_one_by_one(engine: Engine, places: list[Place], most: int) -> None:
    sessions, together, seen = session_factory(engine), Barrier(6), []

    def some(part: list[Place]) -> None:
        together.wait()
        for place in part:
            try:
                bounded(sessions, place, AT, lambda: seen.append(1))
            except TooMany:
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(some, [places[start::6] for start in range(6)]))
    assert len(seen) == most


def test_the_refusal_says_until_when(engine: Engine, guess: Try) -> None:
    wrong(guess, 5)
    with pytest.raises(TooMany) as refused:
        bounded(session_factory(engine), Place(GuessKind.PASSWORD, HOME, OWNER), AT, lambda: True)
    assert refused.value.until == AT + 15 * MINUTE
    assert "2026年3月2日 09:15" in refused.value.text.zh


def test_an_account_that_was_vouched_for_is_open_everywhere(engine: Engine, guess: Try) -> None:
    fill(guess, ADDRESSES)
    with session_factory(engine).begin() as session:
        guesses.forget(session, OWNER)
    assert guess(right=True, address="192.0.2.0") is True
    assert guess(right=True, address=AWAY) is True


@pytest.mark.parametrize(
    ("right", "later", "left"),
    [
        (False, timedelta(hours=48), 2),
        (False, timedelta(hours=48, seconds=1), 0),
        (True, KNOWN, 1),
        (True, KNOWN + timedelta(seconds=1), 0),
    ],
)
def test_rows_that_bound_nothing_go(
    engine: Engine, guess: Try, right: bool, later: timedelta, left: int
) -> None:
    guess(right=right)
    assert clear(session_factory(engine), AT + later) == 2 - left
    with session_factory(engine).begin() as session:
        assert session.scalar(select(func.count()).select_from(Guess)) == left


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        (None, ""),
        ("unix:" + "x" * 60, ("unix:" + "x" * 60)[:45]),
    ],
)
def test_an_address_is_counted_by_its_network(address: str | None, counted: str) -> None:
    assert network(address) == counted
