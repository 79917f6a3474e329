"""One run of the daily check in a process of its own: seconds, peak memory and what it did, as JSON.

What a worker has loaded long before its check (programmes, mappings) is loaded before the clock starts.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from datetime import date
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from core.hooks.catalogue import catalogue
from core.services.daily_check.run import run_checks
from core.storage.engine import make_engine, session_factory
from core.storage.trail.keys import KeyFile

KIB = 1024


def peak_mib() -> float:
    """The most memory that this process has had.

    Linux hands `ru_maxrss` down from the process that started this one; its own is in /proc.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found is not None:
            return int(found[1]) / KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB


def main(url: str, day: str) -> None:
    """Run the check of a day over the database at the address."""
    factory = session_factory(make_engine(url, KeyFile.of(Path())))
    configure_mappers()
    catalogue()
    before, start = peak_mib(), time.perf_counter()
    report = run_checks(factory, date.fromisoformat(day))
    took = time.perf_counter() - start
    done: dict[str, int] = {}
    for key, number in report.tally.counts.items():
        kind = key.split("|")[-1]
        done[kind] = done.get(kind, 0) + number
    print(
        json.dumps(
            {
                "seconds": took,
                "checked": report.tally.checked,
                "failures": len(report.tally.failures),
                "done": done,
                "mib_before": before,
                "mib_peak": peak_mib(),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
