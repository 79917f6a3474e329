"""The chain: what is changed, taken away or exchanged behind the register's back shows, with its number."""

from itertools import pairwise

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.storage.models import AuditEvent, AuditLink
from core.storage.trail.chain import BEGINNING, GENESIS, digest, head, place, root, verify_chain
from tests.databases import as_owner
from tests.storage.trail.trails import add, organization, sealed, tamper

OF_OLD = "UPDATE audit_event SET previous_hash = '{}', hash = '{}' WHERE id = {}"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE audit_event SET changes = jsonb_set(changes, '{name,1}', '\"改\"') WHERE id = 2",
            ["audit_event 2: was changed"],
        ),
        (
            "UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = 3",
            ["audit_event 3: was changed"],
        ),
        ("UPDATE audit_event SET actor = 'other' WHERE id = 1", ["audit_event 1: was changed"]),
        ("UPDATE audit_event SET id = 9 WHERE id = 2", ["audit_event 9: was changed"]),
        ("DELETE FROM audit_event WHERE id = 2", ["audit_link 2: has 0 of 1 events"]),
        (
            "UPDATE audit_event SET hash = repeat('0', 64) WHERE id = 2",
            ["audit_event 2: was changed", "audit_link 2: has other events"],
        ),
        (
            "UPDATE audit_event SET link_id = 1 WHERE id = 2",
            ["audit_link 1: has 2 of 1 events", "audit_link 2: has 0 of 1 events"],
        ),
        (
            "UPDATE audit_event SET link_id = 3 - link_id WHERE id < 3",
            ["audit_link 1: has other events", "audit_link 2: has other events"],
        ),
        ("UPDATE audit_event SET link_id = 7 WHERE id = 2",
            ["audit_event 2: belongs to a link that is missing", "audit_link 2: has 0 of 1 events"]),
        ("UPDATE audit_link SET root = repeat('0', 64) WHERE id = 2",
            ["audit_link 2: has other events", "audit_link 2: is not as it was sealed"]),
        ("UPDATE audit_link SET hash = repeat('0', 64) WHERE id = 2",
            ["audit_link 2: is not as it was sealed", "audit_link 3: does not follow the link before it"]),
        ("UPDATE audit_link SET previous_hash = repeat('1', 64) WHERE id = 2",
            ["audit_link 2: does not follow the link before it", "audit_link 2: is not as it was sealed"]),
        ("DELETE FROM audit_link WHERE id = 2",
            ["audit_event 2: belongs to a link that is missing",
            "audit_link 3: links 2..2 before it are missing"]),
        ("DELETE FROM audit_link WHERE id = 1", ["audit_event 1: belongs to a link that is missing",
            "audit_link 2: links 1..1 before it are missing, and no signed end stands for them"]),
        ("UPDATE audit_link SET number = 7 - number WHERE id > 2",
            ["audit_link 3: links 3..3 before it are missing", "audit_link 3: is not as it was sealed"]),
    ],
)  # fmt: skip
def test_tampering_shows_where_it_happened(
    engine: Engine, session: Session, statement: str, found: list[str]
) -> None:
    sealed(engine, 1, 2, 3)
    tamper(session, statement)
    faults = verify_chain(session)
    assert len(faults) == len(found)
    for fault, part in zip(faults, found, strict=True):
        assert fault.startswith(part)


def test_what_is_not_sealed_yet_is_looked_at_too(engine: Engine, session: Session) -> None:
    add(engine, 1)
    assert verify_chain(session) == []
    tamper(session, "UPDATE audit_event SET actor = 'other'")
    assert verify_chain(session) == ["audit_event 1: was changed"]


def test_events_from_before_the_links_are_held_to_the_one_before(session: Session) -> None:
    session.add_all([organization(number) for number in (1, 2, 3)])
    session.commit()
    hashes = [GENESIS]
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id)):
        values = {column.name: getattr(event, column.name) for column in AuditEvent.__table__.columns}
        hashes.append(digest(values, hashes[-1]))
    chained = (OF_OLD.format(*pair, number) for number, pair in enumerate(pairwise(hashes), start=1))
    taken_over = "UPDATE audit_link SET events = {}, root = '{}'"
    tamper(session, *chained, taken_over.format(3, root(hashes[1:])))
    assert verify_chain(session) == []
    rest = taken_over.format(2, root([hashes[1], hashes[3]]))
    tamper(session, "DELETE FROM audit_event WHERE id = 2", rest)
    assert verify_chain(session) == ["audit_event 3: does not follow the one before it"]


def test_the_head_is_the_last_link_that_has_a_place(engine: Engine, session: Session) -> None:
    assert head(session) == BEGINNING
    sealed(engine, 1, 2)
    add(engine, 3)
    first, second = session.scalars(
        select(AuditLink).where(AuditLink.number.is_not(None)).order_by(AuditLink.id)
    )
    one = place(BEGINNING, first.id, first.events, first.root)
    assert head(session) == place(one, second.id, second.events, second.root)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_link SET number = NULL, previous_hash = NULL, hash = NULL WHERE id = 1",
        "UPDATE audit_link SET number = 9 WHERE id = 1",
        "UPDATE audit_link SET events = 2 WHERE id = 2",
        "UPDATE audit_link SET number = 2, previous_hash = 'x', hash = 'x', events = 2 WHERE id = 2",
        "UPDATE audit_link SET number = 2, previous_hash = 'x', hash = 'x', root = 'x' WHERE id = 2",
        "DELETE FROM audit_link",
        "TRUNCATE audit_link CASCADE",
    ],
)
def test_the_database_lets_a_link_be_placed_once_and_nothing_else(
    engine: Engine, session: Session, statement: str
) -> None:
    sealed(engine, 1)
    add(engine, 2)
    refused = pytest.raises(DBAPIError, match="written once and stay")
    with as_owner(engine) as owner, owner.connect() as connection, refused:
        connection.execute(text(statement))
    place = "UPDATE audit_link SET number = 2, previous_hash = 'x', hash = 'x' WHERE id = 2"
    session.connection().execute(text(place))
