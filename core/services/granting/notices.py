"""Public notices: their last day frozen at publication, and objections by anyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import selectinload

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.folding import repaired, repaired_lines
from core.domain.identifiers import compact
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.messages import MessageEvent
from core.rules.clauses import StageKind
from core.rules.periods import DAY
from core.rules.text import T
from core.services.applications.case import Case, find, lock_for
from core.services.applications.moving import advance, tell
from core.services.base.access import require
from core.services.base.codes import new_code
from core.services.base.decided import already
from core.services.base.words import NOTHING_THERE, unkept, unwritten, written
from core.services.base.work import Work
from core.services.duties.filers import Filing, tell_decided, tell_received
from core.services.granting.decisions import reject_locked
from core.storage.models import Application, DecisionCorrection, NoticeItem, Objection, PublicNotice
from core.storage.models.deciding import OBJECTIONS, CorrectedKind
from core.storage.models.notices import ObjectionState

LONGEST_NAME = 200
LONGEST_OBJECTION = 4000
LONGEST_INTRODUCTION = 20_000
OUTCOMES = {True: T("异议成立", "objection upheld"), False: T("异议不成立", "objection dismissed")}
TO_PUBLISH = (ApplicationState.APPROVED, ApplicationState.ON_NOTICE)
"""In these an application gets its notice: an earlier version put it "on notice" by the approval alone."""
STATES = {
    ObjectionState.OPEN: T("处理中", "being examined"),
    ObjectionState.UPHELD: T("成立", "upheld"),
    ObjectionState.DISMISSED: T("不成立", "dismissed"),
}
UNDONE = T("结论已更正，申请重新审查", "the outcome was corrected, and the application is reviewed again")


@dataclass(frozen=True, slots=True)
class ItemView:
    """One application on a notice, as everyone may see it."""

    application_id: int
    party: str
    track: str
    region: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as everyone may see it; objections are taken through `closes_on`."""

    id: int
    program: str
    title: str
    published_on: date
    closes_on: date
    open: bool
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """Where an objection stands, for whoever has its follow-up code."""

    received_at: datetime
    state: T
    decided_at: datetime | None
    decision_reason: str


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """How long a notice would run, day by day: what counts, and what is passed over."""

    published_on: date
    closes_on: date
    working_days: int
    counted: tuple[date, ...]
    passed_over: tuple[date, ...]
    applications: tuple[ItemView, ...]


def plan(w: Work, program: str, application_ids: Sequence[int], on: date | None = None) -> NoticePlan:
    """The notice that the applications would make, before it is published; refused as `publish` is."""
    published_on = on or w.today
    _chosen_rightly(w, application_ids, published_on, {})
    cases = [find(w, number) for number in sorted(set(application_ids))]
    applications = [case.application for case in cases]
    for item in applications:
        require(w, Act.NOTICE_PUBLISH, *item.place)
    working_days = _longest(cases, program)
    closes_on = w.calendar.add_working_days(published_on, working_days)
    days = [published_on + DAY * number for number in range(1, (closes_on - published_on).days + 1)]
    return NoticePlan(
        published_on,
        closes_on,
        working_days,
        tuple(day for day in days if w.calendar.is_working(day)),
        tuple(day for day in days if not w.calendar.is_working(day)),
        tuple(ItemView(item.id, item.party.name, item.track, item.region) for item in applications),
    )


def publish(
    w: Work,
    program: str,
    application_ids: Sequence[int],
    title: str,
    on: date | None = None,
    *,
    introduction: str = "",
) -> int:
    """Publish approved applications for objections. Returns the notice's id.

    Its last day is counted by the holiday table now and stays; a year unknown to the table refuses it. `on`,
    the day that the plan was looked at for, is today or refused.
    """
    published_on = on or w.today
    errors = unwritten(title, "title", longest=LONGEST_NAME)
    errors |= unkept(introduction, "introduction", longest=LONGEST_INTRODUCTION)
    _chosen_rightly(w, application_ids, published_on, errors)
    cases = [lock_for(w, number, Act.NOTICE_PUBLISH) for number in sorted(set(application_ids))]
    working_days = _longest(cases, program)
    notice = PublicNotice(
        program=program,
        title=repaired(title),
        published_on=published_on,
        closes_on=w.calendar.add_working_days(published_on, working_days),
        working_days=working_days,
        introduction=repaired_lines(introduction),
        published_by_id=w.actor.user_id,
        items=[NoticeItem(application_id=case.id) for case in cases],
    )
    w.session.add(notice)
    w.session.flush()
    for case in cases:
        if case.application.state is ApplicationState.APPROVED:
            advance(case, Action.PUBLISH)
        tell(case, MessageEvent.NOTICE_PUBLISHED, title=notice.title, closes_on=notice.closes_on)
    return notice.id


