"""Every address, by every method, as everyone and from everywhere, held against one table of who may."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from flask import Flask, g
from flask_login import current_user, login_user
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, UUIDConverter
from werkzeug.routing.converters import NumberConverter
from werkzeug.test import TestResponse

from core.domain.roles import Role
from core.embedded.server import EmbeddedServer
from core.storage.models import Accreditation, LoginSession, User
from core.web.cases import accreditation_steps, application_steps
from core.web.frame.bound import db
from core.web.frame.pipeline import current_actor
from tests.databases import scratch_database
from tests.examples import TIMES
from tests.web import who_may
from tests.web.crawl import hashes
from tests.web.filled import KEY, PUBLIC, REGION, Filled
from tests.web.sites import application
from tests.web.test_sent_twice import Desk

PROGRAMME = KEY.partition("/")[0]
LET_IN = 299
"""What stands in the place of every page while the doors alone are tried."""
REFUSED = (403, 404)
PLACES = {
    "own": (PROGRAMME, REGION),
    "parent": (PROGRAMME, "310000"),
    "sibling": (PROGRAMME, "310105"),
    "another programme": ("hubei", "420000"),
}
"""Grants by what they cover of a thing in `REGION`."""
Try = tuple[str, str, str, dict[str, Any]]
"""Who, method, path and form."""
OUTSIDE = ("sibling", "another programme")
WHOLE = TIMES > 1
"""Whether there is time for every place and role, and not for the nearest alone."""


@pytest.fixture(scope="module")
def desk(
    filled: Filled,
    filled_app: Flask,
    filled_instance: Path,
    pg_server: EmbeddedServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """A filled register of the module's own, with somebody of every role from everywhere."""
    with filled_app.app_context():
        db.engine.dispose()  # a database that is in use cannot be copied
    filled.engine.dispose()
    folder = tmp_path_factory.mktemp("walked") / "instance"
    shutil.copytree(filled_instance, folder)
    with (
        scratch_database(pg_server, str(filled.engine.url.database)) as engine,
        application(engine, folder) as app,
    ):
        app.config["WTF_CSRF_ENABLED"] = False
        made = Desk(replace(filled, engine=engine, users=dict(filled.users)), app)
        for role in Role:
            for place, (program, region) in PLACES.items():
                made.filled.users[f"{role} {place}"] = made.hire(role, program, region).id
        yield made


def person(role: Role, place: str) -> str:
    """The name of who has that role there."""
    return f"{role} {place}"


def _something(converter: BaseConverter) -> Any:
    """What an address takes in that place, and nothing has."""
    if isinstance(converter, NumberConverter):
        return 999_999
    return uuid4() if isinstance(converter, UUIDConverter) else next(iter(getattr(converter, "items", "x")))


def addresses(app: Flask, ids: dict[str, Any], *, endpoints: Any = None) -> Iterator[tuple[str, str, str]]:
    """Every endpoint, method and address; what `ids` does not name is filled with something."""
    for rule in app.url_map.iter_rules():
        if endpoints is not None and rule.endpoint not in endpoints:
            continue
        values = {
            name: ids[name] if name in ids else _something(rule._converters[name])
            for name in rule.arguments - set(rule.defaults or ())
        }
        path = rule.build(values)
        assert path is not None, rule.endpoint
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path[1]


def test_every_address_is_in_the_table(filled_app: Flask) -> None:
    there = {rule.endpoint for rule in filled_app.url_map.iter_rules()}
    assert there - set(who_may.MAY) == set(), "say in tests/web/who_may.py who may"
    assert set(who_may.MAY) - there == set(), "a line for an address that is gone"
    for name, steps in (("applications", application_steps), ("accreditations", accreditation_steps)):
        assert set(steps.STEPS.by_name) == set(who_may.steps(name)), name


def people() -> dict[str, tuple[Role | None, bool]]:
    """Whoever comes to a door: with which role, and whether logged in."""
    return {
        PUBLIC: (None, False),
        "applicant": (None, True),
        **{person(role, "own"): (role, True) for role in Role},
    }


