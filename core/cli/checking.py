"""`accredit check` and `accredit verify`: what time brings about, and whether everything fits together."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from core.cli.common import emit, language_option, loaded
from core.cli.register import instance_option, opened
from core.domain.clock import now, today
from core.rules.text import T
from core.services.daily_check.run import run_checks
from core.storage.clocks import Clocks
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.verify import faults

NO_FAULT = T("未发现问题", "no fault found")


@click.command()
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to check up to; today unless given, later only with --dry-run. Missed days are caught up.",
)
@click.option("--dry-run", is_flag=True, help="Tell what a run would do, and undo it.")
@click.option("--full", is_flag=True, help="Also live through what is not due: it must find nothing new.")
@click.option("--program", help="Only one programme; nothing of the others changes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@instance_option
def check(
    as_of: datetime | None, program: str | None, instance: Path, *, dry_run: bool, full: bool, as_json: bool
) -> None:
    """Do everything that is due on or before a day: warnings, reports, exits, expiries, notices, calls."""
    day = as_of.date() if as_of is not None else today()
    if program is not None and program not in loaded().programs:
        raise click.UsageError(f"no programme {program}; there are {', '.join(loaded().programs)}")
    with opened(instance) as engine:
        factory = session_factory(engine)
        if not dry_run:
            with factory() as session:
                Clocks().hold(session)
        report = run_checks(factory, day, now=now(), dry_run=dry_run, full=full, program=program).to_json()
    if as_json:
        emit(report)
    else:
        sys.stdout.write("\n".join(_lines(report, day)) + "\n")
    raise SystemExit(1 if report["failures"] else 0)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a fault and line.")
@language_option
@instance_option
def verify(language: str, instance: Path, *, as_json: bool) -> None:
    """Hold data, documents and the audit trail to every invariant; exit 1 where a fault is found."""
    with opened(instance) as engine:
        found = tell_faults(engine, instance, language, as_json=as_json)
    if not found and not as_json:
        sys.stdout.write(NO_FAULT.get(language) + "\n")
    raise SystemExit(1 if found else 0)


def tell_faults(engine: Engine, instance: Path, language: str = "zh", *, as_json: bool = False) -> int:
    """Print every fault on a line of its own; how many there are."""
    found = 0
    with session_factory(engine)() as session:
        for fault in faults(session, FileStore.of(instance), today=today()):
            found += 1
            said = fault.message.get(language)
            if as_json:
                emit({"check": fault.check, "subject": fault.subject, "id": fault.subject_id, "fault": said})
            else:
                sys.stdout.write(f"{fault.check}: {fault.subject} {fault.subject_id}: {said}\n")
    return found


def _lines(report: dict[str, Any], day: date) -> list[str]:
    head = f"{day} checked {report['checked']} accreditations"
    lines = [f"{head}, dry run: nothing was kept" if report["dry_run"] else head]
    for program, counts in report["counts"].items():
        lines += [f"  {program:15} {kind:40} {number}" for kind, number in counts.items()]
    if report["notices_closed"] or report["calls_closed"]:
        lines.append(f"  notices closed: {report['notices_closed']}, calls closed: {report['calls_closed']}")
    lines += [f"  held for a person: {number} exits of {name}" for name, number in report["held"].items()]
    lines += [f"  failed: {failure}" for failure in report["failures"]]
    return lines
