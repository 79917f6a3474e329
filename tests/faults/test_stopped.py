"""Processes that stand still past their turn (SIGSTOP): overruled, and harmless when they go on (SIGCONT)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, select

from core.domain import clock
from core.embedded.server import conninfo
from core.jobs.config import SILENCE
from core.jobs.schedule import DAILY
from core.services.base.work import SYSTEM
from core.services.daily_check.run import CHECK, run_checks
from core.services.delivery import outbox
from core.services.delivery.smtp import SmtpGateway
from core.services.messaging.writing import EMAIL, notify
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage, Party
from core.storage.models.operations import MessageState
from core.storage.processes.turns import own_turn
from tests.conftest import Begin
from tests.faults.conftest import Copies
from tests.faults.oracle import check
from tests.jobs.processes import NO_MAIL, Process, rows, wait_until, worker
from tests.services.mail import make_party
from tests.services.servers import Mailbox, mail_server

pytestmark = [pytest.mark.slow, pytest.mark.database]

WITHIN = 30.0
"""A leader that stands still is overruled within so many seconds."""
DONE = "SELECT as_of FROM job_run WHERE job = 'daily_check' AND state = 'done'"
DOING = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'daily_check' AND status = 'doing'"
WAITS = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"""
IMPATIENT = """
from dataclasses import replace
from core.services.daily_check import run
from core.services.delivery import outbox
from core.storage.trail import sealing
from core.hooks.catalogue import catalogue
catalogue()  # takes seconds once, and nothing is said meanwhile
run.CHECK = replace(run.CHECK, patience=5)
outbox.SENDING = replace(outbox.SENDING, patience=5)
sealing.SEALING = replace(sealing.SEALING, patience=5)
"""
DUE, *OTHERS = DAILY
TODAY = "INSERT INTO job_run (job, as_of, started_at, state) VALUES (%s, %s, now(), 'done')"


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def write(begin: Begin) -> Callable[[str], None]:
    def make(key: str) -> None:
        with begin(SYSTEM, clock.now().isoformat()) as w:
            party = w.session.scalars(select(Party)).first() or make_party(w.session)
            notify(w, "account.verified", key=key, party_id=party.id, values={})

    return make


def leads(process: Process) -> bool:
    """Whether it keeps the timetable, by what it has said last."""
    said = [e["event"] for e in process.events() if e["event"] in ("leader.elected", "leader.stepped_down")]
    return said[-1:] == ["leader.elected"]


@pytest.mark.parametrize("silence", [3.0, pytest.param(SILENCE, marks=pytest.mark.assurance)])
def test_a_leader_that_stands_still_is_overruled_and_does_no_harm_when_it_goes_on(
    engine: Engine, tmp_path: Path, write: Callable[[str], None], silence: float
) -> None:
    url = url_of(engine)
    address = conninfo(url)

    def sent(key: str) -> object:
        return rows(address, "SELECT 1 FROM outbox_message WHERE key = %s AND state = 'sent'", key)

    with (
        worker(url, tmp_path, "a", silence=silence, first=IMPATIENT) as one,
        worker(url, tmp_path, "b", silence=silence, first=IMPATIENT) as other,
    ):
        wait_until("both are up", lambda: one.said("worker.started") and other.said("worker.started"))
        wait_until("the check was done", lambda: rows(address, DONE) and leads(one) != leads(other))
        first, second = (one, other) if leads(one) else (other, one)
        first.halt()
        took = wait_until("the second leads", lambda: leads(second), WITHIN)
        print(f"a leader that stood still was overruled after {took:.1f} s")  # noqa: T201  # a figure for assurance
        write("while it stood still")
        wait_until("the second sends", lambda: sent("while it stood still"))
        # As a worker that starts meanwhile does with whoever no longer shows any life.
        alive = "SELECT count(*) FROM procrastinate_workers"
        rows(address, "SELECT procrastinate_prune_stalled_workers_v1(1.5)")
        assert rows(address, alive) == [(1,)]
        first.resume()
        wait_until("the first has seen it", lambda: not leads(first))
        assert second.stop() == 0
        wait_until("the first leads again", lambda: leads(first))
        write("afterwards")
        wait_until("the first sends, and takes jobs", lambda: sent("afterwards"))
        assert first.stop() == 0
    assert len(rows(address, DONE)) == 1
    lines = [json.loads(line) for line in (tmp_path / "outbox.jsonl").read_text().splitlines()]
    assert len({line["id"] for line in lines}) == len(lines) == 2


