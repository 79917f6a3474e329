"""The demo's clock set forward: so many days, kept in the instance folder, taken up by every process of it.

Only a register that the demo filled may have such a file, and the days in it only become more: what was lived
cannot be unlived.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, func, select, text

from core.domain import clock
from core.storage.models.operations import JobRun, JobState

FILE = "clock_forward"
DEMO_JOB = "demo"
"""The run in the ledger that says of a register that it is made up."""
MOST_DAYS = 3650
LOCK = 0x61636672
"""Key of the advisory lock under which the file is read and written anew."""


def stored(instance: Path) -> int:
    """By how many days the instance's clock is ahead; ValueError for a file that cannot be read."""
    path = instance / FILE
    try:
        written = path.read_text("utf-8").strip()
    except FileNotFoundError:
        return 0
    if not written.isascii() or not written.isdecimal() or int(written) > MOST_DAYS:
        raise ValueError(f"{path} must hold a number of days, at most {MOST_DAYS}, not {written[:20]!r}")
    return int(written)


def take_up(instance: Path, engine: Engine) -> str | None:
    """Set this process's clock as the instance has it; why it may not work so, or None."""
    try:
        days = stored(instance)
    except ValueError as error:
        return f"{error}; a register that is no demo has no such file: remove it"
    demo, lived = _ledger(engine)
    if days and not demo:
        return (
            f"{instance / FILE} sets the clock {days} days ahead, and this register is not the demo's: "
            "remove the file; real cases are worked on in real time"
        )
    clock.set_forward(days)
    if demo and lived is not None and lived > clock.today():
        missing = (lived - clock.today()).days
        return (
            f"this demo was lived until {lived}, and its clock says {clock.today()}: days that were lived "
            f"cannot be unlived; accredit demo --forward {missing} goes on, --reset begins anew"
        )
    return None


def go(instance: Path, engine: Engine, days: int) -> str | None:
    """Set the demo's clock forward by `days` more; why not, or None. The next check catches them up."""
    if not _ledger(engine)[0]:
        return "only the demo can be lived forward, and this register is not the demo's"
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        then = stored(instance) + days
        if then > MOST_DAYS:
            return f"{then} days ahead are too many: at most {MOST_DAYS}; --reset begins anew"
        half = instance / f".{FILE}.{os.getpid()}"
        half.write_text(f"{then}\n", "utf-8")
        half.replace(instance / FILE)
    return None


def forget(instance: Path) -> None:
    """The real time again, for a register that begins anew."""
    (instance / FILE).unlink(missing_ok=True)
    clock.set_forward(0)


def _ledger(engine: Engine) -> tuple[bool, date | None]:
    """Whether the demo filled the register, and the last day that was checked."""
    done = JobRun.state == JobState.DONE
    query = select(
        func.count().filter(JobRun.job == DEMO_JOB, done) > 0,
        func.max(JobRun.as_of).filter(JobRun.job != DEMO_JOB, done),
    )
    with engine.connect() as connection:
        demo, lived = connection.execute(query).one()
    return demo, lived
