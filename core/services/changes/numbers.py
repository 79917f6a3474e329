"""A body is registered with a code whose check digit does not fit: kept with its licence, for an officer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.domain.lifecycle.change_table import ChangeKind
from core.rules.clauses import PartyKind
from core.services.base.work import Work
from core.services.changes.requests import Proof, ask
from core.services.people.parties import register_party
from core.storage.files import FileStore


def register(w: Work, licence: Proof, store: FileStore, statement: str = "", **data: Any) -> int:
    """Register a body as `register_party` does, and ask that its code be accepted. Returns the party's id.

    Until an officer accepts it nothing is begun with the party.
    """
    number = register_party(w, kind=PartyKind.ORGANIZATION, unfit=True, **data)
    # Whoever registers it asks for it, as a member does.
    asking = replace(w, actor=replace(w.actor, parties=w.actor.parties | {number}))
    ask(asking, number, ChangeKind.NUMBER, licence, store, statement=statement)
    return number
