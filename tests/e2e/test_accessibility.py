"""Every page in a real browser, on a desk and on a telephone: it keeps nobody out, and keeps to itself.

With ACCREDIT_SHOTS naming a folder, the pages are kept there as pictures, by role, language and width.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response, TimeoutError

from core.domain.clock import SHANGHAI, now
from tests.databases import NewDatabase
from tests.e2e.conftest import SCREEN, SHOTS_VARIABLE, STICKING_OUT, Site, served
from tests.traced import unmeasured
from tests.web import addresses
from tests.web.filled import PASSWORD, PEOPLE, PUBLIC, STAFF, Filled, fill

DESK, TELEPHONE = 1280, 360
NO_SIGHT = (".export", ".ajax_lookup", "echo.number")
"""Endpoints that answer with a file, or to a script: a list's, or the words that go beside a field."""
GRAVE = ("serious", "critical")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZED = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""Rules whose answer depends on how a page is laid out; the others' doesn't."""
EXAMINED = """([options, known]) => {
  const plain = ["rgba(0, 0, 0, 0)", "none", "1", "none", "normal", "static"].join();
  const behind = new Map([[null, ""]]), passed = new Set(known), fresh = [];
  const backgrounds = (item) => {
    if (!behind.has(item)) {
      const own = getComputedStyle(item);
      const said = [
        own.backgroundColor, own.backgroundImage, own.opacity, own.filter, own.mixBlendMode, own.position,
      ].join();
      behind.set(item, backgrounds(item.parentElement) + (said === plain ? "" : `;${said}`));
    }
    return behind.get(item);
  };
  const lookOf = (item) => {
    const own = getComputedStyle(item);
    const text = [own.color, own.fontSize, own.fontWeight, own.textShadow, own.webkitTextStrokeWidth];
    return text.join() + backgrounds(item);
  };
  const check = axe._audit.checks["color-contrast"], measure = check.evaluate;
  check.evaluate = function (item, ...rest) {
    const look = lookOf(item);
    if (passed.has(look)) return true;
    const result = measure.call(this, item, ...rest);
    if (result === true) {
      passed.add(look);
      fresh.push(look);
    }
    return result;
  };
  return axe.run(options)
    .then(({violations}) => [violations, fresh])
    .finally(() => { check.evaluate = measure; });
}"""
"""What is wrong, and the looks that passed.

Contrast takes two thirds of an examination, and pages look much alike: it is measured until a look has passed
once, which is a text's colour, size and weight, and all that lies behind it.
"""
DRAWN = 300
"""Milliseconds after which charts have followed the window; only a picture waits for them."""
SPLIT = """() => [...document.querySelectorAll(".table-cards td[data-label]")]
  .filter((cell) => getComputedStyle(cell).display === "flex" && cell.checkVisibility())
  .filter((cell) => [...cell.childNodes].filter((part) => part.textContent.trim()).length > 1)
  .map((cell) => cell.outerHTML.replace(/\\s+/g, " ").slice(0, 200))"""
"""Cells of a card with several parts, which stand beside each other in columns of their own."""
SETTLED = "() => document.documentElement.scrollWidth <= innerWidth"
Looks = dict[int, set[str]]
"""Of texts whose contrast was found good, by width."""


@dataclass
class Looker:
    """One person's window, and what was wrong in it."""

    page: Page
    faults: list[str] = field(default_factory=list)
    at: str = ""
    pictures: Path | None = None
    opened: int = 0
    looks: Looks = field(default_factory=lambda: defaultdict(set))

    def listen(self, own: str) -> None:
        """Note each error of a script, and each request to another host."""
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))
        self.page.on("console", self._hear)
        self.page.on("request", lambda asked: self._elsewhere(asked.url, own))

    def _hear(self, said: ConsoleMessage) -> None:
        # A page that says "not found" answers so, which the browser reports as a failed load.
        if said.type == "error" and said.location["url"] != self.page.url:
            self._note(f"console: {said.text} {said.location['url']}")

    def _elsewhere(self, url: str, own: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.netloc != own:
            self._note(f"request to {parts.netloc}")

    def _note(self, what: str) -> None:
        self.faults.append(f"{self.at}: {what}")

    def open(self, path: str) -> bool:
        """Whether there is a page at the address; a file is none."""
        self.at = path
        self.opened += 1
        try:
            answer: Response | None = self.page.goto(path)
        except Error as error:
            if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
                return False
            raise
        return answer is not None and answer.headers.get("content-type", "").startswith("text/html")

    def look(self, width: int) -> None:
        """Look at the page at a width."""
        self.page.set_viewport_size({"width": width, "height": 900})
        with suppress(TimeoutError):
            # Charts follow the window a moment later.
            self.page.wait_for_function(SETTLED, timeout=700)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self._note(f"{wide} px at {width}: {self.page.evaluate(STICKING_OUT)}")
        if split := self.page.evaluate(SPLIT):
            self._note(f"{width}: put into one element: {split[:3]}")
        if self.pictures is not None:
            self.page.wait_for_timeout(DRAWN)
            name = re.sub(r"[^A-Za-z0-9]+", "-", self.at).strip("-")[:60] or "home"
            self.page.screenshot(path=self.pictures / f"{self.opened:03d}-{name}-{width}.png", full_page=True)

    def examine(self, width: int, rules: list[str], kind: str) -> None:
        """Let axe look for what keeps people out."""
        self.look(width)
        options = {"runOnly": {"type": kind, "values": rules}, "resultTypes": ["violations"]}
        violations, fresh = self.page.evaluate(EXAMINED, [options, sorted(self.looks[width])])
        self.looks[width].update(fresh)
        for found in violations:
            if found["impact"] in GRAVE:
                where = "; ".join(" ".join(node["html"].split())[:160] for node in found["nodes"][:3])
                self._note(f"{width}: {found['id']} ({found['impact']}) {where}")


@pytest.fixture(scope="module")
def looks() -> Looks:
    """Those of all pages that were examined so far."""
    return defaultdict(set)


@pytest.fixture(scope="module")
def filled(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Filled, Site]]:
    """The filled register, served once for all pages."""
    folder = tmp_path_factory.mktemp("pages")
    with new_database() as engine:
        made = fill(engine, folder / "instance")
        with served(engine, folder, now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")) as site:
            yield made, site


def entered(browser: Browser, site: Site, filled: Filled, who: str, language: str) -> BrowserContext:
    """A window in which the person has logged in by the form."""
    context = browser.new_context(base_url=site.url, **SCREEN)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"/login?lang={language}")
    if who != PUBLIC:
        page.locator("form input[type=password]").fill(PASSWORD)
        page.locator(
            "form input[autocomplete=username], form input[name=email], form input[name=login]"
        ).first.fill(filled.emails[who])
        page.get_by_role("button", name=re.compile("^(登录|Log in)$")).click()
        page.wait_for_url(lambda url: "/login" not in url)
    page.close()
    return context


