"""Decisions on applications: waivers, approval, rejection, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.text import T
from core.services.applications.case import Case, lock, lock_for
from core.services.applications.guards import Inputs, known_of
from core.services.applications.handling import require_state
from core.services.applications.moving import advance, looked_at, open_move, tell
from core.services.applications.verdicts import settings_snapshot
from core.services.base.access import allowed
from core.services.base.printable import require_printable
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.granting.accreditations import accredit
from core.services.messaging.writing import Recipient, foreseen
from core.services.review.gaps import gaps_of
from core.services.review.ranking import Ranked, ranking
from core.storage.models import Application, Decision, DecisionCorrection, PendingDecision
from core.storage.models.deciding import CorrectedKind, PendingState
from core.storage.models.decisions import DecisionKind

WAITS = T("已有决定待发出", "a decision on it waits to be issued")
NO_PLACE = T("名次在名额之外", "ranks below the places that the quota leaves")


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One application in the order of the ranking, with what approving it would meet."""

    ranked: Ranked
    version: int
    target: ApplicationState | None
    """Where an approval leads; None where the application cannot be decided now."""
    blocked: tuple[T, ...]
    gaps: tuple[T, ...]
    """What an approval would leave open, and therefore needs a reason."""
    within_quota: bool

    @property
    def application_id(self) -> int:
        """Of the application."""
        return self.ranked.application_id

    @property
    def approvable(self) -> bool:
        """Whether an approval of the listed applications in this order would take this one."""
        return not self.blocked and self.within_quota

    @property
    def waits(self) -> bool:
        """Whether it is decided already, and only to be issued."""
        return WAITS in self.blocked


def waive(w: Work, application_id: int, key: str, reason: str) -> int:
    """Set one failed condition aside, where the text allows it and its ground is there: the decision's id.

    `key` is the condition's on the case page. The reason speaks to what the relaxation asks, in writing.
    """
    case = lock_for(w, application_id, Act.APPLICATION_WAIVE)
    require_state(case.application, ApplicationState.UNDER_REVIEW)
    row = next((row for row in case.verdict.rows if row.key == key), None)
    if row is None:
        raise Refused(T(f"没有条件 {key}", f"there is no condition {key}"), field="key")
    if not row.waivable:
        raise Refused(
            T(
                f"{row.clause} {row.title.zh}：不属于可放宽的情形，或放宽依据未查明",
                f"{row.clause} {row.title.en}: it cannot be set aside, or its ground is not established",
            ),
            field="key",
        )
    decision = record_decision(case, DecisionKind.WAIVED, written(reason), clause=key)
    case.changed()
    return decision.id


def approve(w: Work, application_id: int, reason: str = "", *, version: int | None = None) -> int:
    """Approve an application that the verdict allows. Returns the decision's id."""
    case = lock(w, application_id, version=version)
    gaps = gaps_of(w, [case], {case.id: case.verdict})[case.id]
    move = advance(case, Action.APPROVE, Inputs(reason=reason, gaps=gaps))
    # Not only when the certificate is issued: nobody stands on a notice who cannot be given one.
    require_printable(case.application.party)
    decision = record_decision(case, DecisionKind.APPROVED, reason.strip(), gaps=gaps)
    if move.target is ApplicationState.ACCREDITED:
        accredit(case, move, w.today)
    else:
        tell(case, move.message)
    return decision.id


