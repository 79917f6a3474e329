"""What waits for the accredited: reports, orders, proposed exits, extensions; of many in a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.domain.lifecycle.states import IN_FORCE
from core.domain.supervision.replay import extension_open, extension_window
from core.rules.obligations import ReportKind
from core.rules.text import T
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.work import Work
from core.services.duties.reports import REPORTING, DueReport, due_reports_of
from core.services.endings.extensions import CAN_GO_ON
from core.services.supervision.status import Status
from core.storage.models import Accreditation, ExitCase, ExtensionRequest, Rectification
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.storage.models.supervision import ExtensionState, RectificationState

REPORT_SOON = 90
"""Days before a report is due from which it is counted among what waits."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that waits for the party; `until` is the last day for it, where there is one."""

    kind: str
    """report, plan, order, exit, extension"""
    accreditation_id: int
    title: T
    clause: str
    until: date | None
    key: int
    """The report's year, or the row's id."""
    answered: bool = False
    """Whether the party has said its word, and the authority's is waited for."""


def held_by(w: Work, party_ids: Iterable[int]) -> list[Accreditation]:
    """The accreditations of parties that the actor acts for: those in force first, the newest before."""
    own = [number for number in party_ids if w.actor.system or number in w.actor.parties]
    query = select(Accreditation).where(Accreditation.party_id.in_(own))
    rows = list(w.session.scalars(query.order_by(Accreditation.started_on.desc(), Accreditation.id.desc())))
    return sorted(rows, key=lambda row: not row.state.in_force)


def held_page(w: Work, wish: Wish = FIRST) -> Page[Accreditation]:
    """A page of the same for all parties of the actor, with the parties: one after the other."""
    query = select(Accreditation).where(Accreditation.party_id.in_(w.actor.parties))
    query = query.options(joinedload(Accreditation.party)).order_by(
        Accreditation.party_id,
        Accreditation.state.in_(IN_FORCE).desc(),
        Accreditation.started_on.desc(),
        Accreditation.id.desc(),
    )
    return page_of(w, query, wish)


def owed(w: Work, statuses: Sequence[Status]) -> list[Owed]:
    """What waits under accreditations that the caller has read for the actor, what ends first before."""
    found = [*_reports(w, statuses), *_orders(w, statuses), *_exits(w, statuses), *_extensions(w, statuses)]
    return sorted(found, key=lambda item: (item.answered, item.until or date.max))


def _reports(w: Work, statuses: Sequence[Status]) -> Iterable[Owed]:
    reporting = [status for status in statuses if status.accreditation.state in REPORTING]
    soon = w.today + timedelta(days=REPORT_SOON)
    for number, reports in due_reports_of(w, reporting).items():
        for report in reports:
            if report.submitted_on is None and report.due_on <= soon:
                again = report.returned_on is not None
                yield Owed(
                    report.kind,
                    number,
                    _asked(report, again=again),
                    report.clause,
                    report.due_on,
                    report.year,
                )


def _asked(report: DueReport, *, again: bool) -> T:
    match report.kind:
        case ReportKind.REPORT:
            what = T(f"{report.year} 年报告", f"the {report.year} report")
        case ReportKind.PLAN:
            what = T(f"{report.year} 年计划", f"the plan of {report.year}")
        case _:
            assert_never(report.kind)
    if again:
        return T(f"{what.zh}被退回，请重新提交", f"Submit {what.en} again: it was returned")
    return T(f"提交 {what.zh}", f"Submit {what.en}")


def _orders(w: Work, statuses: Sequence[Status]) -> Iterable[Owed]:
    query = select(Rectification).where(
        Rectification.accreditation_id.in_([status.id for status in statuses]),
        Rectification.state == RectificationState.OPEN,
    )
    for order in w.session.scalars(query):
        answered = order.answered_on is not None
        title = (
            T("整改情况已报，待核查", "Rectification reported, to be looked at")
            if answered
            else T("按要求整改并报送结果", "Rectify as ordered and submit the result")
        )
        yield Owed(
            "order", order.accreditation_id, title, order.clause, order.deadline, order.id, answered=answered
        )


def _exits(w: Work, statuses: Sequence[Status]) -> Iterable[Owed]:
    query = select(ExitCase).where(
        ExitCase.accreditation_id.in_([status.id for status in statuses]),
        ExitCase.state.in_(OPEN_EXIT_STATES),
    )
    for case in w.session.scalars(query):
        answered = case.objected_on is not None or case.state is ExitState.CONFIRMED_ONCE
        over = case.objection_until is not None and w.today > case.objection_until
        title = (
            T("拟撤销认定，等待决定", "Exit proposed; the decision is waited for")
            if answered or over
            else T("拟撤销认定，您可以提出异议", "Exit proposed; you may object")
        )
        until = None if answered or over else case.objection_until
        yield Owed(
            "exit", case.accreditation_id, title, case.clause, until, case.id, answered=answered or over
        )


def _extensions(w: Work, statuses: Sequence[Status]) -> Iterable[Owed]:
    open_now = []
    for status in statuses:
        item, extension = status.accreditation, status.clauses.term.extension
        days = extension_window(status.clauses, item.valid_through)
        if extension is None or days is None or item.state not in CAN_GO_ON:
            continue
        if extension_open(status.clauses, item.valid_through, w.today):
            open_now.append((item, extension.clause, days[1]))
    waiting = select(ExtensionRequest.accreditation_id).where(
        ExtensionRequest.accreditation_id.in_([item.id for item, _, _ in open_now]),
        ExtensionRequest.state == ExtensionState.OPEN,
    )
    asked = set(w.session.scalars(waiting)) if open_now else set()
    held = [status.accreditation for status in statuses]
    newer = {(item.party_id, item.program, item.track) for item in held if item.state.in_force}
    for item, clause, last in open_now:
        if not item.state.in_force and (item.party_id, item.program, item.track) in newer:
            continue
        done = item.id in asked
        title = (
            T("延续申请已提出，等待答复", "Extension asked for; the answer is waited for")
            if done
            else T("可以申请延续", "An extension can be asked for")
        )
        yield Owed("extension", item.id, title, clause, last, item.id, answered=done)
