"""Inspections of the accredited by their recommenders: planned, recorded, summed up at the year's end.

A re-verification that has come due is a task that an inspection under its clause settles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound
from core.domain.lifecycle.states import IN_FORCE
from core.domain.reading import why_not_past
from core.domain.supervision.standing import EventKind
from core.hooks.coverage import within
from core.rules.numbers import HUNDRED
from core.rules.text import T
from core.services.base.access import allowed, scope
from core.services.base.decided import already
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.services.people.users import actor_for
from core.services.supervision.guards import is_own
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for, part_for
from core.storage.models import Accreditation, Inspection, Party, RegisterEvent

LONGEST_TEXT = 4000
NO_INSPECTOR = T("不是该地区的检查人员", "inspects nothing in that region")
OF_THE_PARTY = T("与被检查主体有利害关系，应当回避", "has a part in the inspected party")


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One inspection as a report lists it."""

    id: int
    accreditation_id: int
    number: str
    party: str
    region: str
    clause: str
    planned_on: date
    held_on: date | None
    quality: str
    fees: str
    satisfaction_pct: int | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class InspectionYear:
    """The inspections of a programme in a year, within the actor's scope."""

    program: str
    year: int
    in_force: int
    planned: int
    held: int
    passed: int
    failed: int
    satisfaction_pct: Decimal | None
    """The average over the inspections that measured it."""
    rows: tuple[InspectionRow, ...]


def plan(
    w: Work,
    accreditation_id: int,
    planned_on: date,
    clause: str = "",
    *,
    inspector_id: int | None = None,
) -> int:
    """Plan an inspection, under a clause of the text if given, by the actor or another; returns its id.

    One that is planned just so already is that one: a form that was sent twice.
    """
    accreditation = lock_for(w, accreditation_id, Act.INSPECTION_EDIT).accreditation
    errors: dict[str, T] = {}
    if planned_on < accreditation.started_on:
        errors["planned_on"] = T("早于认定之日", "before the accreditation began")
    articles = w.program(accreditation.program).articles
    if clause and not any(within(clause, article.clause) for article in articles):
        errors["clause"] = T(f"文件中没有条款 {clause}", f"the text has no clause {clause}")
    why = why_not_inspector(w, inspector_id, accreditation) if inspector_id is not None else None
    if why is not None:
        number = accreditation.number
        errors["inspector"] = T(f"{number}：所选人员{why.zh}", f"{number}: who was chosen {why.en}")
    if errors:
        raise Invalid(errors)
    asked = {
        "accreditation_id": accreditation.id,
        "clause": clause,
        "planned_on": planned_on,
        "inspector_id": inspector_id or w.actor.user_id,
    }
    planned = select(Inspection.id).filter_by(**asked).where(Inspection.held_on.is_(None))
    if (there := w.session.scalar(planned.limit(1))) is not None:
        return there
    inspection = Inspection(**asked)
    w.session.add(inspection)
    w.session.flush()
    return inspection.id


def record(
    w: Work,
    inspection_id: int,
    *,
    held_on: date,
    quality: str,
    fees: str,
    satisfaction_pct: Decimal | int | None,
    passed: bool,
) -> None:
    """Record what an inspection found of quality, fees and satisfaction."""
    inspection, status = part_for(w, Inspection, inspection_id, Act.INSPECTION_EDIT)
    if inspection.held_on is not None:
        raise already(
            w, inspection, T("该检查已登记结果", "The inspection has been recorded already"), "held_on"
        )
    errors = unwritten(quality, "quality", longest=LONGEST_TEXT)
    errors |= unwritten(fees, "fees", longest=LONGEST_TEXT)
    why = why_not_past(held_on, w.today, status.accreditation.started_on)
    if why is not None:
        errors["held_on"] = why
    if satisfaction_pct is not None and satisfaction_pct not in range(HUNDRED + 1):
        errors["satisfaction_pct"] = T("应为 0 至 100 的整数", "give a whole number from 0 to 100")
    if errors:
        raise Invalid(errors)
    inspection.held_on = held_on
    inspection.quality = quality.strip()
    inspection.fees = fees.strip()
    inspection.satisfaction_pct = None if satisfaction_pct is None else int(satisfaction_pct)
    inspection.passed = passed
    inspection.inspector_id = w.actor.user_id
    w.session.flush()
    check_now(w, status.id)


def year_summary(w: Work, program: str, year: int) -> InspectionYear:
    """What the year-end summary and the inspection report are made of, for the actor's territory."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    reached = scope(w.actor, Act.INSPECTION_VIEW, Accreditation.program, Accreditation.region)
    ours = (Accreditation.program == program, reached)
    query = _rows().where(
        *ours, func.coalesce(Inspection.held_on, Inspection.planned_on).between(first, last)
    )
    rows = tuple(_read(w, query.order_by(Accreditation.region, Accreditation.number, Inspection.id)))
    measured = [row.satisfaction_pct for row in rows if row.satisfaction_pct is not None]
    held = w.session.scalar(
        select(func.count())
        .select_from(Accreditation)
        .where(
            *ours,
            Accreditation.started_on <= last,
            or_(Accreditation.ended_on.is_(None), Accreditation.ended_on > first),
        )
    )
    return InspectionYear(
        program,
        year,
        held or 0,
        len(rows),
        sum(row.held_on is not None for row in rows),
        sum(row.passed is True for row in rows),
        sum(row.passed is False for row in rows),
        round(Decimal(sum(measured)) / len(measured), 1) if measured else None,
        rows,
    )


def open_reverifications() -> tuple[ColumnElement[bool], ...]:
    """The conditions on `RegisterEvent` and its accreditation: a re-verification that is still to be done."""
    event = RegisterEvent
    settled = exists().where(
        Inspection.accreditation_id == event.accreditation_id,
        Inspection.clause == event.clause,
        Inspection.held_on >= event.happened_on,
    )
    return (event.kind == EventKind.REVERIFICATION_DUE, Accreditation.state.in_(IN_FORCE), ~settled)


def why_not_inspector(w: Work, user_id: int, accreditation: Accreditation) -> T | None:
    """Why a user does not inspect the accreditation: without a role for it, or of its party; else None.

    Of the party is who acts for it, or recommends for a body that is the party, under any registration.
    """
    try:
        who = actor_for(w.session, user_id, w.today)
    except NotFound:
        return NO_INSPECTOR
    if not allowed(who, Act.INSPECTION_EDIT, *accreditation.place):
        return NO_INSPECTOR
    return OF_THE_PARTY if is_own(replace(w, actor=who), accreditation) else None


def _rows() -> Select[Inspection, str, str, str]:
    return (
        select(Inspection, Accreditation.number, Party.name, Accreditation.region)
        .join(Inspection.accreditation)
        .join(Accreditation.party)
    )


def _read(w: Work, query: Select[Inspection, str, str, str]) -> Iterator[InspectionRow]:
    for found, number, party, region in w.session.execute(query):
        yield InspectionRow(
            found.id,
            found.accreditation_id,
            number,
            party,
            region,
            found.clause,
            found.planned_on,
            found.held_on,
            found.quality,
            found.fees,
            found.satisfaction_pct,
            found.passed,
        )
