"""What waits for whoever is logged in, by kind, and which accreditations end soon; all within their scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from core.domain.acts import Act
from core.domain.lifecycle.finding import features
from core.domain.lifecycle.moves import Feature
from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.domain.messages import PERIOD_BEGINS
from core.rules.obligations import Mode
from core.rules.text import T
from core.services.base.access import ACTS, scope
from core.services.base.work import Work
from core.services.changes import requests as changes
from core.services.claims import deciding as claims
from core.services.duties.inspections import open_reverifications
from core.services.keeping import lists
from core.services.people import departed, factor_resets
from core.services.people.party_verification import WAITS_SINCE, queue
from core.services.people.rights import duties
from core.services.redaction.requests import requested
from core.services.settings import running_periods
from core.services.supervision.hearing import undated
from core.services.todo import holiday_tables
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Application,
    ChangeRequest,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    NoticeItem,
    Objection,
    OutboxMessage,
    Party,
    PartyClaim,
    PendingDecision,
    Rectification,
    RedactionRequest,
    RegisterEvent,
    ReviewAssignment,
)
from core.storage.models.deciding import PendingState
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.storage.models.notices import ObjectionState
from core.storage.models.operations import MessageState
from core.storage.models.supervision import ExtensionState, FindingState, RectificationState

Counted = tuple[str, T, Select[int, Any]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of a kind wait, and since when the first one does, where that is known."""

    kind: str
    title: T
    number: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class Ending:
    """An accreditation whose term ends soon."""

    id: int
    number: str
    party: str
    program: str
    track: str
    valid_through: date
    days: int


def waiting_for(w: Work) -> list[Waiting]:
    """What waits for the actor, kinds with nothing left out."""
    counted = [*_applications(w), *_supervision(w), *_exits(w), *_rest(w), *_own(w)]
    every = (query.add_columns(literal(place)) for place, (_, _, query) in enumerate(counted))
    rows = w.session.execute(union_all(*every)).all()
    found = [
        Waiting(counted[place][0], counted[place][1], number, oldest)
        for number, oldest, place in sorted(rows, key=lambda row: row[2])
        if number
    ]
    return found + _tables(w)


def tracks_with(w: Work, feature: Feature) -> list[tuple[str, str]]:
    """The tracks, with their programmes, whose procedure has an optional part today."""
    return [
        (loaded.program.id, track.id)
        for loaded, track in w.catalogue.tracks()
        if feature in features(w.rules(loaded.program.id, track.id, w.today).procedure)
    ]


def _applications(w: Work) -> Iterator[Counted]:
    recommended = tuple_(Application.program, Application.track).in_(tracks_with(w, Feature.RECOMMENDATION))
    state = Application.state

    def count(act: Act, *where: ColumnElement[bool]) -> Select[int, Any]:
        oldest = func.min(func.date(Application.submitted_at))
        reach = scope(w.actor, act, Application.program, Application.region)
        return select(func.count(), oldest).select_from(Application).where(reach, *where)

    submitted, decided = ApplicationState.SUBMITTED, ApplicationState.UNDER_REVIEW
    yield (
        "recommend",
        T("待推荐的申请", "Applications to recommend"),
        count(Act.APPLICATION_RECOMMEND, state == submitted, recommended),
    )
    yield (
        "review",
        T("待受理、评审的申请", "Applications to take up for review"),
        count(
            Act.APPLICATION_REVIEW,
            or_(state == ApplicationState.RECOMMENDED, and_(state == submitted, ~recommended)),
        ),
    )
    yield (
        "decide",
        T("待决定的申请", "Applications to decide"),
        count(Act.APPLICATION_DECIDE, state == decided),
    )
    issuing = select(func.count(), func.min(func.date(PendingDecision.decided_at))).where(
        PendingDecision.state == PendingState.WAITING,
        scope(w.actor, Act.APPLICATION_DECIDE, PendingDecision.program, PendingDecision.region),
    )
    yield "issuing", T("待发出的决定", "Decisions to be issued"), issuing
    listed = exists().where(NoticeItem.application_id == Application.id, NoticeItem.struck_on.is_(None))
    yield (
        "publish",
        T("待发布公示的申请", "Approved applications to publish"),
        count(
            Act.NOTICE_PUBLISH, state.in_((ApplicationState.APPROVED, ApplicationState.ON_NOTICE)), ~listed
        ),
    )
    yield (
        "agreement",
        T("待签协议的申请", "Applications with an agreement to sign"),
        count(Act.AGREEMENT_SIGN, state == ApplicationState.AGREEMENT),
    )
    assigned = select(func.count(), func.min(func.date(ReviewAssignment.assigned_at))).where(
        ReviewAssignment.reviewer_id == w.actor.user_id,
        ReviewAssignment.finished_at.is_(None),
        ReviewAssignment.counts,
    )
    yield "score", T("待打分的申请", "Applications to score"), assigned
    yield "departed", T("离岗专家未完成的评审", "Reviews left by people who went"), departed.waiting(w)
    objections = (
        select(func.count(), func.min(func.date(Objection.received_at)))
        .select_from(Objection)
        .join(Objection.notice_item)
        .join(NoticeItem.application)
        .where(
            Objection.state == ObjectionState.OPEN,
            scope(w.actor, Act.OBJECTION_DECIDE, Application.program, Application.region),
        )
    )
    yield "objections", T("待处理的异议", "Objections to decide"), objections


