"""Processes that are disturbed at what they do: how they are started, killed, and what they came to."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core.services.daily_check.run import run_checks
from core.services.delivery.gateways import LogGateway
from core.services.delivery.outbox import send_due
from core.services.messaging.writing import EMAIL, SMS
from core.storage.engine import session_factory
from tests.faults.children import Child, Kill, check, send
from tests.faults.oracle import Arrivals, Dump, by_mail, by_text, deliveries, dump
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

    @property
    def middle(self) -> Kill:
        """Before a COMMIT in the middle: of the sender, before a letter that was handed over is marked."""
        return Kill(self.commits // 4 * 2, after=False)

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


def write(path: Path) -> Callable[[Register], None]:
    """Sends what was written before into a file, and has the check write what then waits."""

    def act(register: Register) -> None:
        factory = session_factory(register.town.engine)
        gateways = {channel: LogGateway(path / "before.jsonl", channel) for channel in (EMAIL, SMS)}
        send_due(factory, CHECKED_AT - timedelta(hours=1), gateways)
        run_checks(factory, CHECKED_AT.date())

    return act
