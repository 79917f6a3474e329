"""Inspections planned, recorded and summed up; proposals to exit where the text knows them."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import now, today
from core.domain.lifecycle.states import AccreditationState
from core.domain.reading import FIRST_YEAR, LAST_YEAR
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.storage.models import Accreditation, ExitCase, Inspection, RegisterEvent, User
from tests.services.factory import accredit
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

PLACE = "/admin/recommending/inspections/"


@pytest.fixture
def recommender(make_user: MakeUser, log_in: LogIn) -> Browser:
    return Browser(log_in(make_user(Role.RECOMMENDER, "liaocheng", "371502")))


def rows(session: Session) -> list[Inspection]:
    session.rollback()
    return list(session.scalars(select(Inspection).order_by(Inspection.id)))


def test_inspections_are_planned_recorded_and_summed_up(
    recommender: Browser, session: Session, engine: Engine, make_user: MakeUser
) -> None:
    colleague = make_user(Role.RECOMMENDER, "liaocheng", "371502")
    start = f"{today().year - 1}-03-01"
    held = [accredit(engine, "liaocheng/specialized", start) for _ in range(2)]
    theirs = accredit(engine, "liaocheng/specialized", start, region="371521")
    page = recommender.get(f"{PLACE}?show=open")
    assert theirs.number not in page.text
    day = today() - timedelta(days=1)
    page.send(
        "/plan",
        rowid=[str(item.id) for item in held],
        planned_on=day,
        inspector=colleague.id,
    )
    assert [(row.planned_on, row.inspector_id) for row in rows(session)] == [(day, colleague.id)] * 2
    page = recommender.get(PLACE)
    assert "已过 1 天" in page.text
    assert str(colleague) in page.text
    assert "本年都已安排" in recommender.get(f"{PLACE}?show=open").text
    number = rows(session)[0].id
    form = recommender.get(f"{PLACE}{number}")
    refused = form.send(f"/{number}", ok=False, quality="规范", fees="公示收费", satisfaction_pct="101")
    assert refused.status == 422
    form.send(f"/{number}", quality="规范", fees="公示收费", satisfaction_pct="92", verdict="yes")
    assert rows(session)[0].passed is True
    summary = recommender.get(f"{PLACE}year?program=liaocheng")
    assert "92%" in summary.text
    english = recommender.get(f"{PLACE}year?program=liaocheng&lang=en").text
    assert "average satisfaction" in english
    sheet = recommender.client.get(f"{PLACE}year.xlsx?program=liaocheng")
    assert sheet.data.startswith(b"PK")
    assert recommender.post(
        f"{PLACE}plan",
        {"rowid": [str(theirs.id)], "planned_on": str(day), "inspector": str(colleague.id)},
        ok=False,
    ).status in (404, 422)
    assert len(rows(session)) == 2


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2024 年", "2024"),
        ("２０２４", "2024"),
        (str(FIRST_YEAR - 1), None),
        (str(FIRST_YEAR), str(FIRST_YEAR)),
        (str(LAST_YEAR), str(LAST_YEAR)),
        ("2o24", None),
        ("2024.5", None),
        (str(LAST_YEAR + 1), None),
    ],
)
def test_the_year_of_the_summary_is_read_as_every_year_is(
    recommender: Browser, typed: str, shown: str | None
) -> None:
    for page in ("year", "year.xlsx"):
        answer = recommender.client.get(
            f"{PLACE}{page}", query_string={"program": "liaocheng", "year": typed}
        )
        if shown is None:
            assert answer.status_code == 422
            assert "field-error" in answer.text
            # What was typed stays, and no other year's figures stand beside it.
            assert f'value="{typed}"' in answer.text
            assert "已安排的检查" not in answer.text
        else:
            assert answer.status_code == 200
    if shown is not None:
        assert (
            f"year={shown}"
            in recommender.client.get(
                f"{PLACE}year", query_string={"program": "liaocheng", "year": typed}
            ).text
        )


def test_what_a_departed_inspector_planned_goes_to_another(
    session: Session, engine: Engine, make_user: MakeUser, log_in: LogIn, recommender: Browser
) -> None:
    gone = make_user(Role.RECOMMENDER, "liaocheng", "371502")
    officer = make_user(Role.OFFICER, "liaocheng", "371500")
    start = f"{today().year - 1}-03-01"
    ours, ended, theirs = (
        accredit(engine, "liaocheng/specialized", start, region=region)
        for region in ("371502", "371502", "371521")
    )
    for held in (ours, ended, theirs):
        session.add(Inspection(accreditation_id=held.id, planned_on=today(), inspector_id=gone.id))
    over = session.get_one(Accreditation, ended.id)
    over.state, over.ended_on, over.next_due_on = AccreditationState.EXPIRED, today(), None
    session.commit()
    waits = "离岗人员未完成的检查"
    lead = Browser(log_in(officer))
    assert waits not in lead.get("/admin/").text
    assert "离岗人员的检查" not in recommender.get(PLACE).text
    session.get_one(User, gone.id).active = False
    session.commit()
    assert waits in lead.get("/admin/").text
    page = recommender.get(PLACE)
    assert "1 项未完成" in page.text, "within the territory, and of what is in force"
    done = page.send(f"/hand-over/{gone.id}")
    assert "已移交 1 项检查" in done.text
    assert "离岗人员的检查" not in done.text
    assert [row.inspector_id == gone.id for row in rows(session)] == [False, True, True]
    stays = rows(session)[0].inspector_id
    again = recommender.post(f"{PLACE}hand-over/{gone.id}", {"inspector": str(officer.id)})
    assert "已移交 0 项检查" in again.text
    assert rows(session)[0].inspector_id == stays
    # Whoever inspects nothing there is not given anything; nor is nobody.
    stranger = make_user(Role.RECOMMENDER, "liaocheng", "371502")
    refused = lead.post(f"{PLACE}hand-over/{gone.id}", {"inspector": str(stranger.id)}).text
    assert "已移交 0 项检查" in refused
    assert "所选人员不是该地区的检查人员" in refused
    nobody = lead.post(f"{PLACE}hand-over/{gone.id}", {"inspector": ""}, ok=False)
    assert "请填写" in nobody.text
    assert rows(session)[2].inspector_id == gone.id


def test_a_record_to_verify_again_is_planned_under_its_clause(
    session: Session, engine: Engine, make_user: MakeUser, log_in: LogIn
) -> None:
    browser = Browser(log_in(make_user(Role.RECOMMENDER, "jilin", "220202")))
    held = accredit(engine, "jilin/provider", f"{today().year - 2}-01-10", region="220202")
    session.add(
        RegisterEvent(
            accreditation_id=held.id,
            kind=EventKind.REVERIFICATION_DUE,
            clause="10(2)",
            period="2",
            happened_on=today() - timedelta(days=3),
            title_zh="资料复核",
            title_en="Re-verification",
            recorded_at=now(),
        )
    )
    session.commit()
    page = browser.get(f"{PLACE}?show=again")
    assert held.number in page.text
    assert "已过 3 天" in page.text
    for _ in range(2):  # sent again, it is the same plan
        page.send("/plan", rowid=[str(held.id)], planned_on=today())
        assert [(row.clause, row.accreditation_id) for row in rows(session)] == [("10(2)", held.id)]
    assert str(today()) in browser.get(f"{PLACE}?show=again").text


def test_an_exit_is_proposed_where_the_text_lets_the_recommender(
    session: Session, engine: Engine, make_user: MakeUser, log_in: LogIn, recommender: Browser
) -> None:
    held = accredit(engine, "hubei/specialized", f"{today().year - 1}-02-01", region="420106")
    theirs = accredit(engine, "hubei/specialized", f"{today().year - 1}-02-01", region="420205")
    browser = Browser(log_in(make_user(Role.RECOMMENDER, "hubei", "420100")))
    home = browser.get("/admin/recommending/exits/")
    assert "退出建议" in home.text
    found = browser.get(f"/admin/recommending/exits/?search={held.number}")
    assert found.doc is not None
    assert found.doc.xpath(f"//a[@href='/admin/recommending/exits/{held.id}']")
    page = browser.get(f"/admin/recommending/exits/{held.id}")
    assert page.send(f"/{held.id}", ok=False, reason="").status == 422
    done = browser.get(f"/admin/recommending/exits/{held.id}")
    clause = done.form(f"/{held.id}").fields.keys()
    assert any(str(name).endswith("clause") for name in clause)
    done.send(f"/{held.id}", clause="15", reason="违规收费，经核实")
    session.rollback()
    assert session.scalars(select(ExitCase)).one().reason == "违规收费，经核实"
    assert "违规收费" in browser.get("/admin/recommending/exits/").text
    assert browser.get(f"/admin/recommending/exits/{theirs.id}", ok=False).status == 404
    district = Browser(log_in(make_user(Role.RECOMMENDER, "shanghai", "310104")))
    assert "退出建议" not in district.get("/admin/recommending/").text
    assert recommender.get("/admin/recommending/exits/").text.count(held.number) == 0
