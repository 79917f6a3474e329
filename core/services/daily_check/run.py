"""The daily check: everything that time alone brings about, as a due queue worked off in batches.

Each batch is one transaction. A run that was stopped is run again; one with a transaction that failed makes
the others, then fails. A ledger row (`JobRun`) tells what was done. `dry_run` does and undoes it all; `full`
lives through the last `FULL_DAYS` of everything in force and must find nothing that the queue missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from core.domain.clock import SHANGHAI, forward, local_date
from core.domain.errors import Refused
from core.domain.lifecycle.states import IN_FORCE
from core.domain.messages import MessageEvent
from core.domain.roles import DECIDING
from core.domain.supervision.standing import EventKind
from core.logs import masked
from core.rules.numbers import HUNDRED
from core.rules.obligations import Mode
from core.rules.text import T
from core.services.base.access import of_program
from core.services.base.queue import DAILY_CHECK
from core.services.base.work import SYSTEM, Work, work
from core.services.granting.notice_ends import close_due
from core.services.messaging.writing import notify
from core.services.review.panels import remind_due
from core.services.supervision.guards import decided_to_wait
from core.services.supervision.hearing import date_waiting
from core.services.supervision.living_through import Tally, live_through
from core.services.todo import holiday_tables
from core.storage.arrays import among
from core.storage.models import Accreditation, Call, ExitCase, Grant, JobRun, RegisterEvent, User
from core.storage.models.exits import ExitState
from core.storage.models.operations import JobState
from core.storage.processes.absence import tells_of_absence
from core.storage.processes.turns import Turn, is_taken, own_turn

R = TypeVar("R")
JOB = DAILY_CHECK
CHECK = Turn(JOB, 7_219_004, 60)
"""One run at a time on a database, however many workers there are."""
BATCH = 1000
FULL_DAYS = 400


@dataclass(slots=True)
class Report:
    """What a run came to; `held` are the exit cases that the brake kept for a person."""

    as_of: date
    dry_run: bool
    full: bool
    program: str | None = None
    tally: Tally = field(default_factory=Tally)
    held: dict[str, int] = field(default_factory=dict)
    notices_closed: int = 0
    calls_closed: int = 0

    def to_json(self) -> dict[str, Any]:
        """The report as the ledger and the command line show it."""
        by_program: dict[str, dict[str, int]] = {}
        for key, number in sorted(self.tally.counts.items()):
            program, clause, kind = key.split("|")
            by_program.setdefault(program, {})[f"{clause} {kind}"] = number
        return {
            "as_of": self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "full": self.full,
            "program": self.program,
            "checked": self.tally.checked,
            "counts": by_program,
            "held": self.held,
            "notices_closed": self.notices_closed,
            "calls_closed": self.calls_closed,
            "failures": self.tally.failures,
        }


def run_checks(
    factory: sessionmaker[Session],
    as_of: date,
    *,
    now: datetime | None = None,
    dry_run: bool = False,
    full: bool = False,
    program: str | None = None,
    batch: int = BATCH,
) -> Report:
    """Do everything that is due on or before `as_of`; waits for a run that is under way.

    Of a `program` alone where one is named. A day after that of `now` (ten past midnight of `as_of` unless
    given) is refused, but for a dry run, which tells what would be done on it.
    """
    midnight = datetime.combine(as_of, time(0, 10), SHANGHAI)
    moment = now or midnight
    if as_of > local_date(moment):
        if not dry_run:
            raise Refused(
                T(f"{as_of} 尚未到来，不能办理", f"{as_of} is yet to come: nothing can be done for it"),
                field="as_of",
                mend=T("如需预演，请用 --dry-run", "to see what would be done, use --dry-run"),
            )
        moment = midnight
    report = Report(as_of, dry_run, full, program)
    with own_turn(factory, CHECK) as session, factory() as reader:
        run_id = None if dry_run else _open_ledger(session, as_of, moment)
        units = _Units(session, moment, report)
        try:
            _before(units, report, program)
            for items in (_everything if full else _due)(reader, as_of, batch, program):
                name = f"accreditations {items[0][0]}-{items[-1][0]}"
                report.tally.take(units.do(name, partial(_live, report, items)) or Tally())
                if run_id is not None:
                    _note(session, run_id, report)
            if units.first is not None:
                raise units.first
        except BaseException as error:
            if run_id is not None:
                _close_ledger(session, run_id, report, JobState.FAILED, masked(repr(error)))
            raise
        if run_id is None:
            session.rollback()
        else:
            _close_ledger(session, run_id, report, JobState.DONE, "")
    return report


def state_of(session: Session, run: JobRun) -> JobState:
    """Where a run stands; one that nobody is at any more has stopped half-way, whatever its row says."""
    if run.job == JOB and run.state is JobState.RUNNING and not is_taken(session, CHECK):
        return JobState.STOPPED
    return run.state


@contextmanager
def _unit(session: Session, moment: datetime, *, dry_run: bool) -> Iterator[Work]:
    if dry_run:
        yield Work(session, SYSTEM, moment, JOB)
        session.flush()
        session.expunge_all()
    else:
        with work(session, SYSTEM, moment, JOB) as unit:
            yield unit
        session.expunge_all()


@dataclass(slots=True)
class _Units:
    """The transactions of a run: one that fails is noted, and the others are made all the same."""

    session: Session
    moment: datetime
    report: Report
    first: Exception | None = None
    """What the run fails with once the others are made: it is then tried again."""

    def do(self, name: str, act: Callable[[Work], R]) -> R | None:
        """What an act came to in its own transaction; None where it failed."""
        try:
            with _unit(self.session, self.moment, dry_run=self.report.dry_run) as w:
                return act(w)
        except Exception as error:
            # A dry run is one transaction, and without a database there is nothing to go on with.
            if self.report.dry_run or tells_of_absence(error):
                raise
            self.session.expunge_all()
            self.report.tally.failures.append({"part": name, "error": masked(repr(error))})
            self.first = self.first or error
            return None


def _before(units: _Units, report: Report, program: str | None) -> None:
    """What is not an accreditation's own: notices and calls that are over, the brake, late reviewers."""
    report.notices_closed = units.do("notices", lambda w: close_due(w, report.as_of, program)) or 0
    report.calls_closed = units.do("calls", lambda w: _close_calls(w, report.as_of, program)) or 0
    # A table may have come while a party was being told.
    units.do("hearings", lambda w: date_waiting(w, program))
    # Without the brake nothing may take effect: what fails here ends the run.
    with _unit(units.session, units.moment, dry_run=report.dry_run) as w:
        report.held = _brake(w, report.as_of, program)
    units.do("reviewers", lambda w: remind_due(w, program))
    if program is None:
        units.do("holiday tables", holiday_tables.warn)


