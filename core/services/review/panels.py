"""Panels as an officer runs them: who can review, an even assignment, replacements, reminders.

A review is due some days after it was given (`review_days`). The date binds nobody, since the texts name
none: a late reviewer is reminded and shown, and can be replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import DomainError, Invalid, NotFound, Refused
from core.domain.lifecycle.states import ApplicationState
from core.domain.messages import MessageEvent
from core.domain.roles import Grant as RoleGrant
from core.domain.roles import Role, covers
from core.rules.text import T
from core.services.applications.case import lock_for
from core.services.applications.handling import require_state
from core.services.base.access import of_program
from core.services.base.bulk import BulkResult
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.review.conflicts import Conflicts
from core.services.review.reviews import assign, assigned, give, why_not_reviewer
from core.storage.models import Application, Grant, ReviewAssignment, User

IN_REVIEW = (ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class BulkAssigned:
    """Whom a bulk assignment gave one application to, and how many reviewers it still lacks."""

    application_id: int
    reviewers: tuple[int, ...]
    lacking: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who may review in a programme, with the tasks that are open now."""

    user_id: int
    name: str
    open: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One application of a planned assignment: who has it, who would get it, who is passed over and why."""

    application_id: int
    party: str
    there: tuple[int, ...]
    given: tuple[int, ...]
    avoided: tuple[tuple[int, T], ...]
    lacking: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned assignment with each reviewer's open tasks before and after it."""

    rows: tuple[Planned, ...]
    before: dict[int, int]
    after: dict[int, int]


def candidates(w: Work, program: str) -> list[Candidate]:
    """The active reviewers of a programme, those with the fewest open tasks first."""
    query = (
        select(User)
        .join(Grant)
        .where(User.active, Grant.role == Role.REVIEWER, Grant.held_on(w.today))
        .where(or_(Grant.program.is_(None), Grant.program == program))
        .distinct()
        .order_by(User.sort_name, User.id)
        .limit(MOST_AT_ONCE)
    )
    people = list(w.session.scalars(query))
    load = open_tasks(w, [user.id for user in people])
    found = [Candidate(user.id, str(user), load[user.id]) for user in people]
    return sorted(found, key=lambda item: item.open)


def can_be_asked(w: Work, application: Application) -> list[User]:
    """The active reviewers who cover the application and have no task on it yet."""
    there = assigned(w, application.id)
    query = (
        select(User)
        .join(Grant)
        .where(
            Grant.role == Role.REVIEWER,
            Grant.held_on(w.today),
            User.active,
            or_(Grant.program.is_(None), Grant.program == application.program),
            User.id.not_in(there),
        )
        .options(selectinload(User.grants))
        .distinct()
        .order_by(User.sort_name, User.id)
        .limit(MOST_AT_ONCE)
    )
    return [
        user
        for user in w.session.scalars(query)
        if any(
            grant.role is Role.REVIEWER
            and covers(RoleGrant(grant.role, grant.program, grant.region), *application.place)
            for grant in user.held(w.today)
        )
    ]


def open_tasks(w: Work, user_ids: Collection[int]) -> dict[int, int]:
    """How many tasks each reviewer still has to do."""
    query = (
        select(ReviewAssignment.reviewer_id, func.count())
        .where(
            ReviewAssignment.reviewer_id.in_(user_ids),
            ReviewAssignment.finished_at.is_(None),
            ReviewAssignment.counts,
        )
        .group_by(ReviewAssignment.reviewer_id)
    )
    return dict.fromkeys(user_ids, 0) | {row[0]: row[1] for row in w.session.execute(query)}


