"""The diary as a table: template, import with a look before, errors beside the rows, export."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.errors import DomainError, Invalid, MalformedError
from core.rules.text import T
from core.services.base.access import require_member
from core.services.diary import export as diaryexport
from core.services.diary import preview as looking
from core.services.diary import sheet
from core.services.duties.progress import progress_of
from core.services.files.columns import WrongTable
from core.services.files.formats import field_label
from core.services.files.sheet_errors import errors_listed, with_errors
from core.services.files.types import XLSX
from core.services.previews.values import NAME
from core.services.supervision.status import find
from core.web.exports.sending import Field, send
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.forms.looked_at import Kept, Looked, keep, opened, seal
from core.web.forms.refused import WHICH
from core.web.frame.language import language, tr
from core.web.frame.pipeline import complain, reading, run
from core.web.portal.diary.pages import blueprint
from core.web.portal.own_party import OwnParty, own_party

PAGE = "diary"
MOST_SHOWN = 20
SPECS = (
    Spec("file", field_label(T("填好的表格", "The filled table")), FieldKind.FILE),
    WHICH,
)
NOTHING_DONE = T("表格中有错误，没有登记任何记录", "The table has errors; nothing was recorded")


def _own() -> OwnParty:
    own = own_party(reading())
    if own.party is None:
        abort(404)
    return own


@blueprint.route("/import", methods=["GET", "POST"])
def import_table() -> ResponseReturnValue:
    """A table is looked at first: what it would record, or what is wrong with it."""
    own = _own()
    form = make_form(SPECS)
    if request.method == "GET" or not form.validate():
        code = 200 if request.method == "GET" else 422
        return render_template("portal/diary/diary_import.html", own=own, form=form, preview=None), code
    try:
        kept = keep("file", form["file"].data)
    except Invalid as error:
        complain(error, form)
        return render_template("portal/diary/diary_import.html", own=own, form=form, preview=None), 422
    which = form["worksheet"].data or ""
    token = seal(PAGE, Looked({"file": kept}, {"party": _party(own), "sheet": which}))
    preview, errors = _look(own, kept, which)
    if errors is not None:
        return _wrong(own, form, errors, token)
    values = url_for(".import_values", party=_party(own), token=token)
    return render_template(
        "portal/diary/diary_import.html",
        own=own,
        form=form,
        preview=preview,
        token_value=token,
        download=("", values),
    )


@blueprint.post("/import/record")
def import_record() -> ResponseReturnValue:
    """Record the table that was looked at: reported, or as drafts; all of it or nothing."""
    own = _own()
    token = request.form.get("token", "")
    kept, which = _kept(own, token)
    submit = request.form.get("action") != "draft"
    form = make_form(SPECS, bind=False)
    try:
        with run("diary.import") as w, kept.opened() as table:
            done = sheet.import_entries(w, _party(own), kept.name, table, submit=submit, sheet=which)
    except Invalid as error:
        return _wrong(own, form, error, token)
    except DomainError as error:
        complain(error, form)
        return render_template("portal/diary/diary_import.html", own=own, form=form, preview=None), 422
    zh, en = ("已提交", "reported") if submit else ("已存为草稿", "saved as drafts")
    flash(tr(T(f"{done.entries} 项服务{zh}", f"{done.entries} services {en}")), "success")
    return redirect(url_for(".index", party=_party(own)), 303)


@blueprint.get("/import/errors")
def import_errors() -> ResponseReturnValue:
    """The refused table with what is wrong beside each row."""
    own = _own()
    kept, which = _kept(own, request.args.get("token", ""))
    _preview, found = _look(own, kept, which)
    errors = dict(found.errors) if found is not None else {}
    header_row, shown = (found.header_row, found.sheet) if isinstance(found, WrongTable) else (1, "")
    with kept.opened() as table:
        try:
            content = with_errors(
                kept.name,
                table,
                errors,
                language=language(),
                header_row=header_row,
                most_rows=sheet.MOST_ENTRIES + 1,
                sheet_name=shown,
            )
        except MalformedError:
            abort(404)
    stem = kept.name.rpartition(".")[0] or kept.name
    return _xlsx(content, f"{stem}-{tr(T('错误', 'errors'))}.xlsx")


@blueprint.get("/import/values")
def import_values() -> ResponseReturnValue:
    """Every value of the table that was looked at, as it was read."""
    own = _own()
    kept, which = _kept(own, request.args.get("token", ""))
    try:
        with run("diary.preview") as w, kept.opened() as table:
            content = looking.values_xlsx(w, _party(own), kept.name, table, sheet=which)
    except Invalid:
        abort(404)
    stem = kept.name.rpartition(".")[0] or kept.name
    return _xlsx(content, f"{stem}-{tr(NAME)}.xlsx")


@blueprint.get("/import/template")
def template() -> ResponseReturnValue:
    """The empty table with what may stand in it."""
    own = _own()
    title = tr(T("服务记录导入模板", "diary-template"))
    return _xlsx(sheet.template(reading(), _party(own)), f"{title}.xlsx")


@blueprint.get("/export/<int:accreditation_id>")
def export(accreditation_id: int) -> ResponseReturnValue:
    """The records under one accreditation, of a span of days if given."""
    unit = reading()
    held = find(unit, accreditation_id).accreditation
    require_member(unit, held.party_id)
    return send(
        "xlsx",
        f"{tr(T('服务记录', 'service records'))}-{held.number}",
        [Field(label, read) for label, read in diaryexport.columns(unit, accreditation_id)],
        diaryexport.query(unit, accreditation_id, first=_day("first"), last=_day("last")),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _party(own: OwnParty) -> int:
    if own.party is None:
        abort(404)
    return own.party.id


def _kept(own: OwnParty, token: str) -> tuple[Kept, str]:
    """The table that this user sent for this party, and the sheet of it that is meant."""
    looked = opened(PAGE, token, url_for(".import_table", party=_party(own)))
    if looked.given["party"] != _party(own):
        abort(404)
    return looked.kept["file"], str(looked.given["sheet"])


def _look(own: OwnParty, kept: Kept, which: str) -> tuple[looking.Preview | None, Invalid | None]:
    """What the table would record, or what is wrong with it; nothing is recorded."""
    try:
        with run("diary.preview") as w, kept.opened() as table:
            return looking.preview_entries(w, _party(own), kept.name, table, progress_of, sheet=which), None
    except Invalid as error:
        return None, error


def _wrong(own: OwnParty, form: Any, error: Invalid, token: str) -> ResponseReturnValue:
    """The page with the first errors, and the table to take along."""
    if set(error.errors) == {"file"}:
        complain(error, form)
        return render_template("portal/diary/diary_import.html", own=own, form=form, preview=None), 422
    flash(tr(NOTHING_DONE), "danger")
    listed, more = errors_listed(error.errors, MOST_SHOWN)
    return render_template(
        "portal/diary/diary_import.html",
        own=own,
        form=form,
        preview=None,
        listed=listed,
        more=more,
        token_value=token,
    ), 422


def _xlsx(content: bytes, name: str) -> ResponseReturnValue:
    return send_file(io.BytesIO(content), mimetype=XLSX.media, as_attachment=True, download_name=name)
