"""`accredit ready`: what a container or a timer of the machine asks of its workers."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.common import emit
from core.cli.register import instance_option
from core.jobs.signs import signs_of


@click.command()
@instance_option
def ready(instance: Path) -> None:
    """Tell whether a worker of this machine is ready; exit code 1 where none is.

    Each worker's needs stand by name, as it found them some seconds ago. The site is asked at /readyz.
    """
    workers = list(signs_of(instance))
    found = any(sign.ready for sign in workers)
    emit(
        {
            "ready": found,
            "workers": [
                {
                    "pid": sign.pid,
                    "seconds_ago": round(sign.age),
                    "ready": sign.ready,
                    "checks": {name: "ok" if met else "failing" for name, met in sign.checks.items()},
                }
                for sign in workers
            ],
        }
    )
    raise SystemExit(0 if found else 1)
