"""Orders to rectify by an officer, and the results of all orders."""

from __future__ import annotations

from datetime import date

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, Refused
from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.domain.supervision.standing import EventKind
from core.rules.obligations import Effect
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.words import unwritten, written
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.guards import Inputs, open_orders
from core.services.supervision.last_days import in_words
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for, part_for, part_own
from core.services.supervision.moving import advance, settle
from core.services.supervision.timeline import note
from core.storage.models import Rectification
from core.storage.models.supervision import RectificationState

PASSED = T("整改通过", "Rectification passed")
FAILED = T("整改未通过", "Rectification not passed")
LONGEST_ANSWER = 4000


def order(w: Work, accreditation_id: int, clause: str, deadline: date, reason: str) -> int:
    """An officer orders to put something right under a clause that knows orders; returns the order's id."""
    status = lock_for(w, accreditation_id, Act.RECTIFICATION_ORDER)
    accreditation = status.accreditation
    rules = [rule for rule in status.rules.exits if rule.effect is Effect.RECTIFY]
    errors = unwritten(reason, "reason")
    rule = next((rule for rule in rules if rule.clause == clause), None)
    if rule is None:
        known = "、".join(rule.clause for rule in rules) or "—"
        errors["clause"] = T(
            f"不是责令整改的条款；可选：{known}", f"no clause of orders; choose from {known}"
        )
    if deadline <= w.today:
        errors["deadline"] = T("应在今天之后", "give a day after today")
    if errors or rule is None:
        raise Invalid(errors)
    if any(item.clause == clause for item in open_orders(w, accreditation)):
        raise Conflict(T(f"条款 {clause} 已有未办结的整改要求", f"An order under {clause} is open already"))
    evidence = {"reason": reason.strip(), "deadline": deadline.isoformat()}
    made = Rectification(
        accreditation_id=accreditation.id,
        clause=clause,
        ordered_on=w.today,
        deadline=deadline,
        evidence=evidence,
    )
    move = advance(w, accreditation, Action.ORDER_RECTIFICATION, Inputs(order=made))
    w.session.add(made)
    w.session.flush()
    period = f"order/{made.id}"
    note(w, accreditation, EventKind.RECTIFICATION_ORDERED, clause, period, rule.title, evidence)
    notify(
        w,
        move.message,
        key=f"rectification/{made.id}/ordered",
        accreditation_id=accreditation.id,
        values={
            "clause": clause,
            "title": rule.title,
            "figures": evidence,
            "deadline": in_words(w.calendar, deadline),
        },
    )
    check_now(w, accreditation.id)
    return made.id


def result(w: Work, rectification_id: int, *, passed: bool, remark: str) -> None:
    """Record the result of an order: a good one closes it, a bad one proposes the exit at once."""
    found, status = part_for(w, Rectification, rectification_id, Act.RECTIFICATION_CLOSE)
    accreditation = status.accreditation
    said = written(remark, "remark")
    if found.state is not RectificationState.OPEN:
        raise already(
            w,
            found,
            T("该整改要求已有结果或已逾期", "The order has a result already, or its deadline has passed"),
            "state",
        )
    found.state = RectificationState.PASSED if passed else RectificationState.FAILED
    found.result_on = w.today
    found.result_note = said
    found.decided_by_id = w.actor.user_id
    w.session.flush()
    if passed:
        period = f"order/{found.id}"
        evidence = {"ordered_on": found.ordered_on.isoformat(), "reason": said}
        note(w, accreditation, EventKind.RECTIFICATION_CLOSED, found.clause, period, PASSED, evidence)
        settle(w, accreditation)
    notify(
        w,
        MessageEvent.RECTIFICATION_CLOSED,
        key=f"rectification/{found.id}",
        accreditation_id=accreditation.id,
        values={"clause": found.clause, "outcome": PASSED if passed else FAILED, "reason": said},
    )
    check_now(w, accreditation.id)


def answer(w: Work, rectification_id: int, text: str) -> None:
    """The party says what it has put right, and may say it anew while the order is open."""
    found, _ = part_own(w, Rectification, rectification_id)
    said = written(text, "answer", longest=LONGEST_ANSWER)
    if found.state is not RectificationState.OPEN:
        raise Refused(
            T("该整改要求已有结果或已逾期", "The order has a result already, or its deadline has passed")
        )
    found.answer = said
    # An answer that came in time stays one in time, whatever is added to it.
    if found.answered_on is None or w.calendar.is_over(found.deadline, found.answered_on):
        found.answered_on = w.today
