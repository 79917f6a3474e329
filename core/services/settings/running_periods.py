"""Holidays that are entered late: the running periods that they shorten, prolonged on confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.domain.acts import Act
from core.domain.calendar import CalendarUnknownError
from core.domain.lifecycle.states import ApplicationState
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.base.access import require, require_anywhere
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.hearing import prolong, whole_time
from core.storage.models import Accreditation, Application, ExitCase, NoticeItem, PublicNotice
from core.storage.models.exits import OPEN_EXIT_STATES

NOTICE, EXIT = "notice", "exit"


@dataclass(frozen=True, slots=True)
class Shortened:
    """A running period with fewer working days than it is to have, and the last day that would give them."""

    kind: str
    id: int
    program: str
    title: T
    begins: date
    ends: date
    until: date


def shortened(w: Work) -> list[Shortened]:
    """The running notices and times to object that the holiday table cuts short, the first to end first."""
    require_anywhere(w, Act.HOLIDAY_VIEW)
    return sorted([*_notices(w), *_exits(w)], key=lambda item: (item.ends, item.kind, item.id))


def prolong_all(w: Work) -> list[Shortened]:
    """Give each its working days, and tell whom it concerns: what was prolonged; what is over stays."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    done = shortened(w)
    for item in done:
        if item.kind == NOTICE:
            _prolong_notice(w, item)
        else:
            prolong(w, item.id, item.until)
    return done


def _notices(w: Work) -> Iterator[Shortened]:
    query = select(PublicNotice).where(PublicNotice.closes_on >= w.today, PublicNotice.closed_at.is_(None))
    for notice in w.session.scalars(query.order_by(PublicNotice.id)):
        until = _end(w, notice.published_on, notice.working_days)
        if until is not None and until > notice.closes_on:
            yield Shortened(
                NOTICE,
                notice.id,
                notice.program,
                T(notice.title, notice.title),
                notice.published_on,
                notice.closes_on,
                until,
            )


def _exits(w: Work) -> Iterator[Shortened]:
    query = (
        select(ExitCase)
        .join(ExitCase.accreditation)
        .options(joinedload(ExitCase.accreditation).joinedload(Accreditation.party))
        .where(ExitCase.state.in_(OPEN_EXIT_STATES), ExitCase.objection_until >= w.today)
    )
    for case in w.session.scalars(query.order_by(ExitCase.id)):
        told_on, ends = case.told_on, case.objection_until
        if told_on is None or ends is None:
            continue
        until = whole_time(w, told_on)
        if until is not None and until > ends:
            held = case.accreditation
            title = T(f"{held.party.name}：{case.title_zh}", f"{held.party.name}: {case.title_en}")
            yield Shortened(EXIT, case.id, held.program, title, told_on, ends, until)


def _prolong_notice(w: Work, item: Shortened) -> None:
    notice = w.session.get_one(
        PublicNotice,
        item.id,
        with_for_update=True,
        populate_existing=True,
        options=[
            selectinload(PublicNotice.items).joinedload(NoticeItem.application).joinedload(Application.party)
        ],
    )
    notice.closes_on = item.until
    for entry in notice.items:
        application = entry.application
        if entry.struck_on is not None or application.state is not ApplicationState.ON_NOTICE:
            continue
        notify(
            w,
            MessageEvent.NOTICE_PROLONGED,
            key=f"{MessageEvent.NOTICE_PROLONGED}/{application.id}/{notice.id}/{item.until}",
            party_id=application.party_id,
            values={
                "program": application.program,
                "track": application.track,
                "title": notice.title,
                "closes_on": item.until,
            },
        )


def _end(w: Work, begins: date, working_days: int) -> date | None:
    try:
        return w.calendar.add_working_days(begins, working_days)
    except CalendarUnknownError:
        return None
