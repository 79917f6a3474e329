"""Every page that people of each role reach by its links: time and statements, beside a page of nothing.

`--demo FOLDER` takes the register of an instance folder, as `accredit demo` loads it; else one is loaded.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from argparse import Namespace
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from benchmarks.common import Figures, machine, options, report, scratch, server
from benchmarks.filling import fill
from benchmarks.lists import browser, entered, statements
from core.demo.loading import load
from core.demo.people.parties import DOMAIN
from core.demo.people.staff import accounts
from core.domain.clock import today
from core.domain.roles import Role
from core.embedded.server import database_url, release
from core.storage.engine import make_engine, session_factory
from core.storage.models import User
from core.storage.seed import seed
from core.storage.trail.keys import KeyFile
from core.web.app import create_app
from core.web.frame.bound import db
from core.web.frame.config import AppConfig, FactorOf

TRIVIAL = "/healthz"
TIMES = 5
SAMPLES = 2
"""Addresses of one page that are tried for a person: the slowest of all is shown."""
MOST_PAGES = 250
"""Pages that one person opens."""
SMALL_SIZE, SMALL_RECORDS, SMALL_PAGES = 300, 3, 12
STARTS = ("/", "/start", "/inbox/", "/downloads/", "/account/settings", "/statistics/", "/open-data")
NOT_OPENED = frozenset({"static", "security.logout"})
PUBLIC = "public"
MEMBER_STEP = 4
"""Of those who act for a party, one in so many: they stand in the order of the tracks."""


@dataclass
class Walk:
    """One person's way through the site by its links."""

    app: Flask
    client: FlaskClient
    who: str
    most: int
    tried: dict[str, int] = field(default_factory=dict)
    found: dict[str, Figures] = field(default_factory=dict)
    """The slowest address of each page."""

    def go(self) -> None:
        """Open what is linked, each page a few times, and measure it."""
        waiting = deque(STARTS)
        seen = set(waiting)
        while waiting and sum(self.tried.values()) < self.most:
            path = waiting.popleft()
            for link in self.measure(path):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)

    def endpoint(self, path: str) -> str | None:
        """The page at an address; None for what is none, or was tried often enough."""
        try:
            found, _ = self.app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
        except HTTPException:
            return None
        name = str(found)
        return None if name in NOT_OPENED or self.tried.get(name, 0) >= SAMPLES else name

    def measure(self, path: str) -> list[str]:
        """Open an address, remember its time, and return the links on it."""
        name = self.endpoint(path)
        if name is None:
            return []
        self.tried[name] = self.tried.get(name, 0) + 1
        with statements(self.app) as sent:
            answer = self.client.get(path)
            answer.get_data()
        if answer.status_code in (301, 302, 303):
            return self.measure(_local(answer.headers["Location"]))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return []
        slowest = self.found.get(name, {"ms": 0})["ms"]
        # Once is enough to see that it is not the slowest.
        ms, cpu = median(self.client, path, 1)
        if ms > slowest:
            ms, cpu = median(self.client, path)
        if ms > slowest:
            at = {"path": path, "who": self.who}
            self.found[name] = {"ms": ms, "cpu_ms": cpu, "statements": len(sent), **at}
        links = html.fromstring(answer.text).xpath("//a[not(@download)]/@href")
        return [_local(link) for link in links if str(link).startswith("/")]


def _local(address: object) -> str:
    """The address on this site, without its anchor."""
    parts = urlsplit(str(address))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def median(client: FlaskClient, path: str, times: int = TIMES) -> tuple[float, float]:
    """Milliseconds of an address that was opened before: by the clock, and of this process's own work.

    The second leaves out the database, and what else the machine does meanwhile.
    """
    took, worked = [], []
    for _ in range(times):
        start, began = time.perf_counter(), time.process_time()
        client.get(path).get_data()
        worked.append((time.process_time() - began) * 1000)
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took), statistics.median(worked)


def people(session: Session) -> list[tuple[str, User]]:
    """One of each role of the demo; several who act for a party."""
    emails: dict[str, list[str]] = {}
    for line in accounts(session):
        emails.setdefault(line.role.en, []).append(line.emails[0])
    found = []
    for role, known in emails.items():
        for email in known[::MEMBER_STEP] if role == Role.APPLICANT.label.en else known[:1]:
            user = session.scalars(select(User).where(User.email == email)).one()
            found.append((email.removesuffix(f"@{DOMAIN}"), user))
    return found


def measure(engine: Engine, folder: Path, *, small: bool, quiet: bool) -> Figures:
    """Every page over the register, as each role reaches it."""
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(AppConfig(instance=folder, database_url=url, testing=True, factor_of=FactorOf.NOBODY))
    try:
        with session_factory(engine)() as session:
            windows = [(PUBLIC, app.test_client())]
            if small:
                windows.append(("officer", browser(app, session)))
            else:
                windows += [(who, entered(app, session, user)) for who, user in people(session)]
        app.test_client().get(TRIVIAL)
        trivial, trivial_cpu = median(app.test_client(), TRIVIAL)
        pages: dict[str, Figures] = {}
        for who, client in windows:
            walk = Walk(app, client, who, SMALL_PAGES if small else MOST_PAGES)
            walk.go()
            if not quiet:
                print(f"  {who}: {len(walk.found)} pages", flush=True)
            for name, figures in walk.found.items():
                if figures["ms"] > pages.get(name, {"ms": 0})["ms"]:
                    pages[name] = figures
        return {"trivial_ms": trivial, "trivial_cpu_ms": trivial_cpu, "people": len(windows), "pages": pages}
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def register(given: Namespace) -> Iterator[tuple[Engine, Path]]:
    """The register to look at, and its instance folder."""
    if given.demo is not None:
        engine = make_engine(database_url(given.demo), KeyFile.of(given.demo))
        try:
            yield engine, given.demo
        finally:
            engine.dispose()
            release(given.demo)
        return
    with (
        server(given.instance) as running,
        scratch(running) as engine,
        tempfile.TemporaryDirectory() as folder,
    ):
        factory = session_factory(engine)
        if given.small:
            fill(engine, SMALL_SIZE, SMALL_RECORDS)
        with factory() as session, session.begin():
            seed(session)
        if not given.small:
            load(factory, Path(folder), today())
        yield engine, Path(folder)


def main(arguments: list[str] | None = None) -> Figures:
    """Measure the pages, and print what they took, the slowest first."""
    parser = options(__doc__)
    parser.add_argument("--demo", type=Path, help="the instance folder of a loaded demo")
    given = parser.parse_args(arguments)
    with register(given) as (engine, folder):
        figures = {"machine": machine(), **measure(engine, folder, small=given.small, quiet=given.json)}
    report(figures, given, _lines(figures))
    return figures


def _lines(figures: Figures) -> list[tuple[str, ...]]:
    trivial, pages = figures["trivial_ms"], figures["pages"]
    own = figures["trivial_cpu_ms"]
    heading = f"{len(pages)} pages, {figures['people']} people; {TRIVIAL}: {trivial:.1f} ms, {own:.1f} own"
    lines: list[tuple[str, ...]] = [(heading, "ms", "of trivial", "own ms", "statements", "person")]
    for name, found in sorted(pages.items(), key=lambda item: -item[1]["ms"]):
        title = f"{name}  {found['path']}"[:90]
        ratio = f"{found['ms'] / trivial:.0f}"
        cpu = f"{found['cpu_ms']:.1f}"
        lines.append((title, f"{found['ms']:.1f}", ratio, cpu, str(found["statements"]), found["who"]))
    return lines


if __name__ == "__main__":
    main()