def _count(w: Work, act: Act, model: Any, on: Any, *where: ColumnElement[bool]) -> Select[int, Any]:
    reach = scope(w.actor, act, Accreditation.program, Accreditation.region)
    query = select(func.count(), func.min(on)).select_from(model).join(model.accreditation)
    return query.where(reach, *where)


def _supervision(w: Work) -> Iterator[Counted]:
    yield (
        "complaints",
        T("待核查的投诉", "Complaints to decide"),
        _count(w, Act.COMPLAINT_DECIDE, Complaint, Complaint.received_on, Complaint.verified.is_(None)),
    )
    yield (
        "findings",
        T("待核查的事项", "Findings to decide"),
        _count(w, Act.FINDING_DECIDE, Finding, Finding.opened_on, Finding.state == FindingState.OPEN),
    )
    yield (
        "reports",
        T("待受理的报告", "Reports to accept"),
        _count(
            w,
            Act.REPORT_JUDGE,
            AnnualReport,
            AnnualReport.submitted_on,
            AnnualReport.accepted_at.is_(None),
            AnnualReport.returned_on.is_(None),
        ),
    )
    orders = (Rectification.state == RectificationState.OPEN, Accreditation.state.in_(IN_FORCE))
    yield (
        "orders",
        T("等待整改结果", "Orders without a result"),
        _count(w, Act.RECTIFICATION_CLOSE, Rectification, Rectification.deadline, *orders),
    )
    over = w.calendar.over_before(w.today)
    late = (*orders, Rectification.deadline.between(*over) if over is not None else false())
    yield (
        "orders_late",
        T("整改逾期", "Orders past their deadline"),
        _count(w, Act.RECTIFICATION_CLOSE, Rectification, Rectification.deadline, *late),
    )
    yield (
        "extensions",
        T("待答复的延续申请", "Extension requests to answer"),
        _count(
            w,
            Act.EXTENSION_DECIDE,
            ExtensionRequest,
            ExtensionRequest.requested_on,
            ExtensionRequest.state == ExtensionState.OPEN,
        ),
    )
    yield (
        "reverifications",
        T("待复核的资料", "Records to verify again"),
        _count(w, Act.INSPECTION_EDIT, RegisterEvent, RegisterEvent.happened_on, *open_reverifications()),
    )
    yield (
        "departed_inspections",
        T("离岗人员未完成的检查", "Inspections left by people who went"),
        departed.inspections_waiting(w),
    )


def _exits(w: Work) -> Iterator[Counted]:
    def count(act: Act, *where: ColumnElement[bool]) -> Select[int, Any]:
        return _count(w, act, ExitCase, ExitCase.proposed_on, *where)

    state = ExitCase.state
    by_person = or_(ExitCase.mode == Mode.CONFIRM, ExitCase.human_requested)
    ready = and_(state == ExitState.PROPOSED, ExitCase.objection_until < w.today, by_person)
    others = ExitCase.first_officer_id.is_distinct_from(w.actor.user_id)
    yield (
        "exits",
        T("待决定的退出案件", "Exit cases to decide"),
        count(Act.EXIT_DECIDE, or_(state == ExitState.OBJECTED, ready)),
    )
    yield (
        "exits_second",
        T("待第二人复核的退出案件", "Exit cases that need a second officer"),
        count(Act.EXIT_DECIDE, state == ExitState.CONFIRMED_ONCE, others),
    )
    yield (
        "exits_untold",
        T("尚未告知当事人的退出案件", "Exit cases whose party has not been told"),
        count(Act.EXIT_DECIDE, state.in_(OPEN_EXIT_STATES), ExitCase.told_on.is_(None)),
    )
    yield (
        "exits_undated",
        T("等待放假安排才能决定的退出案件", "Exit cases that wait for a holiday table"),
        count(Act.EXIT_DECIDE, undated(), ExitCase.objected_on.is_(None)),
    )
    yield (
        "exits_held",
        T("暂停撤销、待放行的案件", "Cases that the brake holds"),
        count(Act.EXIT_RELEASE, state == ExitState.HELD),
    )
    yield (
        "appeals",
        T("待复核的申诉", "Appeals to decide"),
        count(
            Act.APPEAL_DECIDE,
            state == ExitState.UPHELD,
            ExitCase.appealed_on.is_not(None),
            ExitCase.appeal_decided_on.is_(None),
        ),
    )


