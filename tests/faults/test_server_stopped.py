"""The database server is stopped at once, in the middle of whatever is done, and started again."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from core.embedded.server import EmbeddedServer, attach, conninfo, release
from core.jobs.schedule import DAILY
from tests.databases import SUPERUSER, make_template
from tests.faults.children import Child
from tests.faults.conftest import Copies, prepared
from tests.faults.killing import LATER, Undisturbed, finished, post, start_check, write
from tests.faults.oracle import Dump, dump
from tests.faults.oracle import check as hold
from tests.faults.register import CHECKED_AT, Register
from tests.faults.remote import browser
from tests.faults.test_decided import DECISIONS, Decision, site, take
from tests.jobs.processes import rows, wait_until, worker
from tests.services.servers import free_port
from tests.web.screens import Page

pytestmark = [pytest.mark.assurance, pytest.mark.own_database]
SEED = 20240703
SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
"""What was committed outlasts the server's processes, though not the machine."""


class Server:
    """A server of this module's own, which can be stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.embedded: EmbeddedServer = attach(folder, SETTINGS)

    def stop(self) -> None:
        """Its immediate way to end: nobody's transaction is waited for."""
        note = self.folder / "postgres" / "postmaster.pid"
        number = int(note.read_text().split()[0])
        os.kill(number, signal.SIGQUIT)
        wait_until("the server has ended", lambda: not _alive(number))

    def start(self) -> None:
        attach(self.folder)

    @contextmanager
    def copy(self, copies: Copies) -> Iterator[Register]:
        """A copy whose sequences outlast a stop: without a checkpoint they would give numbers out twice."""
        with copies.one() as copy:
            with psycopg.connect(
                conninfo(self.embedded.url("postgres", SUPERUSER)), autocommit=True
            ) as connection:
                connection.execute("CHECKPOINT")
            yield copy

    def stop_after(self, seconds: float) -> None:
        time.sleep(seconds)
        self.stop()


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("stopped")
    yield Server(folder)
    release(folder)


@pytest.fixture(scope="module")
def own(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Copies of the register on that server."""
    with prepared(server.embedded, make_template(server.embedded), tmp_path_factory.mktemp("own")) as made:
        yield made


def moments(seconds: float, number: int) -> list[float]:
    chosen = random.Random(SEED)  # noqa: S311  # the same ones each time
    return [chosen.uniform(0, seconds) for _ in range(number)]


def stop_it(
    server: Server, copies: Copies, undisturbed: Undisturbed, number: int, start: Callable[[Register], Child]
) -> list[int]:
    """How it ended each time; started again, once the server is back, it comes to the same."""
    ended = []
    for after in moments(undisturbed.seconds, number):
        with server.copy(copies) as copy:
            child = start(copy)
            assert child.begun.wait(60)
            server.stop_after(after)
            ended.append(child.wait() or 0)
            server.start()
            copy.town.engine.dispose()
            start(copy).end()
            hold(copy.town.engine, undisturbed.dump, copy.town.store)
    return ended


def tell(what: str, ended: list[int]) -> None:
    print(  # noqa: T201  # a figure for assurance
        f"\n{what}: {len(ended)} stops of the server, {sum(code != 0 for code in ended)} in the middle: "
        "0 lost, half-done, doubled"
    )


def test_a_check_whose_database_is_stopped_is_made_up_for(own: Copies, server: Server) -> None:
    with server.copy(own) as copy:
        checked = finished(copy, start_check(copy))
    ended = stop_it(server, own, checked, 25, start_check)
    assert any(ended)
    tell("check", ended)


def test_a_sender_whose_database_is_stopped_is_made_up_for(
    own: Copies, server: Server, tmp_path: Path
) -> None:
    with own.then(write(tmp_path)) as written:
        with server.copy(written) as copy, post(tmp_path / "sent") as office:
            sent = finished(copy, office.start(copy, CHECKED_AT))
        ended, wrong = [], []
        for number, after in enumerate(moments(sent.seconds, 15)):
            with server.copy(written) as copy, post(tmp_path, number) as office:
                child = office.start(copy, CHECKED_AT)
                assert child.begun.wait(60)
                server.stop_after(after)
                ended.append(child.wait() or 0)
                server.start()
                copy.town.engine.dispose()
                office.start(copy, LATER).end()
                hold(copy.town.engine, sent.dump, copy.town.store)
                wrong += [line for came in office.arrivals(copy) for line in came.wrong]
        assert wrong == []
        assert any(ended)
    tell("sender", ended)


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_whose_database_is_stopped_stays_on_the_page_and_is_taken_once(
    own: Copies, server: Server, tmp_path: Path, name: str
) -> None:
    decision, told = DECISIONS[name], 0
    taken = take(own, decision, tmp_path)
    trials = moments(taken.seconds, 6)
    for after in trials:
        with server.copy(own) as copy:
            decision.before(copy)
            port = free_port()
            with site(copy, tmp_path, port, decision.moment):
                page = browser(copy, tmp_path, port, decision.who(copy), decision.moment).get(
                    decision.page(copy)
                )
                stopping = threading.Thread(target=server.stop_after, args=[after])
                stopping.start()
                answer = page.send(decision.form, ok=False, **decision.fields)
                stopping.join()
                server.start()
                copy.town.engine.dispose()
                told += answer.status == 503
                assert answer.status in {200, 503}
                sent_again(page, answer, decision)
            hold(copy.town.engine, taken.dump, copy.town.store)
    print(  # noqa: T201  # a figure for assurance
        f"\n{name}: {len(trials)} stops of the server under the site, {told} told to try again: "
        "sent again, taken once; 0 lost, half-done, doubled"
    )


def sent_again(page: Page, answer: Page, decision: Decision) -> None:
    """By the button of the page that told of it, which has what was written; or as a form that is resent."""
    if answer.forms() and answer.status == 503:
        assert {*decision.fields.values()} <= {value for _, value in answer.forms()[0].form_values()}
    while answer.status == 503:
        time.sleep(0.5)
        send = answer.send if answer.forms() else partial(page.send, decision.form, **decision.fields)
        answer = send(ok=False)
    assert answer.status < 500


DONE = "SELECT count(DISTINCT job) FROM job_run WHERE state = 'done'"
WAITS = "SELECT count(*) FROM outbox_message WHERE state = 'pending'"


def test_a_worker_lives_through_every_stop(own: Copies, server: Server, tmp_path: Path) -> None:
    """It is never started again: it waits for its database, and does what was left."""
    with server.copy(own) as copy:
        before = work_off(copy, tmp_path / "undisturbed")
    with server.copy(own) as copy:
        work_off(copy, tmp_path / "stopped", server, stops=10)
        hold(copy.town.engine, before)
    tell("worker", [1] * 10)


def work_off(copy: Register, folder: Path, server: Server | None = None, stops: int = 0) -> Dump:
    """What one worker comes to, whose database is stopped while it works."""
    folder.mkdir()
    address = conninfo(copy.url)

    def none_waits() -> bool:
        try:
            return rows(address, DONE) == [(len(DAILY),)] and rows(address, WAITS) == [(0,)]
        except psycopg.OperationalError:
            return False

    with worker(copy.url, folder) as process:
        for pause in moments(2.0, stops):
            assert server is not None
            wait_until("it works", lambda: process.said("worker.started"))
            server.stop_after(pause)
            server.start()
        copy.town.engine.dispose()
        wait_until("all is done", none_waits, within=200)
        assert process.popen.poll() is None
    return dump(copy.town.engine)