def reject(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Reject an application, with a reason. Returns the decision's id."""
    return reject_locked(lock(w, application_id, version=version), reason)


def reject_locked(case: Case, reason: str) -> int:
    """Reject an application that the caller has locked."""
    move = advance(case, Action.REJECT, Inputs(reason=reason))
    decision = record_decision(case, DecisionKind.REJECTED, written(reason))
    tell(case, move.message, reason=reason.strip())
    return decision.id


def preview(w: Work, application_ids: Sequence[int]) -> list[PreviewRow]:
    """The applications in the order of the ranking, with what stands against approving each.

    The quota of each call is counted down in that order, on top of what was approved before.
    """
    query = (
        select(Application)
        .where(Application.id.in_(list(dict.fromkeys(application_ids))))
        .options(joinedload(Application.party), joinedload(Application.call))
    )
    cases = {item.id: Case(w, item) for item in w.session.scalars(query)}
    if any(number not in cases for number in application_ids) or not all(
        allowed(w.actor, Act.APPLICATION_DECIDE, *case.application.place) for case in cases.values()
    ):
        raise NotFound(NOTHING_THERE)
    known = known_of(w, list(cases.values()))
    gaps = gaps_of(w, list(cases.values()), known.verdicts)
    waits = PendingDecision.application_id.in_(cases), PendingDecision.state == PendingState.WAITING
    waiting = set(w.session.scalars(select(PendingDecision.application_id).where(*waits)))
    left: dict[int, int] = {}
    rows = []
    for ranked in ranking(w, list(cases.values()), known.verdicts):
        case = cases[ranked.application_id]
        call = case.application.call
        found = looked_at(case, Action.APPROVE, known)
        blocked = (T("现在不能审批", "cannot be decided on now"),) if found is None else found.blocked
        blocked += (WAITS,) if case.id in waiting else ()
        within = True
        if call is not None and call.quota is not None:
            left.setdefault(call.id, call.quota - known.approved[call.id])
            within = left[call.id] > 0
            left[call.id] -= 0 if blocked else 1
        target = found.move.target if found is not None else None
        rows.append(PreviewRow(ranked, case.application.version, target, blocked, gaps[case.id], within))
    return rows


def letters(w: Work, application_ids: Sequence[int], action: Action) -> dict[int, tuple[T, list[Recipient]]]:
    """What the decision on each would send, and where its copies would go, by the application.

    Without those that are not the actor's to decide on.
    """
    query = (
        select(Application).where(Application.id.in_(application_ids)).options(joinedload(Application.party))
    )
    found = {}
    for item in w.session.scalars(query).all():
        move = open_move(Case(w, item), action)
        if move is not None:
            found[item.id] = foreseen(w, move.message, item.party_id, item.program, item.track)
    return found


def top(rows: Sequence[PreviewRow], places: int) -> tuple[list[int], list[int]]:
    """The best of a preview that fit into so many places, and those that tie across the last one.

    A tie is taken whole or not at all: who of several equals comes first, only a person says.
    """
    free = [row for row in rows if not row.blocked and row.ranked.rank is not None]
    taken: list[int] = []
    for _rank, group in groupby(free, key=lambda row: row.ranked.rank):
        equals = [row.application_id for row in group]
        if len(taken) + len(equals) > places:
            return taken, equals if len(taken) < places else []
        taken += equals
    return taken, []


def corrected_on(application_id: int) -> Select[int]:
    """The decisions on an application that were corrected, by their ids."""
    row = DecisionCorrection
    decided = row.kind.in_((CorrectedKind.APPROVAL, CorrectedKind.REFUSAL, CorrectedKind.INCLUSION))
    return select(row.subject_id).where(row.application_id == application_id, decided)


def record_decision(
    case: Case, kind: DecisionKind, reason: str, *, clause: str = "", gaps: Sequence[T] = ()
) -> Decision:
    """Keep a decision with everything that it rests on."""
    w, application = case.w, case.application
    decision = Decision(
        application_id=application.id,
        kind=kind,
        clause=clause,
        reason=reason,
        by_id=w.actor.user_id,
        at=w.now,
        as_of=w.today,
        edition=application.edition,
        settings=settings_snapshot(w, application.program, application.track, application.edition, w.today),
        facts=dict(application.facts),
        verdict=case.verdict.to_json(),
        documents=[
            {"id": file.id, "key": file.key, "sha256": file.sha256}
            for row in case.checklist
            for file in row.present
        ],
        left_open=[{"zh": item.zh, "en": item.en} for item in gaps],
        instead_of_id=max(w.session.scalars(corrected_on(application.id)), default=None),
    )
    w.session.add(decision)
    w.session.flush()
    return decision
