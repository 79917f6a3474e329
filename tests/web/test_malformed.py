"""Whatever is sent to an address: a page in the reader's language, never a failure."""

import io
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

import pytest
from flask import Flask
from lxml import html
from werkzeug.routing import AnyConverter

from core.embedded.server import EmbeddedServer
from core.web.app import IdConverter
from core.web.frame.bound import db, limiter
from tests.databases import scratch_database
from tests.web import addresses
from tests.web.crawl import Crawl
from tests.web.filled import PEOPLE, PUBLIC, Filled
from tests.web.sites import application

SEED = 20240503


@pytest.fixture(scope="module")
def battered(
    pg_server: EmbeddedServer,
    crawled: Crawl,
    filled: Filled,
    filled_app: Flask,
    filled_instance: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Filled, Flask]]:
    """A copy of the filled register, whatever becomes of it: its pages are those that were crawled."""
    folder = tmp_path_factory.mktemp("battered") / "instance"
    shutil.copytree(filled_instance, folder)
    # A database that is in use cannot be copied.
    filled.engine.dispose()
    with filled_app.app_context():
        db.engine.dispose()
    with (
        scratch_database(pg_server, str(filled.engine.url.database)) as engine,
        application(engine, folder) as made,
    ):
        made.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
        yield replace(filled, engine=engine), made


