"""Anchoring: the signed head of the trail goes where whoever owns the database does not reach."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from logging import INFO, LogRecord
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Never

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.services.base.work import SYSTEM, work
from core.services.messaging.writing import notify
from core.storage.models import Grant, User
from core.storage.trail.anchors import Anchor, anchor, anchors_in
from core.storage.trail.sealing import seal
from core.storage.trail.signing import signer_of

FILE_VARIABLE = "ACCREDIT_ANCHOR_FILE"
SYSLOG_VARIABLE = "ACCREDIT_ANCHOR_SYSLOG"
MAIL_VARIABLE = "ACCREDIT_ANCHOR_MAIL"
FILE_NAME = "anchors.jsonl"
ACTION = "trail.anchor"
TAIL = 4096
"""More bytes than an anchor's line has."""
HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where anchors go."""

    file: Path
    syslog: str | tuple[str, int] | None = None
    """A socket of this machine, or the address and port of another."""
    mail: bool = True
    """Whether auditors are written to, once a day."""


def outlets_from(environ: Mapping[str, str], instance: Path) -> Outlets:
    """The outlets that the environment names; ValueError names a bad one."""
    file = environ.get(FILE_VARIABLE, "").strip()
    mail = environ.get(MAIL_VARIABLE, "").strip() or "1"
    if mail not in ("0", "1"):
        raise ValueError(f"{MAIL_VARIABLE} is {mail!r}; write 1, or 0 and auditors get no anchors by mail")
    return Outlets(
        Path(file) if file else instance / FILE_NAME,
        _address(environ.get(SYSLOG_VARIABLE, "").strip()),
        mail == "1",
    )


def anchor_now(
    factory: sessionmaker[Session], instance: Path, outlets: Outlets, at: datetime
) -> Anchor | None:
    """Seal what was committed, and write the head of the chain out; None where the file has it already."""
    made = _made(factory, instance, at)
    if made is None:
        return None
    before = last_anchor(outlets.file)
    if before is not None and before.place == made.place:
        return None
    if outlets.syslog is not None:
        _log(outlets.syslog, made.line())
    # Last, since it tells that all was done: what stops before is done again.
    _append(outlets.file, made.line())
    return made


def last_anchor(file: Path) -> Anchor | None:
    """The anchor that the last line of the file is; None where there is none."""
    if not file.exists():
        return None
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - TAIL))
        *_, last = ["", *content.read().decode("utf-8", "replace").splitlines()]
    found = next(anchors_in(last), None)
    return found if isinstance(found, Anchor) else None


def mail_anchor(factory: sessionmaker[Session], instance: Path, day: date, at: datetime) -> int:
    """Write the head of the chain to every auditor, once for a day; to how many."""
    made = _made(factory, instance, at)
    if made is None:
        return 0
    with factory() as session, work(session, SYSTEM, at, ACTION) as w:
        audits = exists().where(Grant.user_id == User.id, Grant.role == Role.AUDITOR, Grant.held_on(w.today))
        auditors = w.session.scalars(select(User.id).where(User.active, audits).order_by(User.id)).all()
        for user_id in auditors:
            notify(
                w,
                MessageEvent.TRAIL_ANCHORED,
                key=f"anchor/{day.isoformat()}/{user_id}",
                user_id=user_id,
                values={"link": made.number, "events": made.events, "line": made.line()},
            )
    return len(auditors)


def _made(factory: sessionmaker[Session], instance: Path, at: datetime) -> Anchor | None:
    seal(factory)
    with factory() as session:
        return anchor(session, signer_of(instance), at)


def _append(file: Path, line: str) -> None:
    with file.open("a", encoding="ascii") as content:
        content.write(line + "\n")
        content.flush()
        os.fsync(content.fileno())


def _log(address: str | tuple[str, int], line: str) -> None:
    handler = _Syslog(address, SysLogHandler.LOG_AUTHPRIV)
    handler.ident = "accredit: "
    try:
        handler.emit(LogRecord("accredit.trail", INFO, "", 0, line, None, None))
    finally:
        handler.close()


class _Syslog(SysLogHandler):
    """One that does not swallow what keeps a line from being logged."""

    append_nul = False

    def handleError(self, record: LogRecord) -> Never:  # noqa: ARG002, N802  # logging's own name
        """Let the error go on."""
        raise


def _address(text: str) -> str | tuple[str, int] | None:
    if not text or text.startswith("/"):
        return text or None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= HIGHEST_PORT:
        raise ValueError(f"{SYSLOG_VARIABLE} is {text!r}; write it as /dev/log, or as logs.example.cn:514")
    return host.strip("[]"), int(port)
