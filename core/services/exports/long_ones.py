"""Long exports: asked for by a user, made by a worker, kept for some days, seen by that user alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core.domain.clock import local_date
from core.domain.errors import NotAllowed, NotFound, Refused
from core.domain.messages import MessageEvent
from core.rules.phrases import LOG_IN_FIRST
from core.rules.text import T
from core.services.base.queue import MAKE_EXPORT, defer
from core.services.base.words import NOTHING_THERE
from core.services.base.work import SYSTEM, Work, work
from core.services.messaging.writing import notify
from core.storage.files import FileStore
from core.storage.models import DataExport
from core.storage.models.operations import JobState

LONG = 5_000
"""Rows beyond which an export is made by a worker."""
KEPT = timedelta(days=7)
MOST_UNFINISHED = 5
MOST_SHOWN = 100
MOST_BYTES = 2 * 1024**3
FOLDER = "exports"
"""Where their files stand within the instance folder: apart from documents, for they are taken away again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a worker needs to know of an export."""

    id: int
    user_id: int
    name: str
    file_format: str
    arguments: Mapping[str, Any]
    language: str


def ask(w: Work, name: str, file_format: str, arguments: Mapping[str, Any], filename: str, lang: str) -> int:
    """Have an export made; asked for again while it is being made, it stays the one. Returns its id."""
    user = _user(w)
    waiting = list(
        w.session.scalars(
            select(DataExport).where(DataExport.user_id == user, DataExport.state == JobState.RUNNING)
        )
    )
    wanted = (name, file_format, dict(arguments), lang)
    for row in waiting:
        if (row.name, row.file_format, row.arguments, row.language) == wanted:
            return row.id
    if len(waiting) >= MOST_UNFINISHED:
        raise Refused(
            T(
                f"您已有 {MOST_UNFINISHED} 项导出正在生成",
                f"{MOST_UNFINISHED} exports of yours are being made already",
            ),
            mend=T("请等待其中一项完成后再试", "wait until one of them is done"),
        )
    row = DataExport(
        user_id=user,
        name=name,
        file_format=file_format,
        arguments=dict(arguments),
        language=lang,
        filename=filename,
        asked_at=w.now,
    )
    w.session.add(row)
    w.session.flush()
    defer(w.session, MAKE_EXPORT, export_id=row.id)
    return row.id


def again(w: Work, export_id: int) -> None:
    """Make an export anew that has failed; one that is being made goes on."""
    row = one(w, export_id)
    if row.state is JobState.RUNNING:
        return
    if row.state is JobState.DONE:
        raise Refused(T("该导出已完成，可直接下载", "It is done and can be downloaded"))
    row.state, row.message, row.finished_at = JobState.RUNNING, "", None
    row.done_rows, row.total_rows, row.asked_at = 0, None, w.now
    w.session.flush()
    defer(w.session, MAKE_EXPORT, export_id=row.id)


def one(w: Work, export_id: int) -> DataExport:
    """An export of the user's own, locked; NotFound for anybody else's."""
    query = select(DataExport).where(DataExport.id == export_id, DataExport.user_id == _user(w))
    found = w.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def own(w: Work) -> Sequence[DataExport]:
    """The user's exports, the latest first."""
    query = select(DataExport).where(DataExport.user_id == _user(w))
    return w.session.scalars(query.order_by(DataExport.id.desc()).limit(MOST_SHOWN)).all()


def _user(w: Work) -> int:
    if w.actor.user_id is None:
        raise NotAllowed(LOG_IN_FIRST)
    return w.actor.user_id


# What the worker does with one.
def begin(factory: sessionmaker[Session], export_id: int) -> Asked | None:
    """Start anew on an export; None when it is done, has failed for good, or is gone."""
    with factory() as session, session.begin():
        row = session.get(DataExport, export_id, with_for_update=True)
        if row is None or row.state is not JobState.RUNNING:
            return None
        row.done_rows, row.total_rows = 0, None
        return Asked(row.id, row.user_id, row.name, row.file_format, dict(row.arguments), row.language)


def progress(factory: sessionmaker[Session], export_id: int, done: int, total: int) -> None:
    """Write down how far it is."""
    with factory() as session, session.begin():
        row = session.get(DataExport, export_id, with_for_update=True)
        if row is not None and row.state is JobState.RUNNING:
            row.done_rows, row.total_rows = done, max(done, total)


def finish(factory: sessionmaker[Session], export_id: int, sha256: str, size: int, now: datetime) -> None:
    """Its file is there; the user is told."""
    with factory() as session, work(session, SYSTEM, now, "export.done") as w:
        row = session.get(DataExport, export_id, with_for_update=True)
        if row is None:
            return
        row.state, row.sha256, row.size, row.finished_at = JobState.DONE, sha256, size, now
        row.total_rows = row.done_rows
        _tell(w, row, MessageEvent.EXPORT_DONE, through=local_date(now + KEPT))


def fail(factory: sessionmaker[Session], export_id: int, message: str, now: datetime) -> None:
    """It could not be made; the user is told, and may ask again."""
    with factory() as session, work(session, SYSTEM, now, "export.failed") as w:
        row = session.get(DataExport, export_id, with_for_update=True)
        if row is None:
            return
        row.state, row.message, row.finished_at = JobState.FAILED, message, now
        _tell(w, row, MessageEvent.EXPORT_FAILED)


def _tell(w: Work, row: DataExport, event: MessageEvent, **values: Any) -> None:
    key = f"{event}/{row.id}/{row.asked_at.isoformat()}"
    notify(w, event, key=key, user_id=row.user_id, values={"title": row.filename, **values})


def clear(factory: sessionmaker[Session], store: FileStore, now: datetime) -> int:
    """Take away what was finished long enough ago, with its files; returns how many."""
    with factory() as session, work(session, SYSTEM, now, "export.cleared") as w:
        old = select(DataExport).where(DataExport.finished_at < now - KEPT).with_for_update()
        gone = w.session.scalars(old).all()
        hashes = {row.sha256 for row in gone if row.sha256 is not None}
        for row in gone:
            w.session.delete(row)
        w.session.flush()
        kept = set(w.session.scalars(select(DataExport.sha256).where(DataExport.sha256.in_(hashes))))
    for sha256 in hashes - kept:
        # The same bytes may have just been made again, and are not yet told of.
        store.take_away(store.path(sha256), older=(now - KEPT).timestamp())
    return len(gone)
