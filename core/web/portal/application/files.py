"""The documents of one's own application: handed in, looked at, replaced and taken back."""

from __future__ import annotations

import io

from flask import abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from core.domain.errors import Invalid, MalformedError
from core.rules.text import T
from core.services.applications import materials
from core.services.applications.checklist import ChecklistRow
from core.services.attachments.photos import reencoded
from core.services.base.work import Work
from core.services.files.types import JPEG, PNG
from core.services.files.uploads import LARGEST_FILE
from core.web.documents.looking import send_uploaded, shut_away
from core.web.frame.bound import files
from core.web.frame.pipeline import attempt, run
from core.web.portal.application.case import blueprint, own_case

PICTURES = (JPEG.media, PNG.media)
UPLOADED = T("材料已上传", "The files were uploaded")


@blueprint.route("/<int:application_id>/materials", methods=["GET"])
def materials_page(application_id: int) -> str:
    """The checklist with what was handed in."""
    return _show(application_id)


def _show(application_id: int, failed: str = "") -> str:
    case = own_case(application_id)
    return render_template(
        "portal/application/materials.html",
        case=case,
        item=case.application,
        failed=failed,
        pictures=PICTURES,
        most=LARGEST_FILE,
    )


@blueprint.post("/<int:application_id>/materials/<key>")
def upload(application_id: int, key: str) -> ResponseReturnValue:
    """Hand files in for a material; all of them, or none."""
    own_case(application_id)
    given = [file for file in request.files.getlist("files") if file.filename]
    done = attempt("material.attach", lambda w: _attach(w, application_id, key, given), done=UPLOADED)
    if done is None:
        return _show(application_id, key), 422
    return redirect(url_for(".materials_page", application_id=application_id, _anchor=f"m-{key}"), 303)


def _attach(w: Work, application_id: int, key: str, given: list[FileStorage]) -> None:
    if not given:
        raise Invalid({"files": T("请选择文件", "Please choose a file")})
    for file in given:
        _one(w, application_id, key, file, None)


def _one(w: Work, application_id: int, key: str, file: FileStorage, replaces: int | None) -> None:
    name = file.filename or ""
    try:
        materials.attach(w, application_id, key, name, file.stream, files(), replaces=replaces)
    except Invalid as error:
        raise Invalid({"files": T(f"“{name}”：{error.text.zh}", f"{name}: {error.text.en}")}) from error


@blueprint.post("/<int:application_id>/files/<int:file_id>/replace")
def replace(application_id: int, file_id: int) -> ResponseReturnValue:
    """Put another file in the place of one."""
    row = _row_of(application_id, file_id)
    given = [file for file in request.files.getlist("files") if file.filename][:1]

    def change(w: Work) -> None:
        if not given:
            raise Invalid({"files": T("请选择文件", "Please choose a file")})
        _one(w, application_id, row.key, given[0], file_id)

    done = attempt("material.replace", change, done=T("文件已替换", "The file was replaced"))
    if done is None:
        return _show(application_id, row.key), 422
    return redirect(url_for(".materials_page", application_id=application_id, _anchor=f"m-{row.key}"), 303)


@blueprint.post("/<int:application_id>/files/<int:file_id>/remove")
def remove(application_id: int, file_id: int) -> ResponseReturnValue:
    """Take a file back."""
    row = _row_of(application_id, file_id)
    done = attempt(
        "material.remove",
        lambda w: materials.remove_file(w, file_id),
        done=T("文件已移除", "The file was removed"),
    )
    if done is None:
        return _show(application_id, row.key), 422
    return redirect(url_for(".materials_page", application_id=application_id, _anchor=f"m-{row.key}"), 303)


def _row_of(application_id: int, file_id: int) -> ChecklistRow:
    """The material that a file of the application was handed in for."""
    rows = own_case(application_id).checklist
    found = next((row for row in rows if any(file.id == file_id for file in row.files)), None)
    return found or abort(404)


@blueprint.get("/materials/<int:file_id>")
def material(file_id: int) -> ResponseReturnValue:
    """A document as a download, or to look at."""
    with run("material.open") as unit:
        view, stream = materials.open_file(unit, file_id, files())
    return send_uploaded(view.filename, view.content_type, stream)


@blueprint.get("/materials/<int:file_id>/picture")
def picture(file_id: int) -> ResponseReturnValue:
    """A picture made anew from an uploaded one: nothing but its pixels is sent."""
    with run("material.open") as unit:
        view, stream = materials.open_file(unit, file_id, files())
    with stream:
        if view.content_type not in PICTURES:
            abort(404)
        try:
            small = reencoded(stream.read())
        except MalformedError:
            abort(404)
    return shut_away(send_file(io.BytesIO(small), mimetype=JPEG.media))
