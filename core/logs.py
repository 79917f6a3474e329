"""How a process of the register logs: one JSON object a line, or plain lines on a terminal.

No line has personal data: whoever logs gives ids and codes. What still looks like it is masked here, at last.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
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
REQUEST = "request"
"""Under this name a line has the number of its request, or of the one that has asked for its job."""
_PRIVATE = re.compile(
    r"(?P<digest>\b[0-9a-f]{32,}\b)"
    r"|(?P<email>[\w.+%-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<id_number>(?<!\d)\d{17}[\dXxＸｘ](?!\d))"
    r"|(?P<mobile>(?<!\d)(?:(?:\+|00)?86[- ]?)?[1１][3-9３-９]\d[- ]?\d{4}[- ]?\d{4}(?!\d))"
)
"""A digest is told before a number is looked for in it, and left as it is."""
_VALUES = re.compile(
    r"DETAIL:.*?(?=\n\[SQL:|\n\(Background on|\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)
"""What PostgreSQL adds to an error: the key, or the whole row."""
_WORD = re.compile(r"[a-z][a-z_.-]{0,39}|[0-9]{1,10}", re.ASCII)


def masked(text: str) -> str:
    """The text without what looks like an identity number, a mobile number or an e-mail address."""
    return _PRIVATE.sub(lambda found: _mask(str(found.lastgroup), found[0]), text)


def address(path: str) -> str:
    """A path as a line may have it: names of pages and ids of rows, and no token, code or name."""
    return "/".join(part if not part or _WORD.fullmatch(part) else "…" for part in path.split("/"))


def _mask(kind: str, text: str) -> str:
    return text if kind == "digest" else f"[{kind}]"


def _discreet(value: Any) -> Any:
    match value:
        case None | bool() | float():
            return value
        case int():
            text = str(value)
            return value if masked(text) == text else masked(text)
        case str():
            return masked(_VALUES.sub("DETAIL: [left out]", value))
        case Mapping():
            return {_discreet(name): _discreet(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_discreet(each) for each in value]
        case _:
            return masked(repr(value))


def _last_resort(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every value of a line, the text of its exception too."""
    return {name: _discreet(value) for name, value in line.items()}


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
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if chosen == "plain"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    # First the text of an exception, without its locals: what is shown later is masked by nobody.
    shown: list[Any] = [structlog.processors.format_exc_info, _last_resort, renderer]
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
