"""The time in which a party may object to a proposed exit: whether it is over, and what waits for its end."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, select

from core.domain.calendar import CalendarUnknownError
from core.domain.messages import MessageEvent
from core.domain.supervision.hearing import last_day_known_late
from core.rules.periods import DAY
from core.rules.text import T
from core.services.base.access import of_program
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.storage.models import Accreditation, ExitCase
from core.storage.models.exits import OPEN_EXIT_STATES


def undated() -> ColumnElement[bool]:
    """The open exit cases whose party was told, and whose last day to object is not known."""
    waits = ExitCase.told_on.is_not(None), ExitCase.objection_until.is_(None)
    return and_(ExitCase.state.in_(OPEN_EXIT_STATES), *waits)


def is_over(case: ExitCase, on: date) -> bool:
    """Whether the time to object ended before a day; one whose end is not known has not ended."""
    return case.told_on is not None and case.objection_until is not None and case.objection_until < on


def why_not_over(w: Work, case: ExitCase, on: date) -> T | None:
    """Why the party still has to be heard on a day; None where it had its time."""
    if case.told_on is None:
        return T(
            "尚未告知当事人，不能作出决定；请等待通知送达，或登记其他方式的告知日期",
            "The party has not been told yet; wait for the message, or record how else it was told",
        )
    if case.objection_until is None:
        told, year = case.told_on.isoformat(), _missing_year(w, case.told_on)
        return T(
            f"已于 {told} 告知当事人，但尚无 {year} 年的放假安排，异议截止日未定，不能作出决定；"
            f"请由系统管理员在“节假日”中补上 {year} 年",
            f"The party was told on {told}; its last day to object is not known, because the holiday table "
            f"of {year} is missing. Have an administrator add {year} under Holidays",
        )
    if not is_over(case, on):
        until = case.objection_until.isoformat()
        return T(
            f"异议期至 {until}（含当日），期间不能作出决定",
            f"The party may object until {until}; decide after it",
        )
    return None


def begin(w: Work, case: ExitCase, accreditation: Accreditation, told_on: date) -> None:
    """The time begins with the day of telling; where its end is not known, the case waits for the table."""
    case.told_on = told_on
    try:
        until = w.calendar.add_working_days(told_on, _working_days(w, told_on))
    except CalendarUnknownError:
        return
    _set_end(case, accreditation, until)


def date_waiting(w: Work, program: str | None = None) -> int:
    """Count the last day of every case that waited for a holiday table, and tell its party: how many were.

    Called when a year's table has come, in the same transaction; what is still unknown goes on waiting.
    """
    waiting = (
        select(ExitCase.id, ExitCase.accreditation_id)
        .join(ExitCase.accreditation)
        .where(undated(), of_program(Accreditation.program, program))
        .order_by(ExitCase.accreditation_id, ExitCase.id)
    )
    dated = 0
    for case_id, owner in w.session.execute(waiting).all():
        # The accreditation's lock comes first everywhere.
        held = w.session.get_one(Accreditation, owner, with_for_update=True, populate_existing=True)
        case = w.session.scalar(
            select(ExitCase)
            .where(ExitCase.id == case_id, undated())
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if case is not None and case.told_on is not None:
            dated += _date(w, case, held, case.told_on)
    return dated


def whole_time(w: Work, told_on: date) -> date | None:
    """The last day to object of who was told on a day; None where the table does not reach so far."""
    try:
        return w.calendar.add_working_days(told_on, _working_days(w, told_on))
    except CalendarUnknownError:
        return None


def prolong(w: Work, case_id: int, until: date) -> None:
    """Move the last day to object of an open case to a later one, and tell its party."""
    owner = w.session.scalar(select(ExitCase.accreditation_id).where(ExitCase.id == case_id))
    held = w.session.get_one(Accreditation, owner, with_for_update=True, populate_existing=True)
    case = w.session.get_one(ExitCase, case_id, with_for_update=True, populate_existing=True)
    if case.state not in OPEN_EXIT_STATES or case.objection_until is None or case.objection_until >= until:
        return
    _set_end(case, held, until)
    notify(
        w,
        MessageEvent.EXIT_DATED,
        key=f"dated/{case.id}/{until}",
        accreditation_id=held.id,
        exit_case_id=case.id,
        values={
            "clause": case.clause,
            "title": T(case.title_zh, case.title_en),
            "told_on": case.told_on,
            "until": until,
        },
    )


def _date(w: Work, case: ExitCase, held: Accreditation, told_on: date) -> bool:
    try:
        until = last_day_known_late(w.calendar, told_on, _working_days(w, told_on), w.today)
    except CalendarUnknownError:
        return False
    _set_end(case, held, until)
    if case.objected_on is None:
        title = T(case.title_zh, case.title_en)
        notify(
            w,
            MessageEvent.EXIT_DATED,
            key=f"dated/{case.id}/{until}",
            accreditation_id=held.id,
            exit_case_id=case.id,
            values={"clause": case.clause, "title": title, "told_on": told_on, "until": until},
        )
    return True


def _set_end(case: ExitCase, held: Accreditation, until: date) -> None:
    case.objection_until = until
    if case.state in OPEN_EXIT_STATES:
        held.next_due_on = min(held.next_due_on or until + DAY, until + DAY)


def _working_days(w: Work, told_on: date) -> int:
    return int(w.operation("objection_working_days", told_on))


def _missing_year(w: Work, told_on: date) -> int:
    """The year whose table the last day waits for."""
    try:
        return w.calendar.add_working_days(told_on, _working_days(w, told_on)).year
    except CalendarUnknownError as error:
        return error.year
