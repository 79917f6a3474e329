"""How far the panels are, by reviewer and by application; reminders and replacements."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.text import T
from core.services.base.paging import page_of
from core.services.review import panels, round_progress
from core.services.review.rounds import applications_of, find, may_decide, rounds
from core.web.frame import paging
from core.web.frame.paging import number_of
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("panels", __name__, url_prefix="/admin/panels")

PAGE = 50


@blueprint.get("/")
def index() -> str:
    """The rounds."""
    return render_template("office/panels/index.html", rows=rounds(reading()))


@blueprint.get("/<key>")
def progress(key: str) -> str:
    """One round's progress."""
    w = reading()
    item = find(w, key)
    page = page_of(w, applications_of(w, item, *panels.IN_REVIEW), paging.wish(PAGE))
    return render_template(
        "office/panels/progress.html",
        round=item,
        page=page,
        people=round_progress.by_reviewer(w, item),
        rows=round_progress.by_application(w, page.rows),
        candidates=panels.candidates(w, item.program) if may_decide(w, item) else [],
        may=may_decide(w, item),
    )


@blueprint.post("/<key>/remind")
def remind(key: str) -> ResponseReturnValue:
    """Remind the reviewers of the round who have not finished."""
    w = reading()
    ids = round_progress.in_review(w, find(w, key))
    attempt(
        "review.remind",
        lambda unit: panels.remind(unit, ids),
        done=T(
            "已提醒尚未完成的专家（每人每天至多一次）",
            "Those who have not finished were reminded, once a day",
        ),
    )
    return redirect(url_for(".progress", key=key), 303)


@blueprint.post("/<key>/tasks/<int:assignment_id>")
def change_task(key: str, assignment_id: int) -> ResponseReturnValue:
    """Put another reviewer in the place of one, or take the task back."""
    w = reading()
    round_progress.require_task(w, find(w, key), assignment_id)
    wish = number_of(request.form.get("reviewer"))
    if wish is not None:
        attempt(
            "review.replace",
            lambda unit: panels.replace_reviewer(unit, assignment_id, wish),
            done=T("已更换评审专家", "The reviewer was replaced"),
        )
    else:
        attempt(
            "review.take_back",
            lambda unit: panels.take_back(unit, assignment_id),
            done=T("已撤回评审任务", "The task was taken back"),
        )
    return redirect(url_for(".progress", key=key), 303)
