"""Through whom an application goes, and the word of that one, with the facts that it measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.domain.acts import Act
from core.domain.errors import DomainError, Invalid, NotFound, Refused
from core.domain.lifecycle.finding import features
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Feature
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.clauses import RecommenderKind
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.applications.case import Case, lock
from core.services.applications.facts import record, save
from core.services.applications.guards import Inputs, others, to_measure
from core.services.applications.handling import is_member, require_state
from core.services.applications.moving import advance, tell
from core.services.base.access import require
from core.services.base.bulk import BulkResult
from core.services.base.words import LONGEST_REASON, NOTHING_THERE, unkept
from core.services.base.work import Work
from core.services.people.parties import is_own
from core.services.recommenders.bodies import name_of
from core.services.recommenders.qualified import who_may
from core.storage.models import Recommendation, Recommender
from core.storage.models.applications import Provenance

LONGEST_OPINION = 4000
LONGEST_NOTE = 2000
NO_BASIS = T(
    "未写明核实依据；请逐件写明如何核实",
    "it does not say on what the measurement rests; say so for each application",
)
TERRITORY = 0
"""How a form names the recommender of the territory, which is no row."""
TURNED = "改由其他推荐单位推荐，原测评不再沿用 / turned to another recommender: it measures anew"


@dataclass(frozen=True, slots=True)
class Recommended:
    """One item of a bulk recommendation."""

    application_id: int
    opinion: str
    measured: Mapping[str, object]
    basis: str = ""
    """How it was measured: confirmed together is not confirmed without looking."""
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
        require(w, Act.APPLICATION_RECOMMEND, *application.place)
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
    """Recommend several applications, each whole or not at all; a refused one does not stop the others.

    Whatever is confirmed with it says on what it rests, for each application by itself.
    """
    results = []
    for item in items:
        try:
            if item.measured and not item.basis.strip():
                raise Refused(NO_BASIS)
            with w.session.begin_nested():
                recommend(
                    w,
                    item.application_id,
                    item.measured,
                    item.opinion,
                    note=item.basis,
                    version=item.version,
                )
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
        recommender_id=case.application.recommender_id,
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


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may recommend the applicant; `id` is 0 for the body of its territory."""

    id: int
    kind: RecommenderKind
    name: T


def choices(case: Case) -> Sequence[Choice]:
    """Who may recommend the applicant today; nobody where the text knows no recommendation."""
    if Feature.RECOMMENDATION not in features(case.desk.rules.procedure) or case.direct:
        return ()
    listed = who_may(case.w, case.desk.rules, case.application.party_id, case.w.today)
    return _choices(case, [None, *listed])


def left(case: Case) -> Sequence[Choice]:
    """Of them, those who have not declined it."""
    return _choices(case, others(case))


def _choices(case: Case, bodies: Sequence[Recommender | None]) -> Sequence[Choice]:
    item = case.application
    return tuple(
        Choice(
            body.id if body is not None else TERRITORY,
            body.kind if body is not None else RecommenderKind.TERRITORY,
            name_of(case.w, item.program, item.region, body),
        )
        for body in bodies
    )


def choose(w: Work, application_id: int, recommender_id: int, *, version: int | None = None) -> None:
    """Let a draft go through one of those who may recommend its party; 0 is the body of its territory."""
    case = lock(w, application_id, version=version)
    application = case.application
    if not is_member(w, application):
        require(w, Act.APPLICATION_DRAFT, *application.place)
        if is_own(w, application.party_id):
            raise Refused(Guard.NOT_OWN.reason)
    require_state(application, ApplicationState.DRAFT)
    _set(case, recommender_id, {item.id for item in choices(case)})


def turn(
    w: Work, application_id: int, recommender: int | str | None = None, *, version: int | None = None
) -> None:
    """Turn with a declined application to another who may recommend it, until the time for it is over.

    What the first one measured holds no longer: the other measures anew.
    """
    case = lock(w, application_id, version=version)
    application = case.application
    if not is_member(w, application):
        raise NotFound(NOTHING_THERE)
    if recommender is None:
        raise Invalid({"recommender": FILL_IN})
    if int(recommender) not in {item.id for item in left(case)}:
        raise Refused(Guard.ANOTHER_RECOMMENDER.reason, field="recommender")
    application.recommender_id = int(recommender) or None
    move = advance(case, Action.TURN)
    verified = [name for name, origin in case.origins.items() if origin is Provenance.VERIFIED]
    if verified:
        record(case, dict.fromkeys(verified), Provenance.VERIFIED, TURNED)
    w.session.flush()
    w.session.expire(application, ["recommender"])
    tell(case, move.message)


def _set(case: Case, recommender_id: int, known: set[int]) -> None:
    if recommender_id not in known:
        raise Invalid({"recommender": Guard.RECOMMENDER_FIT.reason})
    case.application.recommender_id = recommender_id or None
    case.w.session.flush()
    case.w.session.expire(case.application, ["recommender"])
