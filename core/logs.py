"""How a process of the register logs: one JSON object a line, or plain lines on a terminal."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog

LEVEL_VARIABLE = "ACCREDIT_LOG_LEVEL"
FORMAT_VARIABLE = "ACCREDIT_LOG_FORMAT"
QUIET = {
    "apscheduler": logging.WARNING,
    "procrastinate": logging.WARNING,
    "alembic": logging.WARNING,
    # Each attempt to connect, and each connection that was lost: `storage.processes.absence` says it once.
    "psycopg.pool": logging.CRITICAL,
    "sqlalchemy.pool": logging.CRITICAL,
}
"""Libraries that tell more than an operator needs, and from which level they are heard."""


def configure(level: str | None = None, style: str | None = None) -> None:
    """Send the log of this process to standard error; `style` is `json` or `plain`, by default as fits."""
    chosen = (
        style or os.environ.get(FORMAT_VARIABLE, "") or ("plain" if sys.stderr.isatty() else "json")
    ).lower()
    wanted = (level or os.environ.get(LEVEL_VARIABLE, "") or "info").upper()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    plain = chosen == "plain"
    shown: list[Any] = (
        # Its own way of showing an exception prints every local, and takes minutes over a catalogue.
        [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
        if plain
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shown],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(wanted)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
