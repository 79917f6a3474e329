"""The review: acceptance, judgements by officers, and a panel, evenly chosen, that scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, pstdev
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.domain import reading
from core.domain.acts import Act
from core.domain.errors import Invalid, MalformedError, NotFound, Refused
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.messages import MessageEvent
from core.domain.quantities import POINTS
from core.domain.roles import Grant as RoleGrant
from core.domain.roles import Role, covers
from core.rules.numbers import HUNDRED
from core.rules.phrases import FILL_IN, at_most_characters
from core.rules.text import T
from core.services.applications.case import find, lock, lock_for
from core.services.applications.facts import save_facts
from core.services.applications.handling import require_state
from core.services.applications.moving import advance, tell
from core.services.base.access import require
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.calls.score_sheet import WHOLE_SHEET
from core.services.messaging.writing import notify
from core.services.review.conflicts import conflict_of
from core.storage.models import Application, Grant, ReviewAssignment, Score, User
from core.storage.models.applications import Provenance

LONGEST_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class ReviewerScore:
    """One reviewer's part of a panel; `total` is out of 100, None until it is given."""

    reviewer: str
    conflict: bool | None
    total: float | None
    points: dict[str, Decimal]
    comment: str
    positive: bool | None = None
    """The opinion, where no points are given."""
    finished: bool = False
    counts: bool = True
    set_aside_reason: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel came to: those who score, their mean, and how far they are apart."""

    scores: tuple[ReviewerScore, ...]
    asked: int
    finished: int
    in_favour: int
    """Opinions to approve, where no points are given."""
    mean: float | None
    spread: float | None
    """The highest total less the lowest."""
    deviation: float | None
    by_criterion: dict[str, float]


def accept(w: Work, application_id: int, *, version: int | None = None) -> None:
    """Take a submitted application into review, where the procedure knows no recommendation."""
    case = lock(w, application_id, version=version)
    tell(case, advance(case, Action.ACCEPT).message)


def start_review(w: Work, application_id: int, *, version: int | None = None) -> None:
    """Take a recommended application into review."""
    case = lock(w, application_id, version=version)
    tell(case, advance(case, Action.START_REVIEW).message)


def attest(w: Work, application_id: int, facts: Mapping[str, object], note: str) -> list[str]:
    """Record an officer's judgement of facts, with the note that it rests on."""
    return save_facts(w, application_id, facts, Provenance.ATTESTED, note)


def assign(w: Work, application_id: int, reviewer_ids: Sequence[int]) -> list[int]:
    """Give an application to reviewers: the assignments' ids. Invalid names each who may not review it."""
    application = lock_for(w, application_id, Act.APPLICATION_ASSIGN).application
    require_state(application, ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)
    errors: dict[str, T] = {}
    there = set(assigned(w, application.id))
    wanted = [number for number in dict.fromkeys(reviewer_ids) if number not in there]
    for number in wanted:
        why = why_not_reviewer(w, application, number)
        if why is not None:
            errors[f"reviewer.{number}"] = why
    if errors:
        raise Invalid(errors)
    return [give(w, application, number).id for number in wanted]


def why_not_reviewer(w: Work, application: Application, user_id: int) -> T | None:
    """Why a user may not review an application: not its reviewer by role, or too near to the party."""
    user = w.session.get(User, user_id)
    grants = w.session.scalars(
        select(Grant).where(Grant.user_id == user_id, Grant.role == Role.REVIEWER, Grant.held_on(w.today))
    )
    covered = any(
        covers(RoleGrant(grant.role, grant.program, grant.region), *application.place) for grant in grants
    )
    if user is None or not user.active or not covered:
        return T("不是本项目本地区的评审专家", "is no reviewer of this programme and region")
    return conflict_of(w, application, user_id)


def declare(w: Work, assignment_id: int, *, conflict: bool, reason: str = "") -> None:
    """The reviewer's word on conflicts of interest; a conflict ends the task, also one that is done.

    What was given then stays on file and does not count. Where the register sees a conflict by itself, that
    is its reason, and nothing else can be declared.
    """
    assignment, application = _own(w, assignment_id)
    require_state(application, ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)
    if assignment.conflict is True:
        raise Refused(T("已回避，不能再更改声明", "you are recused; the declaration stays"))
    if assignment.finished_at is not None and not conflict:
        raise Refused(
            T("已完成评审，只能声明回避", "the review is done; only a conflict can be declared now")
        )
    found = conflict_of(w, application, assignment.reviewer_id)
    if found is not None and not conflict:
        raise Refused(found, mend=T("请声明存在利益冲突", "declare the conflict"))
    if found is not None and not reason.strip():
        reason = found.zh
    errors = unwritten(reason, "reason", longest=500) if conflict else {}
    if errors:
        raise Invalid(errors)
    assignment.conflict, assignment.conflict_reason = conflict, reason.strip()