def _live(report: Report, items: Items, w: Work) -> Tally:
    """Take a batch through its days."""
    tally = Tally()
    live_through(w, _locked(w, items, report), report.as_of, tally)
    return tally


def _close_calls(w: Work, as_of: date, program: str | None) -> int:
    midnight = datetime.combine(as_of + timedelta(days=1), time(), SHANGHAI)
    last = func.coalesce(Call.recommend_by, Call.submit_by)
    over = Call.closed_at.is_(None), last < min(midnight, w.now), of_program(Call.program, program)
    calls = w.session.scalars(select(Call).where(*over)).all()
    for call in calls:
        call.closed_at = call.recommend_by or call.submit_by
    return len(calls)


def _brake(w: Work, as_of: date, program: str | None) -> dict[str, int]:
    """Hold a programme's automatic revocations for a person where this run would make too many."""
    about = (
        ExitCase.mode == Mode.AUTOMATIC,
        ExitCase.state == ExitState.PROPOSED,
        ExitCase.human_requested.is_(False),
        ~decided_to_wait(),
        ExitCase.objection_until < as_of,
        of_program(Accreditation.program, program),
    )
    cases = w.session.execute(
        select(ExitCase, Accreditation.program)
        .join(ExitCase.accreditation)
        .where(*about)
        .order_by(ExitCase.id)
    ).all()
    due: dict[str, list[ExitCase]] = {}
    for case, owner in cases:
        due.setdefault(owner, []).append(case)
    held: dict[str, int] = {}
    for owner, waiting in due.items():
        active = w.session.scalar(
            select(func.count()).where(Accreditation.program == owner, Accreditation.state.in_(IN_FORCE))
        )
        many = len(waiting) > w.operation("brake_count", as_of)
        large = len(waiting) * HUNDRED > (active or 0) * w.operation("brake_percent", as_of)
        if not (many and large):
            continue
        for case in waiting:
            case.state = ExitState.HELD
        held[owner] = len(waiting)
        for user in _deciders(w, owner):
            values = {"program": owner, "cases": len(waiting)}
            notify(w, MessageEvent.EXIT_HELD, key=f"held/{owner}/{as_of}/{user}", user_id=user, values=values)
    return held


