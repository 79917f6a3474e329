"""The benchmarks run, and find what is in the registers that they fill; their times are not looked at."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from benchmarks.check import SMALL, SMALL_FEWER, SMALL_RECORDS, SOME
from benchmarks.filling import SHORT_IN
from core.embedded.server import EmbeddedServer, conninfo

ROOT = Path(__file__).parents[2]


def measured(server: EmbeddedServer, name: str) -> dict[str, Any]:
    """The figures of a small run on the server of the tests."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, "--small", "--json", "--instance", server.data.parent],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    assert "cores" in figures["machine"]
    return figures


@pytest.mark.assurance
def test_the_check_proposes_the_exit_of_each_that_fell_short(pg_server: EmbeddedServer) -> None:
    fewer, more = measured(pg_server, "check")["sizes"]
    for size, figures in ((SMALL_FEWER, fewer), (SMALL, more)):
        short = size // SHORT_IN
        assert (figures["accreditations"], figures["records"]) == (size, size * SMALL_RECORDS)
        assert figures["bare_short"] == short
        in_order, whole = figures["in_order"], figures["whole_day"]
        assert (in_order["checked"], in_order["done"]) == (size - short, {})
        assert (whole["checked"], whole["done"]) == (size, {"exit_proposed": short})
        assert figures["nothing_due"]["checked"] == 0
        assert figures["some_due"]["checked"] == SOME - SOME // SHORT_IN
        assert not any(figures[run]["failures"] for run in ("in_order", "whole_day", "some_due"))
        assert all(figures[name] > 0 for name in ("bare_seconds", "in_order_ratio", "whole_day_ratio"))
        assert 0 < whole["mib_before"] <= whole["mib_peak"]


def test_verdicts_in_the_database_are_those_of_python(pg_server: EmbeddedServer) -> None:
    figures = measured(pg_server, "verdicts")
    batch, table = figures["batch"], figures["table"]
    assert sum(batch["outcomes"].values()) == batch["profiles"] == 200
    assert set(batch["outcomes"]) == {"eligible", "ineligible", "undetermined"}
    assert sum(table["outcomes"].values()) == table["rows"] == 200
    assert table["outcomes"] == table["python_outcomes"]
    assert table["spread_ratio"] > 0
    with psycopg.connect(conninfo(pg_server.url("postgres", "postgres"))) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench%'").fetchall()
    assert left == [], "a scratch database stayed"


@pytest.mark.slow
def test_pages_are_reached_by_their_links(pg_server: EmbeddedServer) -> None:
    figures = measured(pg_server, "pages")
    assert figures["people"] == 2
    assert {"home", "admin.index"} <= set(figures["pages"])
    assert {page["who"] for page in figures["pages"].values()} == {"public", "officer"}
    # The first opening also reads what is kept for the next: names of divisions and the like.
    over = {
        name: page for name, page in figures["pages"].items() if page["ms"] <= 0 or page["statements"] > 50
    }
    assert over == {}


@pytest.mark.slow
def test_a_page_takes_as_many_statements_wherever_it_is(pg_server: EmbeddedServer) -> None:
    pages = measured(pg_server, "lists")["pages"]
    assert all(page["ms"] > 0 and page["bytes"] > 0 for page in pages.values())
    for kind in ("accreditations", "parties", "records"):
        assert pages[f"{kind}, page 100"]["statements"] <= pages[f"{kind}, page 1"]["statements"] < 10


def test_a_certificate_is_made_beside_a_single_line(pg_server: EmbeddedServer) -> None:
    figures = measured(pg_server, "documents")
    assert figures["certificate_ms"] > 0
    assert figures["line_ms"] > 0


@pytest.mark.assurance
def test_slow_clients_stand_beside_quick_ones(pg_server: EmbeddedServer) -> None:
    figures = measured(pg_server, "slow")
    assert figures["clients"] == 5
    assert 0 < figures["among_ms"] <= figures["among_slowest_ms"]
