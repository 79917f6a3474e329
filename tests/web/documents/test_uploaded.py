"""Uploaded files: a download, or looked at in the browser, shut away from the site."""

import io

import pytest
from flask import Flask
from PIL import Image
from werkzeug.exceptions import NotFound

from core.web.frame.headers import LOOKED_AT, send_uploaded
from tests.pictures import picture
from tests.web.filled import Filled


@pytest.mark.parametrize("media", LOOKED_AT)
def test_what_is_looked_at_says_what_it_is_and_is_shut_away(app: Flask, media: str) -> None:
    for language in ("zh", "en"):
        with app.test_request_context(f"/?view=1&lang={language}"):
            answer = app.process_response(send_uploaded("营业执照.x", media, io.BytesIO(b"x")))
        headers = answer.headers
        assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == (media, "nosniff")
        assert headers["Content-Disposition"].startswith("inline")
        assert headers["Content-Security-Policy"].split("; ")[0] == "default-src 'none'"
        assert headers["Content-Security-Policy"].split("; ")[-1] == "sandbox"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("media", ["image/tiff", "application/ofd", "text/html", "image/svg+xml"])
def test_any_other_kind_is_a_download_only(app: Flask, media: str) -> None:
    with app.test_request_context("/"):
        answer = send_uploaded("a.x", media, io.BytesIO(picture()))
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    stream = io.BytesIO(picture())
    with app.test_request_context("/?view=1"), pytest.raises(NotFound):
        send_uploaded("a.x", media, stream)
    assert stream.closed


def test_pages_offer_to_look_at_what_can_be(filled: Filled, filled_app: Flask) -> None:
    ids = filled.ids
    for who, page, address in (
        ("applicant", f"/my/parties/{ids['party']}", f"/attachments/{ids['licence']}?view=1"),
        ("officer", f"/admin/filing/party/{ids['party']}", f"/attachments/{ids['licence']}?view=1"),
        (
            "applicant",
            f"/my/applications/{ids['own_draft']}/materials",
            f"/my/applications/materials/{ids['own_picture']}?view=1",
        ),
    ):
        browser = filled.browser(filled_app, who)
        assert f'href="{address}"' in browser.get(page).text, page
        answer = browser.get(address)
        assert answer.mimetype == "image/png"
        assert Image.open(io.BytesIO(answer.data)).format == "PNG"
        assert filled.browser(filled_app, "expert").get(address).status_code == 404
