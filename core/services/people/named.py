"""Parties by their names: whom data without a number describe, and what follows from names, made anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, assert_never, cast

from sqlalchemy import ColumnElement, Table, Text, and_, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from core.domain.folding import folded
from core.domain.identifiers.telephones import BETWEEN, all_numbers, numbers
from core.rules.clauses import PartyKind
from core.services.base.work import Work
from core.storage.arrays import found_first
from core.storage.models import FormerValue, Party, User
from core.storage.models.changes import Vouched
from core.storage.one_party import left_id
from core.storage.sealed.boxes import Kind
from core.storage.sealed.types import candidates
from core.storage.search import derived, derived_former, derived_user, name_grams

BATCH = 1000
_ONE = "parties-without-number"


def one_table_at_a_time(w: Work) -> None:
    """Wait for whoever else takes parties in by a table or registers one; others wait for this work's end.

    Two parties without a number are told by their names alone, which may be those of two: a constraint cannot
    hold them apart, so the second looks when the first is there to be found.
    """
    w.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": _ONE})


def beside_no_table(w: Work) -> None:
    """Wait for a table by which parties are taken in; who registers one does not wait for who does, too."""
    w.session.execute(text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))"), {"key": _ONE})


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
    return or_(Party.mobile.in_(asked), kept.overlap(candidates(Kind.TELEPHONE, asked)))


def same_name(name: str) -> ColumnElement[bool]:
    """Parties of the name, or formerly of it, however it is written."""
    grams, plain = name_grams(name), folded(name)
    former = select(FormerValue.party_id).where(
        FormerValue.grams.contains(grams), FormerValue.folded == plain, FormerValue.field == Vouched.NAME
    )
    present = and_(Party.name_grams.contains(grams), Party.folded_name == plain)
    return or_(present, found_first(Party.id, former))


def renew_names(w: Work) -> int:
    """Give parties, former names and users what follows from each by the present rules; how many had another.

    The trail does not cover these columns: they can be had from the name at any time.
    """
    former = FormerValue.field == Vouched.NAME
    return (
        _renew(w, Party, "name", derived)
        + _renew(w, FormerValue, "value", derived_former, former)
        + _renew(w, User, "name", derived_user)
    )


def _renew(
    w: Work,
    entity: type[Party | FormerValue | User],
    named: str,
    follows: Callable[[str], dict[str, Any]],
    *which: ColumnElement[bool],
) -> int:
    """Write what follows from the name in a column wherever it is another, a batch at a time."""
    table = cast(Table, entity.__table__)
    columns = table.c
    number, last, derives = 0, 0, list(follows(""))
    query = select(columns.id, columns[named].label("text"), *(columns[name] for name in derives))
    query = query.where(*which).order_by(columns.id).limit(BATCH)
    # One that is renamed meanwhile has its own already.
    mine = columns.id == bindparam("which"), columns[named] == bindparam("given")
    change = update(table).where(*mine).values({name: bindparam(name) for name in derives})
    while rows := w.session.execute(query.where(columns.id > last)).all():
        last = rows[-1].id
        wanted = [(row, follows(row.text)) for row in rows]
        stale = [
            {"which": row.id, "given": row.text, **values}
            for row, values in wanted
            if any(getattr(row, column) != value for column, value in values.items())
        ]
        if stale:
            w.session.connection().execute(change, stale)
        number += len(stale)
    return number
