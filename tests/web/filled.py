"""A register with one of everything and a person of every role, for the tests that hold all pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.domain.clock import SHANGHAI, now
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.clauses import RecommenderKind
from core.services.applications import materials
from core.services.exports.long_ones import FOLDER
from core.services.granting import starting
from core.services.people.users import hash_password
from core.services.recommenders import bodies, lists
from core.services.recommenders.lists import Entry
from core.services.review import recommendations
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    AccessRecord,
    Application,
    AuditEvent,
    Call,
    DataExport,
    Grant,
    JobRun,
    MaterialFile,
    Membership,
    Objection,
    ReviewAssignment,
    User,
)
from core.storage.models.accounts import AccessKind, Look
from core.storage.models.operations import JobState
from core.storage.seed import seed
from core.web.frame.bound import limiter
from tests.conftest import actor_maker, beginner
from tests.services.factory import uscc
from tests.services.journey import Case, Town
from tests.web.entering import cookie_of
from tests.web.filled_claims import claimed
from tests.web.filled_covered import covered
from tests.web.filled_doubled import doubled
from tests.web.filled_kept import kept
from tests.web.filled_numbers import Owners, numbered
from tests.web.filled_portal import PNG, own_pages
from tests.web.world import DAY, MOMENT, World, everything

PASSWORD = "正确-horse-电池-staple"

KEY, REGION = "shanghai/comprehensive", "310104"
STAFF: dict[str, tuple[Role, str | None, str | None]] = {
    "recommender": (Role.RECOMMENDER, "shanghai", REGION),
    "reviewer": (Role.REVIEWER, "shanghai", None),
    "officer": (Role.OFFICER, "shanghai", "310000"),
    "lead": (Role.LEAD, None, None),
    "auditor": (Role.AUDITOR, None, None),
    "sysadmin": (Role.SYSADMIN, None, None),
}
"""Who works here, with role, programme and division."""
MEMBERS = ("applicant", "expert")
"""Who acts for a party: an accredited organisation, and a person with a draft."""
PUBLIC = "public"
"""Whoever has not logged in."""
PEOPLE = (PUBLIC, *MEMBERS, *STAFF)


@dataclass(frozen=True)
class Filled:
    """What was put in: ids by name, and who can log in."""

    engine: Engine
    ids: dict[str, Any]
    emails: dict[str, str]
    users: dict[str, int]
    """The number of each one's account."""
    numbers: Owners
    """Every number of a person, with who of the PEOPLE may read it whole."""

    def browser(self, app: Flask, who: str) -> FlaskClient:
        """A browser in which the person is logged in; the public is not."""
        # Everyone here has one address, and opens more pages in a minute than people do.
        limiter.reset()
        client = app.test_client()
        if who != PUBLIC:
            with client.session_transaction() as cookie:
                cookie.update(cookie_of(self.engine, self.users[who]))
        return client


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def fill(engine: Engine, instance: Path) -> Filled:
    """Fill an empty, migrated register."""
    with session_factory(engine)() as session, session.begin():
        seed(session)
    made = everything(engine, KEY, REGION)
    town = Town(engine, beginner(engine), actor_maker(engine), FileStore.of(instance))
    case = town.start(KEY).fill().attach_all().submit().recommend().review().score()
    waiting = town.start(KEY).fill().attach_all().submit()
    declined = _declined(town)
    expert = _again(declined)
    with session_factory(engine)() as session, session.begin():
        people = _hire(session, made, expert)
        ids = _ids(session, made, case, waiting, expert, people)
        ids["declined"] = declined.application_id
        ids |= own_pages(session, FileStore.of(instance), made.held.party_id, waiting.party_id)
        ids |= claimed(session, FileStore.of(instance), made.held.party_id, waiting.party_id, people)
        emails = {who: str(user.email) for who, user in people.items()}
        users = {who: user.id for who, user in people.items()}
        ids["export"] = _exports(session, people["officer"].id, FileStore(instance / FOLDER))
    ids["own_draft"], ids["own_picture"] = _own_draft(town, made)
    ids["recommender"] = _department(town)
    ids |= covered(waiting)
    ids |= kept(engine, ids["party"], ids["case"])
    ids |= doubled(town, "shanghai/specialized", REGION)
    with session_factory(engine)() as session, session.begin():
        present = {who: session.get_one(User, user.id) for who, user in people.items()}
        numbers = numbered(session, present, case.application_id, made.held.party_id)
    return Filled(engine, ids, emails, users, numbers)


def _hire(session: Session, made: World, expert: Case) -> dict[str, User]:
    """An account for everyone."""
    people: dict[str, User] = {}
    for who in (*STAFF, *MEMBERS):
        user = User(
            email=f"{who}@example.cn",
            name={"applicant": "陈静", "expert": "王芳"}.get(who, f"用户{len(people)}"),
            fs_uniquifier=uuid4().hex,
            password=_hashed(),
            confirmed_at=MOMENT,
        )
        if who in STAFF:
            role, program, region = STAFF[who]
            user.grants.append(Grant(role=role, program=program, region=region))
        people[who] = user
    session.add_all(people.values())
    session.flush()
    for who, party in (("applicant", made.held.party_id), ("expert", expert.party_id)):
        session.add(Membership(party_id=party, user_id=people[who].id, main=True))
    return people


