"""Decisions on applications: waivers, approval, rejection, alone or in bulk, with what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.errors import DomainError, Refused
from core.domain.states import Action, ApplicationState
from core.rules.text import T
from core.rules.verdict import Eligibility
from core.services.access import require
from core.services.accreditations import accredit
from core.services.casework import written
from core.services.guards import Inputs, quota_used
from core.services.intake import find, lock, lock_for, require_state
from core.services.moving import advance, available_moves, tell
from core.services.results import BulkResult
from core.services.reviews import panel_of
from core.services.verdicts import CaseVerdict, settings_snapshot, verdict_of
from core.services.work import Work
from core.storage.models import Application, Call, Decision
from core.storage.models.intake import DecisionKind


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One application in the order of the ranking, with what approving it would meet."""

    application_id: int
    party: str
    track: str
    outcome: Eligibility
    mean: float | None
    spread: float | None
    preferred: tuple[T, ...]
    blocked: tuple[T, ...]
    within_quota: bool

    @property
    def approvable(self) -> bool:
        """Whether an approval of the listed applications in this order would take this one."""
        return not self.blocked and self.within_quota


def waive(w: Work, application_id: int, key: str, reason: str) -> int:
    """Set one failed condition aside, where the text allows it and its ground is there: the decision's id.

    `key` is the condition's on the case page. The reason speaks to what the relaxation asks, in writing.
    """
    application = lock_for(w, application_id, "application.waive")
    require_state(application, ApplicationState.UNDER_REVIEW)
    row = next((row for row in verdict_of(w, application).rows if row.key == key), None)
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
    return record_decision(w, application, DecisionKind.WAIVED, written(reason), clause=key).id


def approve(w: Work, application_id: int, reason: str = "", *, version: int | None = None) -> int:
    """Approve an application that the verdict allows. Returns the decision's id."""
    application = lock(w, application_id, version=version)
    move = advance(w, application, Action.APPROVE, Inputs(reason=reason))
    require(w, "application.decide", application.program, application.region)
    decision = record_decision(w, application, DecisionKind.APPROVED, reason.strip())
    match move.target:
        case ApplicationState.ACCREDITED:
            accredit(w, application, w.today)
        case ApplicationState.AGREEMENT:
            tell(w, application, "agreement.ready")
        case _:
            tell(w, application, "application.approved")
    return decision.id


def reject(w: Work, application_id: int, reason: str, *, version: int | None = None) -> int:
    """Reject an application, with a reason. Returns the decision's id."""
    application = lock(w, application_id, version=version)
    return reject_locked(w, application, reason)


def reject_locked(w: Work, application: Application, reason: str) -> int:
    """Reject an application that the caller has locked."""
    advance(w, application, Action.REJECT, Inputs(reason=reason))
    require(w, "application.decide", application.program, application.region)
    decision = record_decision(w, application, DecisionKind.REJECTED, written(reason))
    tell(w, application, "application.rejected", reason=reason.strip())
    return decision.id


def preview(w: Work, application_ids: Sequence[int]) -> list[PreviewRow]:
    """The applications ranked by score, then by preferred conditions met, with what stands against each.

    The quota of each call is counted down in that order, on top of what was approved before.
    """
    ranked = sorted((_preview(w, number) for number in dict.fromkeys(application_ids)), key=_rank)
    left: dict[int, int] = {}
    rows = []
    for row, call in ranked:
        within = True
        if call is not None and call.quota is not None:
            left.setdefault(call.id, call.quota - quota_used(w, call.id))
            within = left[call.id] > 0
            left[call.id] -= 0 if row.blocked else 1
        rows.append(replace(row, within_quota=within))
    return rows


def bulk_decide(
    w: Work, application_ids: Sequence[int], action: Action, reason: str = ""
) -> list[BulkResult]:
    """Approve or reject several applications in the given order; a refused one does not stop the others."""
    if action not in (Action.APPROVE, Action.REJECT):
        raise ValueError(f"decide approves or rejects; {action} does neither")
    results = []
    for number in dict.fromkeys(application_ids):
        try:
            with w.session.begin_nested():
                if action is Action.APPROVE:
                    approve(w, number, reason)
                else:
                    reject(w, number, reason)
        except DomainError as error:
            results.append(BulkResult(number, error.text))
        else:
            results.append(BulkResult(number, None))
    return results


def record_decision(
    w: Work, application: Application, kind: DecisionKind, reason: str, *, clause: str = ""
) -> Decision:
    """Keep a decision with everything that it rests on."""
    verdict: CaseVerdict = verdict_of(w, application)
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
        verdict=verdict.to_json(),
    )
    w.session.add(decision)
    w.session.flush()
    return decision


def _preview(w: Work, application_id: int) -> tuple[PreviewRow, Call | None]:
    application = find(w, application_id)
    verdict, scores = verdict_of(w, application), panel_of(w, application)
    moves = available_moves(w, application_id)
    blocked = next((item.blocked for item in moves if item.move.action is Action.APPROVE), None)
    row = PreviewRow(
        application_id,
        application.party.name,
        application.track,
        verdict.outcome,
        scores.mean,
        scores.spread,
        tuple(item.title for item in verdict.preferred),
        (T("现在不能审批", "cannot be decided on now"),) if blocked is None else blocked,
        True,
    )
    return row, application.call


def _rank(item: tuple[PreviewRow, object]) -> tuple[float, int, int]:
    row = item[0]
    return (-(row.mean if row.mean is not None else -1.0), -len(row.preferred), row.application_id)
