"""A reviewer's own tasks: the declaration, the case with its documents, and the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.clock import local_date
from core.domain.lifecycle.states import ApplicationState
from core.domain.quantities import POINTS
from core.rules.text import EMPTY, T
from core.services.applications import facts
from core.services.base.work import Work
from core.services.calls.score_sheet import title_of
from core.services.review import panels, reviews, tasks
from core.services.review.conflicts import conflict_of
from core.services.review.tasks import Show
from core.storage.models import ReviewAssignment
from core.web.cases.application import load
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, reason
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("reviewing", __name__, url_prefix="/admin/reviews")

DRAFT, FINISH, RECUSE = "draft", "finish", "recuse"
CONTACT = (*facts.IDENTITY, "contact_name", "address")
"""Facts that a reviewer need not know."""
TABS = {
    Show.OPEN: T("待办", "To do"),
    Show.DONE: T("已完成", "Done"),
    Show.ALL: T("全部", "All"),
}
DONE = {
    DRAFT: T("草稿已保存，尚未提交", "The draft was saved; it is not submitted yet"),
    FINISH: T("评审已提交", "The review was recorded"),
}
DECLARED = T("声明已登记", "The declaration was recorded")
LATE_RECUSAL = (reason(T("回避的理由", "Why you step back")),)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the score sheet."""

    key: str
    title: T
    hint: T
    weight: str
    most: str


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the list."""

    item: ReviewAssignment
    due: date
    over: bool
    """Nothing can be done any more: the application is decided, or not under review yet."""


@blueprint.get("/")
def index() -> str:
    """The tasks, those due first on top."""
    w = reading()
    wish = request.args.get("show", "")
    page = tasks.listed(w, Show(wish) if wish in set(Show) else Show.OPEN, paging.wish())
    rows = [
        Task(
            item,
            panels.due_on(w, local_date(item.assigned_at)),
            item.application.state not in panels.IN_REVIEW,
        )
        for item in page.rows
    ]
    return render_template("reviewing/reviews.html", page=page, rows=rows, tabs=TABS)


YES, NO = "yes", "no"
OPINION = T("评审结论", "Verdict of the reviewer")


def _opinions() -> tuple[tuple[str, T], ...]:
    return (YES, T("建议通过", "in favour")), (NO, T("不建议通过", "against"))


DECLARATION = (
    Spec(
        "conflict",
        T("与申请主体是否存在利益冲突", "Is there a conflict of interest with the party?"),
        FieldKind.CHOICE,
        options=lambda: (("no", T("不存在", "There is none")), ("yes", T("存在", "There is one"))),
        hint=T(
            "任职、持股、顾问、亲属、合作或竞争等关系，均属利益冲突",
            "a post, shares, advice, family, partnership or rivalry are all conflicts",
        ),
    ),
    reason(T("冲突说明（存在时填写）", "Which conflict, where there is one"), required=False),
)
RECUSAL = (
    Spec("conflict", EMPTY, FieldKind.HIDDEN, default="yes"),
    Spec("reason", EMPTY, FieldKind.HIDDEN, required=False),
)
"""Where the register itself sees the conflict there is nothing to choose."""


def _sheet(w: Work, task: ReviewAssignment) -> list[Criterion]:
    return [
        Criterion(
            str(item["key"]),
            title_of(item),
            title_of(item, "hint"),
            str(item["weight"]),
            str(item["max"]),
        )
        for item in reviews.sheet_of(task.application, scored=reviews.is_scored(w, task.application))
    ]


def _score_specs(sheet: Sequence[Criterion], *, whole: bool) -> list[Spec]:
    opinion = (
        () if sheet else (Spec("positive", OPINION, FieldKind.CHOICE, required=whole, options=_opinions),)
    )
    return [
        *opinion,
        *(
            Spec(
                item.key,
                item.title,
                FieldKind.NUMBER_TEXT,
                required=whole,
                hint=item.hint,
                longest=10,
                unit=POINTS,
            )
            for item in sheet
        ),
        Spec(
            "comment",
            T("评审意见", "Comment of the review"),
            FieldKind.AREA,
            required=False,
            longest=4000,
        ),
    ]


def _known(task: ReviewAssignment) -> dict[str, Any]:
    """What the reviewer gave so far, as the form has it."""
    points = {score.criterion: f"{score.points:f}".rstrip("0").rstrip(".") for score in task.scores}
    opinion = {} if task.positive is None else {"positive": YES if task.positive else NO}
    return {**points, **opinion, "comment": task.comment}


@blueprint.route("/<int:assignment_id>", methods=["GET", "POST"])
def task(assignment_id: int) -> ResponseReturnValue:
    """One task: first the declaration, then the case and its score sheet."""
    w = reading()
    item = tasks.own(w, assignment_id)
    declared = item.conflict is not None
    wish = request.form.get("then", FINISH)
    seen = None if declared else conflict_of(w, item.application, item.reviewer_id)
    sheet = _sheet(w, item)
    if declared:
        form = make_form(_score_specs(sheet, whole=wish == FINISH), data=_known(item), bind=wish != RECUSE)
    else:
        form = make_form(RECUSAL if seen is not None else DECLARATION)
    recusal = make_form(LATE_RECUSAL, prefix="recuse-", bind=wish == RECUSE)
    if request.method == "POST" and declared and wish == RECUSE:
        if recusal.validate() and _recuse(item, recusal):
            return redirect(url_for(".task", assignment_id=assignment_id), 303)
    elif request.method == "POST" and form.validate() and _save(item, form, wish, declared=declared):
        return redirect(url_for(".task", assignment_id=assignment_id), 303)
    opened = load(w, item.application_id) if item.conflict is False else None
    page = render_template(
        "reviewing/review.html",
        item=item,
        form=form,
        recusal=recusal,
        recusing=wish == RECUSE,
        sheet=sheet,
        declared=declared,
        seen=seen,
        case=opened,
        comparison=opened.comparison if opened is not None else None,
        due=panels.due_on(w, local_date(item.assigned_at)),
        scoring=item.application.state is ApplicationState.UNDER_REVIEW and item.counts,
        recusable=item.application.state in panels.IN_REVIEW and item.conflict is False,
        left_out=CONTACT,
    )
    return page, 422 if request.method == "POST" else 200


def _save(item: ReviewAssignment, form: PlainForm, wish: str, *, declared: bool) -> bool:
    values = form.values()
    if not declared:
        done = attempt(
            "review.declare",
            lambda w: reviews.declare(
                w, item.id, conflict=values["conflict"] == "yes", reason=values["reason"] or ""
            ),
            done=DECLARED,
            form=form,
        )
        return done is not None
    points: Mapping[str, Any] = {key: values[key] for key in values if key not in ("comment", "positive")}
    positive = {YES: True, NO: False}.get(values.get("positive") or "")
    save = reviews.save_draft if wish == DRAFT else reviews.score
    done = attempt(
        "review.score",
        lambda w: save(w, item.id, points, values["comment"] or "", positive=positive),
        done=DONE[DRAFT if wish == DRAFT else FINISH],
        form=form,
    )
    return done is not None


def _recuse(item: ReviewAssignment, form: PlainForm) -> bool:
    done = attempt(
        "review.declare",
        lambda w: reviews.declare(w, item.id, conflict=True, reason=form.values()["reason"]),
        done=DECLARED,
        form=form,
    )
    return done is not None
