"""`python -m core.jobs`: the worker that runs beside the site, a child of the web process."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core import logs
from core.embedded.server import DatabaseServerError
from core.jobs.config import from_environment
from core.jobs.worker import WorkerError, run_worker
from core.services.delivery.letters import ConfigurationError


def main() -> int:
    """Read the arguments, and work until asked to stop."""
    parser = argparse.ArgumentParser(prog="python -m core.jobs", description=__doc__)
    parser.add_argument("--instance", type=Path, required=True, help="the instance folder")
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input is closed")
    arguments = parser.parse_args()
    logs.configure()
    try:
        run_worker(from_environment(arguments.instance), with_parent=arguments.with_parent)
    except (WorkerError, ConfigurationError, DatabaseServerError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
