"""How far the panels are, by reviewer and by application; reminders and replacements."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.errors import Invalid
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.base.bulk import BulkResult
from core.services.base.paging import page_of
from core.services.base.work import Work
from core.services.review import handing_over, panels, round_progress, setting_aside
from core.services.review.rounds import applications_of, find, may_decide, rounds
from core.web.forms.fields import PlainForm, make_form, reason
from core.web.frame import paging
from core.web.frame.language import tr
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
    return _show(key)


def _show(key: str, failed: tuple[int, PlainForm] | None = None) -> str:
    w = reading()
    item = find(w, key)
    page = page_of(w, applications_of(w, item, *panels.IN_REVIEW), paging.wish(PAGE))
    rows = round_progress.by_application(w, page.rows)
    finished = [task.id for row in rows for task, _ in row.tasks if task.finished_at is not None]
    asides = {number: _aside(number, bind=False) for number in finished} | dict([failed] if failed else [])
    return render_template(
        "office/panels/progress.html",
        round=item,
        page=page,
        people=round_progress.by_reviewer(w, item),
        rows=rows,
        asides=asides,
        refused=failed[0] if failed else None,
        candidates=panels.candidates(w, item.program) if may_decide(w, item) else [],
        may=may_decide(w, item),
        departed=handing_over.departed(w, item),
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


def _aside(assignment_id: int, *, bind: bool = True) -> PlainForm:
    why = T("不计入的理由", "Why it is set aside")
    return make_form((reason(why),), prefix=f"aside-{assignment_id}-", bind=bind)


@blueprint.post("/<key>/tasks/<int:assignment_id>/aside")
def set_aside(key: str, assignment_id: int) -> ResponseReturnValue:
    """Leave what a reviewer gave out of the panel, with a reason."""
    w = reading()
    round_progress.require_task(w, find(w, key), assignment_id)
    form = _aside(assignment_id)
    done = None
    if form.validate():
        done = attempt(
            "review.set_aside",
            lambda unit: setting_aside.set_aside(unit, assignment_id, form.values()["reason"]),
            done=T("该评审不再计入", "The review does not count any more"),
            form=form,
        )
    if done is None:
        return _show(key, (assignment_id, form)), 422
    return redirect(url_for(".progress", key=key), 303)


@blueprint.post("/<key>/tasks/<int:assignment_id>/count")
def count_again(key: str, assignment_id: int) -> ResponseReturnValue:
    """Let it count again."""
    w = reading()
    round_progress.require_task(w, find(w, key), assignment_id)
    attempt(
        "review.count_again",
        lambda unit: setting_aside.count_again(unit, assignment_id),
        done=T("该评审恢复计入", "The review counts again"),
    )
    return redirect(url_for(".progress", key=key), 303)


@blueprint.post("/<key>/hand-over/<int:user_id>")
def hand_over(key: str, user_id: int) -> ResponseReturnValue:
    """Give what a departed reviewer left to another; what that one cannot take stays, with the reason."""
    item = find(reading(), key)
    wish = number_of(request.form.get("reviewer"))

    def change(unit: Work) -> Sequence[BulkResult]:
        if wish is None:
            raise Invalid({"reviewer": FILL_IN})
        return handing_over.hand_over(unit, item, user_id, wish)

    done = attempt("review.hand_over", change)
    if done is not None:
        moved = sum(row.why_not is None for row in done.value)
        flash(tr(T(f"已移交 {moved} 项任务", f"{moved} tasks were handed over")), "success")
        for row in done.value:
            if row.why_not is not None:
                number, why = row.application_id, row.why_not
                flash(tr(T(f"申请 {number}：{why.zh}", f"Application {number}: {why.en}")), "warning")
    return redirect(url_for(".progress", key=key), 303)
