"""What the benchmarks share: a scratch database, stopwatches, and the printing of figures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine

from core.embedded.server import EmbeddedServer, attach, create_database, drop_database, release
from core.storage.engine import make_engine
from core.storage.migrate import upgrade
from core.storage.trail.keys import FILE, VARIABLE, KeyFile

Figures = dict[str, Any]


@contextmanager
def server(folder: Path | None = None) -> Iterator[EmbeddedServer]:
    """The embedded server, with its settings of production, in a folder that goes again at the end.

    Given a folder, the server there is used and stays.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="accredit-bench-"))
    try:
        yield attach(place)
    finally:
        if folder is None and release(place):
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def scratch(running: EmbeddedServer) -> Iterator[Engine]:
    """An engine on a migrated, empty database that is dropped at the end."""
    administration = running.url("postgres", "postgres")
    name = f"bench_{uuid4().hex[:12]}"
    create_database(administration, name, owner="accredit")
    with tempfile.TemporaryDirectory(prefix="accredit-bench-keys-") as folder:
        os.environ[VARIABLE] = str(Path(folder) / FILE)  # for the processes that are started, too
        engine = make_engine(running.url(name), KeyFile.of(Path(folder)))
        try:
            upgrade(engine)
            yield engine
        finally:
            engine.dispose()
            drop_database(administration, name)
            del os.environ[VARIABLE]


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_ms(work: Callable[[], object], times: int = 5) -> float:
    """The median of several goes after one that warms up, in milliseconds."""
    work()
    return statistics.median(seconds(work) for _ in range(times)) * 1000


def machine() -> str:
    """What the figures were measured on."""
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def options(purpose: str | None) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--small", action="store_true", help="a quick run that only shows that it works")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--instance", type=Path, help="use the embedded server of this folder")
    return parser


def report(figures: Figures, given: argparse.Namespace, lines: Iterable[tuple[str, ...]]) -> None:
    """Print the figures: as JSON, or as lines of a title and a value or more."""
    if given.json:
        print(json.dumps(figures))
        return
    rows = list(lines)
    width = max(len(row[0]) for row in rows)
    print(figures["machine"])
    for title, *values in rows:
        print(f"  {title:<{width}}" + "".join(f"  {value:>12}" for value in values))
