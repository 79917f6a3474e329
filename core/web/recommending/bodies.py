"""Associations and departments that recommend, and their lists: kept by the one, seen by the authority."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import Invalid
from core.hooks.catalogue import catalogue
from core.rules.clauses import RecommenderKind
from core.rules.text import T
from core.services.base.work import Work
from core.services.files.formats import field_label
from core.services.files.types import XLSX
from core.services.people import keyed
from core.services.recommenders import bodies, list_sheet, lists
from core.services.recommenders.lists import Entry, Imported
from core.web.exports import sending
from core.web.exports.sending import Field
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.looked_at import Kept, Looked, confirmed, download, keep, seal
from core.web.forms.refused import WHICH, Refused, take_table
from core.web.frame import paging
from core.web.frame.language import language, tr
from core.web.frame.pipeline import Done, attempt, complain, reading
from core.web.frame.show import current_day

R = TypeVar("R")

blueprint = Blueprint("recommenders", __name__, url_prefix="/admin/recommenders")

COLUMNS = (
    Field(T("名称", "Name"), lambda row: row.name),
    Field(T("统一社会信用代码", "Unified social credit code"), lambda row: row.uscc),
    Field(T("加入日期", "Joined on"), lambda row: row.joined_on),
    Field(T("退出日期", "Left on"), lambda row: row.left_on),
)
ENTRY = (
    Spec("name", T("名称", "Name"), longest=bodies.LONGEST_NAME),
    Spec("uscc", T("统一社会信用代码", "Unified social credit code"), longest=30),
    Spec("joined_on", T("加入日期", "Joined on"), FieldKind.DAY, default=current_day),
)
TABLE = (Spec("file", field_label(T("名单表格", "Table of the list")), FieldKind.FILE), WHICH)
END = (Spec("on", T("停止推荐日期（首日）", "First day without it"), FieldKind.DAY, default=current_day),)
OFF = Spec("left_on", T("移出日期（首日）", "First day off it"), FieldKind.DAY, default=current_day)


def _kinds(w: Work) -> list[tuple[str, T]]:
    """The kinds that the user may enter a body of, with their programme where there are several."""
    found = bodies.editable(w)
    titles = {key: catalogue()[key].program.title for key in found}
    return [
        (
            f"{key}/{kind}",
            T(f"{kind.label.zh}（{titles[key].zh}）", f"{kind.label.en} ({titles[key].en})"),
        )
        for key, kinds in found.items()
        for kind in kinds
    ]


def _specs(w: Work) -> tuple[Spec, ...]:
    kinds = _kinds(w)
    return (
        Spec("kind", T("类型和项目", "Kind and programme"), FieldKind.CHOICE, options=lambda: kinds),
        Spec("name", T("名称", "Name"), longest=bodies.LONGEST_NAME),
        Spec(
            "uscc",
            T("统一社会信用代码", "Unified social credit code"),
            required=False,
            longest=30,
            hint=T(
                "协会、商会须先登记为主体；业务部门留空",
                "An association has to be registered first; leave it empty for a department",
            ),
        ),
    )


@blueprint.get("/")
def index() -> str:
    """Those that the user sees, and a form to enter another."""
    return _show(reading())


def _show(w: Work, form: PlainForm | None = None) -> str:
    known = {key: catalogue()[key].program.title for key in bodies.programs(w)}
    wish = request.args.get("program", "")
    return render_template(
        "recommending/bodies.html",
        page=bodies.listed(w, wish if wish in known else "", paging.wish()),
        programs=known,
        form=(form or make_form(_specs(w), bind=False)) if bodies.editable(w) else None,
    )


@blueprint.post("/add")
def add() -> ResponseReturnValue:
    """Enter a body."""
    form = make_form(_specs(reading()))
    done: Done[int] | None = None
    if form.validate():
        values = form.values()
        program, _, kind = values["kind"].partition("/")
        done = attempt(
            "recommender.add",
            lambda w: bodies.add(
                w,
                program,
                RecommenderKind(kind),
                values["name"],
                keyed.registered(w, values["uscc"]) if values["uscc"] else None,
            ),
            done=T(
                "已登记；请建立名单，并由系统管理员授权", "Entered; now make its list, and have roles given"
            ),
            form=form,
        )
    if done is None:
        return _show(reading(), form), 422
    return redirect(url_for(".page", recommender_id=done.value), 303)


@blueprint.get("/<int:recommender_id>")
def page(recommender_id: int) -> str:
    """One of them with its list."""
    return _list(recommender_id)


def _list(
    recommender_id: int,
    *,
    entry: PlainForm | None = None,
    table: PlainForm | None = None,
    ending: PlainForm | None = None,
    refused: Refused | None = None,
) -> str:
    w = reading()
    body = bodies.find(w, recommender_id)
    search, former = paging.typed("q"), request.args.get("show") == "former"
    return render_template(
        "recommending/body.html",
        body=body,
        page=lists.entries(w, recommender_id, paging.wish(), search=search, former=former),
        search=search,
        former=former,
        keeps=lists.may_keep(w, body),
        may_end=body.ended_on is None and bodies.may(w, Act.RECOMMENDER_EDIT, body),
        program=catalogue()[body.program].program.title,
        entry=entry or make_form(ENTRY, bind=False),
        table=table or make_form(TABLE, prefix="table-", bind=False),
        ending=ending or make_form(END, prefix="end-", bind=False),
        refused=refused,
        today=w.today,
    )


@blueprint.post("/<int:recommender_id>/put-on")
def put_on(recommender_id: int) -> ResponseReturnValue:
    """Put one body on the list."""
    bodies.find(reading(), recommender_id)
    form = make_form(ENTRY)
    done = None
    if form.validate():
        given = Entry(**form.values())
        done = attempt(
            "recommender.put_on",
            lambda w: lists.put_one(w, recommender_id, given),
            done=T("已列入名单", "It is on the list"),
            form=form,
        )
    if done is None:
        return _list(recommender_id, entry=form), 422
    return redirect(url_for(".page", recommender_id=recommender_id), 303)


@blueprint.post("/<int:recommender_id>/import")
def take(recommender_id: int) -> ResponseReturnValue:
    """Look at a filled table, or with every error by row not at all; confirmed, it is taken in."""
    bodies.find(reading(), recommender_id)
    place, back = f"recommender-{recommender_id}", url_for(".page", recommender_id=recommender_id)
    if (looked := confirmed(place, back)) is not None:
        kept, sheet = looked.kept["file"], looked.given["sheet"]
        done = _table(recommender_id, "recommender.import", list_sheet.take_in, kept, sheet)
        if isinstance(done, Done):
            flash(tr(_said(done.value)), "success")
            return redirect(back, 303)
        return _list(recommender_id, refused=done), 422
    form = make_form(TABLE, prefix="table-")
    refused: Refused | None = None
    if form.validate():
        values = form.values()
        try:
            kept, sheet = keep("file", values["file"]), values["worksheet"] or ""
        except Invalid as error:
            complain(error, form)
            return _list(recommender_id, table=form), 422
        found = _table(recommender_id, "recommender.look", list_sheet.look, kept, sheet, form)
        if isinstance(found, Done):
            seen = found.value
            return render_template(
                "parts/look_page.html",
                heading=list_sheet.SHEET,
                look=seen,
                fates=_fates(seen.comes_to),
                confirm=T("确认导入", "Confirm the import"),
                back=back,
                token_value=seal(place, Looked({"file": kept}, {"sheet": sheet})),
                download=download(seen.values, kept.name) if seen.values.more else None,
            )
        refused = found
    return _list(recommender_id, table=form, refused=refused), 422


def _table(
    recommender_id: int,
    action: str,
    change: Callable[..., R],
    kept: Kept,
    sheet: str,
    form: PlainForm | None = None,
) -> Done[R] | Refused | None:
    data = kept.read()
    return take_table(
        action,
        lambda w: change(w, recommender_id, kept.name, io.BytesIO(data), sheet=sheet),
        form or make_form(TABLE, prefix="table-", bind=False),
        filename=kept.name,
        data=data,
    )


def _fates(done: Imported) -> list[tuple[T, int]]:
    """How many of a table's bodies come to what."""
    return [
        (T("新增", "Added"), done.added),
        (T("更新", "Changed"), done.changed),
        (T("不变", "Unchanged"), done.same),
    ]


