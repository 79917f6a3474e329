"""Each form of a case sent a second time, resent or pressed twice at once: nothing comes of it."""

from __future__ import annotations

import copy
import io
import re
from collections import Counter as Count
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.faults.oracle import Dump, differences, dump
from tests.services.journey import TRACKS
from tests.web.counter import Counter
from tests.web.screens import Browser, Page
from tests.web.tracks.test_every_track import live

QUICK = "liaocheng/specialized"
Data = Mapping[str, Any]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> list[str]:
    """What second copies have changed; every form that is taken is sent again as it was."""
    changes: list[str] = []
    once = Browser.post

    def twice(self: Browser, path: str, data: Data, *, ok: bool = True) -> Page:
        first, second = _copies(data)
        page = once(self, path, first, ok=ok)
        if page.status == 200 and not page.complaints:
            at, before = self.at, dump(engine)
            answer = once(self, path, second, ok=False)
            self.at = at
            if answer.status >= 500:
                changes.append(f"{path}: answered {answer.status}")
            changes.extend(f"{path}: {change}"[:400] for change in differences(before, dump(engine)))
        return page

    monkeypatch.setattr(Browser, "post", twice)
    return changes


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> list[str]:
    """What two copies at once have doubled; each form is sent by two browsers that share the login."""
    changes: list[str] = []
    once = Browser.post

    def together(self: Browser, path: str, data: Data, *, ok: bool = True) -> Page:
        other = Browser(copy.copy(self.client))
        other.client._cookies = copy.copy(self.client._cookies)
        other.at = self.at
        before = dump(engine)
        with ThreadPoolExecutor(2) as pool:
            pages = [
                pool.submit(once, browser, path, part, ok=False)
                for browser, part in zip((self, other), _copies(data), strict=True)
            ]
            answers = [page.result() for page in pages]
        changes.extend(f"{path}: answered {page.status}" for page in answers if page.status >= 500)
        grown = many(dump(engine)) - many(before)
        changes.extend(f"{path}: {table} [{key}]" for (table, key), rows in grown.items() if rows > 1)
        taken = [page for page in answers if page.status == 200 and not page.complaints]
        assert taken or not ok, f"{path}: {[page.complaints for page in answers]}"
        chosen = (taken or answers)[0]
        self.at, chosen.browser = chosen.browser.at, self
        return chosen

    monkeypatch.setattr(Browser, "post", together)
    return changes


def many(dumped: Dump) -> Count[tuple[str, str]]:
    """How many rows of a table have a natural key; the trail's tell of each act, taken or not."""
    told = ((table, re.sub(r" #\d+$", "", key)) for table, rows in dumped.items() for key in rows)
    return Count(row for row in told if row[0] != "audit_event")


def _copies(data: Data) -> tuple[dict[str, Any], dict[str, Any]]:
    """The form twice, as a file can be read once."""
    first, second = dict(data), dict(data)
    for name, value in data.items():
        if isinstance(value, tuple):
            content = value[0].read()
            first[name], second[name] = ((io.BytesIO(content), value[1]) for _ in range(2))
    return first, second


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=[] if key == QUICK else pytest.mark.assurance) for key in TRACKS]
)
def test_a_form_that_is_sent_again_changes_nothing(
    found: list[str], accredited: Callable[[str], Counter], key: str
) -> None:
    live(accredited(key), key)
    assert found == [], "\n".join(found)


@pytest.mark.assurance
@pytest.mark.parametrize("key", TRACKS)
def test_a_form_that_is_sent_twice_at_once_is_taken_once(
    doubled: list[str], accredited: Callable[[str], Counter], key: str
) -> None:
    live(accredited(key), key)
    assert doubled == [], "\n".join(doubled)
