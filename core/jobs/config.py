"""What a worker is started with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

METRICS_VARIABLE = "ACCREDIT_WORKER_METRICS"
CONCURRENCY_VARIABLE = "ACCREDIT_WORKER_CONCURRENCY"
COUNTED_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes of one site count together; the library reads it at its import."""
CONCURRENCY = 2
SILENCE = 15.0
"""A leader that says nothing for so many seconds is overruled by another."""
HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Timing:
    """How often things are done, in seconds."""

    election: float = 1.0
    """A stand-by asks for the lead this often, and the leader makes sure of it."""
    silence: float = SILENCE
    outbox: float = 30.0
    issuing: float = 30.0
    """Decisions whose time has come are looked for this often."""
    sealing: float = 5.0
    """Committed transactions of the trail are looked for this often, to be given their places."""
    anchoring: float = 3600.0
    stalled: float = 180.0
    """Jobs of workers that died are given back this often."""
    heartbeat: float = 10.0
    dead_after: float = 30.0
    """A worker without a heartbeat for this long is taken for dead."""
    polling: float = 5.0
    reconnect: float = 2.0


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """Where the data is, how many jobs run at once, and where the figures are shown."""

    instance: Path
    database_url: str | None = None
    """None: what ACCREDIT_DATABASE_URL names, or the embedded server below `instance`."""
    concurrency: int = CONCURRENCY
    metrics: tuple[str, int] | None = None
    """Address and port of the figures for Prometheus; None shows none."""
    timing: Timing = field(default_factory=Timing)


def from_environment(instance: Path, environment: Mapping[str, str] | None = None) -> WorkerConfig:
    """The configuration that ACCREDIT_WORKER_* variables describe; ValueError names a bad one."""
    env = os.environ if environment is None else environment
    number = env.get(CONCURRENCY_VARIABLE, "").strip() or str(CONCURRENCY)
    if not number.isdecimal() or int(number) < 1:
        raise ValueError(f"{CONCURRENCY_VARIABLE} is {number!r}; give a number of 1 or more")
    return WorkerConfig(instance, concurrency=int(number), metrics=_address(env.get(METRICS_VARIABLE, "")))


def _address(text: str) -> tuple[str, int] | None:
    if not text.strip():
        return None
    host, _, port = text.strip().rpartition(":")
    if not port.isdecimal() or not 0 < int(port) <= HIGHEST_PORT:
        raise ValueError(f"{METRICS_VARIABLE} is {text!r}; write it as 127.0.0.1:9464")
    return host.strip("[]") or "127.0.0.1", int(port)