def _said(done: Imported) -> T:
    return T(
        f"已导入：新增 {done.added} 家，更新 {done.changed} 家，未变 {done.same} 家",
        f"Imported: {done.added} added, {done.changed} changed, {done.same} the same",
    )


@blueprint.post("/<int:recommender_id>/take-off/<int:listed_id>")
def take_off(recommender_id: int, listed_id: int) -> ResponseReturnValue:
    """Let a body be on the list no longer."""
    bodies.find(reading(), recommender_id)
    form = make_form((OFF,))
    if form.validate():
        attempt(
            "recommender.take_off",
            lambda w: lists.take_off(w, listed_id, form.values()["left_on"]),
            done=T("已移出名单", "It is off the list"),
        )
    else:
        flash(tr(T("移出日期无法读取，未作更改", "The day cannot be read; nothing was changed")), "danger")
    return redirect(url_for(".page", recommender_id=recommender_id), 303)


@blueprint.post("/<int:recommender_id>/end")
def end(recommender_id: int) -> ResponseReturnValue:
    """Let it recommend nobody from a day on."""
    bodies.find(reading(), recommender_id)
    form = make_form(END, prefix="end-")
    done = None
    if form.validate():
        done = attempt(
            "recommender.end",
            lambda w: bodies.end(w, recommender_id, form.values()["on"]),
            done=T("已登记停止推荐", "Its end was entered"),
            form=form,
        )
    if done is None:
        return _list(recommender_id, ending=form), 422
    return redirect(url_for(".page", recommender_id=recommender_id), 303)


@blueprint.get("/template.xlsx")
def template() -> ResponseReturnValue:
    """The empty table."""
    content = io.BytesIO(list_sheet.template(language()))
    name = list_sheet.SHEET.get(language())
    return send_file(content, mimetype=XLSX.media, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.get("/<int:recommender_id>/list.xlsx")
def export(recommender_id: int) -> ResponseReturnValue:
    """The whole list, with all who left it."""
    w = reading()
    body = bodies.find(w, recommender_id)
    return sending.send("xlsx", f"{body.name}-{tr(list_sheet.SHEET)}", COLUMNS, lists.every(w, body.id))