def folder_of(who: str) -> Path | None:
    """Where a person's pictures are kept, if they are wanted."""
    wanted = os.environ.get(SHOTS_VARIABLE)
    if not wanted:
        return None
    made = Path(wanted) / "pages" / who
    made.mkdir(parents=True, exist_ok=True)
    return made


def pages(filled: Filled, who: str) -> list[str]:
    """The addresses of the person's pages; one that many open is looked at as its first person sees it."""
    return [
        example.path(filled.ids)
        for endpoint, examples in addresses.EXAMPLES.items()
        for example in examples
        if example.code == HTTPStatus.OK and example.people[0] == who and not endpoint.endswith(NO_SIGHT)
    ]


@pytest.mark.parametrize("who", PEOPLE)
@unmeasured()
def test_pages_keep_nobody_out(browser: Browser, filled: tuple[Filled, Site], looks: Looks, who: str) -> None:
    register, site = filled
    context = entered(browser, site, register, who, "zh")
    # Handed over once, not with every page.
    context.add_init_script(AXE_SCRIPT)
    looker = Looker(context.new_page(), pictures=folder_of(f"{who}-zh"), looks=looks)
    looker.listen(urlsplit(site.url).netloc)
    turns = [(DESK, TAGS, "tag"), (TELEPHONE, SIZED, "rule")]
    for path in pages(register, who):
        if looker.open(path):
            for width, rules, kind in turns:
                looker.examine(width, rules, kind)
            # The next page is opened at the last width: laid out twice, where once more took a tenth of all.
            turns.reverse()
    context.close()
    assert not looker.faults, "\n".join(looker.faults)


@pytest.mark.parametrize(
    "who",
    [pytest.param(who, marks=pytest.mark.assurance if who in STAFF else ()) for who in PEOPLE],
)
@unmeasured()
def test_english_pages_fit_on_a_telephone(browser: Browser, filled: tuple[Filled, Site], who: str) -> None:
    register, site = filled
    context = entered(browser, site, register, who, "en")
    looker = Looker(context.new_page(), pictures=folder_of(f"{who}-en"))
    looker.listen(urlsplit(site.url).netloc)
    for path in pages(register, who):
        if looker.open(path):
            looker.look(TELEPHONE)
            if looker.pictures is not None:
                looker.look(DESK)
    context.close()
    assert not looker.faults, "\n".join(looker.faults)
