"""A wave of applications played through: from the call over review and notice to the signed agreement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from core.demo.cases import filing
from core.demo.cases.plan import Case, Route, Wave
from core.demo.cases.renewals import again
from core.demo.chance import chance
from core.demo.lives.years import Lives
from core.demo.people import associations
from core.demo.people.staff import lead, make_account, officer, reviewers, second_officer
from core.demo.world import Agenda, World
from core.domain.calendar import CalendarUnknownError
from core.domain.clock import SHANGHAI
from core.domain.lifecycle.finding import features
from core.domain.lifecycle.moves import Feature
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.roles import division_prefix
from core.hooks.loaded import TrackRules
from core.rules.clauses import Actor, Intake, StageKind
from core.rules.terms import Kind
from core.services.applications.case import find
from core.services.applications.corrections import Mark
from core.services.applications.guards import to_measure
from core.services.applications.materials import checklist, judge_material, record_paper_copy
from core.services.base.work import ANONYMOUS, SYSTEM, Work
from core.services.calls.calls import save_call
from core.services.deciding import correcting
from core.services.duties.campaigns import save_campaign
from core.services.granting import decisions, notices, starting
from core.services.granting.accreditations import proposed_agreement
from core.services.people import parties
from core.services.review import panels, recommendations
from core.storage.models import Application
from core.storage.models.applications import CorrectionKind

SHEET = (
    ("capability", "服务能力", "Capability", 40),
    ("results", "服务业绩", "Results", 40),
    ("management", "管理与规划", "Management and plan", 20),
)
OPERATION = "服务场所、人员与申报一致，制度健全，服务活动按计划开展，台账完整。"
PANEL = 2
LICENCE = "营业执照"
S = ApplicationState


class Intaking:
    """One wave; each method is a scene."""

    def __init__(self, world: World, agenda: Agenda, wave: Wave, lives: Lives) -> None:
        self.world, self.agenda, self.wave, self.lives = world, agenda, wave, lives
        self.program = wave.program
        self.officer, self.lead = officer(self.program), lead(self.program)

    def schedule(self) -> None:
        """Put the scenes of the wave on the agenda."""
        plan = self.wave.schedule
        self.agenda.at(plan.on(0), self.open, hour=9)
        for case in self.wave.cases:
            self._applicant(case)
        scenes: list[tuple[int, float, Callable[[datetime], None]]] = [
            (plan.returned, 10, self.give_back),
            (plan.recommended, 10, self.recommend),
            (plan.taken_up, 9, self.take_up),
            (plan.taken_up + 1, 10, self.judge),
            (plan.scored, 15, self.score),
            (plan.decided, 10, self.decide),
            (plan.published, 9, self.publish),
            (plan.objected, 14, self.object),
            (plan.settled, 10, self.settle),
            (plan.signed, 10, self.sign),
        ]
        for day, hour, scene in scenes:
            self.agenda.at(plan.on(day), scene, hour=hour)

    def _applicant(self, case: Case) -> None:
        plan = self.wave.schedule
        body = case.body
        day = plan.draft + chance("draft", body.code if body else case).randrange(plan.spread)
        self.agenda.at(plan.on(day), partial(self.draft, case), hour=9.5)
        if case.stop is S.DRAFT:
            return
        self.agenda.at(plan.on(day) + timedelta(days=1), partial(self.verify, case), hour=15)
        self.agenda.at(plan.on(day) + timedelta(days=2), partial(self.submit, case), hour=16)
        if case.route is Route.RETURNED:
            self.agenda.at(plan.on(plan.resubmitted), partial(self.resubmit, case), hour=11)
        if case.route is Route.WITHDRAWN:
            self.agenda.at(plan.on(plan.returned) + timedelta(days=1), partial(self.withdraw, case), hour=11)

    def open(self, at: datetime) -> None:
        """Announce the call and the year's campaign, and make the accounts of those who will apply."""
        plan, loaded = self.wave.schedule, self.wave.loaded
        tracks = [
            track.id
            for track in loaded.program.tracks
            if self._rules(track.id).procedure.intake is Intake.CALL
        ]
        with self.world.unit(self.lead, at, "call.announce") as w:
            if tracks:
                self.wave.call_id = save_call(
                    w,
                    program=self.program,
                    tracks=tracks,
                    title=self.wave.titled("申报通知"),
                    opens_at=None if self.wave.set_by_text else at,
                    submit_by=None if self.wave.set_by_text else _clock(plan.on(plan.submit_by), 17),
                    recommend_by=self._recommend_by(tracks[0]),
                    score_sheet=_sheet() if self._scored(tracks[0]) else (),
                    repeat_reason="名额尚有结余，年内增补一批" if self.wave.batch else "",
                )
            if not any(case.stop for case in self.wave.cases):
                save_campaign(
                    w,
                    self.program,
                    title=f"{at.year}年中小企业服务月",
                    starts_on=date(at.year, 9, 1),
                    ends_on=date(at.year, 9, 30),
                )
        for case in again(self.world, self.lives, self.wave, at.date()):
            self.wave.cases.append(case)
            self._applicant(case)
        with self.world.unit(SYSTEM, at, "account.register") as w:
            for case in self.wave.cases:
                body = case.body
                if body is not None and body.email not in self.world.accounts:
                    make_account(self.world, w, body.email, body.contact, None, body.mobile)

    def draft(self, case: Case, at: datetime) -> None:
        """Fill in an application with its documents."""
        body = case.body
        if body is None:
            return
        with self.world.unit(body.email, at, "application.draft") as w:
            filing.fill_in(self.world, w, case, self.wave.call_id)
        associations.choose(self.world, self.program, body, case.application_id, at)

    def verify(self, case: Case, at: datetime) -> None:
        """Let an officer verify the party."""
        if case.party_id and self._state(case) is S.DRAFT and not self._verified(case):
            with self.world.unit(self.officer, at, "party.verify") as w:
                parties.verify_party(w, case.party_id)

    def submit(self, case: Case, at: datetime) -> None:
        """Submit the draft."""
        if self._state(case) is S.DRAFT and case.body is not None:
            with self.world.unit(case.body.email, at, "application.submit") as w:
                starting.submit(w, case.application_id)

    def give_back(self, at: datetime) -> None:
        """Return what has to be corrected."""
        for case in self.wave.cases:
            if (case.route is Route.RETURNED or case.stop is S.RETURNED) and self._state(case) is S.SUBMITTED:
                with self.world.unit(self.officer, at, "application.return") as w:
                    reason = "营业执照复印件不清晰，请重新上传。"
                    starting.return_for_correction(w, case.application_id, reason, _licence(w, case))

    def resubmit(self, case: Case, at: datetime) -> None:
        """Correct and submit again."""
        if self._state(case) is S.RETURNED and case.body is not None:
            with self.world.unit(case.body.email, at, "application.resubmit") as w:
                starting.resubmit(w, case.application_id)

    def withdraw(self, case: Case, at: datetime) -> None:
        """Take the application back."""
        if self._state(case) is S.SUBMITTED and case.body is not None:
            with self.world.unit(case.body.email, at, "application.withdraw") as w:
                starting.withdraw(w, case.application_id)

    def recommend(self, at: datetime) -> None:
        """Let each recommender measure and recommend what lies in its division, or decline."""
        for case in self._in(S.SUBMITTED, but=S.SUBMITTED):
            who = self._recommender(case)
            if not self._has(case, Feature.RECOMMENDATION) or who is None:
                continue
            with self.world.unit(who, at, "application.recommend") as w:
                if case.route is Route.DECLINED:
                    recommendations.decline(w, case.application_id, "实地走访发现服务场所与申报材料不符。")
                else:
                    _check_papers(w, case, at.date())
                    measured = _measured(w, case)
                    recommendations.recommend(
                        w,
                        case.application_id,
                        measured,
                        "经实地测评，情况属实，同意推荐。",
                        note="走访服务场所，抽查服务台账和满意度问卷。" if measured else "",
                    )

    def take_up(self, at: datetime) -> None:
        """Begin the review, and give the cases to reviewers."""
        taken = [*self._in(S.SUBMITTED, but=S.SUBMITTED), *self._in(S.RECOMMENDED, but=S.RECOMMENDED)]
        if not taken:
            return
        with self.world.unit(self.officer, at, "application.review") as w:
            for case in taken:
                action = Action.ACCEPT if self._state(case) is S.SUBMITTED else Action.START_REVIEW
                starting.perform(w, case.application_id, action)
            numbers = [case.application_id for case in taken if self._scored(case.track)]
            panel = [self.world.accounts[email] for email in reviewers(self.program)]
            if numbers:
                panels.bulk_assign(w, numbers, panel, PANEL)

    def judge(self, at: datetime) -> None:
        """State what only an officer can, and set conditions aside where the text lets one."""
        for case in self._in(S.UNDER_REVIEW):
            with self.world.unit(self.officer, at, "application.attest") as w:
                filing.attest(w, case)
                if case.route is Route.WAIVED:
                    filing.waive(w, case)

    def score(self, at: datetime) -> None:
        """Let the reviewers declare that they are free, and score."""
        for email in reviewers(self.program):
            with self.world.unit(email, at, "application.score") as w:
                waiting = {case.application_id for case in self._in(S.UNDER_REVIEW, but=S.UNDER_REVIEW)}
                filing.score_all(w, waiting)

    def decide(self, at: datetime) -> None:
        """Approve or reject."""
        for case in self._in(S.UNDER_REVIEW, but=S.UNDER_REVIEW):
            with self.world.unit(second_officer(self.program), at, "application.decide") as w:
                if case.route is Route.REJECTED:
                    decisions.reject(w, case.application_id, "经审核，不符合申报条件。")
                else:
                    decisions.approve(w, case.application_id, "经评审，符合条件。")

    def publish(self, at: datetime) -> None:
        """Publish what was approved; not in a year whose working days nobody knows yet."""
        listed = [case.application_id for case in self._in(S.APPROVED, but=S.APPROVED)]
        if not listed:
            return
        title = self.wave.titled("拟认定名单公示")
        try:
            with self.world.unit(self.officer, at, "notice.publish") as w:
                notices.publish(w, self.program, listed, title)
        except CalendarUnknownError:
            return

    def object(self, at: datetime) -> None:
        """Let citizens object to what stands on the notice."""
        objected = [
            case for case in self._in(S.ON_NOTICE) if case.route in (Route.OBJECTED, Route.OBJECTION_UPHELD)
        ]
        running = [case for case in self._in(S.ON_NOTICE) if case.stop is S.ON_NOTICE]
        for case in [*objected, *running[:1]]:
            with self.world.unit(ANONYMOUS, at, "notice.object") as w:
                filing.object_to_notice(w, case)

    def settle(self, at: datetime) -> None:
        """Decide the objections; correct what was approved by mistake."""
        for case in self._in(S.ACCREDITED):
            if case.route is Route.CORRECTED:
                with self.world.unit(self.officer, at, "decision.correct") as w:
                    correcting.correct_approval(w, case.application_id, "误将未达标的申请登记为通过。")
                with self.world.unit(second_officer(self.program), at, "application.decide") as w:
                    decisions.reject(w, case.application_id, "经复核，不符合申报条件。")
        with self.world.unit(self.lead, at, "objection.decide") as w:
            for case in self.wave.cases:
                filing.settle_objections(w, case, upheld=case.route is Route.OBJECTION_UPHELD)

    def sign(self, at: datetime) -> None:
        """Sign the agreements."""
        for case in self._in(S.AGREEMENT, but=S.AGREEMENT):
            with self.world.unit(self.officer, at, "agreement.sign") as w:
                first, _ = proposed_agreement(w, case.application_id)
                through = first.replace(
                    year=first.year + chance("term", case.application_id).choice((1, 2, 3))
                )
                starting.perform(
                    w,
                    case.application_id,
                    Action.SIGN,
                    signed_on=first,
                    valid_from=first,
                    valid_through=through - timedelta(days=1),
                )

    def _in(self, *states: ApplicationState, but: ApplicationState | None = None) -> list[Case]:
        """The cases in one of the states; without those that the story leaves in the state `but`."""
        with self.world.factory() as session:
            stands = select(Application.id).where(
                Application.id.in_([case.application_id for case in self.wave.cases]),
                Application.state.in_(states),
            )
            found = set(session.scalars(stands))
        return [
            case
            for case in self.wave.cases
            if case.application_id in found and (but is None or case.stop is not but)
        ]

    def _state(self, case: Case) -> ApplicationState | None:
        if not case.application_id:
            return None
        with self.world.factory() as session:
            return session.get_one(Application, case.application_id).state

    def _verified(self, case: Case) -> bool:
        with self.world.factory() as session:
            return session.get_one(Application, case.application_id).party.verified_at is not None

    def _rules(self, track: str) -> TrackRules:
        return self.world.rules(self.program, track, self.wave.schedule.opens_on)

    def _has(self, case: Case, feature: Feature) -> bool:
        return feature in features(self._rules(case.track).procedure)

    def _scored(self, track: str) -> bool:
        stages = self._rules(track).procedure.stages
        return any(s.kind is StageKind.REVIEW and (s.scored or s.actor is Actor.REVIEWER) for s in stages)

    def _recommend_by(self, track: str) -> datetime | None:
        plan = self.wave.schedule
        kinds = {stage.kind for stage in self._rules(track).procedure.stages}
        if self.wave.set_by_text:
            return None
        if StageKind.RECOMMENDATION not in kinds:
            # Where the text names a day for one call, another call says its own.
            return _clock(plan.on(plan.submit_by), 17) if self._rules(track).procedure.window else None
        return _clock(plan.on(plan.recommend_by), 23, 59, 59)

    def _recommender(self, case: Case) -> str | None:
        body = case.body
        if body is None:
            return None
        if case.application_id in self.world.through:
            return self.world.through[case.application_id]
        found = (
            email
            for (program, division), email in self.world.recommenders.items()
            if program == self.program and body.region.startswith(division_prefix(division))
        )
        return next(found, None)


