"""A recommender's queue: what waits in its territory, and what a recommendation of several would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, case, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.domain.lifecycle.moves import Feature
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.evaluate import Outcome
from core.rules.periods import DAY
from core.rules.terms import Kind
from core.rules.text import T
from core.rules.verdict import Eligibility
from core.services.applications.case import Case, verdicts_of
from core.services.applications.guards import Inputs, Known, known_of, to_measure
from core.services.applications.moving import looked_at
from core.services.applications.verdicts import CaseVerdict
from core.services.base.access import allowed, scope
from core.services.base.naming import is_of_party
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.calls.calls import why_not_recommended
from core.services.calls.quotas import quotas_used
from core.services.todo.waiting import tracks_with
from core.storage.models import Application, Call, Party
from core.storage.models.applications import Provenance

MOST_AT_ONCE = 200
MOST_CALLS = 100
"""The newest calls that a filter offers."""
SOON_DAYS = 7
SECONDS_A_DAY = 86_400
STRONG = (Provenance.VERIFIED, Provenance.ATTESTED, Provenance.DERIVED)
DEADLINE = case(
    (Call.recommend_by.is_(None), None),
    else_=func.greatest(Call.recommend_by, Application.deadline_extended_to),
)
"""Until when an application is to be recommended, its own extension included."""
ORDERS: dict[str, Any] = {
    "deadline": DEADLINE,
    "submitted": Application.submitted_at,
    "party": Party.sort_name,
}
"""What the queue can be sorted by."""


class Due(StrEnum):
    """How the deadline of an application stands."""

    SOON = "soon"
    OVER = "over"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Narrow:
    """What of the queue is wanted, and in which order; nothing given: all, what is due first before."""

    text: str = ""
    """In the party's name, or its USCC."""
    program: str = ""
    track: str = ""
    call_id: int | None = None
    due: Due | None = None
    by: str = "deadline"
    """One of `ORDERS`."""
    down: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """One application that waits for a recommendation."""

    application: Application
    outcome: Eligibility
    unmet: int
    unknown: int
    """Without those that wait for the authority's judgement."""
    judged: int
    """That wait for it."""
    deadline: datetime | None
    days_left: int | None
    closed: T | None
    """Why it cannot be recommended any more."""
    used: int | None
    """Of the call's quota."""

    @property
    def fit(self) -> bool:
        """Whether nothing stands against it but what only the authority judges."""
        return self.outcome is not Eligibility.INELIGIBLE and not self.unmet and not self.unknown


@dataclass(frozen=True, slots=True)
class Measure:
    """A fact that has to be measured, as the preview shows it."""

    name: str
    label: T
    claimed: object
    measured: bool
    in_words: bool
    """A text of the recommender's own, which nobody claims."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """One application of a bulk recommendation: whether it would be recommended, and why not."""

    application: Application
    verdict: CaseVerdict
    measures: tuple[Measure, ...]
    blocked: tuple[T, ...]

    @property
    def as_claimed(self) -> dict[str, object]:
        """What would be measured as claimed."""
        return {item.name: item.claimed for item in self.measures if not (item.measured or item.in_words)}

    @property
    def to_write(self) -> tuple[Measure, ...]:
        """What the recommender has still to say in its own words."""
        return tuple(item for item in self.measures if item.in_words and not item.measured)


@dataclass(frozen=True, slots=True)
class QuotaEffect:
    """What a recommendation does to a call's competition: places, and who is after them."""

    call: Call
    used: int
    ahead: int
    """Recommended or under review already."""
    added: int


def queue(w: Work, narrow: Narrow, wish: Wish = FIRST) -> Page[Application]:
    """A page of what waits for the actor's recommendation."""
    return page_of(w, _ordered(_narrowed(w, narrow), narrow), wish)


def first_of(w: Work, narrow: Narrow) -> list[Application]:
    """As many of the queue as are recommended at once."""
    return list(w.session.scalars(_ordered(_narrowed(w, narrow), narrow).limit(MOST_AT_ONCE)))


def calls_waiting(w: Work) -> list[Call]:
    """The calls under which something waits, the newest first."""
    ids = _waiting(w).with_only_columns(Application.call_id).distinct()
    return list(
        w.session.scalars(select(Call).where(Call.id.in_(ids)).order_by(Call.id.desc()).limit(MOST_CALLS))
    )


def _narrowed(w: Work, narrow: Narrow) -> Select[Application]:
    query = _waiting(w)
    if narrow.text:
        query = query.where(is_of_party(Application.party_id, narrow.text))
    if narrow.program and narrow.track:
        query = query.where(Application.program == narrow.program, Application.track == narrow.track)
    if narrow.call_id is not None:
        query = query.where(Application.call_id == narrow.call_id)
    return query if narrow.due is None else query.where(_due(w, narrow.due))


def _due(w: Work, due: Due) -> ColumnElement[bool]:
    match due:
        case Due.SOON:
            return DEADLINE.between(w.now, w.now + timedelta(days=SOON_DAYS))
        case Due.OVER:
            return w.now > DEADLINE
        case Due.NONE:
            return DEADLINE.is_(None)
    assert_never(due)


