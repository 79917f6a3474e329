"""Results of orders to rectify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.domain.errors import Conflict
from core.domain.standing import EventKind
from core.domain.states import AccreditationState, Action
from core.rules.text import T
from core.services.access import scope
from core.services.casework import (
    IN_FORCE,
    make_move,
    not_own,
    note,
    open_orders,
    part_for_act,
    staff_roles,
    written,
)
from core.services.checks import check_now
from core.services.messages import notify
from core.services.work import Work
from core.storage.models import Accreditation, Rectification
from core.storage.models.supervision import RectificationState

PASSED = T("整改通过", "The rectification passed")
FAILED = T("整改未通过", "The rectification did not pass")


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order without a result."""

    id: int
    accreditation_id: int
    number: str
    clause: str
    ordered_on: date
    deadline: date


def result(w: Work, rectification_id: int, *, passed: bool, remark: str) -> None:
    """Record the result of an order: a good one closes it, a bad one proposes the exit at once."""
    order, accreditation = part_for_act(w, Rectification, rectification_id, "rectification.close")
    not_own(w, accreditation)
    said = written(remark, "remark")
    if order.state is not RectificationState.OPEN:
        raise Conflict(
            T("该整改要求已有结果或已逾期", "The order has a result already, or its deadline has passed"),
            mend=T("请刷新后按当前状态办理", "reload, and act on the present state"),
        )
    order.state = RectificationState.PASSED if passed else RectificationState.FAILED
    order.result_on = w.today
    order.result_note = said
    order.decided_by_id = w.actor.user_id
    w.session.flush()
    if passed:
        period = f"order/{order.ordered_on}"
        evidence = {"ordered_on": order.ordered_on.isoformat(), "reason": said}
        note(w, accreditation, EventKind.RECTIFICATION_CLOSED, order.clause, period, PASSED, evidence)
        if accreditation.state is AccreditationState.RECTIFYING and not open_orders(w, accreditation):
            make_move(w, accreditation, Action.CLOSE_RECTIFICATION, staff_roles(w, accreditation))
    notify(
        w,
        "rectification.closed",
        key=f"rectification/{order.id}",
        accreditation_id=accreditation.id,
        values={"clause": order.clause, "outcome": PASSED if passed else FAILED, "reason": said},
    )
    check_now(w, accreditation.id)


def waiting_orders(w: Work, limit: int = 200) -> list[OpenOrder]:
    """The orders without a result that the actor may close, those with the nearest deadline first."""
    query = (
        select(Rectification, Accreditation.number)
        .join(Rectification.accreditation)
        .where(
            Rectification.state == RectificationState.OPEN,
            Accreditation.state.in_(IN_FORCE),
            scope(w.actor, "rectification.close", Accreditation.program, Accreditation.region),
        )
        .order_by(Rectification.deadline, Rectification.id)
        .limit(limit)
    )
    return [
        OpenOrder(order.id, order.accreditation_id, number, order.clause, order.ordered_on, order.deadline)
        for order, number in w.session.execute(query)
    ]
