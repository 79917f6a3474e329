"""How much the front takes in, and how long it waits for it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
MOST_UPLOADED = 25 * MEGABYTE
"""Bytes of what somebody who is logged in sends at once."""
MOST_FILED = 8 * MEGABYTE
"""Bytes of a complaint or an objection with its files, from whoever is not logged in."""
FILING = re.compile(r"/(?:complaints/new/\d+|notices/\d+/objections/\d+)")
"""Where those are sent."""
IDLE, SECONDS, RATE = "ACCREDIT_BODY_IDLE_SECONDS", "ACCREDIT_BODY_SECONDS", "ACCREDIT_BODY_RATE_KB"
AT_ONCE, UNKNOWN = "ACCREDIT_BODIES_AT_ONCE", "ACCREDIT_BODY_UNKNOWN_KB"
SPOOL = "ACCREDIT_SPOOL_MB"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes, for one process of the site."""

    idle: float = 15.0
    """Nothing came, or nothing was taken, for this long: the connection is ended."""
    seconds: float = 600.0
    """The longest that one body may take."""
    rate: int = 4 * KILOBYTE
    """Bytes a second that must come on average, after the first `idle` seconds."""
    at_once: int = 400
    """Bodies that are under way at the same time."""
    unknown: int = 256 * KILOBYTE
    """Bytes of a body from whoever is not logged in."""
    filed: int = MOST_FILED
    known: int = MOST_UPLOADED
    spool: int = 1024 * MEGABYTE
    """Bytes of all bodies and answers that are held at a time."""


def from_environment(environment: Mapping[str, str] | None = None) -> Limits:
    """The limits that ACCREDIT_* variables set; ValueError names a bad one."""
    env = os.environ if environment is None else environment
    least = Limits()
    return Limits(
        idle=_number(env, IDLE) or least.idle,
        seconds=_number(env, SECONDS) or least.seconds,
        rate=(_number(env, RATE) or 0) * KILOBYTE or least.rate,
        at_once=_number(env, AT_ONCE) or least.at_once,
        unknown=(_number(env, UNKNOWN) or 0) * KILOBYTE or least.unknown,
        spool=(_number(env, SPOOL) or 0) * MEGABYTE or least.spool,
    )


def _number(env: Mapping[str, str], name: str) -> int | None:
    text = env.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text) < 1:
        raise ValueError(f"{name} is {text!r}; give a number of 1 or more")
    return int(text)
