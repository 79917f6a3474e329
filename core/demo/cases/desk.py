"""The authority's desk: what waits for a decision, decided some weeks later as each fate has it, or left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from core.demo.cases.fates import Ending, Mending
from core.demo.chance import chance
from core.demo.lives.years import Lives
from core.demo.people.staff import lead, officer, second_officer
from core.demo.world import Agenda, World
from core.rules.obligations import Mode
from core.services.base.work import Work
from core.services.duties import complaints, findings, inspections, rectifications, reports
from core.services.endings import appeals, exits, extensions
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    Rectification,
    RegisterEvent,
)
from core.storage.models.exits import ExitState
from core.storage.models.supervision import ExtensionState, FindingState, RectificationState

R = TypeVar("R")
Step = tuple[str, Callable[[Work], object]]
"""Who does it, and what."""

TAKES = timedelta(days=20)
"""How long a matter lies on the desk."""
SECOND_LOOK = timedelta(days=27)
APPEAL_AFTER, APPEAL_TAKES = timedelta(days=8), timedelta(days=22)
HELD_FOR, RELEASED = timedelta(days=35), 2
"""How long the brake's cases wait for the lead, and how many are let go."""
MOST = 0.85
HEARD = (ExitState.PROPOSED, ExitState.OBJECTED)


