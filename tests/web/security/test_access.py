"""Who came in, who was turned away and who looked: entered by requests, and read by auditors."""

import csv

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.services.entry import record
from core.storage.models import AccessRecord, User
from core.storage.models.accounts import AccessKind, Look
from core.web.frame.bound import db
from tests.services.factory import make_party
from tests.web.conftest import PASSWORD, LogIn, MakeUser

HOME = "203.0.113.5"


def entered(session: Session, *kinds: AccessKind) -> list[AccessRecord]:
    session.expire_all()
    query = select(AccessRecord).where(AccessRecord.kind.in_(kinds or tuple(AccessKind)))
    return list(session.scalars(query.order_by(AccessRecord.id)))


def at_home(app: Flask):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = HOME
    return client


def test_coming_in_a_failure_another_password_and_leaving_are_entered_once_each(
    app: Flask, make_user: MakeUser, session: Session
) -> None:
    user, client = make_user(Role.OFFICER, password=PASSWORD), at_home(app)
    client.post("/login", data={"email": user.email, "password": "wrong-password"})
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    new = {"new_password": "brand-new-password", "new_password_confirm": "brand-new-password"}
    client.post("/change", data={"password": PASSWORD, **new})
    client.post("/logout")
    rows = entered(session)
    assert [row.kind.value for row in rows] == ["not_entered", "entered", "password_changed", "left"]
    assert {(row.who_id, row.address) for row in rows} == {(user.id, HOME)}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSADMIN])
def test_what_somebody_may_not_is_entered_though_nothing_came_of_it(
    app: Flask, make_user: MakeUser, log_in: LogIn, session: Session, role: Role
) -> None:
    user = make_user(role, password=PASSWORD)
    client = log_in(user)
    assert client.get("/admin/system/users/new").status_code == 403
    assert client.post("/admin/system/users/new", data={}).status_code == 403
    rows = entered(session, AccessKind.FORBIDDEN)
    assert [(row.who_id, row.detail) for row in rows] == [(user.id, "system_forms.new_user")] * 2