NAMES = (
    *("_external", "_anchor", "_scheme", "_method", "endpoint", "values", "self", "path", "filename", "v"),
    *("w", "narrow", "page", "args", "kwargs", "lang", "next", "id", "name", "topic", "key", "kind", "no"),
    *("search", "sort", "desc", "page_size", "program", "region", "months", "year", "party", "call", "track"),
    *("format", "state", "query", "month", "first", "target", "table", "token", "n", "export_type", "number"),
)
"""Arguments of `url_for` and of our own functions, and of the pages."""
VALUES = (
    *("", "1", "0", "-1", "x", "1e9", "99999999999999999999", "9" * 5000, "NaN", "²", "1_0", "Ⅷ", "\u202e"),
    *("9999-12-31", "0001-01-01", "2024-13", "\0", "a\0b", "\udcff", "%", "../..", "//x", "|", "/", "{{1}}"),
    *("<b>", "'", '"', "\\", "\r\nX: y", "长" * 3000, "[" * 50_000, '{"a":' * 900 + "1" + "}" * 900),
)
QUERIES = ("%", "%zz=1", "a=%ff%fe", "%00", "=", "&&&", "lang=%ff", "lang=en&lang=x", "page=%00", "id=%E0")
COOKIES = (
    "lang=\xff",
    "accredit=" + "." * 50,
    "accredit=.eJ.x.y",
    "remember_token=x|y",
    "a=" + "x" * 4000,
    ";=;",
)
HEADERS = (
    {"Accept": "application/json"},
    {"Accept": "*/*;q=x,,;"},
    {"Accept-Language": "\xff;q="},
    {"Range": "bytes=9-1,x"},
    {"Range": "bytes=99999999999-"},
    {"If-None-Match": '"'},
    {"If-Modified-Since": "x"},
    {"Referer": "http://[::1"},
    {"Authorization": "Basic \xff"},
    {"Content-Length": "x"},
    {"Transfer-Encoding": "chunked"},
)
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
BODIES = (
    ("application/json", b"[" * 100_000),
    ("application/json", b'["x"]'),
    ("text/xml", b"<a>"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=", b"--"),
    ("multipart/form-data; boundary=\xff", b"x"),
    (PARTS, b'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nx'),
    (PARTS, b"--b\r\nno headers"),
    (PARTS, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    (PARTS, b'--b\r\nContent-Disposition: form-data; name=a; filename="\0/\xff"\r\n\r\nx\r\n--b--\r\n'),
    (FORM, b"%ff=%fe&%00=%00&a"),
    (FORM, b"&".join(b"a%d=1" % number for number in range(3000))),
    ("; ; ;", b"x"),
)


class Batterer:
    """Sends what no form of the site sends, and remembers what failed."""

    def __init__(self, register: Filled, app: Flask) -> None:
        self.random, self.app = random.Random(SEED), app  # noqa: S311  # a test is repeated, not a secret
        self.failed: dict[str, int] = {}
        self.browsers = {who: register.browser(app, who) for who in PEOPLE}
        self.register = register

    def send(self, who: str, method: str, path: str, **more: Any) -> None:
        """Send a request; an answer that is no page, or a page in the wrong language, is remembered."""
        language, mark = self.random.choice((("zh", "zh-CN"), ("en", "en")))
        browser = self.browsers[who]
        browser.set_cookie("lang", language)
        limiter.reset()
        answer = browser.open(path, method=method, **more)
        answer.get_data()
        told = answer.status_code < 400 or answer.mimetype != "text/html"
        if not told:
            told = f'lang="{mark}"' in answer.text or "lang=" in str((path, more))
        if answer.status_code >= 500 or not told:
            self.failed[f"{who} {method} {path[:200]} {str(more)[:300]}"] = answer.status_code
        answer.close()
        if "_user_id" not in str(browser.get_cookie("accredit")) and who != PUBLIC:
            self.browsers[who] = self.register.browser(self.app, who)

    def pairs(self, names: Sequence[str] = NAMES) -> list[tuple[str, str]]:
        """Some arguments, one of them twice."""
        chosen = [(self.random.choice(names), self.random.choice(VALUES)) for _ in range(5)]
        return [*chosen, (chosen[0][0], "x")]


@pytest.fixture
def batterer(battered: tuple[Filled, Flask]) -> Batterer:
    """A new one on the register that may be battered."""
    return Batterer(*battered)


def opened(batterer: Batterer) -> dict[str, str]:
    """Every address, with somebody who opens it."""
    return {path: who for _endpoint, path, who, _code in addresses.visits(batterer.register)}


def test_no_argument_makes_a_page_fail(batterer: Batterer) -> None:
    for path, who in opened(batterer).items():
        there, _, given = path.partition("?")
        for pairs in ([*parse_qsl(given), *batterer.pairs()], [(name, "x") for name in NAMES]):
            query = urlencode(pairs, errors="surrogateescape")
            batterer.send(who, "GET", there, query_string=query)
    assert batterer.failed == {}


@pytest.mark.assurance
def test_no_query_cookie_or_header_makes_a_page_fail(batterer: Batterer) -> None:
    for path, who in {path.partition("?")[0]: who for path, who in opened(batterer).items()}.items():
        pick = batterer.random.choice
        batterer.send(who, "GET", path, query_string=pick(QUERIES))
        batterer.send(who, "GET", path, headers=pick(HEADERS))
        batterer.send(PUBLIC, "GET", path, environ_overrides={"HTTP_COOKIE": pick(COOKIES)})
    for path in (
        "/%00",
        "/%ff",
        "/verify/%00",
        "/verify/%ff%fe",
        "/" + "x" * 9000,
        "/register/%E0%80",
        "//x",
        "/\\",
    ):
        for who in (PUBLIC, "officer"):
            batterer.send(who, "GET", path)
    assert batterer.failed == {}


def fields_of(page: str) -> Iterator[tuple[str, dict[str, list[str]], list[str]]]:
    """The forms of a page that are posted: where to, their texts, their files."""
    if not page.strip():
        return
    for form in html.fromstring(page).xpath("//form[@method='post']"):
        inputs = form.xpath(".//*[@name]")
        files = [field.get("name") for field in inputs if field.get("type") == "file"]
        texts = {
            field.get("name"): [field.get("value") or "1"] for field in inputs if field.get("type") != "file"
        }
        yield form.get("action") or "", texts, files


@pytest.mark.assurance
def test_no_form_fails_on_what_it_does_not_ask_for(batterer: Batterer, crawled: Crawl) -> None:
    """Texts sent as files, files as texts, fields twice, none, deep, long and unprintable ones."""
    forms: dict[str, tuple[str, str, dict[str, list[str]], list[str]]] = {}
    for answer in crawled.answers.values():
        if answer.wanted == 200 and answer.page is not None:
            for action, texts, files in fields_of(answer.page):
                target = urljoin(answer.path, action)
                forms.setdefault(re.sub(r"\d+", "N", target), (answer.who, target, texts, files))
    assert len(forms) > 60
    for who, path, texts, files in forms.values():
        names = [*texts, *files]
        as_files = {name: (io.BytesIO(b"x"), "x.txt") for name in names}
        as_texts = {name: batterer.random.choice(VALUES).encode(errors="replace") for name in names}
        batterer.send(who, "POST", path, data=as_files)
        twice = {name: [value, value] for name, value in as_texts.items()}
        for odd in (as_texts, twice, dict.fromkeys(names[:20], "[" * 120_000) | {"": "x"}):
            # A bracket as it is: written as three bytes, it takes long to write and to read.
            body = urlencode(odd, doseq=True, safe="[")
            batterer.send(who, "POST", path, data=body, content_type=FORM)
    assert batterer.failed == {}


def filling(kind: Any) -> object:
    """A value that a part of an address takes."""
    if isinstance(kind, AnyConverter):
        return min(kind.items)
    return 1 if isinstance(kind, IdConverter) else "x"


@pytest.mark.assurance
def test_no_body_makes_an_address_fail(batterer: Batterer) -> None:
    rules = [rule for rule in batterer.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    routes = batterer.app.url_map.bind("localhost")
    for rule in rules:
        values = {name: filling(kind) for name, kind in rule._converters.items()}
        path = routes.build(rule.endpoint, values, method="POST")
        for who in (PUBLIC, "applicant", "lead", "sysadmin"):
            media, body = batterer.random.choice(BODIES)
            batterer.send(who, "POST", path, data=body, content_type=media)
            odd = urlencode(batterer.pairs(), errors="surrogateescape")
            batterer.send(who, "POST", path, data=odd, content_type=FORM)
    assert batterer.failed == {}
