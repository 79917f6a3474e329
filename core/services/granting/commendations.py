"""Candidates for a nomination or a commendation: the accredited in force, by what they did in a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, and_, cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB

from core.domain.acts import Act
from core.domain.errors import DomainError, Invalid, NotFound
from core.domain.lifecycle.states import IN_FORCE
from core.domain.supervision.replay import COUNTED
from core.rules.text import T
from core.services.base.access import ACTS, scope
from core.services.base.bulk import BulkResult
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.files.sheets import write_sheet
from core.services.granting.nominations import nominate, targets
from core.storage.arrays import among
from core.storage.metrics import number_served
from core.storage.models import Accreditation, Complaint, Nomination, Party, ServiceRecord, TakenIn

MOST_RANKED = 500
HEADERS = (
    "名次",
    "名称",
    "类别",
    "认定编号",
    "服务次数",
    "服务时长（小时）",
    "服务企业（家）",
    "平均满意度（%）",
    "查实投诉（件）",
    "是否已列入",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A programme and something that its accredited can be put forward for."""

    program: str
    target: str
    title: T
    tracks: tuple[str, ...]
    application: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """One accreditation with what it did in the year; `rank` is shared by those who did the same."""

    rank: int
    accreditation_id: int
    party: str
    track: str
    region: str
    number: str
    services: int
    hours: Decimal
    enterprises: int
    satisfaction: Decimal | None
    complaints: int
    """Verified in the year."""
    nominated: bool


def choices(w: Work, act: Act = Act.NOMINATION_VIEW) -> list[Choice]:
    """What the programmes within the actor's reach put forward for."""
    programs = {grant.program for grant in w.actor.grants if grant.role in ACTS[act]}
    found: dict[tuple[str, str], Choice] = {}
    for loaded, track in w.catalogue.tracks():
        program = loaded.program.id
        if not w.actor.system and not programs & {None, program}:
            continue
        for item in targets(w, program, track.id):
            known = found.get((program, item.id))
            tracks = (*(known.tracks if known is not None else ()), track.id)
            found[program, item.id] = Choice(program, item.id, item.title, tracks, item.application)
    return list(found.values())


def candidates(w: Work, program: str, target: str, year: int, track: str = "") -> list[Candidate]:
    """Who holds a status that can be put forward, ranked by its hours, then enterprises, then services.

    Each service counts once for each accreditation that it is recorded under, as the duties count it.
    """
    choice = next((item for item in choices(w) if (item.program, item.target) == (program, target)), None)
    if choice is None:
        raise NotFound(NOTHING_THERE)
    held, record = Accreditation, ServiceRecord
    wanted = [track] if track in choice.tracks else list(choice.tracks)
    of_year = and_(
        record.accreditation_id == held.id,
        record.state.in_(COUNTED),
        record.service_date.between(date(year, 1, 1), date(year, 12, 31)),
    )
    told = _told(year)
    hours = func.coalesce(func.sum(record.hours), 0) + told["service_hours"]
    services = func.count(record.id) + told["services"]
    query = (
        select(
            held.id, Party.name, held.track, held.region, held.number,
            services.label("services"), hours.label("hours"), func.avg(record.satisfaction_pct).label("mean"),
            told["enterprises_served"].label("told"),
        )
        .join(Party, Party.id == held.party_id)
        .outerjoin(record, of_year)
        .where(
            held.program == program,
            held.track.in_(wanted),
            held.state.in_(IN_FORCE),
            scope(w.actor, Act.NOMINATION_VIEW, held.program, held.region),
        )
        .group_by(held.id, Party.name)
        .order_by(hours.desc(), services.desc(), held.number)
        .limit(MOST_RANKED)
    )  # fmt: skip
    rows = w.session.execute(query).all()
    ids = [row.id for row in rows]
    counted, complaints = _served(w, ids, year), _complaints(w, ids, year)
    served = {row.id: counted.get(row.id, 0) + int(row.told) for row in rows}
    there = set(
        w.session.scalars(
            select(Nomination.accreditation_id).where(
                among(Nomination.accreditation_id, ids), Nomination.target == target, Nomination.year == year
            )
        )
    )
    ordered = sorted(rows, key=lambda row: (-row.hours, -served[row.id], -row.services, row.number))
    found: list[Candidate] = []
    before: tuple[object, ...] = ()
    rank = 0
    for place, row in enumerate(ordered, start=1):
        did = (row.hours, served[row.id], row.services)
        rank = rank if did == before else place
        before = did
        found.append(
            Candidate(
                rank, row.id, row.name, row.track, row.region, row.number, int(row.services),
                Decimal(row.hours), served[row.id], row.mean, complaints.get(row.id, 0),
                row.id in there,
            )
        )  # fmt: skip
    return found


