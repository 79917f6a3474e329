"""The register as open data: a stable table of public columns, handed out row by row, and its JSON schema."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from core.services.base.work import Work
from core.services.keeping.public_names import Shown, shown
from core.services.public.open_data_fields import FIELDS, Field, Value, Words
from core.services.public.register import entries, told
from core.storage.models import Accreditation, Application, NoticeItem, Party, PublicNotice, Region
from core.storage.one_party import left_id

SCHEMA_VERSION = "1.0"
BATCH = 500
_SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "list": {"type": "array", "items": {"type": "string"}},
}


def words(w: Work) -> Words:
    """What the rows' keys are called."""
    rows = w.session.execute(select(Region.code, Region.name))
    named = {program: w.authority(program) for program in w.catalogue.programs}
    return Words(w.catalogue, {row.code: row.name for row in rows}, named)


def register(session: Session, today: date, named: Words, people: Shown) -> Iterator[dict[str, Value]]:
    """Every accreditation in the order of the numbers, while the database hands them out."""
    query = entries().where(people.status()).order_by(Accreditation.number).execution_options(yield_per=BATCH)
    for rows in session.execute(query).partitions():
        for item in told(session, rows, today):
            yield {field.key: read(item, named) for field, read in FIELDS}


def notices(session: Session, today: date, people: Shown) -> Iterator[dict[str, Any]]:
    """Every published notice with what stands on it, the newest first."""
    one = func.json_build_object(
        *("holder", Party.name, "track", Application.track, "region", Application.region),
        *("struck_on", NoticeItem.struck_on),
    )
    listed = (
        select(func.json_agg(aggregate_order_by(one, NoticeItem.id)))
        .select_from(NoticeItem)
        .join(Application, Application.id == NoticeItem.application_id)
        .join(Party, Party.id == Application.party_id)
        .where(NoticeItem.notice_id == PublicNotice.id, people.item())
        .correlate(PublicNotice)
        .scalar_subquery()
    )
    query = (
        select(
            PublicNotice.id,
            PublicNotice.program,
            PublicNotice.title,
            PublicNotice.published_on,
            PublicNotice.closes_on,
            listed.label("listed"),
        )
        .where(PublicNotice.published_on <= today)
        .order_by(PublicNotice.published_on.desc(), PublicNotice.id.desc())
        .execution_options(yield_per=BATCH)
    )
    for row in session.execute(query):
        yield {
            "id": row.id,
            "program": row.program,
            "title": row.title,
            "published_on": row.published_on.isoformat(),
            "closes_on": row.closes_on.isoformat(),
            "open": row.closes_on >= today,
            "items": row.listed or [],
        }


def fingerprint(w: Work) -> str:
    """A mark that changes with anything that the register's files show."""
    left = aliased(Party)
    line = func.concat_ws(
        "/",
        Accreditation.number,
        Accreditation.state,
        Accreditation.started_on,
        Accreditation.valid_through,
        Accreditation.ended_on,
        Accreditation.ended_clause,
        Accreditation.region,
        cast(Accreditation.functions, Text),
        Party.name,
        left.id,
        left.name,
        left.employer,
        left.uscc,
    )
    query = (
        select(func.count(), func.sum(func.hashtextextended(line, 0)))
        .select_from(Accreditation)
        .join(Party, Party.id == Accreditation.party_id)
        .join(left, left.id == left_id())
    )
    number, total = w.session.execute(query).one()
    told = f"{SCHEMA_VERSION}/{w.today}/{shown(w).ended}/{number}/{total}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of the JSON files."""
    item = {
        "type": "object",
        "properties": {
            "holder": {"type": "string"},
            "track": {"type": "string"},
            "region": {"type": "string"},
            "struck_on": {
                **_SCHEMAS["date"],
                "type": ["string", "null"],
                "description": "From this day it stands there no longer: the decision was corrected.",
            },
        },
        "required": ["holder", "track", "region"],
        "additionalProperties": False,
    }
    notice: dict[str, dict[str, Any]] = {
        "id": {"type": "integer"},
        "program": {"type": "string"},
        "title": {"type": "string"},
        "published_on": _SCHEMAS["date"],
        "closes_on": {**_SCHEMAS["date"], "description": "Last day on which objections are taken."},
        "open": {"type": "boolean"},
        "items": {"type": "array", "items": item},
    }
    columns = {field.key: _column(field) for field, _read in FIELDS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Open data of the SME service accreditation register",
        "oneOf": [_file("register", columns), _file("notices", notice)],
    }


def _column(field: Field) -> dict[str, Any]:
    asked: dict[str, Any] = {**_SCHEMAS[field.type], "description": field.meaning.en}
    if field.choices:
        asked["enum"] = list(field.choices)
    if field.optional:
        asked["type"] = [asked["type"], "null"]
    return asked


def _file(kind: str, properties: dict[str, dict[str, Any]]) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "kind": {"const": kind},
            "schema_version": {"const": SCHEMA_VERSION},
            "generated_at": {"type": "string", "format": "date-time"},
            "items": {"type": "array", "items": row},
        },
        "required": ["kind", "schema_version", "generated_at", "items"],
        "additionalProperties": False,
    }
