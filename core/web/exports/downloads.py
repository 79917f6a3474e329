"""One's own long exports: how far each is, the files, and another try for what has failed."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException

from core.rules.text import T
from core.services.base.queue import worker_runs
from core.services.entry.record import looked
from core.services.exports import long_ones
from core.services.exports.streaming import MEDIA
from core.storage.files import FileStore
from core.storage.models.accounts import Look
from core.storage.models.operations import JobState
from core.web.exports.sending import signer
from core.web.frame.language import language
from core.web.frame.pipeline import attempt, reading, session

blueprint = Blueprint("downloads", __name__, url_prefix="/downloads")


def store() -> FileStore:
    """Where the files of exports are."""
    found: FileStore = current_app.extensions["exports"]
    return found


@blueprint.get("/")
def index() -> str:
    """The user's exports; the page looks again by itself while one is being made."""
    rows = long_ones.own(reading())
    making = any(row.state is JobState.RUNNING for row in rows)
    return render_template(
        "exports/downloads.html",
        rows=rows,
        making=making,
        waits=making and not worker_runs(session()),
        kept=long_ones.KEPT,
    )


@blueprint.post("/new")
def ask() -> ResponseReturnValue:
    """Have a list made into a file, as `sending.offer` has offered it."""
    try:
        path, query, kind, name = signer().loads(request.form.get("offer", ""))
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except (BadSignature, HTTPException):
        abort(404)
    arguments = {"path": path, "query": query}
    attempt(
        "export.ask",
        lambda w: long_ones.ask(w, str(endpoint), kind, arguments, name, language()),
        done=T("已提交，生成后可在此下载。", "Noted: download it here once it is made."),
    )
    return redirect(url_for(".index"))


@blueprint.post("/<int:export_id>/again")
def again(export_id: int) -> ResponseReturnValue:
    """Make a failed one anew."""
    attempt(
        "export.again",
        lambda w: long_ones.again(w, export_id),
        done=T("已重新提交。", "Noted: it is made anew."),
    )
    return redirect(url_for(".index"))


@blueprint.get("/<int:export_id>/file")
def file(export_id: int) -> Response:
    """The file of one's own export."""
    row = long_ones.one(reading(), export_id)
    if row.sha256 is None or not store().exists(row.sha256):
        abort(404)
    looked(reading(), Look.EXPORT, row.id, detail=row.name)
    return send_file(
        store().path(row.sha256),
        mimetype=MEDIA[row.file_format],
        as_attachment=True,
        download_name=row.filename,
        etag=False,
    )
