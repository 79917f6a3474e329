"""Cases carried through the services by the people whose part it is, on the golden base profiles."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine

from core.domain.clock import moment
from core.domain.errors import DomainError
from core.domain.facts import ALL
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.clauses import Intake, PartyKind, StageKind
from core.rules.terms import Kind
from core.services.applications import facts, materials
from core.services.applications.case import find
from core.services.base.work import SYSTEM, Actor, Work, work
from core.services.calls import calls
from core.services.granting import accreditations, decisions, notice_ends, notices, starting
from core.services.people import parties
from core.services.review import recommendations, reviews
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Application
from core.storage.models.applications import Provenance
from tests.conftest import Begin, MakeActor
from tests.services.factory import id_number, uscc

CASES = json.loads((Path(__file__).parents[1] / "cases" / "eligibility.json").read_text(encoding="utf-8"))
BASES = {f"{c['program']}/{c['track']}": c for c in CASES if c["id"].endswith("/base")}
TRACKS = tuple(BASES)
AUTHORITY = {"jilin": "220200", "liaocheng": "371500", "hubei": "420000", "shanghai": "310000"}
COUNTY = {
    "jilin": "220202",
    "liaocheng": "371502",
    "hubei": "420100",
    "shanghai": "310104",
    "miit_volunteer": "110000",
}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
REASON = "材料齐全，情况属实"
OPERATION = "场所、人员与申报一致，服务台账完整"


def docx() -> bytes:
    """A file that is a docx by its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", "<document/>")
    return buffer.getvalue()


