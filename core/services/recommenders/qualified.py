"""Who may recommend a party: the association whose member it is, the department that it is assigned to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from core.hooks.loaded import TrackRules
from core.services.base.work import Work
from core.storage.models import Listed, Party, Recommender
from core.storage.one_party import ids_of


def who_may(w: Work, rules: TrackRules, party_id: int, day: date) -> list[Recommender]:
    """The bodies on whose list a party stands on a day, itself never; besides the one of its territory."""
    kinds = [kind for _, kind in rules.procedure.other_recommenders]
    if not kinds:
        return []
    body, own = Recommender, ids_of(party_id)
    query = (
        select(body)
        .join(Listed, Listed.recommender_id == body.id)
        .where(
            body.program == rules.program,
            body.kind.in_(kinds),
            body.since <= day,
            or_(body.ended_on.is_(None), body.ended_on > day),
            or_(body.party_id.is_(None), body.party_id.not_in(own)),
            Listed.on(day),
            Listed.uscc.in_(select(Party.uscc).where(Party.id.in_(own))),
        )
        .order_by(body.kind, body.name, body.id)
    )
    return list(w.session.scalars(query))
