"""Keeping and destroying as an office does it: drawn up, approved by two, with its certificate; holds."""

from datetime import date

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import now, today
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.storage.models import (
    Application,
    ArchivePackage,
    DestructionList,
    Grant,
    LegalHold,
    ServiceRecord,
)
from tests.documents.samples import text_of
from tests.services.factory import Held, accredit, make_party, serve
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser


def ended(engine: Engine) -> Held:
    party = make_party(engine, name="旧中心", region="310104")
    held = accredit(
        engine,
        "shanghai/specialized",
        "2005-01-08",
        party_id=party,
        state=AccreditationState.REVOKED,
        ended_on=date(2008, 1, 8),
    )
    serve(engine, held, "2006-03-01")
    return held


def test_two_approve_a_list_and_its_certificate_says_what_went(
    app: Flask, engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    ended(engine)
    first, second = (make_user(role, "shanghai", "310000") for role in (Role.OFFICER, Role.LEAD))
    officer, lead = Browser(log_in(first)), Browser(log_in(second))
    page = officer.get("/admin/keeping/")
    assert "已终止认定的服务记录及其照片" in page.text
    assert "国家档案局令第 8 号" in page.text
    refused = page.send("/propose", ok=False, kind="records", reason="")
    assert "拟定销毁清单" in refused.text
    page = officer.get("/admin/keeping/").send("/propose", kind="records", reason="保管期满")
    assert "旧中心" in page.text
    found = session.scalars(select(DestructionList)).one()
    address = f"/admin/keeping/lists/{found.id}"
    assert officer.get(address).send("/approve").status == 200
    page = officer.get(address)
    assert "须由另一人再次批准" in page.text
    assert not page.has("/approve")
    assert lead.get(address).send("/approve").status == 200
    session.expire_all()
    assert session.scalars(select(ServiceRecord)).all() == []
    assert "已销毁" in lead.get(address).text
    paper = log_in(second).get(f"/documents/destructions/{found.id}.pdf")
    said = text_of(paper.data)
    for words in ("销毁证明", "保管期满", str(first), str(second), found.sha256[:16]):
        assert words in said, words


def test_a_refused_list_stays_with_its_programme(
    app: Flask, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    person = make_user(Role.LEAD, "hubei", "420000")
    person.grants.append(Grant(role=Role.LEAD, program="shanghai", region="310000"))
    session.commit()
    lead = Browser(log_in(person))
    for program in ("hubei", "shanghai"):
        page = lead.get(f"/admin/keeping/?program={program}")
        refused = page.send("/propose", ok=False, kind="records", reason="")
        assert refused.status == 422
        (proposes,) = (form.action for form in refused.forms() if str(form.action).endswith("/propose"))
        assert proposes == f"/admin/keeping/{program}/propose"


def test_a_list_is_declined_with_a_reason_that_stands_on_it(
    app: Flask, engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    ended(engine)
    lead = Browser(log_in(make_user(Role.LEAD, "shanghai", "310000")))
    lead.get("/admin/keeping/").send("/propose", kind="records", reason="保管期满")
    page = lead.get(f"/admin/keeping/lists/{session.scalars(select(DestructionList.id)).one()}")
    assert "请更正标出的内容" in page.send("/decline", ok=False, reason=" ").text
    assert "尚需利用" in page.send("/decline", reason="尚需利用").text
    assert len(session.scalars(select(ServiceRecord)).all()) == 1


def test_a_hold_is_placed_from_the_party_and_lifted_by_another(
    app: Flask, engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    held = ended(engine)
    first, second = (make_user(role, "shanghai", "310000") for role in (Role.OFFICER, Role.LEAD))
    officer, lead = Browser(log_in(first)), Browser(log_in(second))
    assert "限制处置" in officer.get(f"/admin/filing/party/{held.party_id}").text
    address = f"/admin/keeping/holds/{held.party_id}"
    page = officer.get(address).send("", ok=False, reason="行政诉讼", application_id="999")
    assert "没有此编号的申请" in page.text
    assert "行政诉讼" in page.text, "what was typed stays"
    officer.get(address).send("", reason="行政诉讼")
    number = session.scalars(select(LegalHold.id)).one()
    assert not officer.get(address).has(f"/{number}/lift")
    assert (
        "没有保管期满"
        in officer.get("/admin/keeping/").send("/propose", ok=False, kind="records", reason="保管期满").text
    )
    page = lead.get(address)
    assert "请更正标出的内容" in page.send(f"/{number}/lift", ok=False, reason="").text
    page.send(f"/{number}/lift", reason="判决已生效")
    session.expire_all()
    assert session.get_one(LegalHold, number).lifted_by_id == second.id


def test_a_closed_case_is_handed_over_and_taken_by_the_archive(
    app: Flask, engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    party = make_party(engine, name="旧中心", region="310104")
    application = Application(
        program="shanghai",
        track="specialized",
        edition=catalogue()["shanghai"].program.editions[0].id,
        party_id=party,
        region="310104",
        state=ApplicationState.REJECTED,
        submitted_at=now(),
    )
    session.add(application)
    session.commit()
    client = log_in(make_user(Role.OFFICER, "shanghai", "310000"))
    officer = Browser(client)
    assert "案卷归档" in officer.get("/admin/keeping/").text
    page = officer.get("/admin/keeping/archive/?program=shanghai")
    assert "旧中心" in page.text
    page = page.send(f"/cases/{application.id}")
    number = session.scalars(select(ArchivePackage.id)).one()
    answer = client.get(f"/admin/keeping/archive/{number}.zip")
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
    given = {"received_on": str(today()), "archive_number": "X001-2024-0001", "receiver": "市档案馆"}
    refused = page.send(f"/{number}/receive", ok=False, **given | {"archive_number": ""})
    assert "市档案馆" in str(refused.form(f"/{number}/receive").form_values())
    page = officer.get("/admin/keeping/archive/?program=shanghai").send(f"/{number}/receive", **given)
    assert "X001-2024-0001" in page.text
