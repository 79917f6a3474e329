"""How values become the JSON that the database keeps."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal


def to_json(value: object) -> str:
    """The value as JSON text; a decimal stays a number where a float writes the same digits."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        near = float(value)
        return near if Decimal(repr(near)) == value else format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} {value!r} has no JSON form; store a plain value")
