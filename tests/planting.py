"""Puts accreditations into the register as lives tell them, without the way that led there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from core.domain.supervision.life_file import LifeFile, parse_life
from core.domain.supervision.replay import Record
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.rules.periods import period_end
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Campaign,
    Complaint,
    ExcusedAbsence,
    Finding,
    Party,
    ServiceRecord,
)
from core.storage.models.supervision import FindingState
from core.storage.trail.recording import record_row

_numbers = count(1)


def plant_party(session: Session, kind: PartyKind, region: str = "371502", email: str = "") -> Party:
    """A party of its own, with an identifier that only has to be unique."""
    number = next(_numbers)
    code = f"9{number:017d}" if kind is PartyKind.ORGANIZATION else None
    person = f"{number:018d}" if kind is PartyKind.PERSON else None
    party = Party(
        kind=kind,
        name=f"测试主体{number}",
        uscc=code,
        id_number=person,
        region=region,
        email=email or f"p{number}@example.cn",
    )
    session.add(party)
    session.flush()
    return party


def plant(session: Session, raw: Mapping[str, Any], *, region: str = "371502") -> Accreditation:
    """The accreditation of a life with all its records, reports, complaints, findings and excuses."""
    life = parse_life(raw)
    loaded = catalogue()[life.program]
    track = loaded.program.track(life.track)
    edition = loaded.edition(life.accredited_on).id
    term = loaded.track_rules(track.id, edition).procedure.term
    number = next(_numbers)
    accreditation = Accreditation(
        program=life.program,
        track=life.track,
        edition=edition,
        party_id=plant_party(session, track.party, region).id,
        number=f"T-{life.accredited_on.year}-{number:06d}",
        year=life.accredited_on.year,
        sequence=number,
        region=region,
        started_on=life.accredited_on,
        valid_from=life.accredited_on,
        valid_through=period_end(life.accredited_on, years=term.years),
        next_due_on=life.accredited_on,
    )
    session.add(accreditation)
    session.flush()
    _plant_events(session, accreditation.id, life)
    plant_held(session, life.program, life.authority_events)
    return accreditation


def plant_held(session: Session, program: str, days: Sequence[date] | None) -> None:
    """The events that the authority held: on these days, or throughout where none are named."""
    spans = [(date(2000, 1, 1), date(2099, 12, 31))] if days is None else [(day, day) for day in days]
    known = select(Campaign.starts_on, Campaign.ends_on).where(Campaign.program == program)
    there = {tuple(row) for row in session.execute(known)}
    for first, last in spans:
        if (first, last) not in there:
            session.add(Campaign(program=program, title="主管部门活动", starts_on=first, ends_on=last))
    session.flush()


def _plant_events(session: Session, number: int, life: LifeFile) -> None:
    for happening in life.happenings:
        on, data = happening.on, happening.data
        match happening.kind:
            case "annual_report":
                year = data.get("year", on.year)
                session.add(AnnualReport(accreditation_id=number, year=year, submitted_on=on, summary="总结"))
            case "complaint":
                session.add(_complaint(number, on, verified=bool(data["verified"])))
            case "finding":
                session.add(
                    Finding(
                        accreditation_id=number,
                        kind=str(data["kind"]),
                        reason="查实",
                        opened_on=on,
                        state=FindingState.ESTABLISHED,
                        established_on=on,
                    )
                )
            case "justified_absence":
                session.add(ExcusedAbsence(accreditation_id=number, on=on, reason="出国"))
            case _:
                pass
    plant_records(
        session, number, [item.data["record"] for item in life.happenings if item.kind == "service"]
    )
    session.flush()


def plant_records(session: Session, number: int, records: Sequence[object]) -> None:
    """Service records in one statement."""
    rows = [
        {
            "accreditation_id": number,
            "entry_id": uuid4(),
            "service_date": record.on,
            "hours": record.hours,
            "enterprises": [{"name": key} for key in sorted(record.enterprises)],
            "enterprise_keys": sorted(record.enterprises),
            "satisfaction_pct": record.satisfaction,
            "fee_cny": record.fee,
            "organized_by_authority": record.by_authority,
            "public_benefit": record.public_benefit,
            "state": "verified" if record.verified else "submitted" if record.counted else "draft",
        }
        for record in records
        if isinstance(record, Record)
    ]
    if rows:
        table = cast(Table, ServiceRecord.__table__)
        for row in session.execute(insert(table).returning(*table.c), rows).mappings():
            record_row(session, ServiceRecord, None, row, "planted")


def _complaint(number: int, on: date, *, verified: bool) -> Complaint:
    return Complaint(
        accreditation_id=number,
        complainant="某企业",
        contact="13800000000",
        content="投诉",
        code=uuid4().hex[:16],
        received_on=on,
        verified=verified,
        decided_on=on,
    )
