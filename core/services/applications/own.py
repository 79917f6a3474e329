"""What the members of a party see of its applications: the list, and how far one has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.domain.clock import moment
from core.domain.errors import NotFound
from core.domain.lifecycle.states import ApplicationState, state_in
from core.rules.clauses import StageKind
from core.rules.text import EMPTY, T
from core.services.applications.case import Case, find
from core.services.applications.materials import EDITABLE
from core.services.base.access import require_member
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.storage.models import (
    Accreditation,
    Agreement,
    Application,
    AuditEvent,
    NoticeItem,
    Party,
    PublicNotice,
)
from core.storage.models.applications import Channel

ON_ITS_WAY = tuple(state for state in ApplicationState if state.is_open)

_COMPLETES = (ApplicationState.SUBMITTED, ApplicationState.RECOMMENDED, ApplicationState.ACCREDITED)
"""States that tell of a stage that is over; the others tell of one that is under way."""


def marks(kinds: Sequence[StageKind], state: ApplicationState) -> list[str]:
    """For each stage `past`, `now` or nothing; nothing at all once a case ended without a status."""
    states = [state_in(kind) for kind in kinds]
    at = states.index(state) if state in states else -1
    if state in _COMPLETES:
        at += 1
    elif state in EDITABLE:
        at = 0
    return ["past" if index < at else "now" if index == at else "" for index in range(len(states))]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page of the applications of the parties that the user acts for; `states` counts all of them."""

    page: Page[Application]
    states: dict[ApplicationState, int]


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an application's way: what happened and when, or what is still to come (`at` is None)."""

    title: T
    at: datetime | None
    note: T = EMPTY
    state: ApplicationState | None = None
    whole_day: bool = False
    """Only the day of it is known."""


def own(w: Work, application_id: int) -> Case:
    """The case, for a member of its party only."""
    found = find(w, application_id)
    require_member(w, found.application.party_id)
    return found


def own_applications(w: Work, wish: Wish = FIRST, *, state: ApplicationState | None = None) -> OwnPage:
    """The applications of the user's parties, the latest first."""
    mine = Application.party_id.in_(w.actor.parties)
    counted = select(Application.state, func.count()).where(mine).group_by(Application.state)
    states: dict[ApplicationState, int] = {row[0]: row[1] for row in w.session.execute(counted)}
    query = select(Application).where(mine)
    if state is not None:
        query = query.where(Application.state == state)
    query = query.options(joinedload(Application.party), joinedload(Application.call))
    return OwnPage(page_of(w, query.order_by(Application.id.desc()), wish), states)


def open_applications(w: Work, limit: int = 10) -> list[Application]:
    """The applications of the user's parties that are on their way, those that wait for the party first."""
    if not w.actor.parties:
        return []
    own_turn = Application.state.in_((ApplicationState.RETURNED, ApplicationState.DRAFT))
    query = (
        select(Application)
        .where(Application.party_id.in_(w.actor.parties), Application.state.in_(ON_ITS_WAY))
        .options(joinedload(Application.party), joinedload(Application.call))
        .order_by(own_turn.desc(), Application.id.desc())
    )
    return list(w.session.scalars(query.limit(limit)))


def way(case: Case) -> list[Moment]:
    """What happened to an application in order, and the stages that are still to come."""
    happened = sorted(_happened(case.w, case.application), key=lambda item: item.at or case.w.now)
    return [*happened, *_to_come(case)]


def _happened(w: Work, application: Application) -> Iterator[Moment]:
    if application.channel is not Channel.DIRECT:
        yield Moment(T("建立草稿", "Draft begun"), application.created_at, state=ApplicationState.DRAFT)
    query = select(AuditEvent.at, AuditEvent.changes).where(
        AuditEvent.subject == "application",
        AuditEvent.subject_id == str(application.id),
        AuditEvent.changes.has_key("state"),
    )
    accreditation = w.session.scalar(
        select(Accreditation)
        .where(Accreditation.application_id == application.id)
        .order_by(Accreditation.id.desc())
    )
    for at, changes in w.session.execute(query.order_by(AuditEvent.id)):
        state = ApplicationState(changes["state"][1])
        if state is not ApplicationState.DRAFT:
            yield Moment(state.label, at, _note(application, accreditation, state), state)
    notices = (
        select(PublicNotice)
        .join(NoticeItem, NoticeItem.notice_id == PublicNotice.id)
        .where(NoticeItem.application_id == application.id)
    )
    for notice in w.session.scalars(notices):
        last = notice.closes_on.isoformat()
        yield Moment(
            T("公示发布", "Notice published"),
            # Behind what led to it on the same day.
            moment(f"{notice.published_on}T23:59:59"),
            T(f"《{notice.title}》，公示至 {last}", f"“{notice.title}”, until {last}"),
            whole_day=True,
        )
    agreement = w.session.scalar(select(Agreement).where(Agreement.application_id == application.id))
    if agreement is not None:
        span = f"{agreement.valid_from} – {agreement.valid_through}"
        yield Moment(
            T("签订协议", "Signing the agreement"),
            moment(f"{agreement.signed_on}T00:00:00"),
            T(span, span),
            whole_day=True,
        )


def _note(application: Application, accreditation: Accreditation | None, state: ApplicationState) -> T:
    if state is ApplicationState.ACCREDITED and accreditation is not None:
        number, last = accreditation.number, accreditation.valid_through.isoformat()
        return T(f"编号 {number}，有效期至 {last}", f"No. {number}, valid through {last}")
    if state is ApplicationState.RETURNED and application.state is state:
        return T(application.return_reason, application.return_reason)
    return EMPTY


def _to_come(case: Case) -> Iterator[Moment]:
    application = case.application
    if not application.state.is_open:
        return
    stages = case.desk.rules.procedure.stages
    gone_through = [(stage, state) for stage in stages if (state := state_in(stage.kind)) is not None]
    states = [state for _, state in gone_through]
    passed = states.index(application.state) if application.state in states else -1
    for stage, state in gone_through[passed + 1 :]:
        yield Moment(stage.title, None, state=state)


def own_parties(w: Work) -> list[Party]:
    """The parties that the user acts for."""
    query = select(Party).where(Party.id.in_(w.actor.parties)).order_by(Party.id)
    return list(w.session.scalars(query)) if w.actor.parties else []


def own_parties_page(w: Work, wish: Wish = FIRST) -> Page[Party]:
    """A page of the same."""
    return page_of(w, select(Party).where(Party.id.in_(w.actor.parties)).order_by(Party.id), wish)


def acting_for(w: Work, party_id: int) -> Party:
    """The party that the user acts for; NotFound for all others."""
    require_member(w, party_id)
    found = w.session.get(Party, party_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found
