"""The audit trail: what it costs to tell every row, to hold the rows to what was told, and to commit."""

from __future__ import annotations

import resource
from itertools import count

from sqlalchemy import Engine, text

from benchmarks.child import peak_mib
from benchmarks.common import Figures, machine, median_ms, options, report, scratch, seconds, server
from benchmarks.filling import fill
from core.storage.engine import session_factory
from core.storage.models import Party
from core.storage.trail.takeover import take_over
from core.storage.verify.columns import by_columns

FULL, RECORDS = 5_000, 20
SMALL, SMALL_RECORDS = 50, 4
TIMES = 50


def main(arguments: list[str] | None = None) -> Figures:
    """Fill a register, tell its rows, hold them to the trail, and time a commit of one change."""
    parser = options(__doc__)
    given = parser.parse_args(arguments)
    size, records = (SMALL, SMALL_RECORDS) if given.small else (FULL, RECORDS)
    with server(given.instance) as running, scratch(running) as engine:
        fill(engine, size, records)
        figures = {"machine": machine(), "records": size * records, **_measure(engine)}
    report(figures, given, _lines(figures))
    return figures


def _measure(engine: Engine) -> Figures:
    factory = session_factory(engine)
    with factory() as session:
        telling = seconds(lambda: take_over(session))
        events = session.scalar(text("SELECT count(*) FROM audit_event"))
    before, used = peak_mib(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    faults: list[object] = []
    with factory() as session:
        holding = seconds(lambda: faults.extend(by_columns(session)))
    return {
        "events": events,
        "faults": len(faults),
        "tell_seconds": telling,
        "verify_seconds": holding,
        "verify_cpu_seconds": resource.getrusage(resource.RUSAGE_SELF).ru_utime - used,
        "mib_before": before,
        "mib_peak": peak_mib(),
        "commit_ms": _commit(engine, "verification_remark"),
        "commit_personal_ms": _commit(engine, "mobile"),
    }


def _commit(engine: Engine, column: str) -> float:
    """Milliseconds of a transaction that changes one column of one party."""
    numbers = count()
    with session_factory(engine)() as session:
        party = session.get_one(Party, 1)

        def change() -> None:
            setattr(party, column, str(next(numbers)))
            session.commit()

        return median_ms(change, TIMES)


def _lines(figures: Figures) -> list[tuple[str, ...]]:
    return [
        ("service records", f"{figures['records']:,}"),
        ("events", f"{figures['events']:,}"),
        ("every row told, s", f"{figures['tell_seconds']:.1f}"),
        ("verify, rows against the trail, s", f"{figures['verify_seconds']:.1f}"),
        ("  of it in this process, s", f"{figures['verify_cpu_seconds']:.1f}"),
        ("  faults", str(figures["faults"])),
        ("  memory before, MiB", f"{figures['mib_before']:.0f}"),
        ("  memory at the most, MiB", f"{figures['mib_peak']:.0f}"),
        ("a commit, ms", f"{figures['commit_ms']:.1f}"),
        ("a commit with a personal value, ms", f"{figures['commit_personal_ms']:.1f}"),
    ]
