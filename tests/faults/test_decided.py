"""SIGKILL of the site while a decision is taken: sent once more, it is taken once."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import URLError

import pytest
from lxml import html

from core.domain.clock import moment
from core.services.base.work import Actor
from core.services.endings import exits
from core.services.granting import decisions
from tests.faults.children import Child, Kill
from tests.faults.conftest import Copies
from tests.faults.oracle import Dump, check, dump
from tests.faults.register import REASON, Register
from tests.faults.remote import browser
from tests.faults.site import serve
from tests.services.servers import free_port

SEED = 20240702
GONE = (URLError, http.client.HTTPException, OSError)


@dataclass(frozen=True)
class Decision:
    """What a person decides on a page, and what has been done before."""

    page: Callable[[Register], str]
    form: str
    fields: dict[str, str]
    who: Callable[[Register], Actor]
    at: str
    before: Callable[[Register], object] = lambda _: None

    @property
    def moment(self) -> datetime:
        return moment(self.at)


def application(register: Register) -> str:
    return f"/admin/applications/{register.waiting.application_id}"


def officer(register: Register) -> Actor:
    return register.town.officer("liaocheng")


def approved(register: Register) -> None:
    with register.town.begin(officer(register), "2024-06-18T10:00") as w:
        decisions.approve(w, register.waiting.application_id, REASON)


def confirmed_once(register: Register) -> None:
    with register.town.begin(officer(register), "2024-07-02T09:00") as w:
        exits.confirm(w, register.exit_case, "属实")


DECISIONS = {
    "approval": Decision(
        lambda register: f"{application(register)}/check/move-approve",
        "/do/move-approve",
        {"reason": REASON},
        officer,
        "2024-06-18T11:00",
    ),
    "notice": Decision(
        application, "/do/publish", {"title": "拟认定名单"}, officer, "2024-06-18T11:00", approved
    ),
    "exit": Decision(
        lambda register: f"/admin/accreditations/{register.ended}",
        "/do/confirm-exit",
        {"reason": "情况属实"},
        lambda register: register.second_officer,
        "2024-07-02T10:00",
        confirmed_once,
    ),
}


@dataclass(frozen=True)
class Taken:
    """What came of a decision, and the COMMITs of the site before it was sent and after."""

    dump: Dump
    first: int
    last: int
    seconds: float

    def boundaries(self) -> list[Kill]:
        return [Kill(n, after) for n in range(self.first, self.last + 1) for after in (False, True)]


@contextmanager
def site(
    register: Register, folder: Path, port: int, at: datetime, kill: Kill | None = None
) -> Iterator[Child]:
    child = Child(serve, register.url, folder, port, at, kill=kill)
    try:
        assert child.begun.wait(60)
        yield child
    finally:
        child.kill()


def take(copies: Copies, decision: Decision, folder: Path) -> Taken:
    """Decide, with nothing in the way."""
    with copies.one() as copy:
        decision.before(copy)
        port = free_port()
        with site(copy, folder, port, decision.moment) as child:
            person = browser(copy, folder, port, decision.who(copy), decision.moment)
            page = person.get(decision.page(copy))
            first = child.commits.value + 1
            began = time.monotonic()
            page.send(decision.form, **decision.fields)
            return Taken(dump(copy.town.engine), first, child.commits.value, seconds=time.monotonic() - began)


def kill_the_site(
    copies: Copies, decision: Decision, taken: Taken, fault: Kill | float, folder: Path
) -> bool:
    """Decide while the site dies, and send the form again once it is back: whether an answer was lost."""
    lost = False
    with copies.one() as copy:
        decision.before(copy)
        port = free_port()
        person = browser(copy, folder, port, decision.who(copy), decision.moment)
        kill = fault if isinstance(fault, Kill) else None
        with site(copy, folder, port, decision.moment, kill) as child:
            page = person.get(decision.page(copy))
            if isinstance(fault, float):
                threading.Timer(fault, child.process.kill).start()
            try:
                page.send(decision.form, ok=False, **decision.fields)
            except GONE:
                lost = True
        # A site that is back is later: what was signed before would be from a time to come.
        with site(copy, folder, port, decision.moment + timedelta(minutes=1)):
            answer = page.send(decision.form, ok=False, **decision.fields)
            assert answer.status < 500, html.tostring(answer.doc)
        check(copy.town.engine, taken.dump, copy.town.store)
    return lost


@pytest.mark.assurance
def test_a_decision_whose_answer_was_lost_is_taken_once(copies: Copies, tmp_path: Path) -> None:
    decision = DECISIONS["exit"]
    taken = take(copies, decision, tmp_path)
    assert kill_the_site(copies, decision, taken, Kill(taken.last, after=True), tmp_path)


@pytest.mark.assurance
@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_taken_once_whenever_the_site_dies(copies: Copies, tmp_path: Path, name: str) -> None:
    decision = DECISIONS[name]
    taken = take(copies, decision, tmp_path)
    assert all(kill_the_site(copies, decision, taken, kill, tmp_path) for kill in taken.boundaries())
    chosen = random.Random(SEED)  # noqa: S311  # the same ones each time
    moments = [chosen.uniform(0, 1.2 * taken.seconds) for _ in range(14)]
    lost = [kill_the_site(copies, decision, taken, after, tmp_path) for after in moments]
    print(  # noqa: T201  # a figure for assurance
        f"\n{name}: {len(taken.boundaries())} kills at COMMITs and {len(lost)} at any moment, "
        f"{sum(lost)} answers lost: sent again, taken once; 0 lost, half-done, doubled"
    )