def _ids(
    session: Session, made: World, case: Case, waiting: Case, expert: Case, people: dict[str, User]
) -> dict[str, Any]:
    job = JobRun(
        job="daily_check",
        as_of=DAY,
        started_at=MOMENT,
        state=JobState.DONE,
        counts={"checked": 3, "held": {"shanghai": 1}, "counts": {"shanghai": {"3.1 reminder": 2}}},
    )
    assigned = {"reviewer_id": people["reviewer"].id, "assigned_at": MOMENT}
    declared = ReviewAssignment(application_id=case.application_id, **assigned, conflict=False)
    undeclared = ReviewAssignment(application_id=waiting.application_id, **assigned)
    today = now()
    call = Call(
        program="shanghai",
        edition=session.get_one(Application, case.application_id).edition,
        tracks=["comprehensive", "specialized"],
        title="年度申报通知",
        opens_at=today - timedelta(days=3),
        submit_by=today + timedelta(days=30),
        recommend_by=today + timedelta(days=40),
    )
    looked = AccessRecord(
        at=MOMENT,
        kind=AccessKind.LOOKED,
        who_id=people["officer"].id,
        address="203.0.113.5",
        look=Look.PARTY,
        number=made.held.party_id,
        party_id=made.held.party_id,
    )
    session.add_all([job, declared, undeclared, call, looked])
    session.flush()
    rows = {f"row_{name}": number for name, number in made.ids.items()}
    rows |= {
        "row_users": people["officer"].id,
        "row_grants": people["officer"].grants[0].id,
        "row_jobs": job.id,
        "row_access": looked.id,
        "row_holidays": "2024-05-01",
        "row_audit": session.scalar(select(func.min(AuditEvent.id))),
    }
    own = MaterialFile.application_id == case.application_id
    return (
        made.ids
        | rows
        | {
            "handed_in": session.scalar(select(func.min(MaterialFile.id)).where(own)),
            "table": catalogue()["shanghai"].summary_tables[0].id,
            "target": "shanghai|funding_and_honors",
            "program": "shanghai",
            "track": "comprehensive",
            "party": made.held.party_id,
            "number": made.held.number,
            "case": case.application_id,
            "waiting": waiting.application_id,
            "draft": expert.application_id,
            "expert_party": expert.party_id,
            "job": job.id,
            "task": declared.id,
            "undeclared": undeclared.id,
            "open_call": call.id,
            "objection": session.scalar(select(Objection.id)),
            "user": people["officer"].id,
            "fact": "smes_served_last_year",
        }
    )


def _exports(session: Session, user_id: int, store: FileStore) -> int:
    """Exports of the officer: one that is done, one that waits, one that failed."""
    stored = store.put("\ufeff名称\r\n".encode(), at_most=100)
    shared = {
        "user_id": user_id,
        "name": "parties.export",
        "file_format": "csv",
        "filename": "主体-20240603-1000.csv",
        "asked_at": MOMENT,
    }
    done = DataExport(
        **shared,
        state=JobState.DONE,
        sha256=stored.sha256,
        size=stored.size,
        finished_at=now(),
        done_rows=6000,
    )
    failed = DataExport(**shared, state=JobState.FAILED, finished_at=now())
    session.add_all([done, failed, DataExport(**shared, done_rows=500, total_rows=6000)])
    session.flush()
    return done.id


def _department(town: Town) -> int:
    """A department that recommends in another programme, and whom it is assigned."""
    with town.begin(town.officer("hubei"), "2024-05-06T10:00") as w:
        number = bodies.add(w, "hubei", RecommenderKind.ASSIGNMENT, "服务体系部")
        lists.put_on(w, number, [Entry(uscc(), f"指派机构{name}", w.today) for name in "甲乙丙"])
    return number


def _declined(town: Town) -> Case:
    """An application that was not recommended."""
    case = town.start("jilin/expert", email="wang.fang@example.cn").fill().attach_all().submit()
    with case.as_recommender(1) as w:
        recommendations.decline(w, case.application_id, "材料与实际不符")
    return case


def _again(case: Case) -> Case:
    """A new draft of the same party."""
    with case.as_applicant(2) as w:
        number = starting.start(w, case.program, case.track, case.party_id)
    return replace(case, application_id=number).fill(days=2)


def _own_draft(town: Town, made: World) -> tuple[int, int]:
    """A draft of the accredited organisation for the other track, under the open call, with a picture."""
    actor = town.make_actor(Role.APPLICANT, parties=[made.held.party_id])
    with session_factory(town.engine)() as session:
        call = session.scalar(select(Call.id).where(Call.title == "年度申报通知"))
    with town.begin(actor, now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")) as w:
        number = starting.start(w, "shanghai", "specialized", made.held.party_id, call)
        key = materials.checklist(w, number)[0].key
        return number, materials.attach(w, number, key, "照片.png", PNG, town.store)
