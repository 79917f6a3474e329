"""A recommender's word on an application of its own territory, with the facts that it measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.domain.acts import Act
from core.domain.errors import DomainError, Invalid, Refused
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.text import T
from core.services.applications.case import Case, lock
from core.services.applications.facts import record, save
from core.services.applications.guards import Inputs, to_measure
from core.services.applications.moving import advance, tell
from core.services.base.access import require
from core.services.base.bulk import BulkResult
from core.services.base.words import LONGEST_REASON, unkept
from core.services.base.work import Work
from core.services.people.parties import is_own
from core.storage.models import Recommendation
from core.storage.models.applications import Provenance

LONGEST_OPINION = 4000


@dataclass(frozen=True, slots=True)
class Recommended:
    """One item of a bulk recommendation."""

    application_id: int
    opinion: str
    measured: Mapping[str, object]
    version: int | None = None
    """Of the application as it was looked at; one that has changed since is left alone."""


@dataclass(frozen=True, slots=True)
class ToMeasure:
    """A fact that is measured before recommending, with what the applicant claims of it."""

    name: str
    label: T
    claimed: object


def form(case: Case) -> list[ToMeasure]:
    """What the recommendation form asks to be measured."""
    desk, facts = case.desk, case.application.facts
    return [ToMeasure(name, desk.vocabulary[name].label, facts.get(name)) for name in to_measure(desk)]


def evaluate(
    w: Work,
    application_id: int,
    measured: Mapping[str, object],
    note: str = "",
    *,
    version: int | None = None,
) -> list[str]:
    """Save what was measured so far, without a word on the application; the names that changed."""
    return save(lock(w, application_id, version=version), measured, Provenance.VERIFIED, note)


def recommend(
    w: Work,
    application_id: int,
    measured: Mapping[str, object],
    opinion: str,
    *,
    note: str = "",
    version: int | None = None,
) -> int:
    """Recommend a submitted application; what was measured becomes verified. Returns the recommendation's id.

    Nobody recommends the body that it belongs to, or that it recommends for.
    """
    case = lock(w, application_id, version=version)
    application = case.application
    if application.state is ApplicationState.SUBMITTED:
        require(w, Act.APPLICATION_RECOMMEND, application.program, application.region)
        if measured and not is_own(w, application.party_id):
            record(case, measured, Provenance.VERIFIED, note)
    _require_kept(opinion, "opinion", LONGEST_OPINION)
    move = advance(case, Action.RECOMMEND, Inputs(opinion=opinion))
    word = _word(case, opinion, positive=True)
    word.measured = _verified(case)
    tell(case, move.message)
    return word.id


def decline(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Decline to recommend, with a reason; the application ends. Returns the recommendation's id."""
    case = lock(w, application_id, version=version)
    _require_kept(reason, "reason", LONGEST_REASON)
    move = advance(case, Action.DECLINE, Inputs(reason=reason))
    word = _word(case, reason, positive=False)
    tell(case, move.message, reason=reason.strip())
    return word.id


def bulk_recommend(w: Work, items: Sequence[Recommended]) -> list[BulkResult]:
    """Recommend several applications, each whole or not at all; a refused one does not stop the others."""
    results = []
    for item in items:
        try:
            with w.session.begin_nested():
                recommend(w, item.application_id, item.measured, item.opinion, version=item.version)
        except DomainError as error:
            results.append(BulkResult(item.application_id, error.text))
        else:
            results.append(BulkResult(item.application_id, None))
    return results


def _require_kept(text: str, field: str, longest: int) -> None:
    """Invalid for a text that is too long or cannot be printed; whether it must be there is the move's."""
    errors = unkept(text, field, longest=longest)
    if errors:
        raise Invalid(errors)


def _word(case: Case, opinion: str, *, positive: bool) -> Recommendation:
    w = case.w
    query = select(func.count()).where(Recommendation.application_id == case.id)
    word = Recommendation(
        application_id=case.id,
        round=(w.session.scalar(query) or 0) + 1,
        positive=positive,
        opinion=opinion.strip(),
        by_id=w.actor.user_id,
        recommender_party_id=_body(w),
        at=w.now,
    )
    w.session.add(word)
    w.session.flush()
    return word


def _verified(case: Case) -> dict[str, Any]:
    """What was measured of the application, now and before, as it holds."""
    facts = case.application.facts
    return {name: value for name, value in facts.items() if case.origins.get(name) is Provenance.VERIFIED}


def _body(w: Work) -> int | None:
    """The body that the actor recommends for, where it is one."""
    bodies = w.actor.recommender_parties
    if len(bodies) > 1:
        raise Refused(
            T("您代表多个推荐单位", "you recommend for several bodies"),
            mend=T("请由系统管理员为您保留一个", "have the administrator leave you one of them"),
        )
    return next(iter(bodies), None)
