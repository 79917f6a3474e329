"""What an officer of one region or programme sees of another: nothing, over the whole map of addresses."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.storage.models import Accreditation, Application
from core.web.frame.policy import LISTS
from tests.web.conftest import LogIn, MakeUser
from tests.web.world import SECRET, World, everything


@pytest.fixture
def theirs(engine: Engine) -> World:
    """What belongs to Liaocheng's Dongchangfu district."""
    return everything(engine, "liaocheng/comprehensive", "371502")


SHARED = ("calls", "notices", "campaigns", "settings", "holidays", "jobs", "users", "grants", "audit")
"""Lists that are the same for every region of a programme, or of nobody's region."""

STRANGERS: dict[str, tuple[Role, str | None, str | None]] = {
    "officer of another region": (Role.OFFICER, "liaocheng", "371525"),
    "officer of another programme": (Role.OFFICER, "hubei", "420000"),
    "officer of all programmes elsewhere": (Role.OFFICER, None, "420000"),
    "recommender of another county": (Role.RECOMMENDER, "liaocheng", "371521"),
    "lead of another programme": (Role.LEAD, "shanghai", None),
    "auditor of another programme": (Role.AUDITOR, "jilin", None),
    "reviewer who is not assigned": (Role.REVIEWER, "liaocheng", None),
    "administrator": (Role.SYSADMIN, None, None),
}


@pytest.fixture(params=STRANGERS.values(), ids=list(STRANGERS))
def stranger(request: Any, make_user: MakeUser, log_in: LogIn) -> FlaskClient:
    """A browser of someone whose scope the world is not in."""
    client = log_in(make_user(*request.param))
    client.grant = request.param  # type: ignore[attr-defined]
    return client


def shared(client: Any, name: str) -> bool:
    """Whether the stranger's own programme has the list in common with the world."""
    role, program, _region = client.grant
    if name in ("holidays", "jobs"):
        return True
    if role is Role.SYSADMIN:
        return name in ("settings", "users", "grants", "audit", "messages")
    return name in SHARED and program in (None, "liaocheng")


def test_lists_exports_and_look_ups_hold_nothing_of_theirs(theirs: World, stranger: FlaskClient) -> None:
    for name in LISTS:
        if shared(stranger, name):
            continue
        for page in (
            "",
            "?search=主体",
            "?search=不应",
            "export/csv/",
            "ajax/lookup/?query=主体",
            "ajax/lookup/?query=不应",
            "ajax/lookup/",
        ):
            answer = stranger.get(f"/admin/{name}/{page}")
            assert answer.status_code in (200, 403), f"{name}/{page}"
            assert SECRET not in answer.get_data(as_text=True), f"{name}/{page}"


def test_no_row_of_theirs_can_be_opened(theirs: World, stranger: FlaskClient) -> None:
    for name in LISTS:
        if name in theirs.ids and not shared(stranger, name):
            answer = stranger.get(f"/admin/{name}/details/?id={theirs.ids[name]}")
            assert answer.status_code in (403, 404), name
            assert SECRET not in answer.text


def test_no_action_reaches_a_row_of_theirs(theirs: World, stranger: FlaskClient) -> None:
    for name, action in (("records", "verify"), ("messages", "resend")):
        if not shared(stranger, name):
            answer = stranger.post(
                f"/admin/{name}/action/", data={"action": action, "rowid": str(theirs.ids[name])}
            )
            assert answer.status_code in (403, 404), name


def addresses(app: Flask, world: World) -> Iterator[tuple[str, str]]:
    """Every address with an id of the world in it, and the methods it takes."""
    values = {
        "application_id": world.ids["applications"],
        "accreditation_id": world.held.id,
        "party_id": world.held.party_id,
        "ban_id": world.ids["bans"],
        "file_id": world.ids["material"],
        "notice_id": world.ids["notices"],
        "call_id": world.ids["calls"],
        "change_id": world.ids["settings"],
        "name": "withdraw",
        "program": "liaocheng",
    }
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin/") and rule.arguments and rule.arguments <= set(values):
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, path


def test_no_address_of_theirs_answers(
    app: Flask, theirs: World, stranger: FlaskClient, session: Session
) -> None:
    _role, program, _region = stranger.grant  # type: ignore[attr-defined]
    tried = 0
    for method, path in addresses(app, theirs):
        common = ("/calls/", "/notices/", "/parameters/", "/tables/former/")
        if program in (None, "liaocheng") and any(part in path for part in common):
            # A programme's calls, notices, settings and empty tables are the same for all its regions.
            continue
        tried += 1
        answer = stranger.open(path, method=method)
        assert answer.status_code in (403, 404), f"{method} {path}: {answer.status_code}"
        assert SECRET not in answer.get_data(as_text=True), f"{method} {path}"
    assert tried >= 10
    session.expire_all()
    assert session.get_one(Accreditation, theirs.held.id).state.value == "active"
    assert session.get_one(Application, theirs.ids["applications"]).state is ApplicationState.ON_NOTICE


def test_the_notice_of_the_own_programme_shows_no_objection_of_another_region(
    theirs: World, make_user: MakeUser, log_in: LogIn
) -> None:
    client = log_in(make_user(Role.OFFICER, "liaocheng", "371525"))
    page = client.get(f"/admin/register/notices/{theirs.ids['notices']}")
    assert page.status_code == 200
    assert f"/admin/applications/{theirs.ids['applications']}" not in page.text
    assert "乙" not in page.text


def test_their_own_officer_sees_it_all(theirs: World, make_user: MakeUser, log_in: LogIn) -> None:
    client = log_in(make_user(Role.OFFICER, "liaocheng", "371500"))
    for name in ("parties", "applications", "accreditations", "records", "complaints", "exits", "messages"):
        assert SECRET in client.get(f"/admin/{name}/").text, name
        assert SECRET in client.get(f"/admin/{name}/export/csv/").get_data(as_text=True), name
    assert client.get(f"/admin/accreditations/{theirs.held.id}").status_code == 200
    assert client.get(f"/admin/applications/{theirs.ids['applications']}").status_code == 200
    found = client.get("/admin/parties/ajax/lookup/?query=主体").json
    assert [row[0] for row in found] == [theirs.held.party_id]


def test_nobody_writes_without_the_role(theirs: World, make_user: MakeUser, log_in: LogIn) -> None:
    auditor = log_in(make_user(Role.AUDITOR))
    page = auditor.get(f"/admin/accreditations/{theirs.held.id}")
    assert page.status_code == 200
    assert "/do/" not in page.text
    answer = auditor.post(f"/admin/accreditations/{theirs.held.id}/do/withdraw")
    assert answer.status_code in (403, 404)
