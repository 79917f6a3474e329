"""What an officer of one region or programme sees of another: nothing, over the whole map of addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.domain.standing import EventKind
from core.domain.states import ApplicationState
from core.rules.obligations import Mode
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Application,
    Ban,
    Call,
    Campaign,
    Complaint,
    ExitCase,
    ExtensionRequest,
    Finding,
    Inspection,
    MaterialFile,
    Nomination,
    NoticeItem,
    Objection,
    OutboxMessage,
    Party,
    PublicNotice,
    Rectification,
    RegisterEvent,
    SettingOverride,
)
from core.storage.models.operations import SettingKind
from core.web.policy import LISTS
from tests.services.factory import Held, accredit, serve
from tests.web.conftest import LogIn, MakeUser

DAY = date(2024, 6, 3)
MOMENT = datetime(2024, 6, 3, 2, tzinfo=UTC)
SECRET = "不应外泄"


@dataclass(frozen=True)
class World:
    """One accreditation with one of everything that can belong to it."""

    held: Held
    ids: dict[str, Any]
    """The row of each list; the ids of what has a page of its own."""


def everything(engine: Engine, key: str, region: str) -> World:
    """An accreditation of a track in a region, and a row in every list about it."""
    held = accredit(engine, key, "2024-03-01", region=region)
    record = serve(engine, held, "2024-05-01", summary=f"{SECRET}服务")
    with session_factory(engine)() as session, session.begin():
        held_row = session.get_one(Accreditation, held.id)
        session.get_one(Party, held.party_id).name = f"{SECRET}主体{region}"
        call = Call(
            program=held.program,
            edition=held_row.edition,
            tracks=[held_row.track],
            title=f"{SECRET}通知{uuid4().hex[:6]}",
            opens_at=datetime(2024, 1, 1, tzinfo=UTC),
            submit_by=datetime(2024, 2, 1, tzinfo=UTC),
        )
        application = Application(
            program=held.program,
            track=held_row.track,
            edition=held_row.edition,
            party_id=held.party_id,
            region=region,
            state=ApplicationState.ON_NOTICE,
            submitted_at=MOMENT,
        )
        notice = PublicNotice(
            program=held.program,
            title=f"{SECRET}公示",
            published_on=DAY,
            closes_on=date(2024, 6, 11),
            working_days=5,
        )
        item = NoticeItem(notice=notice, application=application)
        own = {"accreditation_id": held.id}
        rows: dict[str, Any] = {
            "applications": application,
            "calls": call,
            "notices": notice,
            "reports": AnnualReport(**own, year=2023, submitted_on=DAY, summary=SECRET),
            "campaigns": Campaign(program=held.program, title=f"{SECRET}活动", starts_on=DAY, ends_on=DAY),
            "nominations": Nomination(**own, clause="5", target=f"{SECRET}去向", year=2024, nominated_on=DAY),
            "complaints": Complaint(
                **own, complainant="甲", contact="1", content=SECRET, code=uuid4().hex, received_on=DAY
            ),
            "findings": Finding(**own, kind="violation", reason=SECRET, opened_on=DAY),
            "warnings": RegisterEvent(
                **own,
                kind=EventKind.WARNING,
                happened_on=DAY,
                clause="N5",
                period="1",
                title_zh=SECRET,
                title_en="not for others",
            ),
            "rectifications": Rectification(**own, clause="18(1)", ordered_on=DAY, deadline=DAY),
            "exits": ExitCase(
                **own,
                clause="20(1)",
                title_zh=SECRET,
                title_en="not for others",
                mode=Mode.CONFIRM,
                period="1",
                proposed_on=DAY,
            ),
            "extensions": ExtensionRequest(
                **own,
                requested_on=DAY,
                statement=SECRET,
                old_valid_through=DAY,
                new_valid_through=date(2027, 6, 3),
            ),
            "inspections": Inspection(**own, planned_on=DAY, quality=SECRET),
            "bans": Ban(
                party_id=held.party_id, program=held.program, clause="20", starts_on=DAY, through=DAY
            ),
            "settings": SettingOverride(
                program=held.program,
                track=held_row.track,
                kind=SettingKind.PARAMETER,
                name=f"{SECRET}{uuid4().hex[:5]}",
                value="1",
                effective_on=DAY,
                reason=SECRET,
            ),
            "messages": OutboxMessage(
                program=held.program,
                region=region,
                key=uuid4().hex,
                event="warning",
                channel="email",
                accreditation_id=held.id,
                recipient="a@example.cn",
                subject=SECRET,
                body=SECRET,
            ),
        }
        session.add_all(
            [
                item,
                *rows.values(),
                Objection(
                    notice_item=item,
                    objector="乙",
                    contact="1",
                    content=SECRET,
                    code=uuid4().hex,
                    received_at=MOMENT,
                ),
            ]
        )
        session.flush()
        material = MaterialFile(
            application_id=application.id,
            key="x",
            filename=f"{SECRET}.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            uploaded_at=MOMENT,
        )
        session.add(material)
        session.flush()
        ids = {name: row.id for name, row in rows.items()}
        ids |= {
            "parties": held.party_id,
            "accreditations": held.id,
            "records": record,
            "material": material.id,
        }
        return World(held, ids)


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
        common = ("/calls/", "/notices/", "/parameters/")
        if program in (None, "liaocheng") and any(part in path for part in common):
            # A programme's calls, notices and settings are the same for all its regions.
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