class Desk:
    """One programme's officers, and what the parties say to what they are told."""

    def __init__(self, world: World, agenda: Agenda, lives: Lives, program: str) -> None:
        self.world, self.agenda, self.lives, self.program = world, agenda, lives, program
        self.first, self.second, self.lead = officer(program), second_officer(program), lead(program)

    def work(self, at: datetime) -> None:
        """Go through what waits, each in a unit of work with all that is theirs."""
        with self.world.factory() as session:
            steps = list(self._waiting(session, at.date()))
        for who in dict.fromkeys(name for name, _ in steps):
            with self.world.unit(who, at, "desk") as w:
                for name, step in steps:
                    if name == who:
                        step(w)

    def answers(self, at: datetime) -> None:
        """Objections in the days after the party was told, and appeals after a revocation."""
        day = at.date()
        told = (ExitCase.state == ExitState.PROPOSED) & (ExitCase.told_on == day)
        upheld = ExitCase.appealed_on.is_(None) & (ExitCase.decided_on <= day - APPEAL_AFTER)
        with self.world.factory() as session:
            objecting = session.scalars(self._cases(told)).all()
            appealing = session.scalars(self._cases((ExitCase.state == ExitState.UPHELD) & upheld)).all()
        for found in objecting:
            case = self.lives.cases.get(found.accreditation_id)
            if case is not None and case.fate.ending.objects:
                self.agenda.at(
                    day + timedelta(days=2), partial(self.lives.objection, found.id, case), hour=15
                )
        for found in appealing:
            case = self.lives.cases.get(found.accreditation_id)
            if case is not None and case.fate.ending.appeals:
                with self.world.unit(self.world.holder(case.body), at, "exit.appeal") as w:
                    appeals.appeal(w, found.id, "决定所依据的记录不全，现补充材料，请求复核。")

    def _waiting(self, session: Session, day: date) -> Iterator[Step]:
        yield from self._findings(session, day)
        yield from self._complaints(session, day)
        yield from self._orders(session, day)
        yield from self._extensions(session, day)
        yield from self._reports(session, day)
        yield from self._reverifications(session, day)
        yield from self._exits(session, day)
        yield from self._appeals(session, day)
        yield from self._held(session, day)

    def _findings(self, session: Session, day: date) -> Iterator[Step]:
        query = self._of(select(Finding).join(Finding.accreditation)).where(
            Finding.state == FindingState.OPEN, Finding.opened_on <= day - TAKES
        )
        for found in session.scalars(query.order_by(Finding.id)):
            fate = self.lives.fate(found.accreditation_id)
            established = fate.established and (not fate.paid or found.id % 2 == 0)
            reason = "经核实，情况属实。" if established else "经核实，情况不属实，不予认定。"
            yield (
                self.first,
                partial(findings.decide_finding, finding_id=found.id, established=established, reason=reason),
            )

    def _complaints(self, session: Session, day: date) -> Iterator[Step]:
        query = self._of(select(Complaint).join(Complaint.accreditation)).where(
            Complaint.verified.is_(None), Complaint.received_on <= day - TAKES
        )
        for found in session.scalars(query.order_by(Complaint.id)):
            verified = self.lives.fate(found.accreditation_id).complaints > 0
            reason = "经回访核实，投诉属实。" if verified else "经核实，系沟通误会，投诉不成立。"
            decide = partial(
                complaints.decide_complaint, complaint_id=found.id, verified=verified, reason=reason
            )
            yield self.first, decide

    def _orders(self, session: Session, day: date) -> Iterator[Step]:
        query = self._of(select(Rectification).join(Rectification.accreditation)).where(
            Rectification.state == RectificationState.OPEN, Rectification.ordered_on <= day - TAKES
        )
        for found in session.scalars(query.order_by(Rectification.id)):
            mending = self.lives.fate(found.accreditation_id).mending
            # Whatever is due is answered before its deadline, but for an order that nobody minds.
            if mending is Mending.LAPSED or found.deadline < day:
                continue
            passed = mending is Mending.PASSED
            remark = "整改措施到位，予以通过。" if passed else "整改不到位。"
            yield (
                self.first,
                partial(rectifications.result, rectification_id=found.id, passed=passed, remark=remark),
            )

    def _extensions(self, session: Session, day: date) -> Iterator[Step]:
        query = self._of(select(ExtensionRequest).join(ExtensionRequest.accreditation)).where(
            ExtensionRequest.state == ExtensionState.OPEN, ExtensionRequest.requested_on <= day - TAKES
        )
        for found in session.scalars(query.order_by(ExtensionRequest.id)):
            yield self.first, partial(self._extend, found.id, found.accreditation_id, found.new_valid_through)

    def _extend(self, request_id: int, accreditation_id: int, through: date, w: Work) -> None:
        granted = self.lives.fate(accreditation_id).extended is not False
        reason = "服务情况良好，同意延续。" if granted else "有效期内服务成效不足，不同意延续。"
        extensions.decide_extension(w, request_id, granted=granted, reason=reason)
        if granted:
            self.lives.extended(accreditation_id, through)

    def _reports(self, session: Session, day: date) -> Iterator[Step]:
        query = self._of(select(AnnualReport).join(AnnualReport.accreditation)).where(
            AnnualReport.accepted_at.is_(None),
            AnnualReport.submitted_on <= day - TAKES,
            AnnualReport.submitted_on > day - 2 * TAKES,
        )
        for found in session.scalars(query.order_by(AnnualReport.id)):
            if chance("accepted", found.id).random() < MOST:
                yield self.first, partial(reports.accept_report, report_id=found.id)

    def _reverifications(self, session: Session, day: date) -> Iterator[Step]:
        query = self._of(select(RegisterEvent).join(RegisterEvent.accreditation)).where(
            *inspections.open_reverifications(), RegisterEvent.happened_on <= day - TAKES
        )
        for found in session.scalars(query.order_by(RegisterEvent.id)):
            yield self.first, partial(_reverify, found.accreditation_id, found.clause)

    def _exits(self, session: Session, day: date) -> Iterator[Step]:
        told = ExitCase.told_on.is_not(None) & (ExitCase.proposed_on <= day - TAKES)
        for found in session.scalars(self._cases(ExitCase.state.in_(HEARD) & told)):
            ending = self.lives.fate(found.accreditation_id).ending
            # The party's word comes first where it will object; what takes effect by itself is let alone.
            if found.state is ExitState.PROPOSED and (ending.objects or found.mode is Mode.AUTOMATIC):
                continue
            if ending.dismissed:
                yield (
                    self.first,
                    partial(exits.dismiss, exit_case_id=found.id, reason="当事人说明成立，予以驳回。"),
                )
            elif ending.confirmed or ending is Ending.CONFIRMED_ONCE:
                yield (
                    self.first,
                    partial(exits.confirm, exit_case_id=found.id, reason="事实清楚，同意撤销。"),
                )
        again = (ExitCase.state == ExitState.CONFIRMED_ONCE) & (ExitCase.proposed_on <= day - SECOND_LOOK)
        for found in session.scalars(self._cases(again)):
            if self.lives.fate(found.accreditation_id).ending.confirmed:
                yield (
                    self.second,
                    partial(exits.confirm, exit_case_id=found.id, reason="复核无异议，同意撤销。"),
                )

    def _appeals(self, session: Session, day: date) -> Iterator[Step]:
        open_ones = ExitCase.appeal_decided_on.is_(None) & (ExitCase.appealed_on <= day - APPEAL_TAKES)
        for found in session.scalars(self._cases((ExitCase.state == ExitState.UPHELD) & open_ones)):
            upheld = self.lives.fate(found.accreditation_id).ending is Ending.APPEAL_UPHELD
            reason = "补充材料证明服务达标，申诉成立。" if upheld else "申诉理由不足，维持原决定。"
            yield (
                self.lead,
                partial(appeals.decide_appeal, exit_case_id=found.id, upheld=upheld, reason=reason),
            )

    def _held(self, session: Session, day: date) -> Iterator[Step]:
        waiting = (ExitCase.state == ExitState.HELD) & (ExitCase.proposed_on <= day - HELD_FOR)
        held = [found.id for found in session.scalars(self._cases(waiting))]
        # The first ones are let go; the others still wait for the lead.
        if len(held) > RELEASED * 2:
            yield self.lead, partial(exits.release_held, exit_case_ids=held[:RELEASED])

    def _cases(self, condition: ColumnElement[bool]) -> Select[ExitCase]:
        return self._of(select(ExitCase).join(ExitCase.accreditation)).where(condition).order_by(ExitCase.id)

    def _of(self, query: Select[R]) -> Select[R]:
        return query.where(Accreditation.program == self.program)


def _reverify(accreditation_id: int, clause: str, w: Work) -> None:
    number = inspections.plan(w, accreditation_id, w.today, clause)
    inspections.record(
        w,
        number,
        held_on=w.today,
        quality="信息已复核更新，资料与实际一致。",
        fees="未发现违规收费。",
        satisfaction_pct=None,
        passed=True,
    )
