"""SIGKILL of the check and of the sender: at a COMMIT on both its sides, and at any moment."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.services.daily_check.run import run_checks
from core.services.delivery.gateways import LogGateway
from core.services.delivery.outbox import send_due
from core.services.messaging.writing import EMAIL, SMS
from core.storage.engine import session_factory
from tests.faults.children import Child, Kill, check, send
from tests.faults.conftest import Copies
from tests.faults.oracle import Arrivals, Dump, by_mail, by_text, deliveries, dump
from tests.faults.oracle import check as hold
from tests.faults.register import CHECKED_AT, Register
from tests.services.servers import Mailbox, mail_server

LATER = CHECKED_AT + timedelta(hours=1)
"""When a sender is started again: whatever it had begun is due once more."""
SEED = 20240701


@dataclass(frozen=True)
class Undisturbed:
    """What came of an act that nothing disturbed, how many COMMITs it has, and how long it took."""

    dump: Dump
    commits: int
    seconds: float

    def boundaries(self) -> list[Kill]:
        """Both sides of every COMMIT."""
        return [Kill(number, after) for number in range(1, self.commits + 1) for after in (False, True)]

    def some(self) -> list[Kill]:
        """Two in the middle, one after the other, and the last."""
        middle = self.commits // 2
        return [Kill(middle, after=False), Kill(middle + 1, after=False), Kill(self.commits, after=True)]

    def moments(self, number: int) -> list[float]:
        """Moments within its time, and somewhat beyond."""
        chosen = random.Random(SEED)  # noqa: S311  # the same ones each time
        return [chosen.uniform(0, 1.1 * self.seconds) for _ in range(number)]


def finished(register: Register, child: Child) -> Undisturbed:
    """What a process comes to."""
    assert child.begun.wait(60)
    began = time.monotonic()
    child.end()
    return Undisturbed(dump(register.town.engine), child.commits.value, time.monotonic() - began)


def killed(child: Child, fault: Kill | float) -> bool:
    """Wait until a process has died, at a COMMIT or after so many seconds; False where it was done before."""
    if isinstance(fault, float):
        assert child.begun.wait(60)
        time.sleep(fault)
        child.kill()
    return child.wait() != 0


def tell(what: str, kills: int, where: str) -> None:
    print(f"\n{what}: {kills} kills, {where}: 0 lost, half-done, doubled")  # noqa: T201  # a figure for assurance


def start_check(register: Register, kill: Kill | None = None) -> Child:
    return Child(check, register.url, CHECKED_AT, kill=kill)


@pytest.fixture(scope="module")
def checked(copies: Copies) -> Undisturbed:
    with copies.one() as copy:
        return finished(copy, start_check(copy))


def kill_the_check(copies: Copies, checked: Undisturbed, fault: Kill | float) -> bool:
    """Whether it was killed before its end; the next run comes to the same in any case."""
    with copies.one() as copy:
        died = killed(start_check(copy, fault if isinstance(fault, Kill) else None), fault)
        start_check(copy).end()
        hold(copy.town.engine, checked.dump, copy.town.store)
    return died


def test_a_check_that_is_killed_is_made_up_for(copies: Copies, checked: Undisturbed) -> None:
    assert all(kill_the_check(copies, checked, fault) for fault in checked.some())


@pytest.mark.assurance
def test_a_check_that_is_killed_at_any_commit_is_made_up_for(copies: Copies, checked: Undisturbed) -> None:
    assert all(kill_the_check(copies, checked, fault) for fault in checked.boundaries())
    tell("check", 2 * checked.commits, f"at both sides of {checked.commits} COMMITs")


@pytest.mark.assurance
def test_a_check_that_is_killed_at_any_moment_is_made_up_for(copies: Copies, checked: Undisturbed) -> None:
    died = [kill_the_check(copies, checked, fault) for fault in checked.moments(80)]
    tell("check", len(died), f"at any moment, {sum(died)} before its end")


@dataclass
class Post:
    """A mail server and a file of text messages, and senders that hand over to them."""

    folder: Path
    box: Mailbox = field(default_factory=Mailbox)
    port: int = 0

    @property
    def texts(self) -> Path:
        return self.folder / "texts.jsonl"

    def start(self, register: Register, at: datetime, kill: Kill | None = None) -> Child:
        return Child(send, register.url, at, self.port, self.texts, kill=kill)

    def arrivals(self, register: Register) -> list[Arrivals]:
        letters = {EMAIL: by_mail(self.box.mails, self.box.recipients), SMS: by_text(self.texts)}
        return [
            deliveries(register.town.engine, arrived, since=CHECKED_AT, channel=channel)
            for channel, arrived in letters.items()
        ]


@contextmanager
def post(folder: Path, number: int = 0) -> Iterator[Post]:
    """One for each trial."""
    made = Post(folder / str(number))
    with mail_server(made.box) as made.port:
        yield made


@pytest.fixture(scope="module")
def written(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """What was written before has left; what the check writes has not."""
    path = tmp_path_factory.mktemp("before") / "all.jsonl"

    def write(register: Register) -> None:
        factory = session_factory(register.town.engine)
        gateways = {channel: LogGateway(path, channel) for channel in (EMAIL, SMS)}
        send_due(factory, CHECKED_AT - timedelta(hours=1), gateways)
        run_checks(factory, CHECKED_AT.date())

    with copies.then(write) as made:
        yield made


@pytest.fixture(scope="module")
def sent(written: Copies, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    with written.one() as copy, post(tmp_path_factory.mktemp("sent")) as office:
        done = finished(copy, office.start(copy, CHECKED_AT))
        mails, texts = office.arrivals(copy)
        assert mails.messages > 2
        assert texts.messages > 2
        assert (mails.copies, texts.copies, mails.wrong, texts.wrong) == (0, 0, [], [])
        return done


def kill_the_sender(
    written: Copies, sent: Undisturbed, faults: list[Kill] | list[float], folder: Path
) -> list[bool]:
    """Which were killed before their end; whatever they did, each letter arrives at its own recipient's."""
    died, letters, doubled = [], 0, 0
    for number, fault in enumerate(faults):
        with written.one() as copy, post(folder, number) as office:
            first = office.start(copy, CHECKED_AT, fault if isinstance(fault, Kill) else None)
            died.append(killed(first, fault))
            office.start(copy, LATER).end()
            hold(copy.town.engine, sent.dump, copy.town.store)
            for came in office.arrivals(copy):
                assert came.wrong == []
                assert came.copies <= 1, "only the letter that was just being sent can go out again"
                letters, doubled = letters + came.messages, doubled + came.copies
    tell(
        "sender",
        len(died),
        f"{sum(died)} before its end; {letters} messages arrived, {doubled} of them twice",
    )
    return died


def test_a_sender_that_is_killed_is_made_up_for(written: Copies, sent: Undisturbed, tmp_path: Path) -> None:
    assert all(kill_the_sender(written, sent, sent.some(), tmp_path))


@pytest.mark.assurance
def test_a_sender_that_is_killed_at_any_commit_is_made_up_for(
    written: Copies, sent: Undisturbed, tmp_path: Path
) -> None:
    assert all(kill_the_sender(written, sent, sent.boundaries(), tmp_path))


@pytest.mark.assurance
def test_a_sender_that_is_killed_at_any_moment_is_made_up_for(
    written: Copies, sent: Undisturbed, tmp_path: Path
) -> None:
    kill_the_sender(written, sent, sent.moments(80), tmp_path)
