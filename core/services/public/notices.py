"""Public notices as everyone reads them, and what came of an objection or a complaint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select

from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.domain.lifecycle.states import AccreditationState
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.paging import FIRST, Page, Wish, page_of_rows
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.duties import complaints
from core.services.duties.filers import Filing, Sent, attach
from core.services.granting import notices
from core.services.keeping.public_names import Shown, shown
from core.storage.files import FileStore
from core.storage.models import (
    Accreditation,
    Application,
    Complaint,
    NoticeItem,
    Objection,
    Party,
    PublicNotice,
)
from core.storage.models.notices import ObjectionState

ITEMS_PAGE = Wish(size=50)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in a list; objections are taken through `closes_on`."""

    id: int
    program: str
    title: str
    published_on: date
    closes_on: date
    open: bool
    items: int


@dataclass(frozen=True, slots=True)
class Item:
    """One application on a notice; `body_id` leads to the register once it was accredited."""

    application_id: int
    kind: PartyKind
    party: str
    program: str
    track: str
    region: str
    body_id: int | None
    struck_on: date | None
    """From this day it stands there no longer: the decision was corrected."""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A notice with one page of its items."""

    line: NoticeLine
    introduction: str
    working_days: int
    items: Page[Item]
    names_came_down: bool
    """Whether people who stood on it are named no more."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where an objection or a complaint stands; nothing of what it says or about whom."""

    kind: T
    received_on: date
    state: T
    open: bool
    decided_on: date | None
    reason: str

    @property
    def steps(self) -> tuple[tuple[T, date | None], ...]:
        """What was done and what comes, each with its day where it is over."""
        closed = T("已办结", "decided")
        return (
            (T("已收到", "received"), self.received_on),
            (T("认定机关核实", "examined by the authority"), self.decided_on),
            (closed, self.decided_on),
        )


_ITEM_COLUMNS: tuple[Any, ...] = (
    NoticeItem.application_id,
    Party.kind,
    Party.name,
    Application.program,
    Application.track,
    Application.region,
    Accreditation.party_id.label("body_id"),
    NoticeItem.struck_on,
)
OBJECTION, COMPLAINT = T("公示异议", "Objection to a notice"), T("投诉", "Complaint")
COMPLAINT_STATES = {
    None: T("处理中", "being examined"),
    True: T("经查属实", "found substantiated"),
    False: T("经查不属实", "found unsubstantiated"),
}


def running(w: Work, wish: Wish = FIRST) -> Page[NoticeLine]:
    """A page of the notices to which one can object today, those that close first before others."""
    query = _lines(w).where(PublicNotice.closes_on >= w.today)
    page = page_of_rows(w, query.order_by(PublicNotice.closes_on, PublicNotice.id), wish)
    return page.told(_line(w, row) for row in page.rows)


def past(w: Work, program: str = "", wish: Wish = FIRST) -> Page[NoticeLine]:
    """A page of the notices that are over, the newest first."""
    query = _lines(w).where(PublicNotice.closes_on < w.today)
    if program:
        query = query.where(PublicNotice.program == program)
    page = page_of_rows(w, query.order_by(PublicNotice.published_on.desc(), PublicNotice.id.desc()), wish)
    return page.told(_line(w, row) for row in page.rows)


def notice_page(w: Work, notice_id: int, wish: Wish = ITEMS_PAGE) -> NoticePage:
    """A published notice with one page of its items; before its day it is not found."""
    row = w.session.execute(
        _lines(w)
        .add_columns(PublicNotice.introduction, PublicNotice.working_days)
        .where(PublicNotice.id == notice_id)
    ).first()
    if row is None:
        raise NotFound(NOTHING_THERE)
    query = items(shown(w)).where(NoticeItem.notice_id == notice_id).order_by(NoticeItem.id)
    page = page_of_rows(w, query, wish)
    listed = page.told(item(found) for found in page.rows)
    came_down = row.closes_on < shown(w).notice and listed.total != row.listed
    return NoticePage(_line(w, row), row.introduction, row.working_days, listed, came_down)


def one_item(w: Work, notice_id: int, application_id: int) -> Item:
    """One application on a published notice."""
    query = items(shown(w)).where(
        NoticeItem.notice_id == notice_id,
        NoticeItem.application_id == application_id,
        PublicNotice.published_on <= w.today,
    )
    row = w.session.execute(query).first()
    if row is None:
        raise NotFound(NOTHING_THERE)
    return item(row)


def items(named: Shown) -> Select[Any]:
    """The public columns of what stands on notices; people only as long as they are named."""
    return (
        select(*_ITEM_COLUMNS)
        .select_from(NoticeItem)
        .join(PublicNotice, PublicNotice.id == NoticeItem.notice_id)
        .join(Application, Application.id == NoticeItem.application_id)
        .join(Party, Party.id == Application.party_id)
        .where(named.item())
        .outerjoin(
            Accreditation,
            and_(
                Accreditation.application_id == Application.id,
                Accreditation.state != AccreditationState.ANNULLED,
            ),
        )
    )


def item(row: Any) -> Item:
    """A row of `items`."""
    return Item(
        row.application_id, row.kind, row.name, row.program, row.track, row.region, row.body_id, row.struck_on
    )


def object_to(
    w: Work,
    notice_id: int,
    application_id: int,
    *,
    objector: str,
    contact: str,
    content: str,
    files: Iterable[Sent] = (),
    store: FileStore,
) -> str:
    """Take an objection with its files; the same words from the same person again give their code."""
    code = notices.object_to(
        w, notice_id, application_id, objector=objector, contact=contact, content=content
    )
    number = w.session.scalars(select(Objection.id).where(Objection.code == code)).one()
    attach(w, Filing.OBJECTION, number, files, store)
    return code


def file_complaint(
    w: Work,
    number: str,
    *,
    complainant: str,
    contact: str,
    content: str,
    files: Iterable[Sent] = (),
    store: FileStore,
) -> str:
    """Take a complaint with its files; the same words from the same person on a day give their code."""
    code = complaints.file_complaint(w, number, complainant, contact, content)
    row = w.session.scalars(select(Complaint.id).where(Complaint.code == code)).one()
    attach(w, Filing.COMPLAINT, row, files, store)
    return code


def follow_up(w: Work, code: str) -> FollowUp:
    """Where the objection or complaint with a code stands, for whoever has the code."""
    try:
        objection = notices.follow_up(w, code)
    except NotFound:
        complaint = complaints.follow_up(w, code)
        return FollowUp(
            COMPLAINT,
            complaint.received_on,
            COMPLAINT_STATES[complaint.verified],
            complaint.verified is None,
            complaint.decided_on,
            complaint.reason,
        )
    return FollowUp(
        OBJECTION,
        local_date(objection.received_at),
        objection.state,
        objection.state == notices.STATES[ObjectionState.OPEN],
        local_date(objection.decided_at) if objection.decided_at is not None else None,
        objection.decision_reason,
    )


def _lines(w: Work) -> Select[Any]:
    listed = (
        select(func.count())
        .select_from(NoticeItem)
        .where(NoticeItem.notice_id == PublicNotice.id)
        .scalar_subquery()
    )
    return select(
        PublicNotice.id,
        PublicNotice.program,
        PublicNotice.title,
        PublicNotice.published_on,
        PublicNotice.closes_on,
        listed.label("listed"),
    ).where(PublicNotice.published_on <= w.today)


def _line(w: Work, row: Any) -> NoticeLine:
    return NoticeLine(
        row.id,
        row.program,
        row.title,
        row.published_on,
        row.closes_on,
        row.closes_on >= w.today,
        row.listed,
    )