def _chosen_rightly(
    w: Work, application_ids: Sequence[int], published_on: date, errors: dict[str, T]
) -> None:
    """Refuse another day than today and an empty choice, with the errors found so far."""
    if published_on < w.today:
        errors["on"] = T("发布日期不能早于今天", "published no earlier than today")
    elif published_on > w.today:
        # The state, the letter and the public page are those of the day on which everyone can read it.
        errors["on"] = T(
            "发布日期不能晚于今天：发布后即公开，请在当天发布",
            "published no later than today: everyone sees it at once, so publish it on that day",
        )
    if not application_ids:
        errors["applications"] = T("请选择申请", "choose applications")
    if errors:
        raise Invalid(errors)


def _longest(cases: Sequence[Case], program: str) -> int:
    """The working days of a notice of the applications; Invalid names each that cannot stand on it."""
    errors = {f"application.{case.id}": why for case in cases if (why := _unfit(case, program))}
    if errors:
        raise Invalid(errors)
    return max(_working_days(case) for case in cases)


def notices(w: Work, program: str | None = None, *, running: bool = False) -> list[NoticeView]:
    """The published notices, the newest first; only those that still run if asked."""
    query = (
        select(PublicNotice)
        .options(
            selectinload(PublicNotice.items).joinedload(NoticeItem.application).joinedload(Application.party)
        )
        .where(PublicNotice.published_on <= w.today)
        .order_by(PublicNotice.published_on.desc(), PublicNotice.id.desc())
    )
    if program is not None:
        query = query.where(PublicNotice.program == program)
    if running:
        query = query.where(PublicNotice.closes_on >= w.today)
    return [_view(w, notice) for notice in w.session.scalars(query)]


def object_to(
    w: Work, notice_id: int, application_id: int, *, objector: str, contact: str, content: str
) -> str:
    """Take anyone's objection to one application on a running notice: the code to follow it up with.

    The same words from the same person are that objection: a form that was sent twice.
    """
    item = w.session.scalar(
        select(NoticeItem)
        .where(NoticeItem.notice_id == notice_id, NoticeItem.application_id == application_id)
        # Of two at once the second finds what the first has entered.
        .with_for_update()
    )
    if item is None or item.notice.published_on > w.today:
        raise NotFound(NOTHING_THERE)
    if item.struck_on is not None:
        raise Refused(
            T("该公示事项已更正，不再受理异议", "the decision behind it was corrected: no objection is taken")
        )
    if w.today > item.notice.closes_on:
        last = item.notice.closes_on.isoformat()
        raise Refused(T(f"公示已于 {last} 结束，不再受理异议", f"the notice ended on {last}"))
    errors = unwritten(objector, "objector", longest=LONGEST_NAME)
    errors |= unwritten(contact, "contact", longest=LONGEST_NAME)
    errors |= unwritten(content, "content", longest=LONGEST_OBJECTION)
    if errors:
        raise Invalid(errors)
    said = {
        "notice_item_id": item.id,
        "objector": repaired(objector),
        "contact": repaired(contact),
        "content": repaired_lines(content),
    }
    if (known := w.session.scalar(select(Objection.code).filter_by(**said).limit(1))) is not None:
        return known
    code = new_code()
    objection = Objection(**said, code=code, received_at=w.now)
    w.session.add(objection)
    w.session.flush()
    tell_received(w, Filing.OBJECTION, objection.id, objection.contact, code)
    tell(Case(w, item.application), MessageEvent.OBJECTION_RECEIVED, title=item.notice.title)
    return code


