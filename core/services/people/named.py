"""Which party somebody's data describe, where they have no number: by its names and its telephones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Text, and_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from core.domain.folding import folded
from core.domain.identifiers.telephones import BETWEEN, all_numbers, numbers
from core.rules.clauses import PartyKind
from core.services.base.work import Work
from core.storage.arrays import found_first
from core.storage.models import FormerValue, Party
from core.storage.models.changes import Vouched
from core.storage.one_party import left_id
from core.storage.search import name_grams


def included_before(w: Work, kind: PartyKind, values: Mapping[str, Any]) -> int | None:
    """The directly included party, without a number so far, that these data describe: by name, and mobile."""
    same = [Party.kind == kind, same_name(values["name"]), *has_no_number()]
    match kind:
        case PartyKind.PERSON:
            same.append(called_at(all_numbers(values["mobile"], values["phone"])))
        case PartyKind.ORGANIZATION:
            pass  # by its name alone
        case _:
            assert_never(kind)
    return w.session.scalar(select(Party.id).where(*same).limit(1))


def has_no_number() -> tuple[ColumnElement[bool], ...]:
    """Parties without USCC or ID number, also under any other registration of theirs."""
    other, left = aliased(Party), left_id()
    numbered = or_(other.uscc.is_not(None), other.id_number.is_not(None))
    theirs = select(other.id).where(or_(other.id == left, other.merged_into_id == left), numbered)
    return Party.uscc.is_(None), Party.id_number.is_(None), ~theirs.exists()


def called_at(telephone: str) -> ColumnElement[bool]:
    """Parties that have one of the numbers that `telephones` wrote."""
    asked = list(numbers(telephone))
    kept = func.string_to_array(Party.phone, BETWEEN, type_=ARRAY(Text))
    return or_(Party.mobile.in_(asked), kept.overlap(asked))


def same_name(name: str) -> ColumnElement[bool]:
    """Parties of the name, or formerly of it, however it is written."""
    grams, plain = name_grams(name), folded(name)
    former = select(FormerValue.party_id).where(
        FormerValue.grams.contains(grams), FormerValue.folded == plain, FormerValue.field == Vouched.NAME
    )
    present = and_(Party.name_grams.contains(grams), Party.folded_name == plain)
    return or_(present, found_first(Party.id, former))
