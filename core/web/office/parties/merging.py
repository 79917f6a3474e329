"""Parties that are one, registered twice: likely pairs, two side by side, their merger, and its undoing.

Pairs that only look so are marked as not the same, and the marks are listed and taken back.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.text import T
from core.services.mergers import different, likely, merging, preview
from core.services.people import party_file
from core.web.forms.fields import make_form, reason
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("mergers", __name__, url_prefix="/admin/mergers")

WHY = reason(T("合并理由", "Why they are one"))
WHY_UNDONE = reason(T("撤销理由", "Why it is undone"))
WHY_TWO = reason(T("不是同一主体的理由", "Why they are not the same"))
WHY_TAKEN_BACK = reason(T("收回理由", "Why it is taken back"))


@blueprint.get("/")
def index() -> str:
    """Pairs that are likely one."""
    return render_template("office/mergers/index.html", page=likely.likely(reading(), paging.wish()))


@blueprint.get("/different")
def marked() -> str:
    """Pairs that are marked as not the same."""
    return render_template("office/mergers/marked.html", page=different.marked(reading(), paging.wish()))


@blueprint.get("/with/<int:party_id>")
def find(party_id: int) -> str:
    """Another party, by name or number, to lay beside one."""
    w = reading()
    text = paging.typed("search")
    return render_template(
        "office/mergers/find.html",
        item=party_file.find(w, party_id),
        search=text,
        page=party_file.others(w, party_id, text, paging.wish()),
    )


@blueprint.route("/<int:kept_id>/<int:merged_id>", methods=["GET", "POST"])
def compare(kept_id: int, merged_id: int) -> ResponseReturnValue:
    """Two parties side by side, with what a merger does; the one on the left is the one that is left."""
    form = make_form([WHY])
    if request.method == "POST" and form.validate():
        done = attempt(
            "party.merge",
            lambda w: merging.merge(w, kept_id, merged_id, form.values()["reason"]),
            done=T("已合并", "Merged"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("filing.party", party_id=kept_id, _anchor="mergers"), 303)
    shown = preview.preview(reading(), kept_id, merged_id)
    page = render_template("office/mergers/compare.html", shown=shown, form=form)
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/undo/<int:merger_id>", methods=["GET", "POST"])
def undo(merger_id: int) -> ResponseReturnValue:
    """Part two parties again."""
    item = merging.find(reading(), merger_id)
    kept_id = item.kept_id
    form = make_form([WHY_UNDONE])
    if request.method == "POST" and form.validate():
        done = attempt(
            "party.part",
            lambda w: merging.undo(w, merger_id, form.values()["reason"]),
            done=T("合并已撤销", "The merger was undone"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("filing.party", party_id=kept_id, _anchor="mergers"), 303)
    page = render_template(
        "office/mergers/undo.html",
        item=item,
        form=form,
        ended=merging.duplicates(reading(), item.merged_id),
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/<int:one_id>/<int:other_id>/different", methods=["GET", "POST"])
def mark(one_id: int, other_id: int) -> ResponseReturnValue:
    """Mark two parties as not the same."""
    form = make_form([WHY_TWO])
    if request.method == "POST" and form.validate():
        done = attempt(
            "party.mark_different",
            lambda w: different.mark(w, one_id, other_id, form.values()["reason"]),
            done=T("已标注为不同主体", "Marked as not the same"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("filing.party", party_id=one_id, _anchor="different"), 303)
    shown = preview.preview(reading(), one_id, other_id)
    page = render_template("office/mergers/mark.html", shown=shown, form=form)
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/different/<int:mark_id>", methods=["GET", "POST"])
def take_back(mark_id: int) -> ResponseReturnValue:
    """Take a mark back."""
    item = different.find(reading(), mark_id)
    one_id = item.one_id
    form = make_form([WHY_TAKEN_BACK])
    if request.method == "POST" and form.validate():
        done = attempt(
            "party.take_mark_back",
            lambda w: different.take_back(w, mark_id, form.values()["reason"]),
            done=T("标注已收回", "The mark was taken back"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("filing.party", party_id=one_id, _anchor="different"), 303)
    page = render_template("office/mergers/take_back.html", item=item, form=form)
    return page, 422 if request.method == "POST" else 200
