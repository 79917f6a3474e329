"""What a figure is about: a programme, a division with all below it, and the months up to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from core.domain.acts import Act
from core.domain.roles import division_prefix
from core.rules.periods import MONTHS
from core.services.base.access import scope
from core.services.base.work import Work
from core.storage.models import Accreditation

SPANS = (12, 24, 36, 60)
"""How many months a figure can look back."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """What was asked for; empty stands for all."""

    program: str = ""
    region: str = ""
    months: int = 24
    everyone: bool = False
    """Figures of the public register, which have no reach."""


def reach(
    w: Work, narrow: Narrow, act: Act = Act.ACCREDITATION_VIEW, entity: Any = Accreditation
) -> list[ColumnElement[bool]]:
    """The rows that a figure counts, as conditions on the entity's programme and division."""
    found: list[ColumnElement[bool]] = []
    if not narrow.everyone:
        found.append(scope(w.actor, act, entity.program, entity.region))
    if narrow.program:
        found.append(entity.program == narrow.program)
    if narrow.region:
        found.append(entity.region.startswith(division_prefix(narrow.region)))
    return found


def months(w: Work, narrow: Narrow) -> list[date]:
    """The first days of the months looked at; the last is the present month."""
    last = w.today.year * MONTHS + w.today.month - 1
    return [
        date(number // MONTHS, number % MONTHS + 1, 1) for number in range(last - narrow.months + 1, last + 1)
    ]
