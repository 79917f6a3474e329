"""Parties, accreditations and records put straight into a test's database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from core.domain.lifecycle.states import AccreditationState
from core.domain.supervision.standing import EventKind
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.rules.periods import period_end
from core.storage.engine import session_factory
from core.storage.models import Accreditation, AuditEvent, OutboxMessage, Party, RegisterEvent, ServiceRecord
from core.storage.models.register import RecordState

REGIONS = {"jilin": "220202", "liaocheng": "371502", "hubei": "420106", "shanghai": "310104"}
_numbers = count(1)


@dataclass(frozen=True)
class Held:
    """An accreditation that a test made."""

    id: int
    party_id: int
    program: str
    region: str
    number: str


def uscc() -> str:
    """A code with a good check digit, another one each time."""
    body = f"91371500{next(_numbers):09d}"
    return body + stdnum_uscc.calc_check_digit(body)


def id_number() -> str:
    """A resident identity number with a good check digit, another one each time."""
    # Three digits tell those of one day apart: a long run goes on to the next days.
    days, number = divmod(next(_numbers), 1000)
    body = f"220202{date(1980, 1, 1) + timedelta(days=days):%Y%m%d}{number:03d}"
    return body + ric.calc_check_digit(body + "0")


def make_party(
    engine: Engine, kind: PartyKind = PartyKind.ORGANIZATION, region: str = "371502", **more: Any
) -> int:
    """A party with an e-mail address; returns its id."""
    number = next(_numbers)
    own = {"uscc": uscc()} if kind is PartyKind.ORGANIZATION else {"id_number": id_number()}
    values = {
        "name": f"测试主体{number}",
        "email": f"party{number}@example.cn",
        "region": region,
        **own,
        **more,
    }
    with session_factory(engine)() as session, session.begin():
        party = Party(kind=kind, **values)
        session.add(party)
        session.flush()
        return party.id


def accredit(
    engine: Engine,
    track: str,
    started_on: str,
    *,
    party_id: int | None = None,
    region: str | None = None,
    state: AccreditationState = AccreditationState.ACTIVE,
    **more: Any,
) -> Held:
    """An accreditation of `program/track` that began on a day, for the text's own term."""
    program, name = track.split("/")
    loaded = catalogue()[program]
    day = date.fromisoformat(started_on)
    edition = loaded.edition(day).id
    area = region or REGIONS.get(program, "371502")
    owner = party_id or make_party(engine, loaded.program.track(name).party, area)
    sequence = next(_numbers)
    term = loaded.track_rules(name, edition).procedure.term
    values = {
        "edition": edition,
        "number": f"T-{sequence:06d}",
        "year": day.year,
        "sequence": sequence,
        "started_on": day,
        "valid_from": day,
        "valid_through": period_end(day, years=term.years),
        **more,
    }
    with session_factory(engine)() as session, session.begin():
        made = Accreditation(program=program, track=name, party_id=owner, region=area, state=state, **values)
        session.add(made)
        session.flush()
        return Held(made.id, owner, program, area, made.number)


def serve(
    engine: Engine,
    held: Held,
    on: str,
    hours: str = "2",
    names: tuple[str, ...] = (),
    state: RecordState = RecordState.SUBMITTED,
    **more: Any,
) -> int:
    """A service record, without the diary's checks; returns its id."""
    with session_factory(engine)() as session, session.begin():
        record = ServiceRecord(
            accreditation_id=held.id,
            entry_id=uuid4(),
            service_date=date.fromisoformat(on),
            title="服务",
            hours=Decimal(hours),
            enterprises=[{"name": name} for name in names],
            enterprise_keys=[f"name:{name}" for name in names],
            state=state,
            **more,
        )
        session.add(record)
        session.flush()
        return record.id


def load(engine: Engine, kind: type[Any], number: int) -> Any:
    """A row as it stands in the database."""
    with session_factory(engine)() as session:
        return session.get_one(kind, number)


def events(engine: Engine, held: Held) -> list[tuple[str, str, str]]:
    """The timeline: (day, kind, clause)."""
    with session_factory(engine)() as session:
        query = select(RegisterEvent).where(RegisterEvent.accreditation_id == held.id)
        found = session.scalars(query.order_by(RegisterEvent.happened_on, RegisterEvent.id))
        return [(event.happened_on.isoformat(), event.kind.value, event.clause) for event in found]


def kinds(engine: Engine, held: Held) -> list[EventKind]:
    """What stands in the timeline, in order."""
    return [EventKind(kind) for _, kind, _ in events(engine, held)]


def messages(engine: Engine, held: Held) -> list[str]:
    """The events that messages were written about, in order; however many people they go to."""
    with session_factory(engine)() as session:
        query = select(OutboxMessage.event).where(OutboxMessage.accreditation_id == held.id)
        return list(dict.fromkeys(session.scalars(query.order_by(OutboxMessage.id))))


def audited(engine: Engine, subject: str, number: int) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit trail holds on a row: (actor, action, changes)."""
    with session_factory(engine)() as session:
        query = select(AuditEvent).where(AuditEvent.subject == subject, AuditEvent.subject_id == str(number))
        found = session.scalars(query.order_by(AuditEvent.id))
        return [(event.actor, event.action, event.changes) for event in found]