def score(
    w: Work,
    assignment_id: int,
    points: Mapping[str, object],
    comment: str = "",
    *,
    positive: bool | None = None,
) -> None:
    """Score every criterion of the sheet; Invalid names every one that is missing or out of range.

    Where the procedure has no scores and the call no sheet, an opinion is asked for instead, with its reason
    where it is against. A reviewer may do so anew until the application is decided.
    """
    assignment, application = _to_score(w, assignment_id)
    if _keep(w, assignment, application, points, comment, positive) or assignment.finished_at is None:
        assignment.finished_at = w.now


def save_draft(
    w: Work,
    assignment_id: int,
    points: Mapping[str, object],
    comment: str = "",
    *,
    positive: bool | None = None,
) -> None:
    """Keep what a reviewer has so far; nobody else counts it before it is finished."""
    assignment, application = _to_score(w, assignment_id)
    if assignment.finished_at is not None:
        raise Refused(
            T("评分已提交，不再是草稿", "the scores are given and no draft any more"),
            mend=T("如需修改，请改后重新提交", "change them and submit them again"),
        )
    given = {key: value for key, value in points.items() if value not in (None, "")}
    _keep(w, assignment, application, given, comment, positive, partly=True)


def _to_score(w: Work, assignment_id: int) -> tuple[ReviewAssignment, Application]:
    """The actor's own task, where the declaration is made and the application still under review."""
    assignment, application = _own(w, assignment_id)
    require_state(application, ApplicationState.UNDER_REVIEW)
    if assignment.set_aside_at is not None:
        raise Refused(
            T("您的评审已被标为不计入，不能再更改", "your review was set aside; it stays as it is"),
            mend=T("如有疑问，请联系认定机关", "ask the authority about it"),
        )
    if assignment.conflict is not False:
        raise Refused(
            T("尚未声明无利益冲突", "no word on conflicts of interest yet"),
            mend=T("请先声明", "declare that there is none, first"),
        )
    return assignment, application


def _keep(
    w: Work,
    assignment: ReviewAssignment,
    application: Application,
    points: Mapping[str, object],
    comment: str,
    positive: bool | None,
    *,
    partly: bool = False,
) -> bool:
    """Write points and comment to the task; whether they are others. `partly`: some may be left out."""
    sheet = sheet_of(application, scored=is_scored(w, application))
    values, errors = _read_points(sheet, points, partly=partly)
    if not sheet and not partly:
        if positive is None:
            errors["positive"] = FILL_IN
        elif not positive and not comment.strip():
            errors["comment"] = T("不建议通过的，请写明理由", "say why, where you are against")
    if len(comment) > LONGEST_COMMENT:
        errors["comment"] = at_most_characters(LONGEST_COMMENT)
    if errors:
        raise Invalid(errors)
    known = {item.criterion: item for item in assignment.scores}
    before = {key: item.points for key, item in known.items()}, assignment.comment, assignment.positive
    for key, value in values.items():
        if key in known:
            known[key].points = value
        else:
            assignment.scores.append(Score(criterion=key, points=value))
    for key in known.keys() - values.keys():
        assignment.scores.remove(known[key])
    assignment.comment = comment.strip()
    assignment.positive = None if sheet else positive
    return before != (values, assignment.comment, assignment.positive)


def is_scored(w: Work, application: Application) -> bool:
    """Whether the procedure itself asks for points."""
    return w.rules(application.program, application.track, w.today).procedure.is_scored


def sheet_of(application: Application, *, scored: bool = True) -> list[dict[str, Any]]:
    """The criteria that the application is scored by: the call's; none where neither asks for points."""
    own = application.call.score_sheet if application.call is not None else []
    return own or (WHOLE_SHEET if scored else [])


def panel(w: Work, application_id: int) -> Panel:
    """What the panel came to so far, for those who handle the application."""
    application = find(w, application_id).application
    require(w, Act.APPLICATION_VIEW, *application.place)
    return panel_of(w, application)


def panel_of(w: Work, application: Application) -> Panel:
    """What the panel of an application came to so far."""
    return panels_of(w, [application])[application.id]


