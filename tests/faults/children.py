"""Real processes that do one thing on a register, and die of SIGKILL where they are told to.

They are forked from a server that has loaded the register's modules: each is a process of its own, whose
connections the operating system closes when it is killed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import psycopg

from core.hooks.catalogue import catalogue
from core.services.daily_check.run import run_checks
from core.services.delivery.gateways import LogGateway
from core.services.delivery.outbox import send_by_clock
from core.services.delivery.smtp import SmtpGateway
from core.services.messaging.writing import EMAIL, SMS
from core.storage.engine import make_engine, session_factory
from tests.databases import keys

SENDER = "认定管理系统 <register@authority.example>"
PATIENCE = 60.0
BATCH = 2
"""Accreditations in a transaction of the check: few, so that there are more boundaries."""

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__, "tests.faults.site"])
catalogue()  # once, where the children are forked from


@dataclass(frozen=True, slots=True)
class Kill:
    """At which COMMIT a process is killed, counted from one; `after`: when the server has answered it."""

    commit: int
    after: bool


class Child:
    """A process at work."""

    def __init__(self, act: Callable[..., object], *arguments: object, kill: Kill | None = None) -> None:
        self.commits: Synchronized[int] = PROCESSES.Value("i", 0)
        self.begun: Event = PROCESSES.Event()
        self.process = PROCESSES.Process(
            target=_act, args=(self.commits, self.begun, kill, act, *arguments), daemon=True
        )
        self.process.start()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.join(PATIENCE)

    def wait(self) -> int | None:
        """How it ended."""
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None, f"not over after {PATIENCE} s"
        return self.process.exitcode

    def end(self) -> None:
        """Wait for its end, which must be a good one."""
        assert self.wait() == 0, f"ended with {self.process.exitcode}"


def _act(
    commits: Synchronized[int], begun: Event, kill: Kill | None, act: Callable[..., object], *arguments: Any
) -> None:
    _count(commits, kill)
    act(*arguments, begun=begun.set)


def _count(commits: Synchronized[int], kill: Kill | None) -> None:
    """Count every COMMIT of this process, whoever asks for it, and die at one."""
    commit = psycopg.Connection.commit

    def counted(connection: psycopg.Connection[Any]) -> None:
        with commits.get_lock():
            commits.value += 1
            mine = kill is not None and commits.value == kill.commit
        if kill is not None and mine and not kill.after:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(connection)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)

    psycopg.Connection.commit = counted  # type: ignore[method-assign,assignment]  # this process is there for it


def check(url: str, moment: datetime, *, begun: Callable[[], None]) -> None:
    """Make the daily check."""
    engine = make_engine(url, keys())
    begun()
    run_checks(session_factory(engine), moment.date(), now=moment, batch=BATCH)


def send(url: str, moment: datetime, port: int, texts: Path, *, begun: Callable[[], None]) -> None:
    """Send what is due: e-mails to a server on a port, text messages into a file."""
    engine = make_engine(url, keys())
    gateways = {
        EMAIL: SmtpGateway("127.0.0.1", port, starttls=False, sender=SENDER),
        SMS: LogGateway(texts, SMS),
    }
    begun()
    send_by_clock(session_factory(engine), lambda: moment, gateways)
