"""Conflicts of interest that the register can see by itself, of several people and applications at once.

They are: membership, the employer, a recommendation given, and the family of organisations. Two organisations
are of one family where somebody acts for both: no register of ownership stands behind this one, and whoever
hands in the papers of two bodies ties them together. What it cannot see the reviewer declares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from core.domain.errors import MalformedError
from core.domain.identifiers import enterprise_key
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.work import Work
from core.storage.models import Application, Grant, Membership, Party, Recommendation
from core.storage.one_party import same_as

MEMBER = T("是申请主体的成员", "is a member of the applicant")
BODY = T("是申请主体（推荐单位）的人员", "acts for the applicant, which is a recommender")
RECOMMENDED = T("来自推荐该申请的单位", "comes from the body that recommended the application")
COLLEAGUE = T("与申请主体属于同一单位", "works where the applicant works, or for the applicant")
FAMILY = T(
    "所在单位与申请主体是关联单位（由同一人员办理）",
    "belongs to an organisation related to the applicant (the same person acts for both)",
)


class Conflicts:
    """What ties some people to some applications, read in a handful of queries."""

    def __init__(self, w: Work, applications: Sequence[Application], user_ids: Collection[int]) -> None:
        people, parties = set(user_ids), {item.party_id for item in applications}
        self._member_of = _parties_of(w, people)
        self._bodies: dict[int, set[int]] = defaultdict(set)
        grants = select(Grant.user_id, Grant.party_id).where(
            Grant.user_id.in_(people), Grant.role == Role.RECOMMENDER, Grant.party_id.is_not(None)
        )
        rows = w.session.execute(grants).all()
        # A body that was registered twice is one, whichever registration a role names.
        same = same_as(w.session, {body for _, body in rows if body is not None})
        for user_id, body in rows:
            self._bodies[user_id] |= same[body] if body is not None else set()
        self._words: dict[int, set[tuple[int | None, int | None]]] = defaultdict(set)
        words = select(
            Recommendation.application_id, Recommendation.by_id, Recommendation.recommender_party_id
        ).where(Recommendation.application_id.in_({item.id for item in applications}))
        for application_id, by_id, recommender in w.session.execute(words):
            self._words[application_id].add((by_id, recommender))
        related = _related(w, parties)
        own = set().union(*self._member_of.values(), *self._bodies.values())
        everyone = {party for group in related.values() for party in group} | own | parties
        query = select(Party.id, Party.kind, Party.name, Party.employer).where(Party.id.in_(everyone))
        self._place = {row.id: _place(row.kind, row.name, row.employer) for row in w.session.execute(query)}
        self._family = {
            party: {self._place[item] for item in group} - {None} for party, group in related.items()
        }

    def of(self, application: Application, user_id: int) -> T | None:
        """Why the user stands too near to the party to review the application; None where nothing is seen."""
        party = application.party_id
        if party in self._member_of[user_id]:
            return MEMBER
        bodies = self._bodies[user_id]
        if party in bodies:
            return BODY
        if any(by == user_id or body in bodies for by, body in self._words[application.id]):
            return RECOMMENDED
        places = {self._place[item] for item in self._member_of[user_id] | bodies} - {None}
        if self._place[party] in places:
            return COLLEAGUE
        return FAMILY if places & self._family[party] else None


def _parties_of(w: Work, users: Collection[int]) -> dict[int, set[int]]:
    """The parties that each user acts for, with every other registration of them."""
    query = select(Membership.user_id, Membership.party_id).where(Membership.user_id.in_(users))
    rows = w.session.execute(query).all()
    same = same_as(w.session, {party for _, party in rows})
    return _grouped((user, one) for user, party in rows for one in same[party])


def _related(w: Work, parties: Collection[int]) -> dict[int, set[int]]:
    """The parties for which those act who act for each party, under whichever registration."""
    same = same_as(w.session, parties)
    every = set().union(*same.values())
    query = select(Membership.party_id, Membership.user_id).where(Membership.party_id.in_(every))
    members = _grouped((party, user) for party, user in w.session.execute(query))
    theirs = _parties_of(w, set().union(*members.values()))
    acting = {party: set().union(*(members[one] for one in same[party])) for party in parties}
    return {party: set().union(*(theirs[user] for user in acting[party])) - {party} for party in parties}


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found


def conflict_of(w: Work, application: Application, user_id: int) -> T | None:
    """Why a user stands too near to an application's party to review it; None where nothing is seen."""
    return Conflicts(w, [application], {user_id}).of(application, user_id)


def _place(kind: PartyKind, name: str, employer: str) -> str | None:
    """Where someone of a party works: the organisation itself, or a person's employer."""
    try:
        return enterprise_key(kind.pick(organization=name, person=employer))
    except MalformedError:
        return None
