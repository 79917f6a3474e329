"""Service diaries: what each accredited body reports, week by week, written in one statement a week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Table, insert, or_, select

from core.demo.cases.plan import Case
from core.demo.chance import chance
from core.demo.people.parties import served_pool
from core.demo.world import World
from core.domain.clock import SHANGHAI
from core.rules.clauses import PartyKind
from core.rules.obligations import PaidService
from core.rules.text import T
from core.services.base.work import SYSTEM
from core.services.diary.fields import functions_of, parse_entry
from core.storage.models import Accreditation, Campaign, Party, ServiceRecord
from core.storage.models.register import RecordState
from core.storage.trail.recording import record_row

STEP = {PartyKind.ORGANIZATION: 14, PartyKind.PERSON: 22}
"""Days between two services."""
HOURS = {PartyKind.ORGANIZATION: (3, 6), PartyKind.PERSON: (2, 4)}
SERVED = {PartyKind.ORGANIZATION: (5, 9), PartyKind.PERSON: (2, 5)}
POOL = {PartyKind.ORGANIZATION: 160, PartyKind.PERSON: 50}
SHORT_STEP = 200
SILENT_FROM, SILENT_DAYS = 70, 215
"""From which day on nothing is heard of a silent body, and for how long."""
BY_AUTHORITY, PUBLIC, OUT_OF = 6, 7, 10
"""Every sixth service is an event of the authority; seven of ten are for the public benefit."""
_TOPICS = """
惠企政策宣讲 融资对接会 数字化转型诊断 知识产权讲座 法律体检 财税合规辅导 管理提升培训 创业导师问诊
质量管理公开课 招聘对接 市场开拓沙龙 技术成果推介 专精特新申报辅导 绿色低碳咨询 安全生产培训
"""
TOPICS = _TOPICS.split()
STATES = (RecordState.VERIFIED, RecordState.VERIFIED, RecordState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Holder:
    """An accreditation in force, with what its diary is made of."""

    id: int
    program: str
    track: str
    edition: str
    number: str
    started_on: date
    ended_on: date | None
    kind: PartyKind
    region: str
    functions: tuple[str, ...]


def write_week(world: World, cases: Mapping[int, Case], monday: date, at: datetime) -> int:
    """Report the services of the week before a Monday under every accreditation; how many records came."""
    first, last = monday - timedelta(days=7), monday - timedelta(days=1)
    with world.unit(SYSTEM, at, "diary.import") as w:
        holders = _holders(w.session.execute(_in_force(first)).all())
        campaigns = list(w.session.scalars(select(Campaign).where(Campaign.starts_on <= last)))
        rows = [
            row
            for holder in holders
            for row in _week(world, holder, cases.get(holder.id), campaigns, first, last)
        ]
        if rows:
            table = cast(Table, ServiceRecord.__table__)
            for row in w.session.execute(insert(table).returning(*table.c), rows).mappings():
                record_row(w.session, ServiceRecord, None, row, "diary.import")
    return len(rows)


def an_entry(world: World, holder: Holder, day: date, number: int, **changed: object) -> dict[str, Any]:
    """The fields of one service, as a diary form sends them."""
    rng = chance("entry", holder.number, number)
    loaded = world.catalogue[holder.program]
    offered = functions_of(loaded, loaded.track_rules(holder.track, holder.edition))
    known = dict(offered)
    functions = [key for key in holder.functions if key in known] or list(known) or [""]
    function = rng.choice(functions)
    topic = rng.choice(TOPICS)
    pool = _pool(world, holder)
    enterprises = rng.sample(pool, min(len(pool), rng.randint(*SERVED[holder.kind])))
    return {
        "service_date": day.isoformat(),
        "title": f"{known.get(function, T('', '')).zh}：{topic}" if function else topic,
        "function": function,
        "mode": rng.choice(("offline", "offline", "online", "both")),
        "hours": str(rng.randint(*HOURS[holder.kind])),
        "participants": rng.randint(len(enterprises), len(enterprises) * 4),
        "enterprises": enterprises,
        "satisfaction_pct": str(rng.randint(86, 99)),
        "fee_cny": "0",
        "organized_by_authority": number % BY_AUTHORITY == 0,
        "public_benefit": number % OUT_OF < PUBLIC,
        "summary": f"面向{len(enterprises)}家企业开展“{topic}”，现场答疑并跟踪需求。",
        **changed,
    }


def holder_of(row: Accreditation, kind: PartyKind) -> Holder:
    """What the diary of an accreditation is made of."""
    return Holder(
        row.id,
        row.program,
        row.track,
        row.edition,
        row.number,
        row.started_on,
        row.ended_on,
        kind,
        row.region,
        tuple(row.functions),
    )


def _in_force(first: date) -> Any:
    return (
        select(Accreditation, Party.kind)
        .join(Accreditation.party)
        .where(or_(Accreditation.ended_on.is_(None), Accreditation.ended_on > first))
        .order_by(Accreditation.id)
    )


def _holders(rows: Any) -> Iterator[Holder]:
    for row, kind in rows:
        yield holder_of(row, kind)


def _week(
    world: World, holder: Holder, case: Case | None, campaigns: list[Campaign], first: date, last: date
) -> Iterator[dict[str, Any]]:
    fate = case.fate if case is not None else None
    step = SHORT_STEP if fate is not None and fate.short else STEP[holder.kind]
    for number, day in _days(holder, step, first, last):
        if (
            fate is not None
            and fate.silent
            and 0 <= (day - holder.started_on).days - SILENT_FROM < SILENT_DAYS
        ):
            continue
        changed: dict[str, object] = {}
        campaign = _campaign(holder, campaigns, day)
        if fate is not None and not fate.attends:
            changed["organized_by_authority"], campaign = False, None
        if fate is not None and fate.short:
            changed |= {"public_benefit": False, "hours": "1"}
            changed["enterprises"] = list(_pool(world, holder)[:1])
        elif campaign is not None:
            changed |= {"campaign_id": campaign.id, "organized_by_authority": True}
        elif _may_charge(world, holder) and not number % 5:
            changed["fee_cny"] = str(chance("fee", holder.number, number).choice((300, 500, 800)))
            changed["public_benefit"] = False
        yield _row(world, holder, day, number, changed)


def _row(world: World, holder: Holder, day: date, number: int, changed: dict[str, object]) -> dict[str, Any]:
    reading = parse_entry(an_entry(world, holder, day, number, **changed))
    if reading.errors:
        raise ValueError(f"{holder.number} {day}: {reading.errors}")
    entry = reading.entry()
    rng = chance("state", holder.number, number)
    written = datetime.combine(day, time(17, 30), SHANGHAI) + timedelta(hours=rng.randint(0, 60))
    fields = asdict(entry)
    return {
        **fields,
        "enterprises": [dict(item) for item in entry.enterprises],
        "enterprise_keys": list(entry.enterprise_keys),
        "accreditation_id": holder.id,
        "entry_id": uuid5(NAMESPACE_URL, f"{holder.number}/{number}"),
        "state": rng.choice(STATES),
        "recorded_at": written,
    }


def _days(holder: Holder, step: int, first: date, last: date) -> Iterator[tuple[int, date]]:
    """The services that fall into a week, by number; they come at even distances, more or less."""
    number = max(0, (first - holder.started_on).days // step - 1)
    while True:
        shift = chance("day", holder.number, number).randint(0, step // 3)
        day = holder.started_on + timedelta(days=4 + number * step + shift)
        if day > last + timedelta(days=step):
            return
        held = holder.ended_on is None or day < holder.ended_on
        if first <= day <= last and held:
            yield number + 1, day
        number += 1


def _campaign(holder: Holder, campaigns: list[Campaign], day: date) -> Campaign | None:
    return next(
        (
            item
            for item in campaigns
            if item.program == holder.program and item.starts_on <= day <= item.ends_on
        ),
        None,
    )


def _may_charge(world: World, holder: Holder) -> bool:
    rules = world.catalogue[holder.program].track_rules(holder.track, holder.edition)
    return holder.kind is PartyKind.ORGANIZATION and not any(
        isinstance(rule.trigger, PaidService) for rule in rules.exits
    )


def _pool(world: World, holder: Holder) -> tuple[str, ...]:
    city = world.places.get(holder.region[:4] + "00", "")
    return _served(holder.number, city or world.places.get(holder.region, ""), holder.kind)


@cache
def _served(number: str, place: str, kind: PartyKind) -> tuple[str, ...]:
    return tuple(served_pool(chance("pool", number), place, POOL[kind]))
