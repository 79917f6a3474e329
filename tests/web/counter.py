"""The people of a programme at their screens: everyone who carries a case from the counter to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.facts import ALL
from core.domain.roles import Role
from core.embedded.server import conninfo
from core.hooks.catalogue import catalogue
from core.jobs.tasks import Runtime
from core.rules.clauses import Intake, PartyKind, StageKind
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import User
from core.web.frame.bound import db
from tests.queues import work_off
from tests.services.factory import id_number, uscc
from tests.services.journey import AUTHORITY, BASES, COUNTY, PDF, claims, judgements
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser, Page

CHINA = ZoneInfo("Asia/Shanghai")
REASON = "材料齐全，情况属实"


class Counter:
    """One programme's track, its people and its clock."""

    def __init__(self, app: Flask, session: Session, make_user: MakeUser, log_in: LogIn, key: str) -> None:
        self.app, self.session, self.log_in, self.key = app, session, log_in, key
        self.program, self.track = key.split("/")
        area = AUTHORITY.get(self.program)
        self.people: dict[str, User] = {
            "officer": make_user(Role.OFFICER, self.program, area),
            "second": make_user(Role.OFFICER, self.program, area),
            "lead": make_user(Role.LEAD, self.program, area),
            "recommender": make_user(Role.RECOMMENDER, self.program, COUNTY[self.program]),
            "reviewer": make_user(Role.REVIEWER, self.program, area),
            "another": make_user(Role.REVIEWER, self.program, area),
            "sysadmin": make_user(Role.SYSADMIN),
        }
        self.day = date.fromisoformat(BASES[key]["as_of"])
        self.application = self.accreditation = ""
        self._travel: Any = None

    def on(self, day: date) -> None:
        """Set the clock to ten in the morning of a day."""
        self.leave()
        self.day = day
        self._travel = time_machine.travel(
            datetime(day.year, day.month, day.day, 10, tzinfo=CHINA), tick=True
        )
        self._travel.start()

    def later(self, days: int) -> None:
        """Let days go by."""
        self.on(self.day + timedelta(days=days))

    def leave(self) -> None:
        """Give the clock back."""
        if self._travel is not None:
            self._travel.stop()
            self._travel = None

    def at(self, who: str) -> Browser:
        """Someone's screen, freshly logged in."""
        return Browser(self.log_in(self.people[who]))

    @property
    def procedure(self) -> Any:
        """What the text lays down."""
        loaded = catalogue()[self.program]
        return loaded.track_rules(self.track, loaded.edition(self.day).id).procedure

    def has(self, kind: StageKind) -> bool:
        """Whether the procedure has a stage."""
        return any(stage.kind is kind for stage in self.procedure.stages)

    def case(self, who: str = "officer") -> Page:
        """The application's page."""
        return self.at(who).get(f"/admin/applications/{self.application}")

    def take_decision(self, what: str, reason: str, who: str = "officer") -> Page:
        """Approve or reject, on the page that shows what is left open."""
        address = f"/admin/applications/{self.application}/check/move-{what}"
        return self.at(who).get(address).send(f"/do/move-{what}", reason=reason)

    def status(self, who: str = "officer") -> Page:
        """The accreditation's page."""
        return self.at(who).get(f"/admin/accreditations/{self.accreditation}")

    def check(self) -> None:
        """Have the administrator ask for the daily check, and a worker make it."""
        page = self.at("sysadmin").get("/admin/daily-check/")
        page.send("/daily-check/run")
        with self.app.app_context():
            engine = db.engine
        runtime = Runtime(session_factory(engine), {}, FileStore.of(Path(self.app.instance_path)))
        work_off(conninfo(engine.url.render_as_string(hide_password=False)), runtime)

    def call(self) -> None:
        """Announce a call where there are calls."""
        if self.procedure.intake is Intake.ROLLING:
            return
        page = self.at("officer").get("/admin/register/calls/new")
        page.send(
            title=f"{self.day.year} 年申报",
            tracks=[self.key],
            opens_at=f"{self.day - timedelta(days=1)}T00:00",
            submit_by=f"{self.day + timedelta(days=10)}T17:00",
            recommend_by=f"{self.day + timedelta(days=20)}T17:00",
        )

    def file(self) -> None:
        """Register a party and start its application, with facts and documents."""
        kind = catalogue()[self.program].program.track(self.track).party
        code = {"uscc": uscc()} if kind is PartyKind.ORGANIZATION else {"id_number": id_number()}
        browser = self.at("officer")
        page = browser.get("/admin/filing/party").send(
            kind=kind.value,
            name="诚信服务中心" if kind is PartyKind.ORGANIZATION else "王建国",
            region=COUNTY[self.program],
            mobile="13800138000",
            email="party@example.cn",
            **code,
        )
        browser.get(browser.at)
        page.send(track=self.key)
        self.application = browser.at.split("/")[3]
        if self.has(StageKind.VERIFICATION):
            self.case().send("/verify-party")
        self.fill(browser)
        for part in self.case().parts("/do/upload"):
            self.case().send("/do/upload", part, files=PDF)

    def fill(self, browser: Browser) -> None:
        """Fill the form of facts with the base profile."""
        page = browser.get(f"/admin/applications/{self.application}/facts")
        page.send(
            **{name: typed(name, value) for name, value in claims(self.key).items() if self.asked(page, name)}
        )

    def asked(self, page: Page, name: str) -> bool:
        """Whether the form of facts asks for one."""
        return any(name in form.fields for form in page.forms())

    def decide(self) -> None:
        """Submit, recommend, review, score, approve."""
        self.case().send("/do/move-submit")
        if self.has(StageKind.RECOMMENDATION):
            self.later(1)
            page = self.case("recommender")
            if self.procedure.compliance:
                page = page.send("/do/paper-copy")
                for part in page.parts("/do/judge-file"):
                    page = page.send("/do/judge-file", part, verdict="yes")
            form = page.form("/do/move-recommend")
            asked = [str(name).split("-", 2)[2] for name in form.fields if "move-recommend-" in str(name)]
            facts = BASES[self.key]["facts"]
            measured = {name: typed(name, facts[name]) for name in asked if name in facts}
            measured |= {name: "场所、人员与申报一致" for name in asked if name.endswith("_operation")}
            page.send("/do/move-recommend", opinion="情况属实，同意推荐", **measured)
            self.later(1)
            self.case().send("/do/move-start_review")
        else:
            self.case().send("/do/move-accept")
        judged = {name: typed(name, value) for name, value in judgements(self.key).items()}
        page = self.case()
        if page.has("/do/attest"):
            offered = page.form("/do/attest").fields
            wanted = {name: value for name, value in judged.items() if f"attest-{name}" in offered}
            page.send("/do/attest", note="实地核查属实", **wanted)
        if any(stage.scored for stage in self.procedure.stages):
            self.score()
        self.later(1)
        self.take_decision("approve", REASON)

    def score(self) -> None:
        """Assign the reviewers, who declare and score."""
        wanted = [str(self.people[name].id) for name in ("reviewer", "another")]
        self.case().send("/do/assign", reviewers=wanted)
        for name in ("reviewer", "another"):
            browser = self.at(name)
            tasks = browser.get("/admin/reviews/")
            assert tasks.doc is not None
            link = tasks.doc.xpath("//main//table//a/@href")[0]
            browser.get(link).send(conflict="no")
            browser.get(link).send(overall=88)

    def finish(self) -> None:
        """Publish and let the notice run out, sign the agreement, and find the accreditation."""
        if self.has(StageKind.NOTICE):
            self.case().send("/do/publish", title="拟认定名单公示")
            self.later(20)
            self.check()
        if self.has(StageKind.AGREEMENT):
            self.case().send("/do/move-sign")
        page = self.case()
        assert page.doc is not None
        link = next(href for href in page.doc.xpath("//main//a/@href") if "/admin/accreditations/" in href)
        self.accreditation = link.rsplit("/", 1)[1]

    def serve(self, on: date, hours: int = 4, enterprises: int = 2, **more: Any) -> Page:
        """Record a service."""
        names = "\n".join(f"服务企业{number}" for number in range(enterprises))
        page = self.status()
        return page.send(
            "/do/add-record", service_date=on, title="政策解读与诊断", hours=hours, enterprises=names, **more
        )


def typed(name: str, value: Any) -> Any:
    """A fact as a person fills it in."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in ALL and isinstance(value, list):
        return [str(item) for item in value]
    return str(value)


def only(session: Session, entity: Any, /, **where: Any) -> Any:
    """The one row of a kind, read anew."""
    session.expire_all()
    session.rollback()
    query = select(entity).filter_by(**where)
    return session.scalars(query).one()


MakeCounter = Callable[[str], Counter]
