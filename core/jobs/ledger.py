"""What the ledger of jobs says: whether a day's job was done, and a row for a job that keeps none itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import psycopg
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from core.domain.clock import forward
from core.logs import masked
from core.storage.models import JobRun
from core.storage.models.operations import JobState


def was_done(session: Session, job: str, day: date) -> bool:
    """Whether a run for that day, or a later one, came to its end; one of a single programme is not it."""
    whole = JobRun.state == JobState.DONE, JobRun.counts["program"].astext.is_(None)
    query = select(JobRun.id).where(JobRun.job == job, JobRun.as_of >= day, *whole)
    return session.scalar(query.limit(1)) is not None


def was_done_by(connection: psycopg.Connection[Any], job: str, day: date) -> bool:
    """The same, asked over a bare connection."""
    row = connection.execute(
        "SELECT 1 FROM job_run WHERE job = %s AND as_of >= %s AND state = 'done' "
        "AND counts->>'program' IS NULL LIMIT 1",
        (job, day),
    ).fetchone()
    return row is not None


@contextmanager
def recorded(factory: sessionmaker[Session], job: str, day: date, at: datetime) -> Iterator[dict[str, Any]]:
    """A row for one run; the caller fills in the counts, an error is written down and goes on."""
    counts: dict[str, Any] = {}
    with factory() as session, session.begin():
        run = JobRun(job=job, as_of=day, started_at=at)
        session.add(run)
        session.flush()
        number = run.id
    try:
        yield counts
    except BaseException as error:
        _close(factory, number, JobState.FAILED, counts, masked(repr(error)))
        raise
    _close(factory, number, JobState.DONE, counts, "")


def _close(
    factory: sessionmaker[Session], number: int, state: JobState, counts: dict[str, Any], message: str
) -> None:
    with factory() as session, session.begin():
        session.execute(
            update(JobRun)
            .where(JobRun.id == number)
            .values(
                state=state,
                counts=counts,
                message=message,
                finished_at=func.clock_timestamp() + forward(),
            )
        )
