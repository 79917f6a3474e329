"""What marks a number of a clause that the authority can override from a date on, as field metadata."""

from __future__ import annotations

from typing import Any

PARAMETER: dict[str, Any] = {"parameter": True}
"""A number of the text; left at 0, the text sets none."""
OPERATIONAL: dict[str, Any] = {**PARAMETER, "operational": True}
"""How the register is run: no text needs to set it, so that its default is the register's own.

Days from 0, for not at all, to LONGEST_AHEAD.
"""
LONGEST_AHEAD = 364
"""Days ahead that a reminder may come at most: on the first day of the year that it is about."""
