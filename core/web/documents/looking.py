"""How an uploaded file leaves: as a download, or to look at, in neither case as a page of this site.

A PDF is looked at as pictures of its pages, drawn here: a browser's own reader does not work without rights
that a stranger's file must not have, and what acts within the file stays behind.
"""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import IO

from flask import Response, abort, make_response, render_template, request, send_file

from core.documents import pages
from core.services.files.types import JPEG, PDF, PNG

LOOKED_AT = (PDF.media, PNG.media, JPEG.media)
"""Kinds of uploaded files that may be looked at in the browser."""
MOST_DIGITS = 5
"""Of a page's number."""


def send_uploaded(filename: str, media: str, stream: IO[bytes]) -> Response:
    """An uploaded file as a download; with `?view=1` to look at, if its kind can be no page of ours."""
    if request.args.get("view") != "1":
        return send_file(
            stream, mimetype="application/octet-stream", as_attachment=True, download_name=filename
        )
    if media not in LOOKED_AT:
        stream.close()
        abort(HTTPStatus.NOT_FOUND)
    if media == PDF.media:
        with stream:
            return _leaf(filename, stream.read())
    return shut_away(send_file(stream, mimetype=media, download_name=filename))


def _leaf(filename: str, pdf: bytes) -> Response:
    """One page of a PDF: on a page of ours with those around it, with `picture=1` the picture itself."""
    number = _number()
    if request.args.get("picture") == "1":
        try:
            drawn = pages.picture(pdf, number)
        except pages.PagesError:
            abort(HTTPStatus.NOT_FOUND)
        return shut_away(send_file(io.BytesIO(drawn), mimetype=JPEG.media))
    try:
        most = pages.count(pdf)
    except pages.PagesError:
        most = 0
    if most and number > most:
        abort(HTTPStatus.NOT_FOUND)
    shown = render_template("parts/leaf.html", filename=filename, number=number, most=most)
    return make_response(shown)


def _number() -> int:
    text = request.args.get("leaf", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text)):
        abort(HTTPStatus.NOT_FOUND)
    return int(text)


def shut_away(response: Response) -> Response:
    """Give what was uploaded an origin of its own, without scripts, should it be more than it seems."""
    # The browser's own page around a picture is styled in line.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
