"""The staff roster of one's own organisation: its people, each once, and the head-counts that follow."""

from __future__ import annotations

import io

from flask import Blueprint, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.facts import ALL
from core.domain.wording import join
from core.rules.text import T
from core.services.base.paging import Wish
from core.services.base.work import Work
from core.services.files.formats import field_label
from core.services.files.types import XLSX
from core.services.profile import roster, roster_sheet
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.refused import WHICH, Refused, take_table, tell
from core.web.frame import paging
from core.web.frame.config import derived
from core.web.frame.language import language, tr
from core.web.frame.pipeline import Done, attempt, reading

blueprint = Blueprint("my_roster", __name__, url_prefix="/my/roster")

PAGE_SIZE = 50
REPLACE, MERGE = "replace", "merge"


def _modes() -> list[tuple[str, T]]:
    return [
        (MERGE, T("合并：新增和更新，保留其他人员", "Merge: add and update, keep everyone else")),
        (REPLACE, T("替换：表中没有的人员将移除", "Replace: whoever is not in the table is removed")),
    ]


SPECS = (
    Spec("file", field_label(T("花名册", "Roster")), FieldKind.FILE),
    WHICH,
    Spec("mode", T("导入方式", "How to import"), FieldKind.CHOICE, options=_modes, default=MERGE),
    Spec("check", T("只核对，暂不导入", "Check only, import nothing yet"), FieldKind.FLAG, required=False),
)


def roster_key() -> str:
    """The key under which persons are told apart, of this installation alone."""
    return derived(str(current_app.config["SECRET_KEY"]), "staff-roster")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """To the roster of the one organisation; of several, to choose."""
    unit = reading()
    page = roster.bodies(unit, paging.wish())
    if page.total == 1:
        return redirect(url_for(".page", party_id=page.rows[0].id))
    return render_template("portal/rosters.html", page=page)


@blueprint.get("/template.xlsx")
def template() -> ResponseReturnValue:
    """The empty table."""
    name = roster_sheet.SHEET.get(language())
    content = io.BytesIO(roster_sheet.template(language()))
    return send_file(content, mimetype=XLSX.media, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.get("/<int:party_id>")
def page(party_id: int) -> str:
    """The roster."""
    return _show(party_id)


def _show(party_id: int, form: PlainForm | None = None, refused: Refused | None = None) -> str:
    search = paging.typed("q")
    found = roster.roster(reading(), party_id, paging.wish(PAGE_SIZE), search=search)
    return render_template(
        "portal/roster.html",
        roster=found,
        counts=[(ALL[name], number) for name, number in found.counts.items()],
        form=form or make_form(SPECS, bind=False),
        search=search,
        refused=refused,
    )


@blueprint.post("/<int:party_id>")
def take(party_id: int) -> ResponseReturnValue:
    """Take a filled table in: whole, or with every error by row not at all."""
    roster.roster(reading(), party_id, Wish(size=1))
    form = make_form(SPECS)
    refused: Refused | None = None
    if form.validate():
        values = form.values()
        name, data = values["file"].filename or "", values["file"].read()

        def change(w: Work) -> roster.Imported:
            lines = roster_sheet.read_roster(
                name, io.BytesIO(data), w.today, sheet=values["worksheet"], tell=tell
            )
            take_in = roster.try_roster if values["check"] else roster.save_roster
            return take_in(w, party_id, lines, roster_key(), replace=values["mode"] == REPLACE)

        done = take_table("roster.import", change, form, filename=name, data=data)
        if isinstance(done, Done):
            flash(tr(_said(done.value, tried=values["check"])), "warning" if values["check"] else "success")
            return redirect(url_for(".page", party_id=party_id), 303)
        refused = done
    return _show(party_id, form, refused), 422


def _said(done: roster.Imported, *, tried: bool) -> T:
    """What an import did, or would do, to the people and to the head-counts that rules read."""
    begun = T("核对结果（未导入）", "Checked, nothing imported") if tried else T("已导入", "Imported")
    counts = join(
        (
            T(
                f"{ALL[name].label.zh} {before} → {after}",
                f"{ALL[name].label.en} {before} → {after}",
            )
            for name, (before, after) in done.counts.items()
        ),
        "；",
        "; ",
    )
    return T(
        f"{begun.zh}：新增 {done.added} 人，更新 {done.changed} 人，未变 {done.same} 人，"
        f"移除 {done.removed} 人" + (f"；人数变化：{counts.zh}" if counts.zh else ""),
        f"{begun.en}: {done.added} added, {done.changed} changed, {done.same} the same, "
        f"{done.removed} removed" + (f"; head-counts: {counts.en}" if counts.en else ""),
    )


@blueprint.post("/<int:party_id>/<int:person_id>/remove")
def remove(party_id: int, person_id: int) -> ResponseReturnValue:
    """Take one person off."""
    attempt(
        "roster.remove",
        lambda w: roster.remove_person(w, party_id, person_id),
        done=T("已从花名册移除", "Taken off the roster"),
    )
    return redirect(url_for(".page", party_id=party_id), 303)
