"""What stands against a move of an application: every guard, looked up in one place, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select

from core.domain.errors import MalformedError
from core.domain.facts import (
    avg_annual_small_micro_served,
    satisfaction_pct,
    service_functions,
    smes_served_last_year,
)
from core.domain.identifiers import mobile
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.domain.wording import join
from core.rules.clauses import ConditionKind, ValidityTerm
from core.rules.text import T
from core.rules.verdict import Eligibility
from core.rules.walk import needs
from core.services.applications.case import Case, verdicts_of
from core.services.applications.checklist import why_incomplete
from core.services.applications.handling import Desk, another_open, corrected_words
from core.services.applications.statements import origins_by
from core.services.applications.verdicts import CaseVerdict
from core.services.base.access import is_same
from core.services.base.work import Work
from core.services.calls.bans import why_banned
from core.services.calls.calls import why_not_recommended, why_not_submitted
from core.services.calls.options import why_function_closed
from core.services.calls.quotas import quota_used, quotas_used, why_full, why_used_up
from core.services.people.parties import is_own, is_verified
from core.services.recommenders.qualified import who_may
from core.storage.models import (
    Accreditation,
    Application,
    AuditEvent,
    Call,
    Decision,
    NoticeItem,
    Objection,
    PublicNotice,
    Recommendation,
    Recommender,
    ReviewAssignment,
)
from core.storage.models.applications import Provenance
from core.storage.models.decisions import DecisionKind
from core.storage.models.notices import ObjectionState
from core.storage.one_party import ids_of

MEASURED = (smes_served_last_year, avg_annual_small_micro_served, satisfaction_pct)
"""Results and satisfaction, which a recommender measures before it recommends."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What comes with a move; the guards on it are not asked while a screen only shows its buttons."""

    reason: str = ""
    opinion: str = ""
    agreed: tuple[date, date, date] | None = None
    """Signed on, valid from, valid through."""
    sealed: bool = False
    gaps: tuple[T, ...] | None = None
    """What the decision would leave open; None: nobody has looked, and nothing is decided so."""


@dataclass(frozen=True, slots=True)
class Known:
    """What guards would look up one by one, read for several applications at once, to look at only."""

    verdicts: Mapping[int, CaseVerdict]
    panels: Mapping[int, tuple[int, int]]
    """How many reviewers were asked, and how many have finished."""
    origins: Mapping[int, Mapping[str, Provenance]]
    """Of the facts that a recommender measures."""
    approved: Mapping[int, int]
    """By call."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A move of a case: on which day, with which inputs (None while only looking)."""

    on: date
    inputs: Inputs | None
    known: Known | None = None


def check(case: Case, attempt: Attempt, guard: Guard) -> T | None:
    """Why the guard does not hold; None where it does, or where it is about inputs not given yet."""
    return _CHECKS[guard](case, attempt)


def known_of(w: Work, cases: Sequence[Case]) -> Known:
    """What the guards of recommending and deciding ask, in a bounded number of queries."""
    ids = [case.id for case in cases]
    finished = func.count(ReviewAssignment.finished_at)
    panel = ReviewAssignment.application_id.in_(ids), ReviewAssignment.counts
    counts = w.session.execute(
        select(ReviewAssignment.application_id, func.count(), finished)
        .where(*panel)
        .group_by(ReviewAssignment.application_id)
    )
    return Known(
        verdicts_of(w, cases),
        {number: (asked, done) for number, asked, done in counts},
        origins_by(w, ids, {name for case in cases for name in to_measure(case.desk)}),
        quotas_used(w, {call_id for case in cases if (call_id := case.application.call_id) is not None}),
    )


def to_measure(desk: Desk) -> tuple[str, ...]:
    """The facts of the track that a recommender measures, by the programme's own list or its conditions."""
    own = desk.rules.procedure.measured
    if own is not None:
        return tuple(fact.name for fact in own)
    required = (item for item in desk.rules.conditions if item.kind is ConditionKind.REQUIRED)
    read = {fact.name for item in required for fact in needs(item.test)}
    return tuple(fact.name for fact in MEASURED if fact.name in read)


def in_force(w: Work, party_id: int, program: str, track: str) -> Accreditation | None:
    """The party's accreditation of a track that is in force, under whichever of its registrations."""
    return w.session.scalar(
        select(Accreditation).where(
            Accreditation.party_id.in_(ids_of(party_id)),
            Accreditation.program == program,
            Accreditation.track == track,
            Accreditation.state.in_(IN_FORCE),
        )
    )


def why_in_force(case: Case, on: date) -> T | None:
    """Which accreditation stands against a new one, and until when; None where none does.

    Where the text lets a body apply again in the year in which its term ends, that year is open.
    """
    application = case.application
    current = in_force(case.w, application.party_id, application.program, application.track)
    if current is None or (current.application_id is not None and current.application_id == application.id):
        return None
    return why_not_again(current, case.desk.rules.procedure.term, on)


