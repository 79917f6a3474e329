"""Notices as the office has them before it: what waits for one, and one with all that was objected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager, joinedload

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.rules.text import T
from core.services.base.access import ACTS, allowed, scope
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.work import Work
from core.services.granting.notices import TO_PUBLISH
from core.storage.models import Application, NoticeItem, Objection, PublicNotice
from core.storage.models.notices import ObjectionState

MOST_WAITING = 500


@dataclass(frozen=True, slots=True)
class OpenedNotice:
    """A notice with its list; objections are shown where the actor may see the application."""

    notice: PublicNotice
    entries: Page[NoticeItem]
    reach: frozenset[int]
    """The entries of the page whose application the actor may see."""
    stopped: frozenset[int]
    """All entries in reach that an open objection stops."""
    objections: Page[Objection]


def programs_waiting(w: Work) -> set[str]:
    """The programmes in which something waits to be published."""
    return set(w.session.scalars(_unpublished(w).with_only_columns(Application.program).distinct()))


def waiting(w: Work, program: str) -> Sequence[Application]:
    """What waits in a programme to be published, with its parties."""
    query = _unpublished(w).where(Application.program == program).options(joinedload(Application.party))
    return w.session.scalars(query.order_by(Application.id).limit(MOST_WAITING)).all()


def opened(w: Work, notice_id: int, entries: Wish = FIRST, objections: Wish = FIRST) -> OpenedNotice:
    """The notice, for staff of its programme; NotFound for all others."""
    notice = w.session.get(PublicNotice, notice_id)
    programs = {grant.program for grant in w.actor.grants if grant.role in ACTS[Act.NOTICE_VIEW]}
    if notice is None or not programs & {None, notice.program}:
        raise NotFound(T("没有这个公示", "There is no such notice"))
    listed = select(NoticeItem).where(NoticeItem.notice_id == notice_id).order_by(NoticeItem.id)
    page = page_of(
        w, listed.options(joinedload(NoticeItem.application).joinedload(Application.party)), entries
    )
    reach = frozenset(
        entry.id for entry in page.rows if allowed(w.actor, Act.APPLICATION_VIEW, *entry.application.place)
    )
    objected = (
        select(Objection)
        .join(Objection.notice_item)
        .join(NoticeItem.application)
        .where(
            NoticeItem.notice_id == notice_id,
            scope(w.actor, Act.APPLICATION_VIEW, Application.program, Application.region),
        )
        .order_by(Objection.id)
    )
    still_open = objected.where(Objection.state == ObjectionState.OPEN)
    stopped = frozenset(w.session.scalars(still_open.with_only_columns(Objection.notice_item_id)))
    shown = objected.options(
        contains_eager(Objection.notice_item)
        .contains_eager(NoticeItem.application)
        .joinedload(Application.party)
    )
    return OpenedNotice(notice, page, reach, stopped, page_of(w, shown, objections))


def _unpublished(w: Work) -> Select[Application]:
    """What was approved, stands on no notice yet, and is the actor's to publish."""
    listed = exists().where(NoticeItem.application_id == Application.id, NoticeItem.struck_on.is_(None))
    return select(Application).where(
        Application.state.in_(TO_PUBLISH),
        ~listed,
        scope(w.actor, Act.NOTICE_PUBLISH, Application.program, Application.region),
    )
