"""Conflicts of interest that the register can see by itself: membership, employer, a recommendation given."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from core.domain.errors import MalformedError
from core.domain.identifiers import enterprise_key
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.work import Work
from core.storage.models import Application, Grant, Membership, Party, Recommendation


def conflict_of(w: Work, application: Application, user_id: int) -> T | None:
    """Why a user stands too near to an application's party to review it; None where nothing is seen."""
    member = exists().where(Membership.user_id == user_id, Membership.party_id == application.party_id)
    if w.session.scalar(select(member)):
        return T("是申请主体的成员", "is a member of the applicant")
    bodies = set(
        w.session.scalars(
            select(Grant.party_id).where(
                Grant.user_id == user_id, Grant.role == Role.RECOMMENDER, Grant.party_id.is_not(None)
            )
        )
    )
    if application.party_id in bodies:
        return T("是申请主体（推荐单位）的人员", "acts for the applicant, which is a recommender")
    gave = exists().where(
        Recommendation.application_id == application.id,
        or_(Recommendation.by_id == user_id, Recommendation.recommender_party_id.in_(bodies)),
    )
    if w.session.scalar(select(gave)):
        return T("来自推荐该申请的单位", "comes from the body that recommended the application")
    shared = _workplaces(w, user_id, bodies) & _applicant_places(application.party)
    if shared:
        return T("与申请主体属于同一单位", "works where the applicant works, or for the applicant")
    return None


def _workplaces(w: Work, user_id: int, bodies: set[int | None]) -> set[str]:
    """Where the user works: the bodies that it acts for, and the employer of its own entry as a person."""
    acts_for = select(Membership.party_id).where(Membership.user_id == user_id)
    parties = w.session.scalars(select(Party).where(or_(Party.id.in_(acts_for), Party.id.in_(bodies))))
    return set().union(*(_applicant_places(party) for party in parties))


def _applicant_places(party: Party) -> set[str]:
    name = party.name if party.kind is PartyKind.ORGANIZATION else party.employer
    try:
        return {enterprise_key(name)}
    except MalformedError:
        return set()