def put_forward(w: Work, accreditation_ids: Sequence[int], target: str, reason: str) -> list[BulkResult]:
    """Nominate several for one reason, each on its own: one that is refused leaves the others."""
    errors = unwritten(reason, "reason")
    if not accreditation_ids:
        errors["candidates"] = T("请选择对象", "choose whom")
    if errors:
        raise Invalid(errors)
    found = []
    for number in dict.fromkeys(accreditation_ids):
        try:
            with w.session.begin_nested():
                nominate(w, number, target, reason)
        except DomainError as error:
            found.append(BulkResult(number, error.text))
        else:
            found.append(BulkResult(number, None))
    return found


def ranking_xlsx(w: Work, program: str, target: str, year: int, track: str = "") -> bytes:
    """The ranking as a table to hand on."""
    titles = {item.id: item.title.zh for item in w.program(program).program.tracks}
    rows = [
        (
            item.rank, item.party, titles.get(item.track, item.track), item.number, item.services, item.hours,
            item.enterprises, None if item.satisfaction is None else round(item.satisfaction, 1),
            item.complaints, "是" if item.nominated else "",
        )
        for item in candidates(w, program, target, year, track)
    ]  # fmt: skip
    return write_sheet("排名", HEADERS, rows, above=[[f"{w.program(program).program.title.zh}（{year}年）"]])


def _told(year: int) -> dict[str, Any]:
    """What a take-in told of services within the year, by metric: the twin of `Former.within`."""
    total = func.jsonb_array_elements(TakenIn.totals).table_valued("value").render_derived(name="total")
    value = cast(total.c.value, JSONB)
    first, last = date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat()

    def of(name: str) -> Any:
        query = (
            select(func.coalesce(func.sum(cast(value[name].astext, Numeric)), 0))
            .select_from(TakenIn)
            .join(total, true())
            .where(
                TakenIn.accreditation_id == Accreditation.id,
                value["first"].astext >= first,
                value["last"].astext <= last,
            )
        )
        return query.correlate(Accreditation).scalar_subquery()

    return {name: of(name) for name in ("service_hours", "services", "enterprises_served")}


def _served(w: Work, ids: Sequence[int], year: int) -> dict[int, int]:
    """How many enterprises each served in the year, each enterprise once."""
    record = ServiceRecord
    keys = (
        select(record.accreditation_id, func.unnest(record.enterprise_keys).label("key"))
        .where(*_in_year(ids, year))
        .subquery()
    )
    query = select(keys.c.accreditation_id, number_served(keys.c.key))
    return {row[0]: row[1] for row in w.session.execute(query.group_by(keys.c.accreditation_id))}


def _in_year(ids: Sequence[int], year: int) -> tuple[ColumnElement[bool], ...]:
    record = ServiceRecord
    return (
        among(record.accreditation_id, ids),
        record.state.in_(COUNTED),
        record.service_date.between(date(year, 1, 1), date(year, 12, 31)),
    )


def _complaints(w: Work, ids: Sequence[int], year: int) -> dict[int, int]:
    query = select(Complaint.accreditation_id, func.count()).where(
        among(Complaint.accreditation_id, ids),
        Complaint.verified.is_(True),
        Complaint.decided_on.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return {row[0]: row[1] for row in w.session.execute(query.group_by(Complaint.accreditation_id))}
