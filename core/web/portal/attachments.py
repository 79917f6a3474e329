"""Files beside an application: as a download, and pictures as pictures."""

from __future__ import annotations

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from core.services.attachments import party_files
from core.web.documents.looking import send_uploaded, shut_away
from core.web.frame.bound import files
from core.web.frame.pipeline import run

blueprint = Blueprint("attachments", __name__, url_prefix="/attachments")


@blueprint.get("/<int:attachment_id>")
def download(attachment_id: int) -> ResponseReturnValue:
    """A file as a download, or to look at."""
    with run("attachment.open") as unit:
        view, stream = party_files.open_file(unit, attachment_id, files())
    return send_uploaded(view.filename, view.content_type, stream)


@blueprint.get("/<int:attachment_id>/picture")
def picture(attachment_id: int) -> ResponseReturnValue:
    """A picture for an `img`: only what its bytes show to be one, under that type."""
    with run("attachment.open") as unit:
        view, stream = party_files.open_file(unit, attachment_id, files())
    if not view.is_image:
        stream.close()
        abort(404)
    return shut_away(send_file(stream, mimetype=view.content_type, download_name=view.filename))