def wanted(endpoint: str, role: Role | None, *, entered: bool) -> int:
    """The answer that the table has for them."""
    if who_may.may_enter(endpoint, role, entered=entered):
        return LET_IN
    return 403 if entered or who_may.MAY[endpoint] == who_may.NOBODY else 302


def test_each_door_lets_in_who_may_and_nobody_else(desk: Desk) -> None:
    """What stands before every page is asked alone, once for each address and person."""
    app, wrong, tried = desk.app, [], 0
    doors = {endpoint: (method, path) for endpoint, method, path in addresses(app, {})}
    for who, (role, entered) in people().items():
        with app.test_request_context(), desk.session() as session:
            user = session.get_one(User, desk.filled.users[who]) if entered else None
            login_user(user) if user is not None else None
            known = {"_login_user": current_user._get_current_object(), "actor": current_actor()}
        for endpoint, (method, path) in doors.items():
            with app.test_request_context(path, method=method):
                vars(g).update(known)
                try:
                    answer = app.preprocess_request()
                    code = LET_IN if answer is None else app.make_response(answer).status_code
                except HTTPException as refused:
                    code = refused.code or 500
            tried += 1
            if code != (right := wanted(endpoint, role, entered=entered)):
                wrong.append(f"{who} {method} {endpoint}: {code}, not {right}")
    assert wrong == []
    assert tried > 2000


@pytest.mark.assurance
def test_each_door_of_the_whole_site_by_every_method(desk: Desk) -> None:
    """The same in whole requests; pages are replaced, so that what is tried is the doors alone."""
    app, wrong, tried = desk.app, [], 0
    pages = dict(app.view_functions)
    app.view_functions = dict.fromkeys(pages, lambda **_: ("", LET_IN))
    try:
        for who, (role, entered) in people().items():
            browser = desk.filled.browser(app, who)
            for endpoint, method, path in addresses(app, {}):
                code = browser.open(path, method=method).status_code
                tried += 1
                if code != (right := wanted(endpoint, role, entered=entered)):
                    wrong.append(f"{who} {method} {endpoint}: {code}, not {right}")
    finally:
        app.view_functions = pages
    assert wrong == []
    assert tried > 4000
    print(f"\n{tried} pairs of address, method and person: none let in or kept out wrongly")  # noqa: T201  # a figure for assurance


def things(desk: Desk) -> Iterator[tuple[str, str, str]]:
    """Every address that names a thing of the register, its endpoint and a method."""
    for part, names in who_may.THINGS.items():
        ids = {argument: desk[name] for argument, name in names.items()}
        own = [
            rule.endpoint
            for rule in desk.app.url_map.iter_rules()
            if rule.endpoint.partition(".")[0] == part and rule.arguments & set(ids)
        ]
        yield from addresses(desk.app, ids, endpoints=own)


def last_act(desk: Desk) -> int:
    """How far the audit trail has come."""
    with desk.engine.connect() as connection:
        return int(connection.scalar(text("SELECT coalesce(max(id), 0) FROM audit_event")) or 0)


def refuses(desk: Desk, tries: Iterator[Try], refused: tuple[int, ...] = REFUSED) -> tuple[int, list[str]]:
    """How many requests were made, and which of them were not refused or changed something."""
    before, act = hashes(desk.engine, {}), last_act(desk)
    wrong: list[str] = []
    browsers: dict[str, Any] = {}
    tried = 0
    for who, method, path, form in tries:
        browser = browsers.get(who) or browsers.setdefault(who, desk.filled.browser(desk.app, who))
        answer = browser.open(path, method=method, data=form if method == "POST" else None)
        tried += 1
        now = last_act(desk) if method == "POST" else act
        if answer.status_code not in refused or now != act:
            wrong.append(f"{who}: {method} {path}: {answer.status_code}, {now - act} acts on record")
        act = now
        answer.close()
    after = hashes(desk.engine, {})
    # They have logged in meanwhile.
    changed = [name for name in after if after[name] != before[name] and name != LoginSession.__tablename__]
    return tried, wrong + [f"{name} was changed" for name in changed]