def _rest(w: Work) -> Iterator[Counted]:
    asked = func.date(WAITS_SINCE)
    yield (
        "verifications",
        T("待核验的主体", "Parties to verify"),
        select(func.count(), func.min(asked)).select_from(Party).where(queue(w.actor)),
    )
    yield (
        "changes",
        T("待决定的变更申请", "Requests for a change to decide"),
        select(func.count(), func.min(func.date(ChangeRequest.asked_at)))
        .select_from(ChangeRequest)
        .where(changes.queue(w.actor)),
    )
    yield (
        "claims",
        T("待核实的主体认领", "Claims of parties to look into"),
        select(func.count(), func.min(func.date(PartyClaim.handed_in_at)))
        .select_from(PartyClaim)
        .where(claims.queue(w.actor)),
    )
    yield (
        "redactions",
        T("待答复的遮盖请求", "Requests to redact a document"),
        select(func.count(), func.min(func.date(RedactionRequest.asked_at)))
        .select_from(RedactionRequest)
        .where(requested(w.actor)),
    )
    yield (
        "duties",
        T("账号兼任不得兼任的职责", "Accounts with two duties that are kept apart"),
        duties.waiting(w),
    )
    yield (
        "factor_resets",
        T("待确认的双重验证停用", "Second factors to take away, to be confirmed"),
        factor_resets.to_confirm(w),
    )
    yield "destruction", T("待批准的销毁清单", "Lists of destruction to approve"), lists.to_approve(w)
    failed = select(func.count(), func.min(func.date(OutboxMessage.created_at))).where(
        OutboxMessage.state == MessageState.FAILED,
        scope(w.actor, Act.MESSAGE_RESEND, OutboxMessage.program, OutboxMessage.region),
    )
    held = select(func.count(), func.min(func.date(OutboxMessage.created_at))).where(
        OutboxMessage.state == MessageState.HELD,
        scope(w.actor, Act.MESSAGE_RELEASE, OutboxMessage.program, OutboxMessage.region),
    )
    yield "messages_held", T("暂停发送、待核对的消息", "Messages that are held"), held
    begins = OutboxMessage.event.in_(PERIOD_BEGINS)
    yield (
        "periods",
        T("未送达、期限可能未开始的通知", "Undelivered notices with which a period begins"),
        failed.where(begins),
    )
    yield "messages", T("其他发送失败的消息", "Other messages that failed"), failed.where(~begins)


def _tables(w: Work) -> list[Waiting]:
    if not w.actor.has(*holiday_tables.WARNED):
        return []
    return [
        Waiting(
            "holidays",
            T(f"尚无 {year} 年的放假安排", f"The holiday table of {year} is missing"),
            1,
            holiday_tables.since(year),
        )
        for year in holiday_tables.missing(w)
    ] + _shortened(w)


def _shortened(w: Work) -> list[Waiting]:
    found = running_periods.shortened(w) if w.actor.has(*ACTS[Act.HOLIDAY_EDIT]) else []
    title = T("因放假安排缩短、待顺延的期限", "Running periods that the holidays shorten")
    return [Waiting("shortened", title, len(found), found[0].begins)] if found else []


def _own(w: Work) -> Iterator[Counted]:
    """What waits for the parties of the actor."""
    mine = Application.party_id.in_(w.actor.parties) if w.actor.parties else false()
    for kind, title, state in (
        ("own_drafts", T("未提交的申请", "Applications not submitted yet"), ApplicationState.DRAFT),
        ("own_returned", T("退回补正的申请", "Applications returned to you"), ApplicationState.RETURNED),
    ):
        oldest = func.min(func.date(Application.created_at))
        yield kind, title, select(func.count(), oldest).where(mine, Application.state == state)
    held = Accreditation.party_id.in_(w.actor.parties) if w.actor.parties else false()
    exits = (
        select(func.count(), func.min(ExitCase.proposed_on))
        .select_from(ExitCase)
        .join(ExitCase.accreditation)
        .where(
            held,
            ExitCase.state.in_(OPEN_EXIT_STATES),
            ExitCase.objected_on.is_(None),
            or_(ExitCase.objection_until.is_(None), ExitCase.objection_until >= w.today),
        )
    )
    yield "own_exits", T("可提出异议的退出案件", "Exit cases that you may object to"), exits
    orders = (
        select(func.count(), func.min(Rectification.deadline))
        .select_from(Rectification)
        .join(Rectification.accreditation)
        .where(held, Rectification.state == RectificationState.OPEN, Accreditation.state.in_(IN_FORCE))
    )
    yield "own_orders", T("责令整改", "Orders to rectify"), orders


def ending_soon(w: Work, within_days: int = 90, limit: int = 200) -> list[Ending]:
    """Accreditations in force whose term ends within days: staff's scope, and the actor's own parties."""
    reach = scope(w.actor, Act.ACCREDITATION_VIEW, Accreditation.program, Accreditation.region)
    mine = Accreditation.party_id.in_(w.actor.parties) if w.actor.parties else false()
    query = (
        select(Accreditation, Party.name)
        .join(Accreditation.party)
        .where(
            or_(reach, mine),
            Accreditation.state.in_(IN_FORCE),
            Accreditation.valid_through.between(w.today, w.today + timedelta(days=within_days)),
        )
        .order_by(Accreditation.valid_through, Accreditation.id)
        .limit(limit)
    )
    return [
        Ending(
            item.id,
            item.number,
            party,
            item.program,
            item.track,
            item.valid_through,
            (item.valid_through - w.today).days,
        )
        for item, party in w.session.execute(query)
    ]