@dataclass(frozen=True)
class Case:
    """One application on its way: who has a part in it, and the days on which things happen."""

    town: Town
    program: str
    track: str
    application_id: int
    party_id: int
    applicant: Actor
    day: date

    @property
    def key(self) -> str:
        """Programme and track."""
        return f"{self.program}/{self.track}"

    def on(self, days: int) -> str:
        """Ten in the morning, so many days after the beginning."""
        return f"{self.day + timedelta(days=days)}T10:00:00"

    def load(self) -> Application:
        """The application as it stands in the database."""
        with session_factory(self.town.engine)() as session:
            return session.get_one(Application, self.application_id)

    def load_in(self, w: Work) -> Application:
        """The application within a unit of work."""
        return w.session.get_one(Application, self.application_id)

    def as_applicant(self, days: int = 0) -> Any:
        """A unit of work of the applicant."""
        return self.town.begin(self.applicant, self.on(days))

    def as_officer(self, days: int = 0) -> Any:
        """A unit of work of an officer of the authority."""
        return self.town.begin(self.town.officer(self.program), self.on(days))

    def as_recommender(self, days: int = 0) -> Any:
        """A unit of work of the recommender of the party's territory."""
        return self.town.begin(self.town.recommender(self.program), self.on(days))

    def fill(self, changes: Mapping[str, Any] | None = None, days: int = 0) -> Case:
        """Claim the base profile, changed as the test needs it."""
        with self.as_applicant(days) as w:
            facts.save_facts(
                w, self.application_id, {**claims(self.key), **(changes or {})}, Provenance.CLAIMED
            )
        return self

    def attach_all(self, days: int = 0) -> Case:
        """Hand in a file for every material."""
        with self.as_applicant(days) as w:
            for row in materials.checklist(w, self.application_id):
                materials.attach(w, self.application_id, row.key, f"{row.title.zh}.pdf", PDF, self.town.store)
        return self

    def submit(self, days: int = 0) -> Case:
        """Submit it."""
        with self.as_applicant(days) as w:
            starting.submit(w, self.application_id)
        return self

    def measured(self, w: Work) -> dict[str, Any]:
        """What must be measured as it is claimed, and in words where the recommender writes it itself."""
        case = find(w, self.application_id)
        words = {name for name, fact in case.desk.vocabulary.items() if fact.kind is Kind.TEXT}
        return {
            item.name: OPERATION if item.name in words else item.claimed
            for item in recommendations.form(case)
        }

    def check_papers(self, w: Work) -> None:
        """Register the paper copy and find every file in order, where the text has the recommender do so."""
        procedure = find(w, self.application_id).desk.rules.procedure
        if procedure.paper_copy:
            materials.record_paper_copy(w, self.application_id, w.today)
        if procedure.compliance:
            for row in materials.checklist(w, self.application_id):
                for file in row.present:
                    materials.judge_material(w, file.id, accepted=True)

    def recommend(self, days: int = 1, changes: Mapping[str, Any] | None = None) -> Case:
        """Have its recommender measure what must be measured, and recommend it."""
        if not self.has(StageKind.RECOMMENDATION):
            return self
        with self.as_recommender(days) as w:
            asked = self.measured(w)
            self.check_papers(w)
            recommendations.recommend(
                w, self.application_id, asked | dict(changes or {}), "情况属实，同意推荐"
            )
        return self

    def review(self, days: int = 2, *, judge: bool = True) -> Case:
        """Take it into review, and have everything judged that only a person can judge."""
        with self.as_officer(days) as w:
            if self.has(StageKind.RECOMMENDATION):
                reviews.start_review(w, self.application_id)
            else:
                reviews.accept(w, self.application_id)
            if judge:
                reviews.attest(w, self.application_id, judgements(self.key), "实地核查属实")
        return self

    def score(self, points: tuple[int, ...] = (90, 80), days: int = 3) -> Case:
        """Have a panel score it, where the procedure asks that."""
        if any(stage.scored for stage in self.stages):
            self.town.panel(self, points, days)
        return self

    def approve(self, days: int = 4) -> Case:
        """Approve it."""
        with self.as_officer(days) as w:
            decisions.approve(w, self.application_id, REASON)
        return self

    def publish(self, days: int = 4) -> Case:
        """Put it on a notice, where the procedure knows one."""
        if self.has(StageKind.NOTICE):
            with self.as_officer(days) as w:
                notices.publish(w, self.program, [self.application_id], f"公示 {self.application_id}")
        return self

    def finish(self, days: int = 20) -> Case:
        """Let the notice run out, and sign the agreement where there is one."""
        if self.has(StageKind.NOTICE):
            with self.town.begin(SYSTEM, self.on(days)) as w:
                notice_ends.close_due(w, w.today)
        if self.has(StageKind.AGREEMENT):
            with self.as_officer(days) as w:
                first, last = accreditations.proposed_agreement(w, self.application_id)
                accreditations.sign_agreement(
                    w, self.application_id, signed_on=first, valid_from=first, valid_through=last
                )
        return self

    def reviewed(self) -> Case:
        """From draft to where a decision can be taken."""
        return self.fill().attach_all().submit().recommend().review().score()

    def accredited(self) -> Case:
        """From draft to accredited."""
        return self.reviewed().approve().publish().finish()

    @property
    def stages(self) -> Any:
        """The stages of its procedure."""
        loaded = catalogue()[self.program]
        return loaded.track_rules(self.track, loaded.edition(self.day).id).procedure.stages

    def has(self, kind: StageKind) -> bool:
        """Whether its procedure has the stage."""
        return any(stage.kind is kind for stage in self.stages)


