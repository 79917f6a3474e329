"""`accredit worker`: the jobs, on this machine or on others."""

from __future__ import annotations

from pathlib import Path

import click

from core import logs
from core.cli import readiness
from core.cli.register import instance_option
from core.embedded.server import DatabaseServerError
from core.jobs.config import from_environment
from core.jobs.worker import WorkerError, run_worker
from core.services.delivery.letters import ConfigurationError


@click.command()
@instance_option
def worker(instance: Path) -> None:
    """Run the jobs until SIGTERM or Ctrl-C; any number of workers may run, on any number of machines."""
    logs.configure()
    try:
        run_worker(
            from_environment(instance), before=lambda engine: readiness.warn(readiness.hold(instance, engine))
        )
    except (WorkerError, ConfigurationError, DatabaseServerError, ValueError) as error:
        raise click.ClickException(str(error)) from error