def why_not_again(current: Accreditation, term: ValidityTerm, on: date) -> T | None:
    """Why the holder of an accreditation in force cannot apply anew on a day; None where it can."""
    if term.reapply_in_final_year and current.valid_through.year == on.year:
        return None
    number, last = current.number, current.valid_through.isoformat()
    return T(
        f"该类别的认定（{number}）有效至 {last}；请于到期后或规定的年度申报",
        f"accreditation {number} is in force through {last}; apply after it, or in the year the text names",
    )


def _window(case: Case, _attempt: Attempt) -> T | None:
    return why_not_submitted(case.w, case.application, case.desk.rules.procedure)


def _functions_open(case: Case, _attempt: Attempt) -> T | None:
    claimed = case.values.get(service_functions.name)
    return why_function_closed(case.application.call, case.desk.rules.procedure, claimed)


def _not_barred(case: Case, _attempt: Attempt) -> T | None:
    barring = [row for row in case.verdict.rows if row.bars]
    if not barring:
        return None
    zh = "、".join(f"{row.clause} {row.title.zh}（{join(row.lacks).zh}）" for row in barring)
    en = ", ".join(f"{row.clause} {row.title.en} ({join(row.lacks).en})" for row in barring)
    return T(f"按政策文本暂不能申报：{zh}", f"the text says that one cannot apply: {en}")


def _not_banned(case: Case, attempt: Attempt) -> T | None:
    return why_banned(case.w, case.application.party_id, case.application.program, attempt.on)


def _materials(case: Case, _attempt: Attempt) -> T | None:
    return why_incomplete(case.checklist)


def _none_in_force(case: Case, attempt: Attempt) -> T | None:
    return why_in_force(case, attempt.on)


def _verified(case: Case, _attempt: Attempt) -> T | None:
    party = case.application.party
    verified = party.verified_at is not None or is_verified(case.w, party.id)
    return None if verified else Guard.PARTY_VERIFIED.reason


def _mobile(case: Case, _attempt: Attempt) -> T | None:
    try:
        mobile(case.application.party.mobile)
    except MalformedError:
        return Guard.MOBILE_GIVEN.reason
    return None


def _reason(_case: Case, attempt: Attempt) -> T | None:
    given = attempt.inputs is None or attempt.inputs.reason.strip()
    return None if given else Guard.REASON_GIVEN.reason


def _not_own(case: Case, _attempt: Attempt) -> T | None:
    return Guard.NOT_OWN.reason if is_own(case.w, case.application.party_id) else None


def last_taken(case: Case) -> tuple[int | None, datetime] | None:
    """Who decided, returned, recommended or declined the application as it stands, and when.

    None before anybody has.
    """
    w, item = case.w, case.application
    if item.state is ApplicationState.RETURNED:
        event = AuditEvent
        returned = select(event.actor_id, event.at).where(
            event.subject == Application.__tablename__,
            event.subject_id == str(item.id),
            event.changes["state"][1].as_string() == ApplicationState.RETURNED.value,
        )
        return _first(w, returned.order_by(event.id.desc()))
    if item.state is ApplicationState.RECOMMENDED or declined(case):
        return (case.word.by_id, case.word.at) if case.word is not None else None
    decision = Decision
    taken = decision.application_id == item.id, decision.kind != DecisionKind.WAIVED
    return _first(w, select(decision.by_id, decision.at).where(*taken).order_by(decision.id.desc()))


def _first(w: Work, query: Select[int | None, datetime]) -> tuple[int | None, datetime] | None:
    found = w.session.execute(query.limit(1)).first()
    return None if found is None else (found[0], found[1])


def _second_person(case: Case, _attempt: Attempt) -> T | None:
    by, _at = last_taken(case) or (None, None)
    return Guard.SECOND_PERSON.reason if is_same(case.w, by) else None


def declined(case: Case) -> bool:
    """Whether it ended with its recommender."""
    ended = case.application.state is ApplicationState.REJECTED
    return ended and case.word is not None and not case.word.positive


def _declined(case: Case, _attempt: Attempt) -> T | None:
    return None if declined(case) else Guard.DECLINED.reason


def _refused(case: Case, _attempt: Attempt) -> T | None:
    return Guard.REFUSED.reason if declined(case) else None


def _included(case: Case, _attempt: Attempt) -> T | None:
    return None if case.direct else Guard.INCLUDED.reason


def _reviewed(case: Case, _attempt: Attempt) -> T | None:
    return Guard.REVIEWED.reason if case.direct else None


