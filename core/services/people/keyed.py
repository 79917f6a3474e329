"""Parties by what makes them one, their USCC or ID number: what is found is the registration that is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from core.domain import identifiers
from core.domain.errors import Invalid
from core.domain.folding import folded
from core.domain.identifiers.telephones import all_numbers, numbers
from core.domain.roles import division_prefix
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.work import Work
from core.services.people.named import has_no_number
from core.services.people.parties import KEYS, holder, lock_party
from core.services.people.rights.unproven import suspend
from core.storage.models import Party
from core.storage.one_party import left_id

BESIDE = ("region", "mobile", "phone")
FILLED = ("address", "contact_name", "mobile", "phone", "email", "employer")
"""What data that come in add to a party that is there already, where the register says nothing of it."""


def by_number(w: Work, number: str) -> int | None:
    """The party of a USCC or ID number, however it is written."""
    key = identifiers.compact(number)
    return w.session.scalar(select(left_id()).where(or_(Party.uscc == key, Party.id_number == key)))


def by_uscc(w: Work, uscc: str) -> int | None:
    """The body of a USCC."""
    return w.session.scalar(select(left_id()).where(Party.uscc == identifiers.compact(uscc)))


def registered(w: Work, uscc: str, field: str = "uscc") -> int:
    """The same for one that must be there: Invalid at the field where nobody registered it."""
    found = by_uscc(w, uscc)
    if found is None:
        raise Invalid(
            {
                field: T(
                    f"没有登记该单位（{uscc}）；请核对代码，或先登记",
                    f"no body with the USCC {uscc} is registered; check it, or register the body first",
                )
            }
        )
    return found


def known(w: Work, kind: PartyKind, some: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """Which party each of some data, as `read_party` gives them, is about; None for one that is not there.

    By its number, or else by its name where it was directly included without one: a body of the same
    province, a person with one of the same telephone numbers. Where there are several of the name it is none
    of them.
    """
    key = KEYS[kind]
    column = getattr(Party, key)
    numbered = select(column, left_id()).where(column.in_({values[key] for values in some}))
    by_key: dict[str, int] = {row[0]: row[1] for row in w.session.execute(numbered)}
    names = {folded(values["name"]) for values in some if values[key] not in by_key}
    included = select(Party.folded_name, Party.region, Party.mobile, Party.phone, left_id().label("left"))
    included = included.where(Party.kind == kind, Party.folded_name.in_(names), *has_no_number())
    by_name: dict[tuple[str, str], set[int]] = {}
    for row in w.session.execute(included) if names else ():
        for beside in _beside(kind, row.region, row.mobile, row.phone):
            by_name.setdefault((row.folded_name, beside), set()).add(row.left)

    def about(values: Mapping[str, Any]) -> int | None:
        name, sides = folded(values["name"]), _beside(kind, *(values[field] for field in BESIDE))
        alike = {left for beside in sides for left in by_name.get((name, beside), ())}
        return by_key.get(values[key]) or (next(iter(alike)) if len(alike) == 1 else None)

    return [about(values) for values in some]


def party_of(w: Work, kind: PartyKind, values: Mapping[str, Any]) -> tuple[Party, bool]:
    """The party that the data are about, locked, and whether it was there before.

    What the register says of one that was there stays as it is; what it does not say is added, also a number.
    Whoever registered it as their own without being looked at acts for it no more.
    The caller has the turn of `one_table_at_a_time`.
    """
    (found,) = known(w, kind, [values])
    if found is None:
        party = Party(kind=kind, created_at=w.now, **values)
        w.session.add(party)
        w.session.flush()
        return party, False
    party = lock_party(w, found)
    if party.merged_into_id is not None:
        # Merged between the look and the lock.
        party = lock_party(w, party.merged_into_id)
    suspend(w, party)
    key = KEYS[kind]
    for name in FILLED if holder(w, key, values[key]) is not None else (*FILLED, key):
        if values[name] and not getattr(party, name):
            setattr(party, name, values[name])
    w.session.flush()
    return party, True


def _beside(kind: PartyKind, region: str, mobile: str, phone: str) -> Sequence[str]:
    """Of what one has to be the same beside the name."""
    province = division_prefix(region)[:2]
    return kind.pick(
        organization=[province] if province else [], person=list(numbers(all_numbers(mobile, phone)))
    )
