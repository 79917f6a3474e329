"""Every page of the administration, with data, in both languages: it opens, with nothing untranslated."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.storage.models import JobRun, ReviewAssignment, User
from core.storage.models.operations import JobState
from core.web.frame.policy import LISTS
from tests.conftest import Begin, MakeActor
from tests.services.journey import Town
from tests.web.conftest import LogIn, MakeUser
from tests.web.world import DAY, MOMENT, World, everything

KNOWN = {"never", "English", "xlsx", "ods", "csv", "pdf", "docx", "PDF", "DOCX", "XLSX", "ZIP", "KB", "MB"}
"""Words that a Chinese page writes in Latin letters: values to type, kinds of files."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture
def world(
    engine: Engine, session: Session, begin: Begin, make_actor: MakeActor, app: Flask, holidays: None
) -> World:
    """A register with one of everything, and an application with facts, documents and a panel."""
    made = everything(engine, "shanghai/comprehensive", "310104")
    town = Town(engine, begin, make_actor, app.extensions["files"])
    case = town.start("shanghai/comprehensive").fill().attach_all().submit().recommend().review().score()
    session.add(
        JobRun(
            job="daily_check",
            as_of=DAY,
            started_at=MOMENT,
            state=JobState.DONE,
            counts={"checked": 3, "held": {"shanghai": 1}, "counts": {"shanghai": {"3.1 reminder": 2}}},
        )
    )
    session.commit()
    return World(
        made.held,
        made.ids
        | {"case": case.application_id, "job": 1, "draft": town.start("jilin/expert").application_id},
    )


OTHERS = dict.fromkeys(("users", "grants", "audit", "jobs"), "sysadmin") | {"access": "auditor"}
"""The lists that are not for a lead."""


def pages(world: World, session: Session) -> Iterator[tuple[str, str]]:
    """(role, address) of every page."""
    for name in LISTS:
        who = OTHERS.get(name, "lead")
        yield who, f"/admin/{name}/"
        if name in world.ids:
            yield who, f"/admin/{name}/details/?id={world.ids[name]}"
    ids = world.ids
    for path in (
        "/admin/",
        f"/admin/applications/{ids['case']}",
        f"/admin/applications/{ids['applications']}",
        f"/admin/applications/{ids['draft']}",
        f"/admin/applications/{ids['draft']}/facts",
        f"/admin/applications/{ids['case']}/facts/smes_served_last_year",
        f"/admin/accreditations/{ids['accreditations']}",
        f"/admin/filing/party/{ids['parties']}",
        "/admin/filing/party",
        "/admin/filing/application",
        "/admin/filing/inclusion",
        "/admin/tables/",
        "/admin/register/calls/new",
        f"/admin/register/calls/{ids['calls']}",
        "/admin/register/notices/new",
        "/admin/register/notices/new?program=shanghai",
        f"/admin/register/notices/{ids['notices']}",
        "/admin/register/campaigns/new",
        "/admin/system/holiday",
        "/admin/system/holiday?on=2024-05-01",
        "/admin/parameters/shanghai/shanghai.in_principle",
        *(
            f"/admin/parameters/?program={key}"
            for key in ("jilin", "liaocheng", "hubei", "shanghai", "miit_volunteer")
        ),
    ):
        yield "lead", path
    yield "sysadmin", "/admin/"
    yield "sysadmin", "/admin/parameters/"
    yield "sysadmin", "/admin/system/users/new"
    yield "sysadmin", f"/admin/system/users/{session.query(User).first().id}"
    yield "sysadmin", f"/admin/system/jobs/{ids['job']}"
    yield "auditor", f"/admin/applications/{ids['case']}"
    yield "auditor", f"/admin/accreditations/{ids['accreditations']}"
    yield "recommender", "/admin/"
    yield "recommender", f"/admin/accreditations/{ids['accreditations']}"


@pytest.fixture
def people(make_user: MakeUser, log_in: LogIn) -> dict[str, FlaskClient]:
    """A browser for each role."""
    return {
        "lead": log_in(make_user(Role.LEAD)),
        "sysadmin": log_in(make_user(Role.SYSADMIN)),
        "auditor": log_in(make_user(Role.AUDITOR)),
        "recommender": log_in(make_user(Role.RECOMMENDER, "shanghai", "310104")),
    }


def words(page: str) -> str:
    """What a page says in its own voice: without data, scripts and values."""
    doc = html.fromstring(page)
    for element in doc.xpath("//script | //style | //title | //*[@translate='no']"):
        element.drop_tree() if element.tail else element.getparent().remove(element)
    said = doc.xpath("//text() | //@placeholder | //@aria-label | //@title | //@data-confirm | //@alt")
    return "\n".join(text.strip() for text in said if text.strip())


def test_every_page_opens_and_speaks_one_language(
    world: World, session: Session, people: dict[str, FlaskClient]
) -> None:
    wrong: dict[str, set[str]] = {}
    for who, path in pages(world, session):
        for language in ("zh", "en"):
            answer = people[who].get(path, query_string={"lang": language} if "?" not in path else None)
            if "?" in path:
                answer = people[who].get(f"{path}&lang={language}")
            assert answer.status_code == 200, f"{who} {path} {language}: {answer.status_code}"
            text = words(answer.text)
            strange = (
                {word for word in LATIN.findall(text) if word not in KNOWN}
                if language == "zh"
                else {line for line in text.splitlines() if CHINESE.search(line)}
            )
            if strange:
                wrong[f"{language} {path}"] = strange
    assert wrong == {}


def test_a_reviewer_sees_the_case_only_after_the_declaration(
    world: World, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    reviewer = make_user(Role.REVIEWER, "shanghai")
    task = ReviewAssignment(application_id=world.ids["case"], reviewer_id=reviewer.id, assigned_at=MOMENT)
    session.add(task)
    session.commit()
    client = log_in(reviewer)
    assert "待声明" in client.get("/admin/reviews/").text
    before = client.get(f"/admin/reviews/{task.id}")
    assert "声明无利益冲突后可查看申请材料" in before.text
    client.post(f"/admin/reviews/{task.id}", data={"conflict": "no"})
    after = client.get(f"/admin/reviews/{task.id}")
    assert "上年服务中小企业" in after.text
    assert client.post(f"/admin/reviews/{task.id}", data={"overall": "101"}).status_code == 422
    assert client.get(f"/admin/applications/{world.ids['applications']}").status_code == 404


def test_files_are_handed_out_as_downloads_only(world: World, people: dict[str, FlaskClient]) -> None:
    page = people["lead"].get(f"/admin/applications/{world.ids['case']}")
    links = re.findall(r'href="(/admin/applications/materials/\d+)"', page.text)
    assert links
    answer = people["lead"].get(links[0])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
