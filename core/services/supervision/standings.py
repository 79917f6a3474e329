"""Accreditations as supervision sees them, read in batches with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, assert_never

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, func, literal_column, select
from sqlalchemy.orm import Session

from core.domain.clock import local_date
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import within
from core.domain.supervision.former import Former, Total
from core.domain.supervision.standing import (
    Ask,
    Case,
    Complained,
    Established,
    Metrics,
    Order,
    Paid,
    Report,
    Standing,
    with_former,
)
from core.rules.obligations import Absence, Mode, PaidService, Trigger
from core.rules.terms import Number
from core.rules.text import T
from core.services.base.work import Work
from core.services.supervision.guards import decided_to_wait
from core.storage.arrays import among
from core.storage.metrics import Window, measure_windows
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Campaign,
    Complaint,
    DecisionCorrection,
    ExcusedAbsence,
    ExitCase,
    Finding,
    Rectification,
    RegisterEvent,
    ServiceRecord,
    TakenIn,
)
from core.storage.models.deciding import FALLEN, CorrectedKind
from core.storage.models.exits import ExitState
from core.storage.models.register import RecordState
from core.storage.models.supervision import FindingState, RectificationState

COUNTED = (RecordState.SUBMITTED, RecordState.VERIFIED)


@dataclass(frozen=True, slots=True)
class Subject:
    """An accreditation to check: whose rules it follows, where it stands, and when something of it is due."""

    id: int
    program: str
    track: str
    edition: str
    standing: Standing
    next_due_on: date | None


def load_subjects(w: Work, ids: Sequence[int]) -> dict[int, Subject]:
    """The accreditations of the given ids, by id."""
    session = w.session
    # Of the table and not of the entity: the rows then come as they are.
    held, taken = Accreditation.__table__.c, TakenIn.__table__.c
    query = select(
        held.id,
        held.program,
        held.track,
        held.edition,
        held.state,
        held.started_on,
        held.valid_from,
        held.valid_through,
        held.ended_on,
        held.region,
        held.next_due_on,
        taken.taken_on,
        taken.last_active_on,
        taken.last_attended_on,
        taken.totals,
    )
    query = query.select_from(Accreditation.__table__.outerjoin(TakenIn.__table__))
    rows = session.execute(query.where(among(held.id, ids)).order_by(held.id)).all()
    done, orders, cases = _events(session, ids), _orders(session, ids), _cases(session, ids)
    findings, complaints = _findings(session, ids), _complaints(session, ids)
    reports, excused = _reports(session, ids), _excused(session, ids)
    kinds = {key: _triggers(w, *key) for key in {(row.program, row.track, row.edition) for row in rows}}
    free = [row.id for row in rows if PaidService in kinds[row.program, row.track, row.edition]]
    paid = _paid(session, free)
    watched = {row.program for row in rows if Absence in kinds[row.program, row.track, row.edition]}
    held_events = _held_events(session, watched)
    subjects = {}
    for row in rows:
        number, events = row.id, held_events.get(row.program)
        standing = Standing(
            row.started_on,
            row.valid_from,
            row.valid_through,
            row.state.in_force,
            frozenset(done.get(number, ())),
            tuple(orders.get(number, ())),
            tuple(cases.get(number, ())),
            tuple(findings.get(number, ())),
            tuple(complaints.get(number, ())),
            tuple(paid.get(number, ())),
            tuple(reports.get(number, ())),
            tuple(excused.get(number, ())),
            _former(row.taken_on, row.last_active_on, row.last_attended_on, row.totals),
            expired=row.state is AccreditationState.EXPIRED,
            left_on=row.ended_on if row.state is AccreditationState.WITHDRAWN else None,
            held_events=None
            if events is None
            else tuple(days for days, where in events if not where or within(row.region, where)),
        )
        subjects[number] = Subject(number, row.program, row.track, row.edition, standing, row.next_due_on)
    return subjects


def _former(
    taken_on: date | None, last_active_on: date | None, last_attended_on: date | None, totals: Any
) -> Former | None:
    """What is known of the days before the take-in, of a status that was taken in."""
    if taken_on is None:
        return None
    return Former(taken_on, last_active_on, last_attended_on, tuple(total_of(item) for item in totals))


def formers(session: Session, ids: Iterable[int]) -> dict[int, Former]:
    """What is known of the days before the take-in, of those of the ids that were taken in."""
    taken = TakenIn.__table__.c
    query = select(
        taken.accreditation_id, taken.taken_on, taken.last_active_on, taken.last_attended_on, taken.totals
    ).where(among(taken.accreditation_id, list(ids)))
    found = {number: _former(*told) for number, *told in session.execute(query)}
    return {number: former for number, former in found.items() if former is not None}


def measured(session: Session, windows: Sequence[Window], low: Number | None) -> dict[Window, Metrics]:
    """The metrics of windows as every figure states them: of records, and what a take-in told of before.

    Whoever has read the standings already adds the same by `Standing.with_former`.
    """
    told = formers(session, {number for number, _, _ in windows})
    return {
        window: with_former(told.get(window[0]), Ask(*window[1:]), metrics)
        for window, metrics in measure_windows(session, windows, low).items()
    }


def total_of(kept: Mapping[str, str]) -> Total:
    """A total as a row of the take-in keeps it."""
    days = {"first", "last"}
    sums = {name: Decimal(value) for name, value in kept.items() if name not in days}
    return Total(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]), sums)


def _grouped(rows: Iterable[Any], make: Any) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.accreditation_id].append(make(row))
    return grouped


def _events(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    event = RegisterEvent
    query = select(event.accreditation_id, event.kind, event.clause, event.period).where(
        among(event.accreditation_id, ids)
    )
    return _grouped(session.execute(query), lambda row: (row.kind, row.clause, row.period))


def _orders(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    order = Rectification
    query = select(
        order.id,
        order.accreditation_id,
        order.clause,
        order.ordered_on,
        order.deadline,
        order.state,
        order.result_on,
        order.answered_on,
    ).where(among(order.accreditation_id, ids))

    def make(row: Any) -> Order:
        return Order(
            row.clause,
            row.ordered_on,
            row.deadline,
            _passed(row.state),
            row.result_on,
            row.id,
            row.answered_on,
        )

    return _grouped(session.execute(query.order_by(order.id)), make)


def _passed(state: RectificationState) -> bool | None:
    match state:
        case RectificationState.PASSED:
            return True
        case RectificationState.FAILED | RectificationState.LAPSED:
            return False
        case RectificationState.OPEN:
            return None
        case _:
            assert_never(state)


def _stopped(state: ExitState) -> bool:
    """Whether a case that is open waits for a person."""
    match state:
        case ExitState.OBJECTED | ExitState.HELD | ExitState.CONFIRMED_ONCE:
            return True
        case ExitState.PROPOSED | ExitState.UPHELD | ExitState.DISMISSED | ExitState.OVERTURNED:
            return False
        case _:
            assert_never(state)


def _dismissed(state: ExitState) -> bool:
    match state:
        case ExitState.DISMISSED | ExitState.OVERTURNED:
            return True
        case ExitState.PROPOSED | ExitState.OBJECTED | ExitState.HELD | ExitState.CONFIRMED_ONCE:
            return False
        case ExitState.UPHELD:
            return False
        case _:
            assert_never(state)


def took(case_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """The corrections that took its ground from an open exit case, with which it ended."""
    return DecisionCorrection.before[FALLEN].contains(func.to_jsonb(case_id))


def _cases(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    case, row = ExitCase, DecisionCorrection
    corrected = select(func.max(row.at)).where(row.kind == CorrectedKind.EXIT, row.subject_id == case.id)
    fallen = exists().where(row.accreditation_id == case.accreditation_id, took(case.id))
    query = select(
        case.id,
        case.accreditation_id,
        case.clause,
        case.period,
        case.proposed_on,
        case.mode,
        case.state,
        case.objection_until,
        case.human_requested,
        case.decided_on,
        case.appeal_decided_on,
        case.title_zh,
        case.title_en,
        corrected.scalar_subquery().label("corrected_at"),
        decided_to_wait().label("decided"),
        fallen.label("fallen"),
    ).where(among(case.accreditation_id, ids))

    def make(row: Any) -> Case:
        closed = row.decided_on
        if row.state is ExitState.OVERTURNED:
            corrected_on = local_date(row.corrected_at) if row.corrected_at is not None else None
            closed = max((on for on in (row.appeal_decided_on, corrected_on) if on), default=closed)
        return Case(
            row.clause,
            row.period,
            row.proposed_on,
            row.mode is Mode.AUTOMATIC,
            row.objection_until,
            row.human_requested or row.decided or _stopped(row.state),
            closed,
            _dismissed(row.state),
            T(row.title_zh, row.title_en),
            row.id,
            row.fallen,
        )

    return _grouped(session.execute(query.order_by(case.id)), make)


def _findings(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    row = DecisionCorrection
    undone = select(func.count()).where(
        row.kind == CorrectedKind.FINDING,
        row.subject_id == Finding.id,
        row.before["state"].as_string() == FindingState.ESTABLISHED.value,
    )
    query = select(
        Finding.id,
        Finding.accreditation_id,
        Finding.kind,
        Finding.established_on,
        Finding.opened_on,
        undone.scalar_subquery().label("undone"),
    ).where(among(Finding.accreditation_id, ids), Finding.state == FindingState.ESTABLISHED)
    return _grouped(
        session.execute(query.order_by(Finding.id)),
        lambda found: Established(found.kind, found.established_on, found.id, found.opened_on, found.undone),
    )


def _complaints(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    query = select(Complaint.accreditation_id, Complaint.decided_on, Complaint.received_on).where(
        among(Complaint.accreditation_id, ids), Complaint.verified.is_(True)
    )
    return _grouped(
        session.execute(query.order_by(Complaint.decided_on)),
        lambda row: Complained(row.decided_on, row.received_on),
    )


def _paid(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    record = ServiceRecord
    query = (
        select(record.id, record.accreditation_id, record.service_date)
        .outerjoin(Finding, Finding.service_record_id == record.id)
        .where(
            among(record.accreditation_id, ids),
            # As the index of the paid records has it: with a parameter it would not serve.
            record.fee_cny > literal_column("0"),
            record.state.in_(COUNTED),
            Finding.id.is_(None),
        )
        .order_by(record.service_date, record.id)
    )
    return _grouped(session.execute(query), lambda row: Paid(row.service_date, row.id))


def _triggers(w: Work, program: str, track: str, edition: str) -> frozenset[type[Trigger]]:
    """What the track's exit rules wait for; of one that is not loaded nothing is known: its check fails."""
    loaded = w.catalogue.programs.get(program)
    rules = loaded.rules.get((track, edition)) if loaded is not None else None
    return frozenset(type(rule.trigger) for rule in rules.exits) if rules is not None else frozenset()


def _held_events(
    session: Session, programs: Collection[str]
) -> dict[str, list[tuple[tuple[date, date], str]]]:
    """The days of each event of the authority, and the division that it is open to, by programme."""
    found: dict[str, list[tuple[tuple[date, date], str]]] = {program: [] for program in programs}
    if programs:
        row = Campaign
        query = select(row.program, row.starts_on, row.ends_on, row.region).where(
            row.program.in_(programs), row.organized_by_authority
        )
        for program, first, last, region in session.execute(query.order_by(row.starts_on, row.id)):
            found[program].append(((first, last), region))
    return found


def _reports(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    report = AnnualReport
    query = select(
        report.accreditation_id, report.submitted_on, report.year, report.kind, report.returned_on
    ).where(among(report.accreditation_id, ids))
    return _grouped(
        session.execute(query.order_by(report.id)),
        lambda row: Report(row.submitted_on, row.year, row.kind, row.returned_on),
    )


def _excused(session: Session, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    query = select(ExcusedAbsence.accreditation_id, ExcusedAbsence.on).where(
        among(ExcusedAbsence.accreditation_id, ids)
    )
    return _grouped(session.execute(query), lambda row: row.on)
