"""The last days: matters that came up lately, and that still wait for someone."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from core.demo.cases.fates import GOOD
from core.demo.cases.plan import Case
from core.demo.lives.diaries import an_entry, holder_of
from core.demo.lives.years import UNTOUCHED, Lives
from core.demo.people.staff import officer
from core.demo.world import World
from core.domain.lifecycle.states import AccreditationState
from core.rules.obligations import Effect
from core.services.base.work import ANONYMOUS
from core.services.diary import records
from core.services.duties import complaints, findings, rectifications
from core.services.duties.findings import kinds_of
from core.storage.models import Accreditation, Party, ServiceRecord
from core.storage.models.register import RecordState

DAYS_AGO = 9
TIME_TO_MEND = timedelta(days=30)


def come_up(world: World, lives: Lives, at: datetime) -> None:
    """In each track, with the bodies that do well: a complaint, a finding, an order, records to look at."""
    for loaded, track in world.catalogue.tracks():
        bodies = good_ones(world, lives, loaded.program.id, track.id)
        rules = world.rules(loaded.program.id, track.id, at.date())
        who = officer(loaded.program.id)
        if not bodies:
            continue
        first, second, third = bodies[0], bodies[len(bodies) // 2], bodies[-1]
        with world.unit(ANONYMOUS, at, "complaint.file") as w:
            complaints.file_complaint(
                w, first[1].number, "郑先生", "13800000001", "约定的咨询未兑现，希望核实处理。"
            )
        kinds = kinds_of(rules)
        orders = [rule for rule in rules.exits if rule.effect is Effect.RECTIFY]
        with world.unit(who, at, "desk") as w:
            if kinds:
                findings.open_finding(w, second[1].id, next(iter(kinds)), "收到线索，正在会同有关部门核查。")
            if orders:
                deadline = at.date() + TIME_TO_MEND
                rectifications.order(w, third[1].id, orders[0].clause, deadline, "回访发现服务台账不全。")
        _records(world, *first, at)


def _records(world: World, case: Case, found: Accreditation, at: datetime) -> None:
    """A draft that is not reported yet, and a record that an officer turned down."""
    with world.factory() as session:
        kind = session.get_one(Party, found.party_id).kind
        last = session.scalar(
            select(ServiceRecord.id)
            .where(ServiceRecord.accreditation_id == found.id, ServiceRecord.state == RecordState.SUBMITTED)
            .order_by(ServiceRecord.service_date.desc())
            .limit(1)
        )
    holder = holder_of(found, kind)
    with world.unit(world.holder(case.body), at, "diary.add") as w:
        data = an_entry(world, holder, at.date(), UNTOUCHED + 90)
        records.add_entry(w, found.party_id, [found.id], data, submit=False)
    if last is not None:
        with world.unit(officer(found.program), at, "record.judge") as w:
            records.judge_record(w, last, accepted=False, reason="未附签到表和现场照片，请补充后重新登记。")


def good_ones(world: World, lives: Lives, program: str, track: str) -> list[tuple[Case, Accreditation]]:
    """Bodies in force that do well and act for themselves."""
    with world.factory() as session:
        query = select(Accreditation).where(
            Accreditation.program == program,
            Accreditation.track == track,
            Accreditation.state == AccreditationState.ACTIVE,
        )
        found = session.scalars(query.order_by(Accreditation.id)).all()
    cases = [(lives.cases.get(item.id), item) for item in found]
    return [
        (case, item)
        for case, item in cases
        if case is not None and case.body is not None and case.fate is GOOD
    ]