def plan(
    w: Work, applications: Sequence[Application], reviewer_ids: Sequence[int], per_application: int
) -> Plan:
    """Who would get what: always those with the fewest open tasks first, nobody with a conflict."""
    before = open_tasks(w, list(dict.fromkeys(reviewer_ids)))
    load = dict(before)
    there = _there(w, applications)
    covering = _covering(w, load)
    conflicts = Conflicts(w, applications, load)
    rows = []
    for application in sorted(applications, key=lambda item: item.id):
        words = there.get(application.id, {})
        missing = per_application - sum(words.values())
        given: list[int] = []
        avoided: list[tuple[int, T]] = []
        for number in sorted(load, key=lambda item: (load[item], item)):
            if len(given) >= missing:
                break
            if number in words:
                continue
            why = _why_not(application, number, covering, conflicts)
            if why is not None:
                avoided.append((number, why))
                continue
            load[number] += 1
            given.append(number)
        rows.append(
            Planned(
                application.id,
                application.party.name,
                tuple(words),
                tuple(given),
                tuple(avoided),
                max(0, missing - len(given)),
            )
        )
    return Plan(tuple(rows), before, load)


def bulk_assign(
    w: Work, application_ids: Sequence[int], reviewer_ids: Sequence[int], per_application: int
) -> list[BulkAssigned]:
    """Give each application to so many reviewers, evenly, as `plan` would.

    Reviewers with a conflict are passed over; where too few are left, the result says how many are lacking.
    """
    applications = []
    for number in sorted(dict.fromkeys(application_ids)):
        application = lock_for(w, number, Act.APPLICATION_ASSIGN).application
        require_state(application, *IN_REVIEW)
        applications.append(application)
    planned = plan(w, applications, reviewer_ids, per_application)
    by_id = {item.id: item for item in applications}
    for row in planned.rows:
        for reviewer in row.given:
            give(w, by_id[row.application_id], reviewer)
    return [BulkAssigned(row.application_id, row.given, row.lacking) for row in planned.rows]


def assign_planned(w: Work, pairs: Iterable[tuple[int, int]]) -> list[BulkResult]:
    """Give applications to reviewers exactly as a plan that was looked at says; each whole or not at all."""
    wanted: dict[int, list[int]] = {}
    for application_id, reviewer_id in pairs:
        wanted.setdefault(application_id, []).append(reviewer_id)
    results = []
    for application_id in sorted(wanted):
        try:
            with w.session.begin_nested():
                assign(w, application_id, wanted[application_id])
        except Invalid as error:
            first = next(iter(error.errors.values()))
            results.append(BulkResult(application_id, first))
        except DomainError as error:
            results.append(BulkResult(application_id, error.text))
        else:
            results.append(BulkResult(application_id, None))
    return results


def replace_reviewer(w: Work, assignment_id: int, reviewer_id: int) -> int:
    """Put another reviewer in the place of one who is recused or set aside, or who has not finished.

    The word on a conflict and what does not count stay with the case; a task that nothing came of is taken
    back. Returns the new task's id.
    """
    task, application = task_of(w, assignment_id)
    if task.finished_at is not None and task.counts:
        raise Refused(
            T("该专家已提交评审，不能更换", "this reviewer has given a word and stays"),
            mend=T("确需更换的，先将其评审标为不计入", "set it aside first, if another is needed"),
        )
    why = why_not_reviewer(w, application, reviewer_id)
    if reviewer_id in _there(w, [application]).get(application.id, {}):
        why = T("已是该申请的评审专家", "reviews this application already")
    if why is not None:
        raise Invalid({"reviewer": why})
    if task.counts:
        w.session.delete(task)
        w.session.flush()
    return give(w, application, reviewer_id).id


def take_back(w: Work, assignment_id: int) -> None:
    """Take a task back that was not finished."""
    task, _application = task_of(w, assignment_id)
    if task.finished_at is not None or not task.counts:
        raise Refused(T("该任务已有结果，不能撤回", "something came of this task; it stays"))
    w.session.delete(task)
    w.session.flush()


def due_on(w: Work, assigned: date) -> date:
    """The day by which a review given on a day should be done."""
    return assigned + timedelta(days=int(w.operation("review_days")))


def remind(w: Work, application_ids: Collection[int]) -> int:
    """Remind whoever has not finished the applications, each person once a day; how many were written to."""
    tasks = _unfinished(w, Application.id.in_(application_ids))
    for task in tasks:
        lock_for(w, task.application_id, Act.APPLICATION_ASSIGN)
    return _remind(w, tasks)


