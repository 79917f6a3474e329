"""Last days that the holiday table moves: how they are told, and what is looked at again after a change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, update

from core.domain.calendar import WorkingCalendar
from core.domain.lifecycle.states import IN_FORCE
from core.rules.obligations import ReportDuty
from core.rules.text import EMPTY, T
from core.services.base.evidence import long_date
from core.services.base.work import Work
from core.storage.models import Accreditation, Rectification
from core.storage.models.supervision import RectificationState

Write = Callable[[date, str], str]
"""How a day is written in a language."""


def last_day(calendar: WorkingCalendar, named: date) -> date:
    """The last day as far as it can be told: while a holiday table is missing, the one that is named."""
    return calendar.last_day(named) or named


def moves(calendar: WorkingCalendar, named: date, write: Write = long_date) -> T:
    """What is to be said beside the day that is named; nothing where it is worked."""
    last, missing = calendar.last_day(named), calendar.missing(named)
    if last == named:
        return EMPTY
    if last is None:
        return T(
            f"尚无 {missing} 年的放假安排；如为休息日，顺延至其后第一个工作日（《民法典》第二百零三条）",
            f"the holiday table of {missing} is missing; a day off moves to the next working day "
            "(Civil Code, art. 203)",
        )
    return T(
        f"为休息日，顺延至{write(last, 'zh')}（《民法典》第二百零三条）",
        f"a day off: moved to {write(last, 'en')} (Civil Code, art. 203)",
    )


def in_words(calendar: WorkingCalendar, named: date, write: Write = long_date) -> T:
    """The day that is named and the one that it moves to."""
    more = moves(calendar, named, write)
    zh, en = write(named, "zh"), write(named, "en")
    return T(f"{zh}，{more.zh}", f"{en}, {more.en}") if more.zh else T(zh, en)


def look_again(w: Work) -> None:
    """Let the daily check look today at whatever has a last day: the table moves it otherwise than before.

    Called in the transaction that changes the table.
    """
    day = w.today
    w.session.execute(
        update(Accreditation)
        .where(Accreditation.state.in_(IN_FORCE), or_(_ordered(), Accreditation.program.in_(_reporting(w))))
        .values(next_due_on=func.least(func.coalesce(Accreditation.next_due_on, day), day))
        .execution_options(synchronize_session=False)
    )


def _ordered() -> ColumnElement[bool]:
    order = Rectification
    return exists().where(order.accreditation_id == Accreditation.id, order.state == RectificationState.OPEN)


def _reporting(w: Work) -> list[str]:
    """The programmes that ask for reports."""
    return sorted(
        {
            loaded.program.id
            for loaded, _ in w.catalogue.tracks()
            for rules in loaded.rules.values()
            if any(isinstance(duty, ReportDuty) for duty in rules.duties)
        }
    )