def _review_not_begun(case: Case, _attempt: Attempt) -> T | None:
    asked = exists().where(ReviewAssignment.application_id == case.id)
    return Guard.REVIEW_NOT_BEGUN.reason if case.w.session.scalar(select(asked)) else None


def _none_open(case: Case, _attempt: Attempt) -> T | None:
    another = another_open(case.w, case.application, besides=case.id)
    return None if another is None else Guard.NONE_OPEN.reason


def others(case: Case) -> list[Recommender | None]:
    """Who may recommend the party and has not declined it; None for the body of its territory."""
    row, w = Recommendation, case.w
    query = select(row.id, row.recommender_id).where(row.application_id == case.id, ~row.positive)
    corrected = corrected_words(w, case.id)
    declined = {body for word, body in w.session.execute(query) if word not in corrected}
    listed = who_may(w, case.desk.rules, case.application.party_id, w.today)
    return [body for body in (None, *listed) if (body.id if body is not None else None) not in declined]


def _recommender_fit(case: Case, attempt: Attempt) -> T | None:
    through = case.application.recommender_id
    if through is None:
        return None
    listed = who_may(case.w, case.desk.rules, case.application.party_id, attempt.on)
    return None if through in {body.id for body in listed} else Guard.RECOMMENDER_FIT.reason


def _another_recommender(case: Case, attempt: Attempt) -> T | None:
    known = {body.id if body is not None else None for body in others(case)}
    fits = bool(known) if attempt.inputs is None else case.application.recommender_id in known
    return None if fits else Guard.ANOTHER_RECOMMENDER.reason


def _recommendation_open(case: Case, _attempt: Attempt) -> T | None:
    return why_not_recommended(case.w, case.application)


def _recommendation_complete(case: Case, attempt: Attempt) -> T | None:
    if attempt.inputs is None:
        return None
    if not attempt.inputs.opinion.strip():
        return T("未填写推荐意见；请填写后推荐", "the recommendation says nothing; write an opinion")
    origin = attempt.known.origins[case.id] if attempt.known is not None else case.origins
    strong = (Provenance.VERIFIED, Provenance.ATTESTED, Provenance.DERIVED)
    missing = [name for name in to_measure(case.desk) if origin.get(name) not in strong]
    if not missing:
        return None
    labels = [case.desk.vocabulary[name].label for name in missing]
    return T(
        f"推荐前须测评核实：{'、'.join(label.zh for label in labels)}",
        f"measure before recommending: {', '.join(label.en for label in labels)}",
    )


def _papers_checked(case: Case, _attempt: Attempt) -> T | None:
    procedure = case.desk.rules.procedure
    if procedure.paper_copy and case.application.paper_received_on is None:
        return T(
            "尚未登记收到纸质申报材料；请先登记", "the paper copy is not registered yet; register it first"
        )
    if not procedure.compliance:
        return None
    left = [
        row
        for row in case.checklist
        if any(file.accepted is not True for file in row.present) or not (row.present or row.settled)
    ]
    if not left:
        return None
    zh = "、".join(f"{row.clause} {row.title.zh}" for row in left)
    en = ", ".join(f"{row.clause} {row.title.en}" for row in left)
    return T(
        f"资料合规性审核未完成或未通过：{zh}；请逐项审核，需补正的退回申报单位",
        f"the papers are not all checked and in order: {en}; check each, and return what has to be corrected",
    )


def _panel(case: Case, attempt: Attempt) -> T | None:
    if attempt.known is not None:
        asked, done = attempt.known.panels.get(case.application.id, (0, 0))
    else:
        panel = ReviewAssignment.application_id == case.application.id, ReviewAssignment.counts
        finished = func.count(ReviewAssignment.finished_at)
        asked, done = case.w.session.execute(select(func.count(), finished).where(*panel)).one()
    scored = case.desk.rules.procedure.is_scored
    if asked == done and (asked or not scored):
        return None
    if not asked:
        return Guard.PANEL_SCORED.reason
    return T(
        f"评审专家尚未全部完成评审（共 {asked} 名，已完成 {done} 名）；请等待，或办理未完成的评审任务",
        f"{done} of {asked} reviewers have finished; wait, or settle the tasks that are left",
    )


def _verdict(case: Case, attempt: Attempt) -> T | None:
    known = attempt.known
    verdict = known.verdicts[case.id] if known is not None else case.verdict_on(attempt.on)
    if verdict.outcome is Eligibility.ELIGIBLE:
        return None
    why = verdict.why_not()
    return T(
        f"尚有条件未满足、未判定或未说明放宽理由：{why.zh}",
        f"conditions are not met, not judged, or not waived: {why.en}",
    )


