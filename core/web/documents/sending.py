"""How a document leaves: always as a download, under its own name."""

from __future__ import annotations

import io

from flask import Response, send_file

from core.services.papers.base import Paper
from core.services.papers.binder import Download
from core.web.frame.headers import unlisted


def send_paper(paper: Paper) -> Response:
    """A document that is in memory; search engines are asked to leave it out, as most name somebody."""
    unlisted()
    return send_file(
        io.BytesIO(paper.content), mimetype=paper.media, as_attachment=True, download_name=paper.filename
    )


def send_download(download: Download) -> Response:
    """A document that is on disk; its file goes with the answer."""
    return send_file(
        download.stream, mimetype=download.media, as_attachment=True, download_name=download.filename
    )