def _licence(w: Work, case: Case) -> list[Mark]:
    """The copy of the licence, marked to be corrected, where one is asked."""
    rows = checklist(w, case.application_id)
    return [
        Mark(CorrectionKind.MATERIAL, row.key, "请上传清晰的扫描件")
        for row in rows
        if LICENCE in row.title.zh
    ]


def _measured(w: Work, case: Case) -> dict[str, object]:
    found = find(w, case.application_id)
    facts, known = found.application.facts, found.desk.vocabulary
    words = {name: OPERATION for name in to_measure(found.desk) if known[name].kind is Kind.TEXT}
    return words | {name: facts[name] for name in to_measure(found.desk) if name in facts}


def _check_papers(w: Work, case: Case, on: date) -> None:
    """Register the paper copy and check each file, where the text has the recommender do so."""
    procedure = find(w, case.application_id).desk.rules.procedure
    if procedure.paper_copy:
        record_paper_copy(w, case.application_id, on)
    if procedure.compliance:
        for row in checklist(w, case.application_id):
            for file in row.present:
                judge_material(w, file.id, accepted=True)


def _sheet() -> list[dict[str, object]]:
    return [
        {"key": key, "title": {"zh": zh, "en": en}, "weight": most, "max": most}
        for key, zh, en, most in SHEET
    ]


def _clock(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), SHANGHAI)
