"""The staff roster of one's own organisation: its people, each once, and the head-counts that follow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.facts import ALL
from core.rules.text import T
from core.services.base.paging import Wish
from core.services.base.work import Work
from core.services.files.formats import field_label
from core.services.files.types import XLSX
from core.services.profile import roster, roster_sheet
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.looked_at import Looked, confirmed, download, seal
from core.web.forms.refused import WHICH, Refused, take_table
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
    """Look at a filled table, or with every error by row not at all; confirmed, it is taken in."""
    roster.roster(reading(), party_id, Wish(size=1))
    page, back = f"roster-{party_id}", url_for(".page", party_id=party_id)
    if (looked := confirmed(page, back)) is not None:
        people = [_person(item) for item in looked.given["people"]]
        done = attempt(
            "roster.import",
            lambda w: roster.save_roster(w, party_id, people, replace=looked.given["replace"]),
        )
        if done is not None:
            flash(tr(_said(done.value)), "success")
        return redirect(back, 303)
    form = make_form(SPECS)
    refused: Refused | None = None
    if form.validate():
        values = form.values()
        name, data = values["file"].filename or "", values["file"].read()
        replace, remarks = values["mode"] == REPLACE, list[T]()

        def look(w: Work) -> tuple[Sequence[roster_sheet.Line], list[roster.Entry], Any]:
            lines = roster_sheet.read_roster(
                name, io.BytesIO(data), w.today, sheet=values["worksheet"], tell=remarks.append
            )
            people = roster.entries_of(lines, roster_key())
            return lines, people, roster.look_at_roster(w, party_id, people, replace=replace)

        found = take_table("roster.look", look, form, filename=name, data=data)
        if isinstance(found, Done):
            lines, people, (comes_to, verdicts) = found.value
            read = roster_sheet.values(lines)
            # The table itself is not kept: it has ID numbers.
            given = {"people": [_packed(person) for person in people], "replace": replace}
            return render_template(
                "portal/roster_look.html",
                roster=roster.roster(reading(), party_id, Wish(size=1)),
                comes_to=comes_to,
                counts=[(ALL[fact], *numbers) for fact, numbers in comes_to.counts.items()],
                verdicts=verdicts,
                read=read,
                remarks=remarks,
                download=download(read, name) if read.more else None,
                token_value=seal(page, Looked({}, given)),
            )
        refused = found
    return _show(party_id, form, refused), 422


def _packed(person: roster.Entry) -> list[Any]:
    since = person.since.isoformat() if person.since is not None else None
    return [person.name, person.id_key, person.id_masked, dict(person.attributes), since]


def _person(packed: list[Any]) -> roster.Entry:
    name, key, masked, attributes, since = packed
    begun = date.fromisoformat(since) if since is not None else None
    return roster.Entry(name, key, masked, attributes, begun)


def _said(done: roster.Imported) -> T:
    """What an import did to the people."""
    return T(
        f"已导入：新增 {done.added} 人，更新 {done.changed} 人，未变 {done.same} 人，移除 {done.removed} 人",
        f"Imported: {done.added} added, {done.changed} changed, {done.same} the same, {done.removed} removed",
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
