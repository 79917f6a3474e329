"""The daily check over a whole register, beside the one statement that any check must at least make."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, false, func, text, true

from benchmarks.common import Figures, machine, options, report, scratch, seconds, server
from benchmarks.filling import DAY, SHORT_IN, fill, set_due
from core.storage.models import Accreditation

# The same windows, read in the fastest of the ways that we tried: along the index, on one connection.
BARE = """
SELECT count(*), count(*) FILTER (WHERE hours < 12 AND enterprises < 30), sum(services)
FROM accreditation AS a
CROSS JOIN LATERAL (
    SELECT sum(r.hours) AS hours, count(*) AS services FROM service_record AS r
    WHERE r.accreditation_id = a.id AND r.state IN ('submitted', 'verified')
      AND r.service_date BETWEEN DATE '2023-03-20' AND DATE '2024-03-20'
) AS sums
CROSS JOIN LATERAL (
    SELECT count(DISTINCT key) AS enterprises
    FROM service_record AS r CROSS JOIN LATERAL unnest(r.enterprise_keys) AS key
    WHERE r.accreditation_id = a.id AND r.state IN ('submitted', 'verified')
      AND r.service_date BETWEEN DATE '2023-03-20' AND DATE '2024-03-20'
) AS served
"""
FULL, FEWER, RECORDS = 100_000, 10_000, 20
SMALL, SMALL_FEWER, SMALL_RECORDS = 300, 100, 8
SOME = 100
SHORT: ColumnElement[bool] = func.mod(Accreditation.id, SHORT_IN) == 0


def bare(engine: Engine) -> tuple[float, int]:
    """Seconds of the bare aggregate, and how many it finds short of both bounds."""
    with engine.connect() as connection:
        connection.execute(text("SET max_parallel_workers_per_gather = 0"))
        start = time.perf_counter()
        found = connection.execute(text(BARE)).one()
        return time.perf_counter() - start, found[1]


def run(engine: Engine, due: ColumnElement[bool]) -> Figures:
    """One day's check, in a process of its own, with those due that meet the condition."""
    set_due(engine, due)
    url = engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", url, DAY.isoformat()],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: Figures = json.loads(done.stdout)
    return found


def measure(engine: Engine, accreditations: int, records: int) -> Figures:
    """Every figure of a register of one size; the days are those of filling.py."""
    filling = seconds(lambda: fill(engine, accreditations, records))
    short = bare(engine)[1]
    # Between the runs, so that what else the machine does weighs on both alike.
    aggregates = [bare(engine)[0]]
    in_order = run(engine, ~SHORT)
    aggregates.append(bare(engine)[0])
    whole = run(engine, true())
    aggregates.append(bare(engine)[0])
    none, some = run(engine, false()), run(engine, ~SHORT & (Accreditation.id <= SOME))
    aggregate = statistics.mean(aggregates)
    fired = whole["done"].get("exit_proposed", 0)
    return {
        "accreditations": accreditations,
        "records": accreditations * records,
        "fill_seconds": filling,
        "bare_seconds": aggregate,
        "bare_short": short,
        "in_order": in_order,
        "in_order_ratio": in_order["seconds"] / aggregate,
        "in_order_us_each": in_order["seconds"] / in_order["checked"] * 1e6,
        "whole_day": whole,
        "whole_day_ratio": whole["seconds"] / aggregate,
        "ms_per_exit": (whole["seconds"] - in_order["seconds"]) / max(fired, 1) * 1000,
        "nothing_due": none,
        "some_due": some,
    }


def main(arguments: list[str] | None = None) -> Figures:
    """Measure two registers, the second a tenth of the first, and print what it took."""
    parser = options(__doc__)
    parser.add_argument("--accreditations", type=int, help=f"of the larger register; {FULL} unless given")
    parser.add_argument("--records", type=int, help=f"of each accreditation; {RECORDS} unless given")
    given = parser.parse_args(arguments)
    larger, smaller = (SMALL, SMALL_FEWER) if given.small else (FULL, FEWER)
    if given.accreditations:
        larger, smaller = given.accreditations, max(given.accreditations // 10, 1)
    records = given.records or (SMALL_RECORDS if given.small else RECORDS)
    sizes: list[Figures] = []
    with server(given.instance) as running:
        for size in (smaller, larger):
            with scratch(running) as engine:
                sizes.append(measure(engine, size, records))
    figures = {"machine": machine(), "sizes": sizes}
    report(figures, given, _lines(sizes))
    return figures


def _lines(sizes: list[Figures]) -> list[tuple[str, ...]]:
    def row(title: str, *path: str, digits: int = 2) -> tuple[str, ...]:
        shown = []
        for figures in sizes:
            value = figures
            for name in path:
                value = value[name]
            shown.append(f"{value:,.{digits}f}")
        return (title, *shown)

    return [
        row("accreditations", "accreditations", digits=0),
        row("service records", "records", digits=0),
        row("filled in, s", "fill_seconds"),
        row("bare aggregate, s", "bare_seconds"),
        row("check, nothing fires, s", "in_order", "seconds"),
        row("  of the bare aggregate", "in_order_ratio"),
        row("  each, us", "in_order_us_each", digits=0),
        row("check, whole day, s", "whole_day", "seconds"),
        row("  of the bare aggregate", "whole_day_ratio"),
        row("  checked", "whole_day", "checked", digits=0),
        row("  exits proposed", "whole_day", "done", "exit_proposed", digits=0),
        row("  ms for each exit more", "ms_per_exit", digits=1),
        row("  memory before, MiB", "whole_day", "mib_before", digits=0),
        row("  memory at the most, MiB", "whole_day", "mib_peak", digits=0),
        row("a day with nothing due, s", "nothing_due", "seconds", digits=3),
        row(f"a day with {sizes[-1]['some_due']['checked']} due, s", "some_due", "seconds", digits=3),
    ]


if __name__ == "__main__":
    main()
