"""What an officer marks to be corrected: on the page of the return, and at the applicant's fields."""

import json
from urllib.parse import urlsplit

import pytest
from lxml import html
from sqlalchemy.orm import Session

from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.storage.models import CorrectionItem
from tests.services.journey import PDF
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.applicant import Applicant, applicant, file
from tests.web.screens import Browser, Page

FACT, OTHER = "fact.staff_full_time", "fact.premises_area_m2"
NOTE = "与社保名单不一致"


@pytest.fixture
def someone(session: Session, make_user: MakeUser, log_in: LogIn) -> Applicant:
    """An applicant who has handed in an application."""
    made = applicant(session, make_user, log_in)
    made.begin()
    made.fill()
    made.hand_in()
    made.browser.get(f"{made.path}/submit").send(declared="y")
    return made


@pytest.fixture
def officer(make_user: MakeUser, log_in: LogIn) -> Browser:
    """An officer."""
    return Browser(log_in(make_user(Role.OFFICER)))


def boxes(page: Page, prefix: str = "") -> list[str]:
    """What can be marked on the page."""
    assert page.doc is not None
    return [str(box) for box in page.doc.xpath(f"//input[@type='checkbox'][@name='{prefix}marks']/@value")]


def at(page: Page, place: str) -> str:
    """What a part of the page says."""
    assert page.doc is not None
    return " ".join(page.doc.get_element_by_id(place).text_content().split())


def test_marked_by_the_officer_it_is_seen_at_the_field_until_it_is_changed(
    someone: Applicant, officer: Browser
) -> None:
    address = f"/admin/applications/{someone.application.id}"
    page = officer.get(address)
    offered = boxes(page, "move-return-")
    assert {FACT, OTHER} < set(offered)
    papers = [value.removeprefix("material.") for value in offered if value.startswith("material.")]
    assert page.doc is not None
    assert not page.doc.xpath("//details[@class='mark-group'][@open]"), "folded until something is ticked"
    page.send(
        "/do/move-return",
        reason="请核对",
        **{"move-return-marks": [FACT, OTHER, f"material.{papers[0]}"], f"move-return-marks.{FACT}": NOTE},
    )
    assert "未修改" in at(officer.get(address), "changes")

    page = someone.browser.get(someone.path)
    assert NOTE in at(page, "correct")
    assert page.doc is not None
    links = page.doc.xpath("//section[@id='correct']//ul[@class='marked-list']//a/@href")
    fields, documents = f"{someone.path}/facts", f"{someone.path}/materials"
    assert links == [
        f"{fields}#row-staff_full_time",
        f"{fields}#row-premises_area_m2",
        f"{documents}#m-{papers[0]}",
    ]
    page = someone.browser.get(fields)
    assert f"请更正：{NOTE}" in at(page, "row-staff_full_time")
    assert page.text.count("请更正") == 2
    assert "请更正" in at(someone.browser.get(documents), f"m-{papers[0]}")
    assert "请更正" not in at(someone.browser.get(documents), f"m-{papers[1]}")

    was = someone.application.facts["staff_full_time"]
    data = {"staff_full_time": str(was + 1), "was-staff_full_time": json.dumps(str(was))}
    saved = someone.browser.client.post(
        f"{fields}/staff_full_time", data=data, headers={"HX-Request": "true"}
    )
    row = html.fromstring(f"<div>{saved.text}</div>").get_element_by_id("row-staff_full_time").text_content()
    assert "已修改" in row
    assert "请更正" not in row
    forms = [urlsplit(form.action or "").path for form in someone.browser.get(documents).forms()]
    someone.browser.post(
        next(action for action in forms if action.endswith(f"/{papers[0]}")),
        {"files": file(PDF.replace(b"%%EOF", b"% mended\n%%EOF"))},
    )
    assert "已修改" in at(someone.browser.get(documents), f"m-{papers[0]}")

    page = someone.browser.get(f"{someone.path}/submit")
    assert page.doc is not None
    warned = page.doc.xpath("//section[@aria-labelledby='untouched-title']//a/@href")
    assert warned == [f"{fields}#row-premises_area_m2"]
    page.send(declared="y")
    assert someone.application.state is ApplicationState.SUBMITTED
    for browser, place in ((officer, address), (someone.browser, someone.path)):
        told = at(browser.get(place), "changes")
        assert told.count("已修改") == 2
        assert told.count("未修改") == 1
    assert "请更正" not in someone.browser.get(documents).text


def test_refused_nothing_that_was_ticked_or_written_is_lost(
    someone: Applicant, officer: Browser, session: Session
) -> None:
    number = someone.application.id
    for address, ending, prefix in (
        (f"/admin/applications/{number}", "/do/move-return", "move-return-"),
        (f"/admin/applications/{number}/completeness", "", ""),
    ):
        page = officer.get(address)
        marks, notes = f"{prefix}marks", f"{prefix}marks.{FACT}"
        for reason, ticked, note, said in (
            (" ", FACT, NOTE, "请填写"),
            ("请核对", FACT, "字" * 201, "的说明：至多 200 字"),
            ("请核对", "fact.nothing", NOTE, "不在可选项中"),
            ("请核对", "nonsense", NOTE, "不在可选项中"),
        ):
            wish = {f"{prefix}reason" if prefix else "reason": reason, marks: [ticked], notes: note}
            refused = page.send(ending, ok=False, **wish)
            assert refused.status == 422
            assert any(said in text for text in refused.complaints), (said, refused.complaints)
            assert refused.doc is not None
            assert refused.doc.xpath(f"//input[@name='{notes}']/@value") == [note]
            on = refused.doc.xpath(f"//details[@open]//input[@name='{marks}'][@checked]/@value")
            assert on == ([FACT] if ticked == FACT else [])
    assert someone.application.state is ApplicationState.SUBMITTED
    page = officer.get(f"/admin/applications/{number}/completeness")
    page.send(**{"reason": "请核对", "marks": [FACT], f"marks.{OTHER}": "没有勾选的不算"})
    assert [(item.key, item.note) for item in session.query(CorrectionItem)] == [("staff_full_time", "")]
    again = officer.post(
        f"/admin/applications/{number}/do/move-return", {"move-return-reason": "再退"}, ok=False
    )
    assert again.status in (403, 404, 409)
    assert session.query(CorrectionItem).count() == 1


def test_in_english_too(someone: Applicant, officer: Browser) -> None:
    address = f"/admin/applications/{someone.application.id}"
    page = officer.get(f"{address}?lang=en")
    assert "Mark the items to correct (optional)" in page.text
    page.send(
        "/do/move-return", reason="x", **{"move-return-marks": [FACT], f"move-return-marks.{FACT}": NOTE}
    )
    assert "not changed" in at(officer.get(f"{address}?lang=en"), "changes")
    assert "Items to correct" in at(someone.browser.get(f"{someone.path}?lang=en"), "correct")
    assert f"Please correct: {NOTE}" in at(
        someone.browser.get(f"{someone.path}/facts?lang=en"), "row-staff_full_time"
    )
    assert "tems to correct" in at(someone.browser.get(f"{someone.path}/submit?lang=en"), "untouched-title")
