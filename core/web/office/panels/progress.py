"""How far the panels are, by reviewer and by application; reminders and replacements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.rules.text import T
from core.services.base.paging import page_of
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.review import panels, ranking, reviews
from core.storage.models import Application, ReviewAssignment, User
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading
from core.web.office.panels.rounds import Round, applications_of, blueprint, find, may_decide, reach, rounds

PAGE = 50


@dataclass(frozen=True, slots=True)
class OfReviewer:
    """One reviewer's part of a round."""

    name: str
    given: int
    finished: int
    undeclared: int
    conflicts: int
    due: date | None
    """Of the first task that is not done."""

    @property
    def open(self) -> int:
        """What is still to be done."""
        return self.given - self.finished - self.conflicts


@dataclass(frozen=True, slots=True)
class OfApplication:
    """One application's panel."""

    application: Application
    panel: reviews.Panel
    tasks: Sequence[tuple[ReviewAssignment, date]]
    scored: bool


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
        people=_by_reviewer(w, item),
        rows=_by_application(w, page.rows),
        candidates=panels.candidates(w, item.program) if may_decide(w, item) else [],
        may=may_decide(w, item),
    )


def _by_reviewer(w: Work, item: Round) -> list[OfReviewer]:
    task = ReviewAssignment
    conflict = task.conflict.is_(True)
    left = task.finished_at.is_(None) & task.conflict.is_not(True)
    query = (
        select(
            User,
            func.count(),
            func.count(task.finished_at).filter(~conflict | task.conflict.is_(None)),
            func.count().filter(task.conflict.is_(None)),
            func.count().filter(conflict),
            func.min(case((left, task.assigned_at))),
        )
        .join(task, task.reviewer_id == User.id)
        .join(task.application)
        .where(*item.where, reach(w), Application.state.in_(panels.IN_REVIEW))
        .group_by(User.id)
        .order_by(User.id)
    )
    return [
        OfReviewer(
            str(user),
            given,
            finished,
            undeclared,
            conflicts,
            panels.due_on(w, local_date(first)) if first is not None else None,
        )
        for user, given, finished, undeclared, conflicts, first in w.session.execute(query)
    ]


def _by_application(w: Work, applications: Sequence[Application]) -> list[OfApplication]:
    found: Mapping[int, reviews.Panel] = reviews.panels_of(w, applications)
    query = (
        select(ReviewAssignment)
        .options(joinedload(ReviewAssignment.reviewer))
        .where(ReviewAssignment.application_id.in_([item.id for item in applications]))
        .order_by(ReviewAssignment.id)
    )
    tasks: dict[int, list[tuple[ReviewAssignment, date]]] = {}
    for task in w.session.scalars(query):
        due = panels.due_on(w, local_date(task.assigned_at))
        tasks.setdefault(task.application_id, []).append((task, due))
    return [
        OfApplication(item, found[item.id], tasks.get(item.id, []), ranking.is_scored(w, item))
        for item in applications
    ]


@blueprint.post("/<key>/remind")
def remind(key: str) -> ResponseReturnValue:
    """Remind the reviewers of the round who have not finished."""
    w = reading()
    ids = [item.id for item in w.session.scalars(applications_of(w, find(w, key), *panels.IN_REVIEW))]
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
    item = find(w, key)
    query = (
        select(ReviewAssignment.id)
        .join(ReviewAssignment.application)
        .where(ReviewAssignment.id == assignment_id, *item.where, reach(w))
    )
    if w.session.scalar(query) is None:
        raise NotFound(NOTHING_THERE)
    wish = request.form.get("reviewer", "")
    if wish.isascii() and wish.isdigit():
        attempt(
            "review.replace",
            lambda unit: panels.replace_reviewer(unit, assignment_id, int(wish)),
            done=T("已更换评审专家", "The reviewer was replaced"),
        )
    else:
        attempt(
            "review.take_back",
            lambda unit: panels.take_back(unit, assignment_id),
            done=T("已撤回评审任务", "The task was taken back"),
        )
    return redirect(url_for(".progress", key=key), 303)