def _quota(case: Case, attempt: Attempt) -> T | None:
    call_id = case.application.call_id
    if call_id is None:
        return None
    if attempt.known is not None:
        return why_full(case.application.call, attempt.known.approved[call_id])
    query = select(Call.quota).where(Call.id == call_id)
    # Of two officers approving at once, the second counts what the first has approved.
    quota = case.w.session.scalar(query.with_for_update() if attempt.inputs is not None else query)
    return None if quota is None else why_used_up(quota, quota_used(case.w, call_id))


def _gaps(_case: Case, attempt: Attempt) -> T | None:
    if attempt.inputs is None:
        return None
    if attempt.inputs.gaps is None:
        return Guard.GAPS_EXPLAINED.reason
    if not attempt.inputs.gaps or attempt.inputs.reason.strip():
        return None
    left = attempt.inputs.gaps
    return T(
        f"有未办事项，通过须写明理由：{'；'.join(item.zh for item in left)}",
        f"to approve with things left open, write why: {'; '.join(item.en for item in left)}",
    )


def _notice_published(case: Case, _attempt: Attempt) -> T | None:
    listed = exists().where(NoticeItem.application_id == case.application.id, NoticeItem.struck_on.is_(None))
    return None if case.w.session.scalar(select(listed)) else Guard.NOTICE_PUBLISHED.reason


def _notice_over(case: Case, attempt: Attempt) -> T | None:
    last = case.w.session.scalar(
        select(func.max(PublicNotice.closes_on))
        .join(NoticeItem, NoticeItem.notice_id == PublicNotice.id)
        .where(NoticeItem.application_id == case.application.id, NoticeItem.struck_on.is_(None))
    )
    return None if last is not None and attempt.on > last else Guard.NOTICE_OVER.reason


def _no_open_objection(case: Case, _attempt: Attempt) -> T | None:
    open_states = (ObjectionState.OPEN, ObjectionState.UPHELD)
    return Guard.NO_OPEN_OBJECTION.reason if _objections(case, open_states) else None


def _objection_upheld(case: Case, _attempt: Attempt) -> T | None:
    return None if _objections(case, (ObjectionState.UPHELD,)) else Guard.OBJECTION_UPHELD.reason


def _objections(case: Case, states: tuple[ObjectionState, ...]) -> bool:
    stands = exists().where(
        Objection.notice_item_id == NoticeItem.id,
        NoticeItem.application_id == case.application.id,
        NoticeItem.struck_on.is_(None),
        Objection.state.in_(states),
    )
    return bool(case.w.session.scalar(select(stands)))


def _agreement(_case: Case, attempt: Attempt) -> T | None:
    given = attempt.inputs is None or attempt.inputs.agreed is not None
    return None if given else Guard.AGREEMENT_DATED.reason


def _sealed(_case: Case, attempt: Attempt) -> T | None:
    given = attempt.inputs is None or attempt.inputs.sealed
    return None if given else Guard.SEALED_TABLE.reason


_CHECKS: Mapping[Guard, Callable[[Case, Attempt], T | None]] = {
    Guard.WINDOW_OPEN: _window,
    Guard.NOT_BARRED: _not_barred,
    Guard.FUNCTIONS_OPEN: _functions_open,
    Guard.NOT_BANNED: _not_banned,
    Guard.NONE_IN_FORCE: _none_in_force,
    Guard.MATERIALS_COMPLETE: _materials,
    Guard.PARTY_VERIFIED: _verified,
    Guard.MOBILE_GIVEN: _mobile,
    Guard.REASON_GIVEN: _reason,
    Guard.NOT_OWN: _not_own,
    Guard.SECOND_PERSON: _second_person,
    Guard.NONE_OPEN: _none_open,
    Guard.REFUSED: _refused,
    Guard.DECLINED: _declined,
    Guard.REVIEWED: _reviewed,
    Guard.INCLUDED: _included,
    Guard.REVIEW_NOT_BEGUN: _review_not_begun,
    Guard.RECOMMENDER_FIT: _recommender_fit,
    Guard.ANOTHER_RECOMMENDER: _another_recommender,
    Guard.RECOMMENDATION_OPEN: _recommendation_open,
    Guard.RECOMMENDATION_COMPLETE: _recommendation_complete,
    Guard.PAPERS_CHECKED: _papers_checked,
    Guard.PANEL_SCORED: _panel,
    Guard.VERDICT_ALLOWS: _verdict,
    Guard.GAPS_EXPLAINED: _gaps,
    Guard.QUOTA_LEFT: _quota,
    Guard.NOTICE_PUBLISHED: _notice_published,
    Guard.NOTICE_OVER: _notice_over,
    Guard.NO_OPEN_OBJECTION: _no_open_objection,
    Guard.OBJECTION_UPHELD: _objection_upheld,
    Guard.AGREEMENT_DATED: _agreement,
    Guard.SEALED_TABLE: _sealed,
}
