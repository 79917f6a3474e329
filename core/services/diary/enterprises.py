"""Looking up an enterprise that was served: whom the party served before, and registered organisations."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, String, column, false, func, or_, select
from sqlalchemy.orm import aliased

from core.domain.folding import folded
from core.rules.clauses import PartyKind
from core.services.base.access import require_member
from core.services.base.work import Work
from core.storage.arrays import found_first
from core.storage.models import Accreditation, Party, ServiceRecord
from core.storage.one_party import ids_of, left_id
from core.storage.search import holds, name_matches

FOUND = 8
SHORTEST_CODE = 4
"""Fewer characters of a code would list half of a county."""
LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An enterprise as an entry names it; of a registered one nothing but its name and code is told."""

    name: str
    uscc: str
    served: bool
    """Whether the party has served it before."""


def look_up(w: Work, party_id: int, text: str) -> list[Enterprise]:
    """Up to eight enterprises of that name or code, those served before first; without a text, the latest."""
    require_member(w, party_id)
    wanted = text.strip()[:LONGEST_QUERY]
    found = _served(w, party_id, wanted)
    if folded(wanted):
        found += _registered(w, wanted)
    each: dict[str, Enterprise] = {}
    for item in found:
        each.setdefault(item.uscc or folded(item.name), item)
    with_code = {folded(item.name) for item in each.values() if item.uscc}
    return [item for item in each.values() if item.uscc or folded(item.name) not in with_code][:FOUND]


def _served(w: Work, party_id: int, text: str) -> list[Enterprise]:
    item = func.jsonb_to_recordset(ServiceRecord.enterprises).table_valued(
        column("name", String), column("uscc", String), name="item"
    )
    served = item.render_derived(with_types=True)
    query = (
        select(served.c.name, func.coalesce(func.max(served.c.uscc), ""))
        .select_from(ServiceRecord)
        .join(Accreditation, Accreditation.id == ServiceRecord.accreditation_id)
        .join(served, served.c.name.is_not(None))
        .where(Accreditation.party_id.in_(ids_of(party_id)))
        .group_by(served.c.name)
        .order_by(func.max(ServiceRecord.service_date).desc(), served.c.name)
        .limit(FOUND)
    )
    if text:
        query = query.where(or_(holds(served.c.name, text), _code_begins(served.c.uscc, text)))
    return [Enterprise(name, code, served=True) for name, code in w.session.execute(query)]


def _registered(w: Work, text: str) -> list[Enterprise]:
    such = or_(name_matches(text), _code_begins(Party.uscc, text))
    found = select(left_id()).where(Party.kind == PartyKind.ORGANIZATION, such)
    shown = aliased(Party)
    query = (
        select(shown.name, shown.uscc)
        .where(found_first(shown.id, found))
        .order_by(shown.sort_name, shown.id)
        .limit(FOUND)
    )
    return [Enterprise(name, code or "", served=False) for name, code in w.session.execute(query)]


def _code_begins(code: SQLColumnExpression[str | None], text: str) -> ColumnElement[bool]:
    plain = folded(text).upper()
    if len(plain) < SHORTEST_CODE or not (plain.isascii() and plain.isalnum()):
        return false()
    return code.startswith(plain, autoescape=True)