def test_a_look_at_a_party_is_one_entry_with_its_numbers_alone(
    app: Flask, engine: Engine, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    party = make_party(engine, mobile="13800138000")
    officer = make_user(Role.OFFICER)
    page = log_in(officer).get(f"/admin/filing/party/{party}")
    assert "138****8000" in page.text
    (row,) = entered(session, AccessKind.LOOKED)
    assert (row.who_id, row.look, row.number, row.party_id) == (officer.id, Look.PARTY, party, party)


def test_a_party_among_the_rows_of_the_list_is_looked_at_as_on_its_page(
    app: Flask, engine: Engine, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    party = make_party(engine, email="fang@example.cn")
    page = log_in(make_user(Role.OFFICER)).get(f"/admin/parties/details/?id={party}")
    assert "fang@example.cn" in page.text
    (row,) = entered(session, AccessKind.LOOKED)
    assert (row.look, row.number, row.party_id) == (Look.PARTY, party, party)


def test_a_look_at_whole_numbers_is_one_entry_that_says_so(
    app: Flask, engine: Engine, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    party = make_party(engine, mobile="13800138000")
    officer = make_user(Role.OFFICER)
    assert "13800138000" in log_in(officer).post(f"/admin/filing/party/{party}/numbers").text
    (row,) = entered(session, AccessKind.LOOKED)
    assert (row.who_id, row.look, row.party_id, row.detail) == (officer.id, Look.PARTY, party, "numbers.look")
    auditor = log_in(make_user(Role.AUDITOR))
    assert "查看完整号码" in auditor.get("/admin/access/").text
    assert auditor.post(f"/admin/filing/party/{party}/numbers").status_code == 403


def test_a_look_costs_one_statement_and_no_look_none(
    app: Flask, engine: Engine, make_user: MakeUser, log_in: LogIn
) -> None:
    party, client = make_party(engine), log_in(make_user(Role.OFFICER))
    written: list[str] = []

    def seen(_c, _cursor, statement, *_) -> None:
        if "access_record" in statement:
            written.append(statement)

    with app.app_context():
        bound = db.engine
    event.listen(bound, "before_cursor_execute", seen)
    try:
        client.get("/admin/parties/")
        assert written == []
        client.get(f"/admin/filing/party/{party}")
        assert len(written) == 1
    finally:
        event.remove(bound, "before_cursor_execute", seen)


def test_what_cannot_be_entered_is_not_shown(
    app: Flask, engine: Engine, make_user: MakeUser, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, client = make_party(engine, mobile="13800138000"), log_in(make_user(Role.OFFICER))

    def broken(*_: object) -> None:
        raise RuntimeError("the record takes nothing")

    monkeypatch.setattr(record, "write", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for page in (
        client.get(f"/admin/filing/party/{party}"),
        client.post(f"/admin/filing/party/{party}/numbers"),
    ):
        assert page.status_code == 500
        assert "8000" not in page.text


def test_an_account_an_export_and_their_reader_are_entered(
    app: Flask, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    admin, owner = make_user(Role.SYSADMIN), make_user(Role.OFFICER)
    client = log_in(admin)
    client.get(f"/admin/system/users/{owner.id}")
    client.get(f"/admin/system/users/{admin.id}")
    client.get("/admin/users/")
    client.get("/admin/users/export/csv/")
    assert client.get("/admin/users/ajax/lookup/?query=nobody").json == []
    assert client.get("/admin/users/ajax/lookup/", query_string={"query": owner.name}).json
    rows = entered(session, AccessKind.LOOKED)
    assert [(row.look, row.number, row.detail) for row in rows] == [
        (Look.ACCOUNT, owner.id, ""),
        (Look.LIST, None, "users.index_view"),
        (Look.EXPORT, None, "users.export"),
        (Look.LIST, None, "users.ajax_lookup"),
    ]


@pytest.fixture
def some(session: Session, make_user: MakeUser, engine: Engine) -> tuple[User, int]:
    """Two entries: a login, and a look at a party."""
    user, party = make_user(Role.OFFICER), make_party(engine, name="吉林灯塔服务中心")
    entry = {**record._EMPTY, "at": user.create_datetime, "who_id": user.id, "address": HOME, "detail": ""}
    record.write(
        session,
        [
            {**entry, "kind": AccessKind.ENTERED},
            {**entry, "kind": AccessKind.LOOKED, "look": Look.PARTY, "number": party, "party_id": party},
        ],
    )
    session.commit()
    return user, party


@pytest.mark.parametrize(
    ("asked", "looks", "logins"),
    [
        ("", 1, 1),
        ("search=灯塔", 1, 0),
        ("search=203.0.113.5", 1, 1),
        ("search=203.0.113", 0, 0),
        ("kind=entered", 0, 1),
        ("look=party", 1, 0),
        ("look=dossier", 0, 0),
        ("from=2999-01-01", 0, 0),
        ("to=2999-01-01", 1, 1),
        ("kind=nonsense", 1, 1),
    ],
)
def test_the_auditor_finds_by_person_subject_kind_day_and_address(
    some: tuple[User, int], make_user: MakeUser, log_in: LogIn, asked: str, looks: int, logins: int
) -> None:
    client = log_in(make_user(Role.AUDITOR))
    rows = list(csv.reader(client.get(f"/admin/access/export/csv/?{asked}").text.splitlines()))[1:]
    assert sum("灯塔" in " ".join(row) for row in rows) == looks
    assert sum(row[2] == "登录成功" for row in rows) == logins
    page = client.get(f"/admin/access/?{asked}").text
    assert ("灯塔服务中心" in page) is bool(looks)


def test_it_is_found_by_the_person(some: tuple[User, int], make_user: MakeUser, log_in: LogIn) -> None:
    page = log_in(make_user(Role.AUDITOR)).get(f"/admin/access/?search={some[0].name}&lang=en").text
    assert "Looked at personal data" in page
    assert "Logged in" in page


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_else_reads_it(make_user: MakeUser, log_in: LogIn, role: Role) -> None:
    client = log_in(make_user(role))
    for address in ("/admin/access/", "/admin/access/export/csv/", "/admin/access/details/?id=1"):
        assert client.get(address).status_code in (403, 404)
    assert "/admin/access/" not in client.get("/start", follow_redirects=True).text