def test_no_thing_is_reached_from_outside(desk: Desk) -> None:
    """By the roles that the door lets in, granted for a sibling region or another programme."""

    def tries() -> Iterator[Try]:
        for endpoint, method, path in things(desk):
            letters = who_may.MAY[endpoint]
            roles = [role for role in Role if role in who_may.REGIONAL and who_may.holds(letters, role)]
            for place in OUTSIDE[: len(OUTSIDE) if WHOLE else 1]:
                if not who_may.reaches(place, endpoint):
                    for role in roles if method == "POST" or WHOLE else roles[:1]:
                        yield person(role, place), method, path, {}

    tried, wrong = refuses(desk, tries())
    assert wrong == []
    assert tried > 80


def test_what_a_party_has_is_for_its_members(desk: Desk) -> None:
    """The pages of an own party answer neither another party's member, nor staff, nor who has no role."""
    own = [name for name in who_may.THINGS if name.startswith("my_")] + ["diary", "inbox", "downloads"]
    people: tuple[str, ...] = ("expert", person(Role.OFFICER, "own"), person(Role.APPLICANT, "own"))

    def tries() -> Iterator[Try]:
        for endpoint, method, path in things(desk):
            if endpoint.partition(".")[0] in own:
                for who in people[:1] if endpoint in who_may.ALSO_OF_STAFF else people:
                    yield who, method, path, {}

    tried, wrong = refuses(desk, tries())
    assert wrong == []
    assert tried > 100


def test_no_step_or_action_is_taken_without_its_role(desk: Desk) -> None:
    """Also by somebody who may see the case, and by whoever has the role elsewhere."""

    def steps(*, by_role: bool) -> Iterator[Try]:
        for case, given in (("applications", application_steps), ("accreditations", accreditation_steps)):
            number = desk["case" if case == "applications" else "accreditations"]
            for name, letters in who_may.steps(case).items():
                step = given.STEPS.by_name[name]
                if (step.act is not None) is not by_role:
                    continue
                form = {"part": str(desk.filled.ids.get(step.part, desk["objection"]))}
                for role in (Role.AUDITOR, Role.RECOMMENDER, Role.OFFICER):
                    nearest = "sibling" if who_may.holds(letters, role) else "own"
                    for place in ("own", *OUTSIDE) if WHOLE else (nearest,):
                        if place != "own" or not who_may.holds(letters, role):
                            yield person(role, place), "POST", f"/admin/{case}/{number}/do/{name}", form

    def actions() -> Iterator[Try]:
        for name, action, row in (
            ("records", "verify", "records"),
            ("messages", "release", "held"),
            ("messages", "resend", "messages"),
        ):
            form = {"action": action, "rowid": str(desk[row])}
            for who in [person(role, place) for role in Role for place in OUTSIDE]:
                if who not in (person(Role.SYSADMIN, place) for place in PLACES):
                    yield who, "POST", f"/admin/{name}/action/", form
            for who in ("applicant", person(Role.AUDITOR, "own")):
                yield who, "POST", f"/admin/{name}/action/", form

    tried, wrong = refuses(desk, chain(steps(by_role=True), actions()))
    # Where the case itself says who may, a step of another state is told to be so.
    more, also_wrong = refuses(desk, steps(by_role=False), (*REFUSED, 409))
    assert wrong + also_wrong == []
    assert tried + more > 150


def test_what_is_gathered_holds_nothing_from_outside(desk: Desk) -> None:
    """A document that puts many things together holds those within the scope alone."""
    path = "/documents/plaques.docx?program=shanghai"
    with desk.session() as session:
        number = session.get_one(Accreditation, desk["accreditations"]).number
    for place in PLACES:
        answer = desk.filled.browser(desk.app, person(Role.OFFICER, place)).get(path)
        assert (answer.status_code == 200 and number in _words(answer)) is (place not in OUTSIDE), place


def _words(answer: TestResponse) -> str:
    """What stands in a Word file."""
    with ZipFile(BytesIO(answer.get_data())) as parts:
        return parts.read("word/document.xml").decode()
