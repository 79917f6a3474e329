"""A reviewer's own tasks: the declaration, the case with its documents, and the scores."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.domain.errors import NotFound
from core.rules.text import T
from core.services import reviews
from core.services.work import Work
from core.storage.models import Application, ReviewAssignment
from core.web.cases.application_case import load
from core.web.cases.fields import Spec, make_form, reason
from core.web.pipeline import attempt, reading

blueprint = Blueprint("reviewing", __name__, url_prefix="/admin/reviews")


def _mine(w: Work) -> list[ReviewAssignment]:
    query = (
        select(ReviewAssignment)
        .where(ReviewAssignment.reviewer_id == w.actor.user_id)
        .options(joinedload(ReviewAssignment.application).joinedload(Application.party))
        .order_by(ReviewAssignment.finished_at.is_not(None), ReviewAssignment.id.desc())
        .limit(200)
    )
    return list(w.session.scalars(query))


@blueprint.get("/")
def index() -> str:
    """The tasks, open ones first."""
    return render_template("case/reviews.html", rows=_mine(reading()))


def _task(w: Work, assignment_id: int) -> ReviewAssignment:
    query = select(ReviewAssignment).where(
        ReviewAssignment.id == assignment_id, ReviewAssignment.reviewer_id == w.actor.user_id
    )
    found = w.session.scalar(query.options(selectinload(ReviewAssignment.scores)))
    if found is None:
        raise NotFound(T("没有这项任务", "There is no such task"))
    return found


DECLARATION = (
    Spec(
        "conflict",
        T("与申请主体是否存在利益冲突", "Is there a conflict of interest with the party?"),
        "choice",
        options=lambda: (("no", T("不存在", "None")), ("yes", T("存在", "There is one"))),
    ),
    reason(T("冲突说明（存在时填写）", "Which conflict, where there is one"), required=False),
)


def _score_specs(task: ReviewAssignment) -> list[Spec]:
    known = {score.criterion: score.points for score in task.scores}
    specs = []
    for item in reviews.sheet_of(task.application):
        title = item["title"]
        zh, en = (title.get("zh", ""), title.get("en", "")) if isinstance(title, dict) else (title, title)
        specs.append(
            Spec(
                str(item["key"]),
                T(
                    f"{zh}（0–{item['max']} 分，权重 {item['weight']}）",
                    f"{en} (0–{item['max']} points, weight {item['weight']})",
                ),
                "number-text",
                default=str(known.get(item["key"], "")),
                longest=10,
            )
        )
    return [
        *specs,
        Spec("comment", T("评审意见", "Comment"), "area", required=False, longest=4000, default=task.comment),
    ]


@blueprint.route("/<int:assignment_id>", methods=["GET", "POST"])
def task(assignment_id: int) -> ResponseReturnValue:
    """One task: first the declaration, then the scores."""
    w = reading()
    item = _task(w, assignment_id)
    declared = item.conflict is not None
    form = make_form(_score_specs(item) if declared else DECLARATION)
    if request.method == "POST" and form.validate() and _save(item, form.values(), declared, form):
        return redirect(url_for(".task", assignment_id=assignment_id), 303)
    case = load(w, item.application_id) if item.conflict is False else None
    page = render_template("case/review.html", item=item, form=form, declared=declared, case=case)
    return page, 422 if request.method == "POST" else 200


def _save(item: ReviewAssignment, values: dict[str, Any], declared: bool, form: Any) -> bool:
    if not declared:
        done = attempt(
            "review.declare",
            lambda w: reviews.declare(
                w, item.id, conflict=values["conflict"] == "yes", reason=values["reason"] or ""
            ),
            done=T("声明已登记", "The declaration was recorded"),
            form=form,
        )
    else:
        points = {name: value for name, value in values.items() if name != "comment"}
        done = attempt(
            "review.score",
            lambda w: reviews.score(w, item.id, points, values["comment"] or ""),
            done=T("评分已提交", "The scores were recorded"),
            form=form,
        )
    return done is not None
