"""Every word on the facts of applications, and which of them holds.

The strongest provenance that says anything of a fact decides it (claimed < verified < attested < derived),
and of one provenance the latest word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.services.base.work import Work
from core.storage.models import FactEntry
from core.storage.models.applications import Provenance

STRONGEST_FIRST = tuple(reversed(Provenance))


def effective(entries: Iterable[FactEntry]) -> dict[str, tuple[Any, Provenance]]:
    """What holds of each fact, and from where, by statements in the order in which they were made."""
    latest: dict[str, dict[Provenance, Any]] = {}
    for entry in entries:
        latest.setdefault(entry.name, {})[entry.provenance] = entry.value
    holding: dict[str, tuple[Any, Provenance]] = {}
    for name, words in latest.items():
        for provenance in STRONGEST_FIRST:
            if words.get(provenance) is not None:
                holding[name] = (words[provenance], provenance)
                break
    return holding


def entries_of(w: Work, application_id: int) -> list[FactEntry]:
    """The words on an application, in the order in which they were made."""
    query = select(FactEntry).options(joinedload(FactEntry.by))
    return list(
        w.session.scalars(query.where(FactEntry.application_id == application_id).order_by(FactEntry.id))
    )


def origins_by(
    w: Work, application_ids: Collection[int], names: Collection[str]
) -> dict[int, dict[str, Provenance]]:
    """Where some facts of several applications are from."""
    query = (
        select(FactEntry)
        .where(FactEntry.application_id.in_(application_ids), FactEntry.name.in_(names))
        .order_by(FactEntry.id)
    )
    entries: dict[int, list[FactEntry]] = {number: [] for number in application_ids}
    for entry in w.session.scalars(query):
        entries[entry.application_id].append(entry)
    return {
        number: {name: origin for name, (_, origin) in effective(words).items()}
        for number, words in entries.items()
    }
