"""`accredit verify`: every invariant that constraints cannot hold, each over whole tables; read only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy.orm import Session

from core.hooks.catalogue import Catalogue, catalogue
from core.rules.text import T
from core.storage.files import FileStore
from core.storage.sealed import rows
from core.storage.verify import derived
from core.storage.verify.accounts import ACCOUNTS
from core.storage.verify.check import Check, Fault
from core.storage.verify.columns import by_columns
from core.storage.verify.intake import APPLICATIONS
from core.storage.verify.parties import PARTIES
from core.storage.verify.register import ACCREDITATIONS, EXITS, STATES

__all__ = ["CHECKS", "Check", "Fault", "faults"]

CHECKS: tuple[Check, ...] = (*ACCOUNTS, *PARTIES, *ACCREDITATIONS, *EXITS, *APPLICATIONS)


def faults(
    session: Session,
    store: FileStore | None = None,
    known: Catalogue | None = None,
    today: date | None = None,
    keys: Collection[str] = (),
) -> Iterator[Fault]:
    """Everything that is wrong with the data, check by check; files are read where a store is given.

    What is dated after `today`, the database's own day unless given, is wrong too. `keys` are the public
    keys of the register: what bears another's signature is wrong.
    """
    if not session.in_transaction():
        # One moment for all: what is written meanwhile is in the rows and in the trail, or in neither.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    day = today or derived.day_of(session)
    yield from derived.trail(session, day, keys)
    yield from by_columns(session)
    yield from _unsealed(session)
    yield from by_rules(session, day, known or catalogue())
    if store is not None:
        yield from derived.files(session, store)


def _unsealed(session: Session) -> Iterator[Fault]:
    """Personal numbers and codes that stand in the open, or that the keys there are do not open."""
    for table, number, column, why in rows.faults(session.connection()):
        message = T(f"{column} {why.zh}", f"{column} {why.en}")
        yield Fault("value.sealed", table, number, message)


def by_rules(session: Session, day: date, known: Catalogue) -> Iterator[Fault]:
    """What is wrong with the data by its own rules, whatever the trail says."""
    for check in CHECKS:
        yield from _found(session, check, day)
    yield from derived.hearings(session, day)
    yield from derived.orders(session, day)
    yield from derived.numbers(session, known)
    yield from derived.keys(session)


def _found(session: Session, check: Check, day: date) -> Iterator[Fault]:
    # In one order each time: two registers of the same data are told alike.
    query = f"SELECT * FROM ({check.query}) AS broken ORDER BY id"  # noqa: S608  # a constant
    for row in derived.rows(session, query, {**STATES, "today": day}):
        values = dict(row._mapping)
        message = T(check.message.zh.format(**values), check.message.en.format(**values))
        yield Fault(check.name, check.subject.format(**values), str(row.id), message)
