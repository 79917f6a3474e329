"""Closed cases for the archive: what waits, the packages that were made, and what the archive has taken."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.rules.text import T
from core.services.base.access import allowed
from core.services.base.words import home
from core.services.papers.keeping import handover
from core.web.documents.sending import send_download
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame import paging
from core.web.frame.bound import files
from core.web.frame.doors import base_url
from core.web.frame.language import language
from core.web.frame.pipeline import attempt, reading
from core.web.office.keeping.pages import programs

blueprint = Blueprint("archiving", __name__, url_prefix="/admin/keeping/archive")

RECEIVE_SPECS = (
    Spec("received_on", T("接收日期", "Taken on"), FieldKind.DAY),
    Spec("archive_number", T("档号", "Number in the archive"), longest=handover.LONGEST["archive_number"]),
    Spec("receiver", T("接收单位", "Archive"), longest=handover.LONGEST["receiver"]),
)
RECEIVE = "receive-{}-"


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What waits, and what was made."""
    return _index()


def _index(failed: dict[int, PlainForm] | None = None) -> ResponseReturnValue:
    w = reading()
    mine = programs(w)
    wanted = request.args.get("program", "")
    program = wanted if wanted in mine else (mine[0] if mine else "")
    made = handover.packages(w, program, paging.wish())
    forms = {
        row.id: (failed or {}).get(row.id)
        or make_form(RECEIVE_SPECS, prefix=RECEIVE.format(row.id), bind=False)
        for row in made.rows
    }
    page = render_template(
        "office/keeping/archive.html",
        programs=[(key, w.program(key).program.title) for key in mine],
        program=program,
        waiting=handover.waiting(w, program, paging.wish(name="waiting")),
        made=made,
        may=bool(program) and allowed(w.actor, Act.ARCHIVE_HAND_OVER, program, home(w, program)),
        forms=forms,
    )
    return page, 422 if failed else 200


@blueprint.post("/cases/<int:application_id>")
def make(application_id: int) -> ResponseReturnValue:
    """Make the package of a case."""
    attempt(
        "archive.hand_over",
        lambda w: handover.hand_over(w, application_id, files(), language=language(), base_url=base_url()),
        done=T("归档包已生成", "The package is made"),
    )
    return redirect(url_for(".index", program=request.args.get("program", "")), 303)


@blueprint.get("/<int:package_id>.zip")
def package(package_id: int) -> Response:
    """A package as it was recorded."""
    return send_download(handover.download(reading(), package_id, files(), base_url=base_url()))


@blueprint.post("/<int:package_id>/receive")
def receive(package_id: int) -> ResponseReturnValue:
    """Record that the archive has taken it."""
    form = make_form(RECEIVE_SPECS, prefix=RECEIVE.format(package_id))
    if form.validate():
        values = form.values()
        done = attempt(
            "archive.receive",
            lambda w: handover.receive(
                w, package_id, values["received_on"], values["archive_number"], values["receiver"]
            ),
            done=T("已记录档案接收", "It is recorded that the archive has taken it"),
            form=form,
        )
        if done is not None:
            return redirect(url_for(".index", program=request.args.get("program", "")), 303)
    return _index({package_id: form})