def follow_up(w: Work, code: str) -> ObjectionView:
    """Where the objection with a follow-up code stands."""
    # Codes of old were written in both cases; those of today in letters that do not look alike.
    written_so = {repaired(code), compact(code)}
    found = w.session.scalar(select(Objection).where(Objection.code.in_(written_so)))
    if found is None:
        raise NotFound(T("没有该查询码的异议", "there is no objection with this code"))
    undone = _undone(w, found)
    if undone is not None:
        return ObjectionView(found.received_at, UNDONE, undone.at, undone.reason)
    return ObjectionView(found.received_at, STATES[found.state], found.decided_at, found.decision_reason)


def _undone(w: Work, objection: Objection) -> DecisionCorrection | None:
    """The correction of the refusal that an upheld objection had led to."""
    row = DecisionCorrection
    query = select(row).where(
        row.application_id == objection.notice_item.application_id,
        row.kind == CorrectedKind.REFUSAL,
        row.before[OBJECTIONS].contains(func.to_jsonb(objection.id)),
    )
    return w.session.scalar(query)


def hear_party(w: Work, objection_id: int, statement: str) -> None:
    """Keep what the party said to an open objection; said again, the later word stands."""
    _, objection = _open_objection(w, objection_id)
    objection.party_statement = written(statement, "statement", longest=LONGEST_OBJECTION)


def application_of(w: Work, objection_id: int) -> int:
    """The application that an objection is about; NotFound where there is no such objection."""
    query = select(NoticeItem.application_id).join(Objection, Objection.notice_item_id == NoticeItem.id)
    found = w.session.scalar(query.where(Objection.id == objection_id))
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def refuses(w: Work, objection_id: int) -> bool:
    """Whether the application is refused if the objection is upheld: it is still on that notice."""
    item = w.session.get_one(Objection, objection_id).notice_item
    return item.struck_on is None and item.application.state is ApplicationState.ON_NOTICE


def decide_objection(w: Work, objection_id: int, *, upheld: bool, reason: str) -> None:
    """Decide an objection at once, with a reason: one that is upheld ends an application on that notice."""
    case, objection = _open_objection(w, objection_id)
    ends = upheld and refuses(w, objection_id)
    objection.decision_reason = written(reason)
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    objection.decided_by_id, objection.decided_at = w.actor.user_id, w.now
    w.session.flush()
    tell_decided(w, Filing.OBJECTION, objection.id, objection.contact)
    tell(
        case,
        MessageEvent.OBJECTION_DECIDED,
        title=objection.notice_item.notice.title,
        outcome=OUTCOMES[upheld],
        reason=objection.decision_reason,
    )
    if ends:
        reject_locked(case, reason)


def _open_objection(w: Work, objection_id: int) -> tuple[Case, Objection]:
    """An objection that is not decided yet, with its application, both locked for whoever decides it."""
    case = lock_for(w, application_of(w, objection_id), Act.OBJECTION_DECIDE)
    objection = w.session.get_one(Objection, objection_id, with_for_update=True, populate_existing=True)
    if objection.state is not ObjectionState.OPEN:
        raise already(w, objection, T("该异议已处理", "This objection has been decided already"), "state")
    return case, objection


def _unfit(case: Case, program: str) -> T | None:
    """Why an application cannot stand on a notice of the programme."""
    application = case.application
    if application.program != program:
        return T("不属于本项目", "belongs to another programme")
    if application.state not in TO_PUBLISH:
        state = application.state.label
        return T(f"处于“{state.zh}”状态，不能公示", f"is in state {state.en}, and not for a notice")
    listed = exists().where(NoticeItem.application_id == application.id, NoticeItem.struck_on.is_(None))
    if case.w.session.scalar(select(listed)):
        return T("已列入公示", "stands on a notice already")
    return None


def _working_days(case: Case) -> int:
    stages = case.desk.rules.procedure.stages
    return next(stage.working_days for stage in stages if stage.kind is StageKind.NOTICE)


def _view(w: Work, notice: PublicNotice) -> NoticeView:
    return NoticeView(
        notice.id,
        notice.program,
        notice.title,
        notice.published_on,
        notice.closes_on,
        notice.closes_on >= w.today,
        tuple(
            ItemView(
                item.application_id,
                item.application.party.name,
                item.application.track,
                item.application.region,
            )
            for item in notice.items
        ),
    )
