"""A real browser before the real site: Chromium, granian, PostgreSQL, and a clock that a test moves."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import Engine

from core.cli import main
from core.domain.clock import moment
from core.domain.roles import Role
from core.services.base.work import SYSTEM, Actor, work
from core.services.people import users
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import User
from core.storage.seed import seed
from core.web.frame.config import FACTOR_VARIABLE, SECRET_FILE, FactorOf
from tests.conftest import Begin, MakeActor
from tests.databases import ReusedDatabase, issue_at_once
from tests.e2e.person import Person
from tests.e2e.site import CLOCK_VARIABLE
from tests.services.journey import Town

PASSWORD = "正确-horse-电池-staple"
CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--lang=zh-CN",
    # A page lives for a second: optimising its scripts takes longer than they run.
    "--js-flags=--no-opt --no-maglev",
]
SCREEN: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 900},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    # What scrolls smoothly is drawn again and again on its way: a third of a journey's time.
    "reduced_motion": "reduce",
}
PATIENCE = 60
OPENING = "2024-01-02T09:00"
LOG = "site.log"
NUMBERS = count(1)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser that the system brings; it has no windows of its own, and stays for the whole run."""
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture
def browser_context_args() -> dict[str, Any]:
    """A desk's screen, in China."""
    return SCREEN


@dataclass
class Site:
    """The served site: its address, its register, and its clock."""

    url: str
    engine: Engine
    instance: Path
    clock: Path

    def begin(self, when: str) -> None:
        """Set the clock, and forget every file of before."""
        for item in self.instance.iterdir():
            if item.is_dir():
                shutil.rmtree(item)
            elif item.name != SECRET_FILE:
                item.unlink()
        self.set(when)

    def set(self, when: str) -> None:
        """Move the clock to a moment in China; who is logged in has to log in again, as after any night."""
        self.clock.write_text(f"{moment(when).isoformat()} {next(NUMBERS)}", encoding="ascii")

    def check(self, day: str) -> None:
        """Run the daily check as an operator does, on that day."""
        with time_machine.travel(moment(f"{day}T00:10"), tick=True):
            self._run("check", "--as-of", day)

    def verify(self) -> None:
        """Hold the register to its invariants and the audit trail to its chain."""
        self._run("verify")

    def _run(self, *arguments: str) -> None:
        done = CliRunner().invoke(main, [*arguments, "--instance", str(self.instance)], env=self.environment)
        assert done.exit_code == 0, (done.output, done.exception)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        url = self.engine.url.render_as_string(hide_password=False)
        lenient = {FACTOR_VARIABLE: FactorOf.NOBODY.value}
        return os.environ | {"ACCREDIT_DATABASE_URL": url, CLOCK_VARIABLE: str(self.clock)} | lenient


@pytest.fixture(scope="session")
def served_site(
    reused_database: ReusedDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, Path]]:
    """`accredit serve` on a free loopback port, on the worker's own database; and its log."""
    folder = tmp_path_factory.mktemp("site")
    with served(reused_database.engine, folder, OPENING) as made:
        yield made, folder / LOG


@pytest.fixture
def site(engine: Engine, served_site: tuple[Site, Path]) -> Iterator[Site]:
    """The served site, as it is on its first day: each test has a register of its own."""
    made, log = served_site
    with session_factory(engine)() as session, session.begin():
        seed(session)
        issue_at_once(session)
    made.begin(OPENING)
    before = log.stat().st_size
    yield made
    said = log.read_bytes()[before:].decode()
    assert "Traceback" not in said, said


@contextmanager
def served(engine: Engine, folder: Path, when: str) -> Iterator[Site]:
    """The site on a register that is seeded, from a moment on; its processes end with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Site(f"http://127.0.0.1:{port}", engine, folder / "instance", folder / "clock")
    made.instance.mkdir(exist_ok=True)
    made.set(when)
    log = folder / LOG
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.serve", "--port", str(port), "--instance", str(made.instance)],
            env=made.environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(made.url, process, log)
        yield made
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310  # our own http address
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer: {log.read_text(encoding='utf-8')}")


MakeUser = Callable[..., str]


@pytest.fixture
def make_user(site: Site) -> MakeUser:
    """Makes an account with one role, as an administrator does; returns its address."""

    def make(name: str, role: Role, program: str | None = None, region: str | None = None) -> str:
        email = f"{role.value}.{next(NUMBERS)}@example.cn"
        with (
            session_factory(site.engine)() as session,
            work(session, SYSTEM, moment("2017-01-03T09:00"), "user.create") as w,
        ):
            number = users.create_user(w, email=email, name=name, password=PASSWORD)
            users.grant(w, number, role, program=program, region=region)
        return email

    return make


@pytest.fixture
def town(site: Site, begin: Begin, make_actor: MakeActor) -> Town:
    """Cases led by the services to where a journey begins."""
    return Town(site.engine, begin, make_actor, FileStore.of(site.instance))


OpenAccount = Callable[[Actor], str]


@pytest.fixture
def open_account(site: Site) -> OpenAccount:
    """Gives someone of the town a password; returns the address to log in with."""

    def give(actor: Actor) -> str:
        with (
            session_factory(site.engine)() as session,
            work(session, SYSTEM, moment("2017-01-03T09:00"), "user.password") as w,
        ):
            users.replace_password(w, users.locked(w, actor.user_id or 0), PASSWORD)
            return str(session.get_one(User, actor.user_id).email)

    return give


Enter = Callable[..., Person]


@pytest.fixture
def enter(site: Site, new_context: Any) -> Enter:
    """Opens a browser window of a person's own, and logs in by the real form."""

    def go(email: str, when: str | None = None) -> Person:
        person = Person(new_context(base_url=site.url).new_page(), email, PASSWORD)
        if when is not None:
            site.set(when)
        person.log_in()
        return person

    return go


Look = Callable[..., None]
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((item) => item.getBoundingClientRect().right > innerWidth && !item.closest(".table-wrap"))
  .map((item) => `${item.tagName}.${item.className}`).slice(0, 5)"""
SHOTS_VARIABLE = "ACCREDIT_SHOTS"


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Iterator[Look]:
    """Looks at a page on a desk and on a telephone: nothing sticks out sideways, no script failed.

    With ACCREDIT_SHOTS naming a folder, it keeps the pictures there. What is wrong is said at the end.
    """
    folder = os.environ.get(SHOTS_VARIABLE) or None
    faults: list[str] = []

    def take(person: Person, name: str, widths: Sequence[int] = (390, 1280)) -> None:
        page = person.page
        page.wait_for_load_state("load")
        own = page.viewport_size
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{name}: {wide} px on a screen of {width}: {page.evaluate(STICKING_OUT)}")
            if folder is not None:
                target = Path(folder) / request.node.originalname
                target.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=target / f"{name}-{width}.png", full_page=True)
        if own is not None:
            page.set_viewport_size(own)
        faults.extend(f"{name}: {fault}" for fault in person.faults)
        person.faults.clear()

    yield take
    assert faults == []
