"""What the accredited do over the years: report, serve badly or well, ask for extensions, leave."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import assert_never

from sqlalchemy import select

from core.demo.cases.fates import GOOD, Fate
from core.demo.cases.plan import FIRST_YEAR, Case
from core.demo.chance import chance
from core.demo.lives.diaries import an_entry, holder_of
from core.demo.people.staff import officer
from core.demo.world import Agenda, World
from core.domain.lifecycle.states import AccreditationState
from core.rules.obligations import ReportDuty, Year
from core.rules.periods import period_end
from core.services.base.work import ANONYMOUS
from core.services.diary import records
from core.services.duties import absences, complaints, findings, inspections, reports
from core.services.endings import exits, extensions
from core.services.endings.withdrawals import withdraw
from core.services.granting import nominations
from core.services.supervision.status import find
from core.storage.models import Accreditation, Party

COMPLAINT_AFTER, COMPLAINT_EVERY = 150, 45
EXCUSED_EVERY = 310
LOW_DAYS = ((3, 12), (4, 16), (5, 21), (6, 18), (9, 10))
"""Days of a calendar year on which a service goes badly."""
EXTENSION_BEFORE = 60
UNTOUCHED = 1000
"""Number of the first record that is no part of the regular diary."""


class Lives:
    """The accredited bodies by their accreditation, and the scenes of their lives."""

    def __init__(self, world: World, agenda: Agenda) -> None:
        self.world, self.agenda = world, agenda
        self.cases: dict[int, Case] = {}

    def fate(self, accreditation_id: int) -> Fate:
        """What becomes of an accreditation; nothing special of one that came by a table."""
        case = self.cases.get(accreditation_id)
        return case.fate if case is not None else GOOD

    def begin(self, case: Case, accreditation: Accreditation) -> None:
        """A body has been accredited: put what it does on the agenda."""
        case.accreditation_id = accreditation.id
        self.cases[accreditation.id] = case
        start, fate = accreditation.started_on, case.fate
        rng = chance("life", accreditation.number)
        number = accreditation.sequence or accreditation.id

        def after(days: int, scene: Callable[[Case, datetime], None]) -> None:
            self.agenda.at(start + timedelta(days=days), partial(scene, case), hour=11)

        for turn in range(fate.complaints or (1 if number % 9 == 0 else 0)):  # every ninth
            after(COMPLAINT_AFTER + turn * COMPLAINT_EVERY, self.complain)
        if fate.low:
            for turn, (month, day) in enumerate(LOW_DAYS[: fate.low]):
                self.agenda.at(
                    date(start.year + 1, month, day), partial(self.serve_badly, case, turn), hour=18
                )
        if fate.paid:
            after(130, self.charge)
        if fate.finding:
            after(240, self.find_fault)
        if fate.excused:
            for turn in range(1, 5):
                after(turn * EXCUSED_EVERY, self.excuse)
        if fate.leaves:
            after(300 + rng.randrange(60), self.leave)
        if number % 4 == 0:
            after(200, self.inspect)
        if fate is GOOD and start.year == FIRST_YEAR:
            after(420, self.nominate)
        self._next_extension(case, accreditation.valid_through)
        self._next_report(case, start, start)

    def complain(self, case: Case, at: datetime) -> None:
        """A citizen complains."""
        found = self._there(case)
        if found is not None:
            with self.world.unit(ANONYMOUS, at, "complaint.file") as w:
                content = "预约的服务未按时提供，工作人员答复敷衍。"
                complaints.file_complaint(w, found.number, "周女士", "citizen@accredit.example", content)

    def serve_badly(self, case: Case, turn: int, at: datetime) -> None:
        """A service that those served were not satisfied with, as the authority found and recorded it."""
        low = str(58 + 3 * turn)
        self._serve(case, UNTOUCHED + turn, at, by=officer(case.program), satisfaction_pct=low)

    def charge(self, case: Case, at: datetime) -> None:
        """A service that was charged for."""
        self._serve(case, UNTOUCHED + 50, at, fee_cny="800")

    def find_fault(self, case: Case, at: datetime) -> None:
        """An officer opens a finding."""
        if self._there(case) is not None:
            with self.world.unit(officer(case.program), at, "finding.open") as w:
                reason = "收到有关部门通报，需核查。"
                findings.open_finding(w, case.accreditation_id, case.fate.finding, reason)

    def excuse(self, case: Case, at: datetime) -> None:
        """An officer takes down why the body did not come to the events."""
        if self._there(case) is not None:
            with self.world.unit(officer(case.program), at, "absence.excuse") as w:
                absences.excuse(w, case.accreditation_id, at.date(), "单位搬迁，已书面说明，同意请假。")

    def leave(self, case: Case, at: datetime) -> None:
        """The body gives its status back."""
        if self._there(case) is not None:
            with self.world.unit(self.world.holder(case.body), at, "accreditation.withdraw") as w:
                withdraw(w, case.accreditation_id, "业务调整，申请退出。")

    def inspect(self, case: Case, at: datetime) -> None:
        """An officer inspects a body."""
        if self._there(case) is not None:
            with self.world.unit(officer(case.program), at, "inspection.record") as w:
                number = inspections.plan(w, case.accreditation_id, at.date())
                inspections.record(
                    w,
                    number,
                    held_on=at.date(),
                    quality="服务台账齐全，流程规范，回访记录完整。",
                    fees="收费公示清楚，对小微企业有优惠。",
                    satisfaction_pct=chance("inspection", case.accreditation_id).randint(85, 99),
                    passed=True,
                )

    def nominate(self, case: Case, at: datetime) -> None:
        """The authority nominates a good body for what its text names."""
        if self._there(case) is None:
            return
        with self.world.unit(officer(case.program), at, "nomination.make") as w:
            targets = nominations.targets(w, case.program, case.track)
            if targets:
                nominations.nominate(w, case.accreditation_id, targets[0].id, "服务成效突出，企业评价高。")

    def objection(self, exit_case_id: int, case: Case, at: datetime) -> None:
        """The party objects to a proposed exit."""
        with self.world.unit(self.world.holder(case.body), at, "exit.object") as w:
            exits.object_to(w, exit_case_id, "我单位情况特殊，相关服务记录未及时上报，请予核实。")

    def ask_extension(self, case: Case, at: datetime) -> None:
        """The party asks for its term to be extended."""
        found = self._there(case)
        if found is not None and found.valid_through - timedelta(days=EXTENSION_BEFORE) <= at.date():
            with self.world.unit(self.world.holder(case.body), at, "extension.request") as w:
                extensions.request_extension(w, case.accreditation_id, "期满后愿继续开展服务，申请延续。")

    def extended(self, accreditation_id: int, through: date) -> None:
        """The term goes on: it will be asked for again."""
        self._next_extension(self.cases[accreditation_id], through)

    def report(self, case: Case, at: datetime) -> None:
        """The party hands in the yearly reports that are due, and thinks of the next."""
        found = self._there(case)
        if found is None:
            return
        with self.world.unit(self.world.holder(case.body), at, "report.submit") as w:
            for due in reports.due_reports(find(w, case.accreditation_id)):
                if due.submitted_on is None:
                    rng = chance("report", found.number, due.year)
                    reports.submit_report(
                        w,
                        case.accreditation_id,
                        due.year,
                        f"{due.year}年度开展服务活动{rng.randint(20, 60)}场，企业满意度良好，完成目标。",
                        "帮助一家企业完成数字化改造，生产效率提升约两成。",
                        {"服务活动场次": rng.randint(20, 60), "服务企业家数": rng.randint(80, 200)},
                        due.kind,
                    )
        self._next_report(case, found.started_on, at.date() + timedelta(days=60))

    def _next_extension(self, case: Case, through: date) -> None:
        rules = self.world.rules(case.program, case.track, through)
        if rules.procedure.term.extension is not None and case.fate.extended is not None:
            day = through - timedelta(days=EXTENSION_BEFORE)
            self.agenda.at(day, partial(self.ask_extension, case), hour=11)

    def _next_report(self, case: Case, start: date, after: date) -> None:
        """The day on which the next report is handed in: some weeks before it is due."""
        if not case.fate.reports:
            return
        rules = self.world.rules(case.program, case.track, after)
        for duty in rules.duties:
            if not isinstance(duty, ReportDuty):
                continue
            early = timedelta(days=chance("report", case.accreditation_id, after.year).randint(6, 24))
            match duty.year:
                case Year.CALENDAR:
                    year = after.year + 1
                    due = date(year, duty.due_month, monthrange(year, duty.due_month)[1])
                case Year.ACCREDITATION:
                    years = next(n for n in range(1, UNTOUCHED) if period_end(start, years=n) > after + early)
                    due = period_end(start, years=years)
                case _:
                    assert_never(duty.year)
            self.agenda.at(due - early, partial(self.report, case), hour=11)
            return

    def _serve(self, case: Case, number: int, at: datetime, by: str | None = None, **changed: object) -> None:
        found = self._there(case)
        if found is None:
            return
        with self.world.factory() as session:
            kind = session.get_one(Party, found.party_id).kind
        with self.world.unit(by or self.world.holder(case.body), at, "diary.add") as w:
            data = an_entry(self.world, holder_of(found, kind), at.date(), number, **changed)
            records.add_entry(w, found.party_id, [found.id], data, submit=True)

    def _there(self, case: Case) -> Accreditation | None:
        """The accreditation, if it is still in force."""
        with self.world.factory() as session:
            return session.scalar(
                select(Accreditation).where(
                    Accreditation.id == case.accreditation_id,
                    Accreditation.state.in_((AccreditationState.ACTIVE, AccreditationState.RECTIFYING)),
                )
            )
