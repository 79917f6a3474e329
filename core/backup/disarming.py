"""What a restored register must not do again: messages, logins, codes, invitations, jobs of its old life."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import cast as cast_to

from sqlalchemy import CursorResult, Table, Text, cast, delete, func, select, text, update
from sqlalchemy.sql.dml import Update

from core.backup.archive import Manifest
from core.services.base.work import Work
from core.services.messaging.writing import NOT_AFTER_RESTORE
from core.storage.models import (
    DataExport,
    Invitation,
    JobRun,
    LoginSession,
    OutboxMessage,
    User,
    VerificationCode,
)
from core.storage.models.operations import JobState, MessageState
from core.storage.trail.recording import record, record_row

JOB = "restore"
QUEUE = ("procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")
"""The tables of the workers' queue, in the order in which they can be emptied."""


ANOTHER = func.replace(cast(func.gen_random_uuid(), Text), "-", "")
"""A new mark of a user, which sessions and cookies carry: none of the old ones is then known."""


@dataclass(frozen=True, slots=True)
class Disarmed:
    """How much of the old life was made harmless."""

    messages: int
    """Held: they stand as failed in the delivery log, from where they can be sent."""
    logins: int
    """Accounts whose sessions have ended."""
    codes: int
    invitations: int
    exports: int
    jobs: int


def disarm(w: Work, source: Path, manifest: Manifest, began: datetime) -> Disarmed:
    """Make the old life harmless, and write down that the register was restored, when and from what."""
    done = Disarmed(
        messages=_messages(w),
        logins=_logins(w),
        codes=_changed(
            w, update(VerificationCode).where(VerificationCode.used_at.is_(None)).values(used_at=w.now)
        ),
        invitations=_invitations(w),
        exports=_exports(w),
        jobs=_jobs(w),
    )
    _write_down(w, source, manifest, done, began)
    return done


def _logins(w: Work) -> int:
    w.session.execute(delete(LoginSession))
    return _changed(w, update(User).values(fs_uniquifier=ANOTHER))


def _messages(w: Work) -> int:
    # Another register may have sent them since; only a person can tell.
    held = update(OutboxMessage).where(OutboxMessage.state == MessageState.PENDING)
    number = _changed(w, held.values(state=MessageState.FAILED, last_error=NOT_AFTER_RESTORE))
    _changed(w, update(OutboxMessage).where(OutboxMessage.secret != "").values(secret=""))
    return number


def _invitations(w: Work) -> int:
    query = select(Invitation).where(
        Invitation.accepted_at.is_(None),
        Invitation.cancelled_at.is_(None),
        Invitation.expires_at > w.now,
    )
    found = w.session.scalars(query).all()
    for item in found:
        item.cancelled_at = w.now
    return len(found)


def _exports(w: Work) -> int:
    # Their files are in no backup; whoever needs one asks for it again.
    table = cast_to(Table, DataExport.__table__)
    gone = w.session.execute(delete(table).returning(*table.c)).mappings().all()
    for row in gone:
        record_row(w.session, DataExport, row, None)
    return len(gone)


def _jobs(w: Work) -> int:
    waiting = w.session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    )
    for table in QUEUE:
        w.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # constants of this module
    stopped = update(JobRun).where(JobRun.state == JobState.RUNNING)
    _changed(w, stopped.values(state=JobState.STOPPED))
    return int(waiting or 0)


def _write_down(w: Work, source: Path, manifest: Manifest, done: Disarmed, began: datetime) -> None:
    told = {
        "backup": source.name,
        "made_at": manifest.made_at,
        "product": manifest.product,
        "revision": manifest.revision,
        **asdict(done),
    }
    run = JobRun(
        job=JOB,
        as_of=w.today,
        started_at=began,
        finished_at=w.now,
        state=JobState.DONE,
        message=f"{source.name}, {manifest.made_at}, accredit {manifest.product}",
    )
    w.session.add(run)
    w.session.flush()
    record(w.session, JobRun.__tablename__, run.id, {name: [None, value] for name, value in told.items()})


def _changed(w: Work, statement: Update) -> int:
    result = w.session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount if isinstance(result, CursorResult) else 0