@pytest.mark.assurance
def test_a_check_that_stands_still_is_made_by_another_and_ends_as_if_nothing_had_been(
    copies: Copies, tmp_path: Path
) -> None:
    """Stopped with rows of the register locked: nobody waits for them for ever."""
    today = DUE.due_on(clock.now())
    expected = copies.after(
        lambda copy: run_checks(session_factory(copy.town.engine), today, now=clock.now())
    )
    with copies.one() as copy:
        url = url_of(copy.town.engine)
        address = conninfo(url)
        with psycopg.connect(address, autocommit=True) as connection:
            for other in OTHERS:
                connection.execute(TODAY, (other.task, today))
        with worker(url, tmp_path, "a", outbox=3600, silence=2, first=NO_MAIL + IMPATIENT) as first:
            with psycopg.connect(address) as blocker:
                blocker.execute("SELECT 1 FROM accreditation ORDER BY id DESC LIMIT 1 FOR UPDATE")
                wait_until("it is in the middle", lambda: rows(address, WAITS))
                first.halt()
            with worker(url, tmp_path, "b", outbox=3600, silence=2, first=NO_MAIL + IMPATIENT) as second:
                took = wait_until("the second has made it", lambda: rows(address, DONE))
                print(f"a check that stood still was made by another after {took:.1f} s")  # noqa: T201  # a figure for assurance
                first.resume()
                wait_until("nothing is left", lambda: not rows(address, DOING))
                assert second.stop() == 0
            assert first.stop() == 0
        assert rows(address, DONE) == [(today,)]
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DELETE FROM job_run WHERE job <> 'daily_check'")
        check(copy.town.engine, expected)


def test_who_waits_for_a_turn_ends_a_silent_holder_that_the_server_leaves_alone(engine: Engine) -> None:
    """As where the server waits for the holder to read: there its own limits do not count."""
    quick = replace(CHECK, patience=0.5)
    with psycopg.connect(conninfo(url_of(engine)), autocommit=True) as silent:
        silent.execute("SELECT pg_advisory_lock(%s)", (CHECK.key,))
        with own_turn(session_factory(engine), quick) as session:
            assert session.scalar(select(1)) == 1
        with pytest.raises(psycopg.OperationalError):
            silent.execute("SELECT 1")


STOPPED = """
import os, signal, sys
from pathlib import Path
from dataclasses import replace
from core.domain.clock import moment
from core.hooks.catalogue import catalogue
from core.services.messaging.writing import EMAIL
from core.services.delivery import outbox, smtp
from core.services.delivery.smtp import SmtpCarrier, SmtpGateway
from core.storage.engine import make_engine, session_factory
from core.storage.trail.keys import KeyFile

class Pausing(SmtpCarrier):
    def send(self, letter):
        if sys.argv[4] == "before":
            os.kill(os.getpid(), signal.SIGSTOP)
        super().send(letter)
        if sys.argv[4] == "after":
            os.kill(os.getpid(), signal.SIGSTOP)

smtp.SmtpCarrier = Pausing
outbox.SENDING = replace(outbox.SENDING, patience=3)
catalogue()  # takes seconds once, and nothing is said meanwhile
url, port, at, _ = sys.argv[1:]
gateway = SmtpGateway("127.0.0.1", int(port), starttls=False, sender="register@authority.example")
outbox.send_due(session_factory(make_engine(url, KeyFile.of(Path()))), moment(at), {EMAIL: gateway})
"""


@pytest.mark.parametrize("stopped", [pytest.param("before", marks=pytest.mark.assurance), "after"])
def test_a_sender_that_stands_still_loses_its_turn_and_its_second_copy_is_known(
    engine: Engine, write: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, stopped: str
) -> None:
    """Stopped before or after handing a letter over; another sends it, and the first can mark nothing."""
    monkeypatch.setattr(outbox, "SENDING", replace(outbox.SENDING, patience=3))
    write("m0")
    box, at = Mailbox(), clock.now()
    with mail_server(box) as port:
        command = [sys.executable, "-c", STOPPED, url_of(engine), str(port), at.isoformat(), stopped]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), process.communicate()[1].decode()
        gateway = SmtpGateway("127.0.0.1", port, starttls=False, sender="register@authority.example")
        factory = session_factory(engine)
        later = at + outbox.BACK_OFF[0]
        wait_until("another sends", lambda: outbox.send_due(factory, later, {EMAIL: gateway}).sent == 1)
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"terminating connection" in said
    assert len(box.mails) == 2
    assert len({mail["message-id"] for mail in box.mails}) == 1
    with factory() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == EMAIL)).one()
        assert (row.state, row.attempts) == (MessageState.SENT, 2)