def remind_due(w: Work, program: str | None = None) -> int:
    """Remind the reviewers whose tasks are due soon: once a task, by its last days."""
    first = w.today - timedelta(days=int(w.operation("review_days") - w.operation("review_remind_days")))
    near = [
        task
        for task in _unfinished(
            w,
            func.date(ReviewAssignment.assigned_at) >= first - timedelta(days=30),
            of_program(Application.program, program),
        )
        if local_date(task.assigned_at) <= first
    ]
    for task in near:
        _write(w, [task], f"review.reminder/task/{task.id}")
    return len(near)


def _remind(w: Work, tasks: Sequence[ReviewAssignment]) -> int:
    by_reviewer: dict[tuple[int, str, str], list[ReviewAssignment]] = {}
    for task in tasks:
        key = (task.reviewer_id, task.application.program, task.application.track)
        by_reviewer.setdefault(key, []).append(task)
    for (reviewer, program, track), theirs in by_reviewer.items():
        _write(w, theirs, f"review.reminder/{program}/{track}/{reviewer}/{w.today}")
    return len({reviewer for reviewer, _, _ in by_reviewer})


def _write(w: Work, tasks: Sequence[ReviewAssignment], key: str) -> None:
    first = tasks[0].application
    values = {
        "program": first.program,
        "track": first.track,
        "tasks": len(tasks),
        "due": min(due_on(w, local_date(task.assigned_at)) for task in tasks),
    }
    notify(w, MessageEvent.REVIEW_REMINDER, key=key, user_id=tasks[0].reviewer_id, values=values)


def _unfinished(w: Work, *where: ColumnElement[bool]) -> list[ReviewAssignment]:
    query = (
        select(ReviewAssignment)
        .join(ReviewAssignment.application)
        .options(joinedload(ReviewAssignment.application))
        .where(
            ReviewAssignment.finished_at.is_(None),
            ReviewAssignment.counts,
            Application.state.in_(IN_REVIEW),
            *where,
        )
        .order_by(ReviewAssignment.id)
    )
    return list(w.session.scalars(query))


def task_of(w: Work, assignment_id: int) -> tuple[ReviewAssignment, Application]:
    """A task with its application locked, for whoever assigns."""
    task = w.session.get(ReviewAssignment, assignment_id)
    if task is None:
        raise NotFound(NOTHING_THERE)
    application = lock_for(w, task.application_id, Act.APPLICATION_ASSIGN).application
    require_state(application, *IN_REVIEW)
    w.session.refresh(task)
    return task, application


def _there(w: Work, applications: Sequence[Application]) -> dict[int, dict[int, bool]]:
    """The reviewers of each application, and whether their word counts."""
    query = select(
        ReviewAssignment.application_id, ReviewAssignment.reviewer_id, ReviewAssignment.counts
    ).where(ReviewAssignment.application_id.in_([item.id for item in applications]))
    found: dict[int, dict[int, bool]] = {}
    for application_id, reviewer_id, counts in w.session.execute(query.order_by(ReviewAssignment.id)):
        found.setdefault(application_id, {})[reviewer_id] = counts
    return found


def _covering(w: Work, user_ids: Collection[int]) -> dict[int, list[RoleGrant]]:
    """The grants under which each active user reviews."""
    query = (
        select(Grant)
        .join(Grant.user)
        .where(
            Grant.user_id.in_(user_ids),
            Grant.role == Role.REVIEWER,
            Grant.held_on(w.today),
            User.active,
        )
    )
    found: dict[int, list[RoleGrant]] = {}
    for grant in w.session.scalars(query):
        found.setdefault(grant.user_id, []).append(RoleGrant(grant.role, grant.program, grant.region))
    return found


def _why_not(
    application: Application, user_id: int, covering: dict[int, list[RoleGrant]], conflicts: Conflicts
) -> T | None:
    grants = covering.get(user_id, ())
    if not any(covers(grant, *application.place) for grant in grants):
        return T("不是本项目本地区的评审专家", "is no reviewer of this programme and region")
    return conflicts.of(application, user_id)
