"""Figures of the running of the register: read from the database, so that every process tells the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.domain.clock import local_date
from core.domain.supervision.standing import EventKind
from core.services.base.queue import DAILY_CHECK, LEAD, worker_runs
from core.services.delivery.promptness import periods_not_begun
from core.services.trail.anchoring import last_anchor
from core.storage.models import Accreditation, ExitCase, JobRun, OutboxMessage, RegisterEvent
from core.storage.models.accounts import Guess
from core.storage.models.exits import OPEN_EXIT_STATES
from core.storage.models.operations import JobState, MessageState
from core.storage.models.trail import AuditLink
from core.storage.processes.turns import Turn, is_taken

BACKUP = "backup"
"""The run in the ledger that says of a backup that it is whole."""
WAITING = (MessageState.PENDING, MessageState.FAILED, MessageState.HELD)
ENDING = (EventKind.WARNING, EventKind.EXIT_PROPOSED, EventKind.REVOKED)
DAY = timedelta(days=1)

Values = Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its value for each combination of its labels."""

    name: str
    meaning: str
    values: Values
    labels: tuple[str, ...] = ()


def figures(session: Session, now: datetime, anchors: Path) -> Iterator[Figure]:
    """All of them as of a moment; what has no value yet (no backup was made) has no line.

    `anchors`: the file to which anchors of the trail are appended.
    """
    yield from _jobs(session)
    yield from _messages(session, now)
    yield from _check(session, now)
    yield from _supervision(session, now)
    yield from _trail(session, anchors)
    locked = select(func.count(func.distinct(Guess.user_id))).where(Guess.locked_until > now)
    yield _one(
        "accredit_accounts_locked", "Accounts that are locked after failed logins", session.scalar(locked)
    )
    made = select(func.max(JobRun.finished_at)).where(JobRun.job == BACKUP, JobRun.state == JobState.DONE)
    yield _moment(
        "accredit_backup_timestamp_seconds", "When the last whole backup was made", session.scalar(made)
    )


def _jobs(session: Session) -> Iterator[Figure]:
    rows = session.execute(
        text(
            "SELECT queue_name, task_name, status::text, count(*) FROM procrastinate_jobs "
            "WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2, 3"
        )
    )
    yield Figure(
        "accredit_queue_jobs",
        "Jobs in the queue: todo, doing, and those that failed for good",
        {(queue, task, status): number for queue, task, status, number in rows},
        ("queue", "job", "status"),
    )
    yield _one("accredit_worker_runs", "1 while any worker shows signs of life", worker_runs(session))
    yield _one(
        "accredit_worker_leads",
        "1 while a worker keeps the timetable",
        is_taken(session, Turn("lead", LEAD, 0)),
    )


def _messages(session: Session, now: datetime) -> Iterator[Figure]:
    state = OutboxMessage.state
    query = select(state, func.count(), func.min(OutboxMessage.created_at)).where(state.in_(WAITING))
    rows = {row[0]: (row[1], row[2]) for row in session.execute(query.group_by(state))}
    yield Figure(
        "accredit_messages",
        "Messages that are pending, failed or held",
        {(kind.value,): rows.get(kind, (0, None))[0] for kind in WAITING},
        ("state",),
    )
    _, oldest = rows.get(MessageState.PENDING, (0, None))
    waits = max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0
    yield _one("accredit_messages_oldest_seconds", "Age of the oldest message that waits to be sent", waits)
    yield _one(
        "accredit_periods_not_begun",
        "Messages with which a period begins that failed and wait for a person",
        periods_not_begun(session),
    )


def _check(session: Session, now: datetime) -> Iterator[Figure]:
    query = (
        select(JobRun.as_of, JobRun.started_at, JobRun.finished_at)
        .where(
            JobRun.job == DAILY_CHECK,
            JobRun.state == JobState.DONE,
            JobRun.counts["program"].astext.is_(None),
        )
        .order_by(JobRun.as_of.desc(), JobRun.id.desc())
    )
    last = session.execute(query.limit(1)).one_or_none()
    if last is None:
        return
    yield _moment("accredit_check_timestamp_seconds", "When the last daily check ended", last.finished_at)
    yield _one(
        "accredit_check_seconds",
        "How long the last daily check took",
        (last.finished_at - last.started_at).total_seconds(),
    )
    behind = max(0, (local_date(now) - last.as_of).days)
    yield _one("accredit_check_days_behind", "Days that no daily check has caught up yet", behind)


def _supervision(session: Session, now: datetime) -> Iterator[Figure]:
    kind, program = RegisterEvent.kind, Accreditation.program
    recent = select(program, kind, func.count()).join(RegisterEvent.accreditation)
    recent = recent.where(kind.in_(ENDING), RegisterEvent.happened_on >= local_date(now) - DAY)
    yield Figure(
        "accredit_supervision_events",
        "Warnings, proposed exits and revocations dated today or yesterday",
        {
            (where, what.value): number
            for where, what, number in session.execute(recent.group_by(program, kind))
        },
        ("program", "kind"),
    )
    state = ExitCase.state
    cases = select(program, state, func.count()).join(ExitCase.accreditation)
    cases = cases.where(state.in_(OPEN_EXIT_STATES)).group_by(program, state)
    yield Figure(
        "accredit_exit_cases_open",
        "Exit cases that are still to be decided",
        {(where, stands.value): number for where, stands, number in session.execute(cases)},
        ("program", "state"),
    )


def _trail(session: Session, anchors: Path) -> Iterator[Figure]:
    # By the clock that wrote them.
    age = func.extract("epoch", func.clock_timestamp() - func.min(AuditLink.written_at))
    number, oldest = session.execute(select(func.count(), age).where(AuditLink.number.is_(None))).one()
    yield _one(
        "accredit_trail_unsealed", "Transactions of the trail that have no place in the chain yet", number
    )
    yield _one("accredit_trail_sealing_lag_seconds", "Age of the oldest of them", float(oldest or 0))
    head = session.scalar(select(func.max(AuditLink.number))) or 0
    last = last_anchor(anchors)
    yield _one(
        "accredit_trail_unanchored_links",
        "Links of the chain that came after the last anchor",
        head - (last.number if last is not None else 0),
    )
    at = None if last is None else datetime.fromisoformat(last.at)
    yield _moment("accredit_trail_anchor_timestamp_seconds", "When the last anchor was written", at)


def _one(name: str, meaning: str, value: float | None) -> Figure:
    return Figure(name, meaning, {(): value or 0})


def _moment(name: str, meaning: str, at: datetime | None) -> Figure:
    return Figure(name, meaning, {} if at is None else {(): at.timestamp()})
