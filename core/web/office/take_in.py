"""Statuses granted before this register: the tables are looked at, and taken in on a second look."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from core.domain.acts import Act
from core.domain.errors import DomainError, Invalid, NotAllowed, NotFound
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.files.formats import field_label
from core.services.files.sheet_limits import MOST_BYTES
from core.services.files.types import XLSX, clean_name
from core.services.takein import columns
from core.services.takein.entering import take_in
from core.services.takein.plan import Fate, Plan, plan
from core.services.takein.reading import Source
from core.storage.files import TooLargeError
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame.bound import files
from core.web.frame.language import tr
from core.web.frame.pipeline import complain, current_actor, reading, run

blueprint = Blueprint("take_in", __name__, url_prefix="/admin/take-in")

HOURS = 3600
MOST_ROWS = 500
"""Of one request: more are taken in by the command, which can be stopped and goes on."""
MOST_SHOWN = 100
GONE = T("页面已过期，请重新上传表格", "The page has expired; upload the tables again")
TOO_MANY = T(
    f"超过 {MOST_ROWS} 行：请由系统管理员用 accredit takein 命令导入",
    f"more than {MOST_ROWS} rows: have the administrator take them in by accredit takein",
)
Kept = tuple[str, str]
"""A table's name and hash."""


def programs() -> list[tuple[str, T]]:
    """The programmes whose former statuses this user may take in."""
    granted = {grant.program for grant in current_actor().grants if grant.role in ACTS[Act.TAKE_IN]}
    return [
        (key, loaded.program.title) for key, loaded in catalogue().programs.items() if granted & {None, key}
    ]


SPECS = (
    Spec("program", T("项目", "Programme"), FieldKind.CHOICE, options=programs),
    Spec("statuses", field_label(columns.NAME), FieldKind.FILE),
    Spec("years", field_label(columns.YEARS_NAME), FieldKind.FILE, required=False),
)


@blueprint.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The tables are looked at first: every row with what would become of it."""
    form = make_form(SPECS, bind=request.method == "POST")
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    program = form.values()["program"]
    try:
        kept = {name: _keep(name, form[name].data) for name in ("statuses", "years") if form[name].data}
        found = _look(program, kept)
    except DomainError as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        complain(error, form)
        return _page(form), 422
    return _page(form, found, _signer().dumps([reading().actor.user_id, program, kept])), (
        422 if found.refused else 200
    )


@blueprint.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Take in what was looked at: all of it, or nothing."""
    program, kept = _sent(request.form.get("token", ""))
    form = make_form(SPECS, bind=False)
    try:
        with run("takein") as w, _opened(kept) as (statuses, years):
            done = take_in(w, program, statuses, years)
    except DomainError as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        # What was looked at has changed since: it is looked at anew.
        complain(error, form)
        return _page(form, _look(program, kept)), 422
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


def _page(form: PlainForm, found: Plan | None = None, token: str = "") -> str:
    shown = sorted(found.rows, key=lambda row: (row.fate is not Fate.REFUSED, row.row)) if found else []
    return render_template(
        "office/take_in.html",
        form=form,
        programs=programs(),
        plan=found,
        rows=shown[:MOST_SHOWN],
        more=max(len(shown) - MOST_SHOWN, 0),
        token_value=token,
    )


def _keep(name: str, sent: FileStorage) -> Kept:
    """Keep a table that was sent, so that the second look is at the same."""
    try:
        kept = files().put(sent.stream, at_most=MOST_BYTES)
    except TooLargeError:
        limit = MOST_BYTES // 1024 // 1024
        raise Invalid({name: T(f"文件超过 {limit} MB", f"above {limit} MB")}) from None
    return clean_name(sent.filename or ""), kept.sha256


@contextmanager
def _opened(kept: dict[str, Kept]) -> Iterator[tuple[Source, Source | None]]:
    name, sha256 = kept["statuses"]
    with files().open(sha256) as statuses:
        if "years" not in kept:
            yield Source(name, statuses, sha256), None
            return
        with files().open(kept["years"][1]) as years:
            yield Source(name, statuses, sha256), Source(kept["years"][0], years, kept["years"][1])


def _look(program: str, kept: dict[str, Kept]) -> Plan:
    with run("takein.plan") as w, _opened(kept) as (statuses, years):
        found = plan(w, program, statuses, years)
    if len(found.rows) > MOST_ROWS:
        raise Invalid({"statuses": TOO_MANY})
    return found


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="take-in")


def _sent(token: str) -> tuple[str, dict[str, Kept]]:
    """The programme and the tables that this user looked at within the hours of a form."""
    try:
        user, program, kept = _signer().loads(token, max_age=HOURS)
    except BadSignature:
        flash(tr(GONE), "danger")
        abort(redirect(url_for(".index"), 303))
    if user != reading().actor.user_id or not all(files().exists(sha256) for _, sha256 in kept.values()):
        abort(404)
    return program, {name: (given[0], given[1]) for name, given in kept.items()}
