"""Statuses granted before this register: the tables are looked at, and taken in on a second look."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import DomainError, Invalid, NotAllowed, NotFound
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.files.columns import SHEET_NAME
from core.services.files.formats import field_label
from core.services.files.types import XLSX
from core.services.previews.trial import Effects
from core.services.takein import columns, documents
from core.services.takein.entering import look_at, take_in
from core.services.takein.plan import Fate, Plan, plan
from core.services.takein.reading import Source
from core.web.cases.accreditation import load
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.looked_at import Looked, download, keep, opened, seal
from core.web.forms.refused import WHICH
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, complain, current_actor, reading, run

blueprint = Blueprint("take_in", __name__, url_prefix="/admin/take-in")

PAGE = "take-in"
MOST_ROWS = 500
"""Of one request: more are taken in by the command, which can be stopped and goes on."""
MOST_SHOWN = 100
TOO_MANY = T(
    f"超过 {MOST_ROWS} 行：请由系统管理员用 accredit takein 命令导入",
    f"more than {MOST_ROWS} rows: have the administrator take them in by accredit takein",
)


def programs() -> list[tuple[str, T]]:
    """The programmes whose former statuses this user may take in."""
    granted = {grant.program for grant in current_actor().grants if grant.role in ACTS[Act.TAKE_IN]}
    return [
        (key, loaded.program.title) for key, loaded in catalogue().programs.items() if granted & {None, key}
    ]


def _which(name: str, table: T) -> Spec:
    """The input that names the sheet of one of the two tables."""
    label = T(f"{SHEET_NAME.zh}（{table.zh}）", f"{SHEET_NAME.en} ({table.en})")
    return replace(WHICH, name=name, label=label)


STATUSES_SHEET, YEARS_SHEET = "statuses_sheet", "years_sheet"
SPECS = (
    Spec("program", T("项目", "Programme"), FieldKind.CHOICE, options=programs),
    Spec("statuses", field_label(columns.NAME), FieldKind.FILE),
    _which(STATUSES_SHEET, columns.NAME),
    Spec("years", field_label(columns.YEARS_NAME), FieldKind.FILE, required=False),
    _which(YEARS_SHEET, columns.YEARS_NAME),
)


@blueprint.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The tables are looked at first: every row with what would become of it, every value, every duty."""
    form = make_form(SPECS, bind=request.method == "POST")
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    values = form.values()
    try:
        kept = {name: keep(name, form[name].data) for name in ("statuses", "years") if form[name].data}
        given = {name: values[name] or "" for name in ("program", STATUSES_SHEET, YEARS_SHEET)}
        looked = Looked(kept, given)
        found, come_to = _look(looked)
    except DomainError as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        complain(error, form)
        return _page(form), 422
    return _page(form, found, come_to, seal(PAGE, looked)), 422 if found.refused else 200


@blueprint.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Take in what was looked at: all of it, or nothing."""
    looked = opened(PAGE, request.form.get("token", ""), url_for(".index"))
    form = make_form(SPECS, bind=False)
    try:
        with run("takein") as w, _opened(looked) as (statuses, years):
            done = take_in(w, looked.given["program"], statuses, years)
    except DomainError as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        # What was looked at has changed since: it is looked at anew.
        complain(error, form)
        return _page(form, *_look(looked)), 422
    number = done.counts[Fate.NEW]
    flash(tr(T(f"已导入 {number} 项认定", f"{number} statuses were taken in")), "success")
    return redirect(url_for("accreditations.index_view"), 303)


@blueprint.get("/<program>/<any(statuses, years):which>.xlsx")
def template(program: str, which: str) -> ResponseReturnValue:
    """One of the two tables, empty."""
    if program not in dict(programs()):
        abort(404)
    years = which == "years"
    name = columns.YEARS_NAME if years else columns.NAME
    content = columns.template(catalogue()[program], years=years)
    return send_file(
        io.BytesIO(content), mimetype=XLSX.media, as_attachment=True, download_name=f"{tr(name)}.xlsx"
    )


@blueprint.post("/status/<int:accreditation_id>/documents")
def add_documents(accreditation_id: int) -> ResponseReturnValue:
    """Keep files beside a status that was taken in: all that were sent, or none."""
    case = load(reading(), accreditation_id)
    sent = [file for file in request.files.getlist("files") if file.filename]
    if not sent:
        flash(tr(T("请选择文件", "Please choose a file")), "danger")
    else:
        store = files()
        attempt(
            "takein.attach",
            lambda w: [
                documents.attach(w, case.id, file.filename or "", file.stream, store) for file in sent
            ],
            done=T("文件已保存", "The files were saved"),
        )
    return redirect(_status(case.id), 303)


@blueprint.post("/documents/<int:attachment_id>/remove")
def remove_document(attachment_id: int) -> ResponseReturnValue:
    """Take a file back that was put there by mistake."""
    done = attempt(
        "takein.remove",
        lambda w: documents.remove(w, attachment_id),
        done=T("文件已移除", "The file was removed"),
    )
    return redirect(_status(done.value) if done is not None else url_for("accreditations.index_view"), 303)


def _status(accreditation_id: int) -> str:
    return url_for("accreditation_case.page", accreditation_id=accreditation_id, _anchor="former")


def _page(form: PlainForm, found: Plan | None = None, come_to: Effects | None = None, token: str = "") -> str:
    shown = sorted(found.rows, key=lambda row: (row.fate is not Fate.REFUSED, row.row)) if found else []
    tables = [(columns.NAME, found.values), (columns.YEARS_NAME, found.years)] if found else []
    return render_template(
        "office/take_in.html",
        form=form,
        programs=programs(),
        plan=found,
        effects=come_to,
        rows=shown[:MOST_SHOWN],
        more=max(len(shown) - MOST_SHOWN, 0),
        tables=[
            (name, read, download(read, tr(name)) if read.more else None)
            for name, read in tables
            if read is not None
        ],
        token_value=token,
    )


@contextmanager
def _opened(looked: Looked) -> Iterator[tuple[Source, Source | None]]:
    statuses, years = looked.kept["statuses"], looked.kept.get("years")
    with statuses.opened() as first:
        source = Source(statuses.name, first, statuses.sha256, looked.given[STATUSES_SHEET])
        if years is None:
            yield source, None
            return
        with years.opened() as second:
            yield source, Source(years.name, second, years.sha256, looked.given[YEARS_SHEET])


def _look(looked: Looked) -> tuple[Plan, Effects | None]:
    """The fates of all rows, and what comes of them where none is refused."""
    program = looked.given["program"]
    with run("takein.plan") as w, _opened(looked) as (statuses, years):
        found = plan(w, program, statuses, years)
        if len(found.rows) > MOST_ROWS:
            raise Invalid({"statuses": TOO_MANY})
        return found, None if found.refused else look_at(w, program, found.new, statuses, years)
