"""`accredit check` and `accredit verify`: what time brings about, and whether everything fits together."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from core.cli.common import emit, language_option, loaded
from core.cli.register import instance_option, opened
from core.domain.clock import now, today
from core.rules.text import T
from core.services.applications.replay import otherwise
from core.services.base.work import SYSTEM, Work
from core.services.daily_check.run import run_checks
from core.services.exports.long_ones import FOLDER as EXPORTS
from core.services.files import unnamed
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.processes.clocks import Clocks
from core.storage.trail.signing import known_keys, public_key
from core.storage.verify import Fault, faults
from core.storage.verify.anchored import hold, look_through
from core.storage.verify.doubles import doubles

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
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
    if program is not None and program not in loaded().programs:
        raise click.UsageError(f"no programme {program}; there are {', '.join(loaded().programs)}")
    with opened(instance) as engine:
        day = as_of.date() if as_of is not None else today()
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
@click.option("--anchor", type=FILE, help="Hold the trail to the anchors in this file.")
@click.option("--archive", type=FILE, multiple=True, help="Look through a part of the trail put away.")
@click.option("--key", type=FILE, help="The public keys that may have signed; its own unless given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a fault and line.")
@click.option("--decisions", is_flag=True, help="Also judge every decision anew, from what it keeps.")
@language_option
@instance_option
def verify(
    anchor: Path | None,
    archive: tuple[Path, ...],
    key: Path | None,
    language: str,
    instance: Path,
    *,
    as_json: bool,
    decisions: bool,
) -> None:
    """Hold data, documents and the audit trail to every invariant; exit 1 where a fault is found.

    What is likely one party, registered twice, and files that nothing names are noted: that is no fault.
    """
    with opened(instance) as engine:
        keys = _keys_in(key) if key is not None else known_keys(instance)
        found = tell_faults(engine, instance, language, keys, as_json=as_json)
        with session_factory(engine)() as session:
            _tell(doubles(session), language, as_json=as_json, what="note")
            stores = FileStore.of(instance), FileStore(instance.resolve() / EXPORTS)
            _tell(unnamed.note(session, *stores), language, as_json=as_json, what="note")
            parts = [look_through(session, path, keys) for path in archive]
            found += _tell((fault for part in parts for fault in part.faults), language, as_json=as_json)
            if anchor is not None:
                hashes = {number: item for part in parts for number, item in part.hashes.items()}
                held = hold(session, anchor.read_text("utf-8", "replace"), keys, hashes)
                found += _tell(held.faults, language, as_json=as_json)
                if not as_json:
                    sys.stdout.write(held.said.get(language) + "\n")
            if decisions:
                found += _tell(otherwise(Work(session, SYSTEM, now())), language, as_json=as_json)
    if not found and not as_json:
        sys.stdout.write(NO_FAULT.get(language) + "\n")
    raise SystemExit(1 if found else 0)


def tell_faults(
    engine: Engine, instance: Path, language: str, keys: Collection[str], *, as_json: bool = False
) -> int:
    """Print every fault on a line of its own; how many there are."""
    with session_factory(engine)() as session:
        found = faults(session, FileStore.of(instance), today=today(), keys=keys)
        return _tell(found, language, as_json=as_json)


def _tell(found: Iterable[Fault], language: str, *, as_json: bool, what: str = "fault") -> int:
    number = 0
    for fault in found:
        number += 1
        said = fault.message.get(language)
        if as_json:
            emit({"check": fault.check, "subject": fault.subject, "id": fault.subject_id, what: said})
        else:
            mark = "" if what == "fault" else f"{what}: "
            sys.stdout.write(f"{mark}{fault.check}: {fault.subject} {fault.subject_id}: {said}\n")
    return number


def _keys_in(path: Path) -> frozenset[str]:
    try:
        return frozenset(public_key(line) for line in path.read_text("ascii").split())
    except (OSError, ValueError) as error:
        raise click.UsageError(
            f"{path} holds no public key; give the file with what accredit trail key has printed"
        ) from error


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
