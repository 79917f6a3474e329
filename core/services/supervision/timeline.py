"""The timeline of an accreditation, as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count

from sqlalchemy import exists, select

from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.base.work import Work
from core.storage.models import Accreditation, RegisterEvent


def enter(
    w: Work,
    accreditation: Accreditation,
    kind: EventKind,
    clause: str,
    period: str,
    title: T,
    evidence: Mapping[str, object],
    on: date,
) -> None:
    """Write what happened on a day; a second entry of the kind, clause and period fails in the database."""
    w.session.add(
        RegisterEvent(
            accreditation_id=accreditation.id,
            kind=kind,
            happened_on=on,
            clause=clause,
            period=period,
            title_zh=title.zh,
            title_en=title.en,
            evidence=dict(evidence),
        )
    )


def note(
    w: Work,
    accreditation: Accreditation,
    kind: EventKind,
    clause: str,
    period: str,
    title: T,
    evidence: Mapping[str, object] | None = None,
) -> None:
    """Write what happens today, unless it stands there already."""
    if not _stands(w, accreditation, kind, clause, period):
        enter(w, accreditation, kind, clause, period, title, evidence or {}, w.today)


def unused(w: Work, accreditation: Accreditation, kind: EventKind, clause: str, period: str) -> str:
    """The period, numbered where it stands there already: of what can happen again after a correction."""
    names = (period if number == 1 else f"{period}/{number}" for number in count(1))
    return next(name for name in names if not _stands(w, accreditation, kind, clause, name))


def _stands(w: Work, accreditation: Accreditation, kind: EventKind, clause: str, period: str) -> bool:
    event = RegisterEvent
    there = exists().where(
        event.accreditation_id == accreditation.id,
        event.kind == kind,
        event.clause == clause,
        event.period == period,
    )
    return bool(w.session.scalar(select(there)))