def _ordered(query: Select[Application], narrow: Narrow) -> Select[Application]:
    """With what a row of the list shows."""
    column = ORDERS[narrow.by]
    first = column.desc().nulls_last() if narrow.down else column.asc().nulls_last()
    query = query.options(contains_eager(Application.party), contains_eager(Application.call))
    return query.order_by(first, Application.id)


def _waiting(w: Work) -> Select[Application]:
    tracks = tracks_with(w, Feature.RECOMMENDATION)
    return (
        select(Application)
        .join(Application.party)
        .outerjoin(Application.call)
        .where(
            Application.state == ApplicationState.SUBMITTED,
            tuple_(Application.program, Application.track).in_(tracks),
            scope(w.actor, Act.APPLICATION_RECOMMEND, Application.program, Application.region),
        )
    )


def describe(w: Work, applications: Sequence[Application]) -> list[Waiting]:
    """The rows of a page of the queue, in a bounded number of queries."""
    verdicts = verdicts_of(w, [Case(w, item) for item in applications])
    used = quotas_used(w, {item.call_id for item in applications if item.call_id is not None})
    rows = []
    for item in applications:
        verdict = verdicts[item.id]
        obstacles = verdict.obstacles
        last = deadline_of(item)
        rows.append(
            Waiting(
                item,
                verdict.outcome,
                sum(row.outcome is Outcome.NOT_MET for row in obstacles),
                sum(row.outcome is Outcome.UNKNOWN and not row.awaits_judgement for row in obstacles),
                sum(row.awaits_judgement for row in obstacles),
                last,
                None if last is None else ceil((last - w.now) / DAY),
                why_not_recommended(w, item),
                used.get(item.call_id) if item.call_id is not None else None,
            )
        )
    return rows


def deadline_of(application: Application) -> datetime | None:
    """Until when the application is to be recommended; None where nothing is set."""
    call = application.call
    if call is None or call.recommend_by is None:
        return None
    return max(call.recommend_by, application.deadline_extended_to or call.recommend_by)


def preview(w: Work, application_ids: Sequence[int], *, as_claimed: bool) -> list[Previewed]:
    """Who of several would be recommended, and what stands against the others.

    `as_claimed`: what was not measured one by one is confirmed to be as claimed.
    """
    query = (
        select(Application)
        .where(Application.id.in_(list(dict.fromkeys(application_ids))))
        .options(joinedload(Application.party), joinedload(Application.call))
        .order_by(Application.id)
    )
    applications = list(w.session.scalars(query))
    if len(applications) < len(set(application_ids)) or not all(
        allowed(w.actor, Act.APPLICATION_RECOMMEND, *item.place) for item in applications
    ):
        raise NotFound(NOTHING_THERE)
    cases = [Case(w, item) for item in applications]
    known = known_of(w, cases)
    return [_previewed(case, known, as_claimed=as_claimed) for case in cases]


def quota_effects(w: Work, rows: Sequence[Previewed]) -> list[QuotaEffect]:
    """What the recommendation does to each call with a quota."""
    calls = {item.application.call_id: item.application.call for item in rows}
    limited = {
        key: call for key, call in calls.items() if key is not None and call is not None and call.quota
    }
    used = quotas_used(w, limited)
    ahead: Mapping[int | None, int] = {
        row[0]: row[1]
        for row in w.session.execute(
            select(Application.call_id, func.count())
            .where(
                Application.call_id.in_(limited),
                Application.state.in_((ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)),
            )
            .group_by(Application.call_id)
        )
    }
    return [
        QuotaEffect(
            call,
            used[key],
            ahead.get(key, 0),
            sum(not row.blocked for row in rows if row.application.call_id == key),
        )
        for key, call in limited.items()
    ]


def _previewed(case: Case, known: Known, *, as_claimed: bool) -> Previewed:
    application = case.application
    origin = known.origins[application.id]
    measures = tuple(
        Measure(
            name,
            (fact := case.desk.vocabulary[name]).label,
            application.facts.get(name),
            origin.get(name) in STRONG,
            fact.kind is Kind.TEXT,
        )
        for name in to_measure(case.desk)
    )
    if as_claimed:
        confirmed = {
            item.name: Provenance.VERIFIED for item in measures if item.claimed is not None or item.in_words
        }
        known = replace(known, origins={**known.origins, application.id: {**origin, **confirmed}})
    # The opinion, and what is said in words, are asked for on the preview itself.
    found = looked_at(case, Action.RECOMMEND, known, Inputs(opinion="…"))
    if found is None:
        state = application.state.label
        blocked: tuple[T, ...] = (
            T(f"已是“{state.zh}”，不再等待推荐", f"is {state.en} and does not wait for a recommendation"),
        )
    else:
        blocked = found.blocked
    return Previewed(application, known.verdicts[application.id], measures, blocked)
