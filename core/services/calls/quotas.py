"""Quotas of calls: how many applications were approved, and whether another may be."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, func, select

from core.domain.lifecycle.states import ApplicationState
from core.rules.text import T
from core.services.base.work import Work
from core.storage.models import Application, Call, PendingDecision
from core.storage.models.deciding import PendingAct, PendingState

APPROVED = (
    ApplicationState.APPROVED,
    ApplicationState.ON_NOTICE,
    ApplicationState.AGREEMENT,
    ApplicationState.ACCREDITED,
)


def quota_used(w: Work, call_id: int) -> int:
    """How many applications of a call were approved."""
    query = select(func.count()).where(Application.call_id == call_id, _takes_a_place())
    return w.session.scalar(query) or 0


def quotas_used(w: Work, call_ids: Collection[int]) -> dict[int, int]:
    """How many applications of each call were approved."""
    query = (
        select(Application.call_id, func.count())
        .where(Application.call_id.in_(call_ids), _takes_a_place())
        .group_by(Application.call_id)
    )
    found = {call: number for call, number in w.session.execute(query) if call is not None}
    return dict.fromkeys(call_ids, 0) | found


def _takes_a_place() -> ColumnElement[bool]:
    """Approved, or the decision to approve waits to be issued."""
    waits = exists().where(
        PendingDecision.application_id == Application.id,
        PendingDecision.act == PendingAct.APPROVE,
        PendingDecision.state == PendingState.WAITING,
    )
    return Application.state.in_(APPROVED) | waits


def why_full(call: Call | None, used: int) -> T | None:
    """Why a call takes nobody more; None where it has no quota."""
    return None if call is None or call.quota is None else why_used_up(call.quota, used)


def why_used_up(quota: int, used: int) -> T | None:
    """Why a quota takes nobody more."""
    if used < quota:
        return None
    return T(
        f"本次申报的 {quota} 个名额已满；请比较排序，或先调整名额",
        f"the call's quota of {quota} is used up; compare the ranking, or change the quota first",
    )
