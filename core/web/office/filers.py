"""Who complained or objected, shown to whoever decides on it; the look is kept."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from core.services.duties import filers
from core.services.duties.filers import Filing
from core.web.documents.looking import send_uploaded
from core.web.frame.bound import files
from core.web.frame.pipeline import run

blueprint = Blueprint("filers", __name__, url_prefix="/admin/filers")


@blueprint.post("/<any(complaint, objection):kind>/<int:filing_id>")
def look(kind: str, filing_id: int) -> str:
    """The name and how to reach them: asked for by a post, since it leaves a trace."""
    filing = Filing(kind)
    with run(f"{filing}.look") as unit:
        found = filers.look(unit, filing, filing_id)
    if found.accreditation_id is not None:
        back = url_for(
            "accreditation_case.page", accreditation_id=found.accreditation_id, _anchor="complaints"
        )
    else:
        back = url_for("application_case.page", application_id=found.application_id, _anchor="notices")
    return render_template("office/filer.html", filing=filing, found=found, back=back)


@blueprint.get("/files/<int:file_id>")
def file(file_id: int) -> ResponseReturnValue:
    """A file that came with it, as a download or to look at."""
    with run("filing.open") as unit:
        item, stream = filers.open_file(unit, file_id, files())
    return send_uploaded(item.filename, item.content_type, stream)
