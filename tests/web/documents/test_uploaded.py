"""Uploaded files: a download, or looked at in the browser, shut away from the site."""

import io

import pytest
from flask import Flask, Response
from PIL import Image
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from werkzeug.exceptions import NotFound

from core.services.files.types import PDF
from core.web.documents.looking import LOOKED_AT, send_uploaded
from tests.pictures import picture
from tests.web.filled import Filled


@pytest.mark.parametrize("media", [media for media in LOOKED_AT if media != PDF.media])
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


def pdf(pages: int) -> bytes:
    """A PDF of so many pages with a script in it."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    writer.add_open_action(JavaScript("app.alert('from within');"))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def looked_at(app: Flask, query: str, data: bytes) -> Response:
    with app.test_request_context(f"/materials/1?{query}"):
        return app.process_response(send_uploaded("证明.pdf", PDF.media, io.BytesIO(data)))


def test_a_pdf_is_looked_at_page_by_page_as_pictures(app: Flask) -> None:
    first = looked_at(app, "view=1", pdf(3)).get_data(as_text=True)
    assert "第 1 页，共 3 页" in first
    assert "leaf=2" in first
    assert "picture=1" in first
    assert 'href="/materials/1"' in first
    answer = looked_at(app, "view=1&leaf=3&picture=1", pdf(3))
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    answer.direct_passthrough = False
    drawn = answer.get_data()
    assert Image.open(io.BytesIO(drawn)).size == (417, 625)
    assert b"alert" not in drawn
    assert b"alert" in pdf(1)


@pytest.mark.parametrize("number", ["0", "4", "-1", "x", "1" * 9, "²", ""])
def test_a_page_that_there_is_not_is_not_found(app: Flask, number: str) -> None:
    for more in ("", "&picture=1"):
        with pytest.raises(NotFound):
            looked_at(app, f"view=1&leaf={number}{more}", pdf(3))


def test_a_pdf_that_cannot_be_shown_is_a_download(app: Flask) -> None:
    for broken in (b"%PDF-1.7 broken", b""):
        page = looked_at(app, "view=1", broken).get_data(as_text=True)
        assert "无法在浏览器中显示" in page
        assert 'href="/materials/1"' in page
        with pytest.raises(NotFound):
            looked_at(app, "view=1&picture=1", broken)
