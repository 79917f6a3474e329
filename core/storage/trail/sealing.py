"""The sealer: gives committed transactions of the trail their place in the chain, one sealer at a time.

A transaction that commits late is sealed late: its place tells when it was sealed, not when it began.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from core.rules.text import T
from core.storage.models.trail import AuditLink
from core.storage.processes.turns import Turn, own_turn, turn_if_free
from core.storage.trail.chain import Broken, head, place

SEALING = Turn("sealing", 0x61636372, 60)
"""Of whoever changes the chain."""
BATCH = 1000
UNPLACED = "SELECT 1 FROM audit_link WHERE number IS NULL LIMIT 1"
"""Has a row where there is something to seal; costs next to nothing."""
LATE_MINUTES = 10
"""A transaction that still has no place after so long tells that no sealer runs."""

_PLACE = """
UPDATE audit_link SET number = given.number, previous_hash = given.previous_hash, hash = given.hash
FROM unnest(CAST(:ids AS bigint[]), CAST(:numbers AS bigint[]), CAST(:previous AS text[]),
    CAST(:hashes AS text[])) AS given (id, number, previous_hash, hash)
WHERE audit_link.id = given.id"""
_LATE = """
SELECT count(*) AS links, min(id) AS first FROM audit_link
WHERE number IS NULL AND written_at < clock_timestamp() - make_interval(mins => :minutes)"""


def seal(factory: sessionmaker[Session], batch: int = BATCH, *, wait: bool = True) -> int:
    """Give every committed transaction its place, a batch to a transaction; how many were given one.

    Without `wait` it leaves all of them to another who is at it.
    """
    total, placed = 0, batch
    with (own_turn if wait else turn_if_free)(factory, SEALING) as session:
        while session is not None and placed == batch:
            with session.begin():
                placed = seal_batch(session, batch)
            total += placed
    return total


def take_turn(session: Session) -> None:
    """Be the only one who changes the chain, until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEALING.key})


def seal_batch(session: Session, batch: int = BATCH) -> int:
    """Give the next transactions their places, in the caller's transaction; how many."""
    take_turn(session)
    last = head(session)
    waiting = session.execute(
        select(AuditLink.id, AuditLink.events, AuditLink.root)
        .where(AuditLink.number.is_(None))
        .order_by(AuditLink.id)
        .limit(batch)
    ).all()
    ids, numbers, previous, hashes = [], [], [], []
    for row in waiting:
        ids.append(row.id)
        previous.append(last.hash)
        last = place(last, row.id, row.events, row.root)
        numbers.append(last.number)
        hashes.append(last.hash)
    places = {"ids": ids, "numbers": numbers, "previous": previous, "hashes": hashes}
    session.execute(text(_PLACE), places)
    return len(ids)


def unsealed(session: Session) -> Iterator[Broken]:
    """Transactions that should have a place by now."""
    row = session.execute(text(_LATE), {"minutes": LATE_MINUTES}).one()
    if row.links:
        yield (
            "audit_link",
            row.first,
            T(
                f"共 {row.links} 个事务超过 {LATE_MINUTES} 分钟未封链；请检查工作进程（accredit worker），"
                "或运行 accredit trail seal",
                f"and later ones, {row.links} in all, have had no place in the chain for over {LATE_MINUTES} "
                "minutes; see that a worker runs, or run accredit trail seal",
            ),
        )
