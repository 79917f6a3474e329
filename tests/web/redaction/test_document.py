"""The page of a stored document: who may do what there, and what they get to read."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.services.applications import materials
from core.storage.models import Membership, User
from tests.conftest import Begin, MakeActor
from tests.services.journey import PDF, Case, Town
from tests.web.conftest import LogIn, MakeUser
from tests.web.filled import PEOPLE, PUBLIC, Filled

MAY = {
    "/stored/materials/{asked}/redact": ("officer", "lead"),
    "/stored/materials/{own_picture}/redact": ("officer", "lead"),
    "/stored/attachments/{licence}/redact": ("officer", "lead"),
    "/stored/requests/{request}/decline": ("officer", "lead"),
    "/stored/sealed/{sealed}/lift": ("officer", "lead"),
    "/stored/sealed/{sealed}/open": ("lead", "auditor"),
}
"""Acts, and who may take them; the form that nobody filled in comes back to them."""


def test_acts_on_documents_are_for_those_whose_they_are(filled: Filled, filled_app: Flask) -> None:
    filled_app.config["WTF_CSRF_ENABLED"] = False
    try:
        wrong = {
            f"{who} {address}: {code}"
            for who in PEOPLE
            for address, people in MAY.items()
            for browser in [filled.browser(filled_app, who)]
            for code in [browser.post(address.format_map(filled.ids)).status_code]
            if not (code == 422 if who in people else code in ((302,) if who == PUBLIC else (403, 404)))
        }
        assert wrong == set()
        for who in PEOPLE:
            asking = filled.browser(filled_app, who).post(f"/stored/attachments/{filled.ids['licence']}/ask")
            assert asking.status_code != 303, who
    finally:
        filled_app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def case(engine: Engine, begin: Begin, make_actor: MakeActor, app: Flask, holidays: None) -> Case:
    """An application with its materials."""
    town = Town(engine, begin, make_actor, app.extensions["files"])
    return town.start("shanghai/comprehensive").attach_all()


@pytest.fixture
def document(case: Case) -> str:
    """Where the page of one of them is."""
    with case.as_applicant() as w:
        row = materials.checklist(w, case.application_id)[0]
        return f"/stored/materials/{row.files[0].id}"


@pytest.fixture
def party(case: Case, session: Session, make_user: MakeUser, log_in: LogIn) -> FlaskClient:
    """A browser of a member of the party."""
    user: User = make_user()
    session.add(Membership(party_id=case.party_id, user_id=user.id))
    session.commit()
    return log_in(user)


COPY = PDF + b"% covered"
WHY = {"kind": "personal_data", "reason": "附有他人身份证"}


def redact(browser: FlaskClient, document: str, data: bytes) -> str:
    """What the officer reads after sending a copy."""
    page = browser.get(document).text
    seen = page.split('name="redact-seen"')[1].split('value="')[1].split('"')[0]
    given = {f"redact-{name}": value for name, value in {**WHY, "seen": seen}.items()}
    sent = given | {"redact-file": (io.BytesIO(data), "遮盖.pdf")}
    return browser.post(f"{document}/redact", data=sent, follow_redirects=True).text


def test_a_copy_takes_the_documents_place_for_everyone(
    case: Case, document: str, party: FlaskClient, make_user: MakeUser, log_in: LogIn
) -> None:
    officer, lead = (log_in(make_user(role, "shanghai")) for role in (Role.OFFICER, Role.LEAD))
    auditor = log_in(make_user(Role.AUDITOR, "shanghai"))
    file = document.replace("/stored", "/my/applications")
    assert "与原件" in redact(officer, document, PDF)
    assert party.get(file).data == PDF
    asked = party.post(f"{document}/ask", data={f"ask-{name}": text for name, text in WHY.items()})
    assert asked.status_code == 303
    assert "附有他人身份证" in officer.get("/stored/requests").text
    assert "原件已封存" in redact(officer, document, COPY)
    assert party.get(file).data == COPY
    for browser in (party, officer, auditor):
        assert "已遮盖" in browser.get(document).text
    assert "已遮盖" in party.get(f"/my/applications/{case.application_id}/materials").text
    assert "已遮盖" in officer.get(f"/admin/applications/{case.application_id}").text
    page = auditor.get(document).text
    sealed = page.split("/stored/sealed/")[1].split("/")[0]
    assert f"/stored/sealed/{sealed}/lift" not in officer.get(document).text
    answer = auditor.post(f"/stored/sealed/{sealed}/open", data={f"open-{sealed}-reason": "审计抽查"})
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "审计抽查" in officer.get(document).text
    assert "审计抽查" not in party.get(document).text
    lifted = lead.post(
        f"/stored/sealed/{sealed}/lift", data={f"lift-{sealed}-reason": "误操作"}, follow_redirects=True
    )
    assert "原件已恢复" in lifted.text
    assert party.get(file).data == PDF
