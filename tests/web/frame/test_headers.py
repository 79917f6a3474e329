"""What a browser keeps: never a page, always what pages are drawn with."""

import re
from pathlib import Path

import pytest
from flask import Flask

KEPT = "public, max-age=31536000, immutable"


def addresses(app: Flask) -> list[str]:
    """What the home page is drawn with."""
    page = app.test_client().get("/")
    assert page.headers["Cache-Control"] == "no-store"
    return re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg)\?v=[^"]+)"', page.text)


def test_what_a_page_is_drawn_with_is_asked_for_once(app: Flask) -> None:
    found = addresses(app)
    names = {Path(address.partition("?")[0]).name for address in found}
    assert names >= {"tabler.min.css", "app.css", "app.js"}
    for address in found:
        answer = app.test_client().get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, KEPT), address


@pytest.mark.parametrize("address", ["/static/app.css", "/static/app.css?v=0123456789ab", "/static/none.css"])
def test_another_contents_address_is_asked_for_again(app: Flask, address: str) -> None:
    assert "immutable" not in app.test_client().get(address).headers.get("Cache-Control", "")