class Town:
    """Everyone who has a part in the programmes, and the calls that are open."""

    def __init__(self, engine: Engine, begin: Begin, make_actor: MakeActor, store: FileStore) -> None:
        self.engine, self.begin, self.make_actor, self.store = engine, begin, make_actor, store
        self._people: dict[tuple[Role, str], Actor] = {}

    def on(self, engine: Engine, begin: Begin, make_actor: MakeActor) -> Town:
        """The same people on a copy of the database."""
        other = Town(engine, begin, make_actor, self.store)
        other._people = dict(self._people)
        return other

    def officer(self, program: str) -> Actor:
        """An officer of the programme's authority."""
        return self._someone(Role.OFFICER, program, AUTHORITY.get(program))

    def recommender(self, program: str) -> Actor:
        """The recommender of the territory in which the parties of the programme's cases are."""
        return self._someone(Role.RECOMMENDER, program, COUNTY[program])

    def _someone(self, role: Role, program: str, region: str | None) -> Actor:
        key = (role, program)
        if key not in self._people:
            self._people[key] = self.make_actor(role, program, region)
        return self._people[key]

    def applicant(self, key: str, at: str, **changes: Any) -> tuple[Actor, int]:
        """A user with a party of its own that fits the track."""
        program, track = key.split("/")
        kind = catalogue()[program].program.track(track).party
        own = {"uscc": uscc()} if kind is PartyKind.ORGANIZATION else {"id_number": id_number()}
        user = self.make_actor(Role.APPLICANT)
        given = {
            "name": f"{'机构' if kind is PartyKind.ORGANIZATION else '专家'}{own[next(iter(own))][-6:]}",
            "region": COUNTY[program],
            "mobile": "13800138000",
            "email": f"{next(iter(own.values())).lower()}@example.cn",
            **own,
            **changes,
        }
        with self.begin(user, at) as w:
            party_id = parties.register_party(w, kind=kind, **given)
        return replace(user, parties=user.parties | {party_id}), party_id

    def call(self, key: str, day: date, **changes: Any) -> int | None:
        """A call of the track that is open for ten days around a day, where there are calls; its id."""
        program, track = key.split("/")
        loaded = catalogue()[program]
        if loaded.track_rules(track, loaded.edition(day).id).procedure.intake is Intake.ROLLING:
            return None
        given = {
            "program": program,
            "tracks": [track],
            "title": f"申报通知 {uuid4().hex}",
            "opens_at": at(day - timedelta(days=10)),
            "submit_by": at(day + timedelta(days=10)),
            "recommend_by": at(day + timedelta(days=20)),
            # Tests announce a call each, also of what the text has once a year.
            "repeat_reason": "增补一批",
            **changes,
        }
        with self.begin(self.officer(program), f"{day - timedelta(days=10)}T00:00") as w:
            return calls.save_call(w, **given)

    def start(
        self, key: str, *, day: date | None = None, call: dict[str, Any] | None = None, **party: Any
    ) -> Case:
        """A draft of a new party under a call of its own, verified where that comes first."""
        program, track = key.split("/")
        first = day or date.fromisoformat(BASES[key]["as_of"])
        user, party_id = self.applicant(key, f"{first}T09:00", **party)
        call_id = self.call(key, first, **(call or {}))
        with self.begin(user, f"{first}T09:00") as w:
            application_id = starting.start(w, program, track, party_id, call_id)
        case = Case(self, program, track, application_id, party_id, user, first)
        if case.has(StageKind.VERIFICATION):
            with case.as_officer() as w:
                parties.verify_party(w, party_id)
        return case

    def panel(self, case: Case, points: tuple[int, ...], days: int) -> list[int]:
        """Reviewers assigned to a case, who declare no conflict and score; the ids of their tasks."""
        reviewers = [
            self.make_actor(Role.REVIEWER, case.program, AUTHORITY.get(case.program)) for _ in points
        ]
        with case.as_officer(days) as w:
            tasks = reviews.assign(w, case.application_id, [r.user_id or 0 for r in reviewers])
        for reviewer, task, given in zip(reviewers, tasks, points, strict=True):
            with self.begin(reviewer, case.on(days)) as w:
                reviews.declare(w, task, conflict=False)
                sheet = reviews.sheet_of(case.load_in(w))
                reviews.score(w, task, {item["key"]: given for item in sheet})
        return tasks


def at(day: date, time: str = "00:00:00") -> datetime:
    """A moment of a day in China."""
    return moment(f"{day}T{time}")


def claims(key: str) -> dict[str, Any]:
    """What an applicant claims: the base profile without its identity and without what a person judges."""
    return {
        name: value
        for name, value in BASES[key]["facts"].items()
        if name not in facts.IDENTITY and not (name in ALL and ALL[name].judged)
    }


def judgements(key: str) -> dict[str, Any]:
    """What a person judges in the base profile."""
    return {name: value for name, value in BASES[key]["facts"].items() if name in ALL and ALL[name].judged}


def race(
    engine: Engine, actors: Sequence[Actor], at: str, act: Callable[[Work], object]
) -> list[DomainError | None]:
    """What two officers get who act in the same moment, each in a transaction of its own."""
    ready = threading.Barrier(len(actors))
    results: dict[int | None, DomainError | None] = {}

    def run(actor: Actor) -> None:
        try:
            with session_factory(engine)() as session, work(session, actor, moment(at)) as w:
                ready.wait()
                act(w)
            results[actor.user_id] = None
        except DomainError as error:
            results[actor.user_id] = error

    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return list(results.values())
