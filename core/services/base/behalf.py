"""An officer as the helper of a party: its own steps taken for it, never those of the authority."""

from __future__ import annotations

from dataclasses import replace

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.lifecycle.guards import Guard
from core.services.base.access import require
from core.services.base.work import Work


def on_behalf(
    w: Work, party_id: int, program: str, region: str | None, act: Act = Act.APPLICATION_DRAFT
) -> Work:
    """The same unit of work with the actor as the party's helper.

    Members need no helper. The audit trail names the officer all the same, since it reads the unit itself.
    """
    if w.actor.system or party_id in w.actor.parties:
        return w
    require(w, act, program, region)
    if party_id in w.actor.recommender_parties:
        raise Refused(Guard.NOT_OWN.reason)
    return replace(w, actor=replace(w.actor, parties=frozenset({party_id})))
