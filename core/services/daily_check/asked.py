"""The daily check when a person asks for it: one run for all who ask, made by a worker, seen as it goes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, text

from core.domain.acts import Act
from core.services.base.access import require, require_anywhere
from core.services.base.queue import CHECK_NOW, Queued, defer, queued, worker_runs
from core.services.base.work import Work
from core.services.daily_check.run import JOB, state_of
from core.storage.models import JobRun
from core.storage.models.operations import JobState
from core.storage.trail.recording import record

ASKING = 7_219_005
"""Advisory lock of those who ask: of two at once, the second sees what the first has put into the queue."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the check stands now."""

    run: JobRun | None
    """The last run."""
    state: JobState | None
    """Where it stands."""
    queued: Queued | None
    """The run that a worker is at, or has still to make."""
    works: bool
    """Whether any worker is there."""

    @property
    def running(self) -> bool:
        """Whether the last run goes on."""
        return self.state is JobState.RUNNING

    @property
    def under_way(self) -> bool:
        """Whether a run goes on or will be made without anybody asking."""
        return self.running or self.queued is not None


def standing(w: Work) -> Standing:
    """Where the check stands."""
    require_anywhere(w, Act.JOB_VIEW)
    query = select(JobRun).where(JobRun.job == JOB).order_by(JobRun.id.desc()).limit(1)
    run = w.session.scalar(query.execution_options(populate_existing=True))
    return Standing(
        run,
        state_of(w.session, run) if run is not None else None,
        queued(w.session, JOB, CHECK_NOW),
        worker_runs(w.session),
    )


def ask(w: Work) -> bool:
    """Have a worker do what is due today, also where today was checked already; False where one is at it."""
    require(w, Act.JOB_RUN, None, None)
    w.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ASKING})
    if standing(w).under_way:
        return False
    # The lock that the timetable's own check has: the two come one after the other.
    taken = defer(w.session, CHECK_NOW, lock=JOB, as_of=w.today.isoformat())
    if taken:
        # The queue forgets who asked.
        record(w.session, JobRun.__tablename__, w.today, {"as_of": [None, w.today]})
    return taken
