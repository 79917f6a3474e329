"""Every form of a case on its way is sent to a database that refuses it, and then once more."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.faults.refusing import refusing
from tests.services.journey import TRACKS
from tests.web.counter import MakeCounter
from tests.web.screens import Browser, Page

SAID = "系统暂时无法保存，您的操作没有生效"


def copied(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form, its files to be read once more."""
    return {
        name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
        for name, value in data.items()
    }


def typed(data: Mapping[str, Any]) -> set[str]:
    """What a person has written into the form."""
    values = [item for value in data.values() if isinstance(value, list) for item in value]
    return {item for item in values if any("一" <= letter <= "龥" for letter in item)}


@pytest.fixture
def twice(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Has every form sent twice, first to a database that refuses it; the addresses to which they went."""
    send, met = Browser.post, []

    def post(browser: Browser, path: str, data: Mapping[str, Any], *, ok: bool = True) -> Page:
        with refusing(engine, "audit_event", "INSERT", 1):
            page = send(browser, path, copied(data), ok=False)
        assert page.status < 500, f"{path}: {page.status}"
        assert any(SAID in said for said in page.complaints), f"{path}: {page.complaints}"
        assert page.doc is not None
        kept = "".join([*page.doc.xpath("//textarea/text()"), *page.doc.xpath("//input/@value")])
        lost = [value for value in typed(data) if value not in kept]
        assert not lost, f"{path}: {lost} must be written again"
        met.append(path)
        return send(browser, path, data, ok=ok)

    monkeypatch.setattr(Browser, "post", post)
    return met


def test_what_the_database_refuses_is_said_and_the_form_stays(counter: MakeCounter, twice: list[str]) -> None:
    counter("hubei/specialized").call()
    assert len(twice) == 1


@pytest.mark.assurance
@pytest.mark.parametrize("key", TRACKS)
def test_of_a_whole_way_every_form_can_be_sent_again(
    counter: MakeCounter, twice: list[str], key: str
) -> None:
    item = counter(key)
    item.call()
    item.file()
    item.decide()
    item.finish()
    print(f"\n{key}: {len(twice)} forms refused, told, kept and sent again")  # noqa: T201  # a figure for assurance
    assert len(twice) > 5