def _deciders(w: Work, program: str) -> Sequence[int]:
    """The users who decide in a programme."""
    mine = or_(Grant.program.is_(None), Grant.program == program)
    held = Grant.held_on(w.today)
    query = select(User.id).join(Grant).where(User.active, held, Grant.role.in_(DECIDING), mine)
    return w.session.scalars(query.distinct().order_by(User.id)).all()


Items = Sequence[tuple[int, date]]
"""Accreditations to take through their days, each with the first of them."""


def _due(reader: Session, as_of: date, size: int, program: str | None) -> Iterator[Items]:
    """What is due."""
    query = select(Accreditation.id, Accreditation.next_due_on).where(Accreditation.next_due_on <= as_of)
    yield from _in_batches(reader, query, size, program)


def _everything(reader: Session, as_of: date, size: int, program: str | None) -> Iterator[Items]:
    """For a full run: everything in force, as of long ago."""
    extended = (
        select(func.max(RegisterEvent.happened_on))
        .where(RegisterEvent.accreditation_id == Accreditation.id, RegisterEvent.kind == EventKind.EXTENDED)
        .scalar_subquery()
    )
    first = func.greatest(Accreditation.started_on, extended, as_of - timedelta(days=FULL_DAYS))
    query = select(Accreditation.id, first).where(Accreditation.state.in_(IN_FORCE))
    yield from _in_batches(reader, query, size, program)


def _in_batches(reader: Session, query: Select[Any, Any], size: int, program: str | None) -> Iterator[Items]:
    """The server keeps the queue: a batch costs what is in it, however long the queue is."""
    query = query.where(of_program(Accreditation.program, program)).order_by(Accreditation.id)
    rows = reader.execute(query, execution_options={"yield_per": size})
    for part in rows.partitions():
        yield [(number, day) for number, day in part]


def _locked(w: Work, items: Items, report: Report) -> Items:
    """The batch under lock, without what an event has dealt with since the queue was read."""
    wanted = among(Accreditation.id, [number for number, _ in items])
    query = select(Accreditation.id, Accreditation.next_due_on).where(wanted)
    rows = w.session.execute(query.order_by(Accreditation.id).with_for_update()).all()
    if report.full:
        return items
    return [(number, day) for number, day in rows if day is not None and day <= report.as_of]


def _open_ledger(session: Session, as_of: date, moment: datetime) -> int:
    # We hold the lock: a row that says "running" is of a run that died.
    session.execute(
        update(JobRun)
        .where(JobRun.job == JOB, JobRun.state == JobState.RUNNING)
        .values(state=JobState.STOPPED)
    )
    run = JobRun(job=JOB, as_of=as_of, started_at=moment)
    session.add(run)
    session.commit()
    return run.id


def _note(session: Session, run_id: int, report: Report) -> None:
    shown = report.to_json()
    session.execute(
        update(JobRun).where(JobRun.id == run_id).values(counts=shown, failures=report.tally.failures)
    )
    session.commit()


def _close_ledger(session: Session, run_id: int, report: Report, state: JobState, message: str) -> None:
    session.rollback()
    session.execute(
        update(JobRun)
        .where(JobRun.id == run_id)
        .values(
            state=state,
            finished_at=func.clock_timestamp() + forward(),
            counts=report.to_json(),
            failures=report.tally.failures,
            message=message,
        )
    )
    session.commit()
