"""An association and a department of Hubei, and who recommends for them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.domain.roles import Grant, Role
from core.rules.clauses import RecommenderKind
from core.services.base.work import Actor
from core.services.recommenders import bodies, lists
from core.services.recommenders.lists import Entry
from core.storage.engine import session_factory
from core.storage.models import Party
from tests.services.factory import make_party
from tests.services.journey import Town

KEY = "hubei/comprehensive"
DAY = "2024-05-01"


@dataclass(frozen=True)
class Body:
    """One of them."""

    town: Town
    id: int
    party_id: int | None
    actor: Actor

    def as_recommender(self, at: str = DAY) -> Any:
        """A unit of work of whoever recommends for it."""
        return self.town.begin(self.actor, at)

    def lists(self, party_id: int, joined_on: date = date(2020, 1, 1), left_on: date | None = None) -> None:
        """Put a party on its list, as whoever keeps that."""
        with session_factory(self.town.engine)() as session:
            party = session.get_one(Party, party_id)
            entry = Entry(party.uscc or "", party.name, joined_on, left_on)
        keeper = self.actor if self.party_id is not None else self.town.officer("hubei")
        with self.town.begin(keeper, DAY) as w:
            lists.put_on(w, self.id, [entry])


def make(town: Town, kind: RecommenderKind, name: str) -> Body:
    """A body of Hubei, entered by its authority, with a user of its own."""
    party = make_party(town.engine, region="420100") if kind is RecommenderKind.MEMBERSHIP else None
    with town.begin(town.officer("hubei"), "2019-01-02") as w:
        number = bodies.add(w, "hubei", kind, name, party)
    user = town.make_actor(Role.RECOMMENDER, "hubei")
    own = frozenset({party}) if party is not None else frozenset[int]()
    return Body(
        town,
        number,
        party,
        replace(
            user,
            grants=(Grant(Role.RECOMMENDER, "hubei", None, number),),
            recommender_parties=own,
        ),
    )