def panels_of(w: Work, applications: Sequence[Application]) -> dict[int, Panel]:
    """What the panels of several applications came to so far."""
    query = (
        select(ReviewAssignment)
        .options(selectinload(ReviewAssignment.scores), selectinload(ReviewAssignment.reviewer))
        .where(ReviewAssignment.application_id.in_([item.id for item in applications]))
        .order_by(ReviewAssignment.id)
    )
    tasks: dict[int, list[ReviewAssignment]] = {item.id: [] for item in applications}
    for task in w.session.scalars(query):
        tasks[task.application_id].append(task)
    scored = {
        track: w.rules(*track, w.today).procedure.is_scored
        for track in {(item.program, item.track) for item in applications}
    }
    return {
        item.id: _panel(tasks[item.id], sheet_of(item, scored=scored[item.program, item.track]))
        for item in applications
    }


def _panel(tasks: Sequence[ReviewAssignment], sheet: Sequence[Mapping[str, Any]]) -> Panel:
    scores = tuple(_scored(item, sheet) for item in tasks)
    scoring = [item for item in scores if item.counts]
    totals = [item.total for item in scoring if item.total is not None]
    return Panel(
        scores,
        len(scoring),
        sum(item.finished for item in scoring),
        sum(item.positive is True for item in scoring),
        fmean(totals) if totals else None,
        max(totals) - min(totals) if totals else None,
        pstdev(totals) if totals else None,
        {
            str(item["key"]): fmean(float(s.points[item["key"]]) for s in scoring if s.total is not None)
            for item in sheet
            if totals
        },
    )


def _scored(item: ReviewAssignment, sheet: Sequence[Mapping[str, Any]]) -> ReviewerScore:
    points = {score.criterion: score.points for score in item.scores}
    total = None
    if item.finished_at is not None and item.counts and sheet:
        weights = sum(float(criterion["weight"]) for criterion in sheet)
        reached = sum(
            float(criterion["weight"]) * float(points[criterion["key"]]) / float(criterion["max"])
            for criterion in sheet
        )
        total = HUNDRED * reached / weights
    return ReviewerScore(
        str(item.reviewer),
        item.conflict,
        total,
        points,
        item.comment,
        item.positive,
        item.finished_at is not None,
        item.counts,
        item.set_aside_reason,
    )


def _read_points(
    sheet: Sequence[Mapping[str, Any]], points: Mapping[str, object], *, partly: bool
) -> tuple[dict[str, Decimal], dict[str, T]]:
    values: dict[str, Decimal] = {}
    errors: dict[str, T] = {
        name: T(f"没有评分项 {name}", f"there is no criterion {name}")
        for name in points.keys() - {str(item["key"]) for item in sheet}
    }
    for item in sheet:
        key, most = str(item["key"]), Decimal(str(item["max"]))
        if partly and key not in points:
            continue
        try:
            value = reading.number(points.get(key), least=0, most=most, unit=POINTS)
            if value != round(value, 2):
                raise ValueError
        except (MalformedError, ValueError):
            errors[key] = T(
                f"请给出 0 至 {most} 分，至多两位小数", f"give 0 to {most}, with at most two decimals"
            )
        else:
            values[key] = value
    return values, errors


def _own(w: Work, assignment_id: int) -> tuple[ReviewAssignment, Application]:
    """The actor's own task, with its application locked."""
    found = w.session.get(ReviewAssignment, assignment_id)
    if found is None or found.reviewer_id != w.actor.user_id:
        raise NotFound(NOTHING_THERE)
    query = select(Application).where(Application.id == found.application_id).with_for_update()
    application = w.session.execute(query.execution_options(populate_existing=True)).scalar_one()
    require(w, Act.APPLICATION_SCORE, *application.place)
    return found, application


def assigned(w: Work, application_id: int) -> dict[int, bool | None]:
    """The reviewers of an application with their word on conflicts."""
    query = select(ReviewAssignment.reviewer_id, ReviewAssignment.conflict)
    rows = w.session.execute(query.where(ReviewAssignment.application_id == application_id))
    return {row.reviewer_id: row.conflict for row in rows}


def give(w: Work, application: Application, user_id: int) -> ReviewAssignment:
    """Make the task and tell the reviewer; the caller has checked that there may be one."""
    task = ReviewAssignment(application_id=application.id, reviewer_id=user_id, assigned_at=w.now)
    w.session.add(task)
    w.session.flush()
    notify(
        w,
        MessageEvent.REVIEW_ASSIGNED,
        key=f"review.assigned/{task.id}",
        user_id=user_id,
        values={
            "program": application.program,
            "track": application.track,
            "applicant": application.party.name,
        },
    )
    return task
