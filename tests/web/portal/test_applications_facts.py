"""The facts of an application, saved as one types: one field at a time, in two tabs, by its button too."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from core.services.profile.roster import COUNTS
from core.storage.models import StaffMember
from tests.services.journey import claims
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.applicant import KEY, Applicant, applicant


@pytest.fixture
def someone(session: Session, make_user: MakeUser, log_in: LogIn) -> Applicant:
    """An applicant with a draft."""
    made = applicant(session, make_user, log_in, profile=claims(KEY) | {"staff_full_time": 9})
    made.begin()
    return made


def save(someone: Applicant, name: str, value: Any, was: Any = None) -> tuple[int, Any]:
    """Leave one field, as the page's script sends it."""
    client: FlaskClient = someone.browser.client
    data = {name: value, f"was-{name}": json.dumps(was)}
    answer = client.post(f"{someone.path}/facts/{name}", data=data, headers={"HX-Request": "true"})
    return answer.status_code, html.fromstring(f"<div>{answer.text}</div>")


def text(node: Any) -> str:
    """What is said."""
    return " ".join(node.text_content().split())


def test_a_field_left_is_saved_and_its_verdicts_come_back(someone: Applicant) -> None:
    page = someone.browser.get(f"{someone.path}/facts")
    assert page.doc is not None
    row = page.doc.get_element_by_id("row-staff_full_time")
    assert row.get("hx-post") == f"{someone.path}/facts/staff_full_time"
    assert row.get("hx-params").split(",")[0] == "staff_full_time"
    assert "还差 1 人" in text(page.doc)
    code, answer = save(someone, "staff_full_time", "12", "9")
    assert code == 200
    first = answer.get_element_by_id("row-staff_full_time")
    assert "已保存 " in text(first)
    assert first.xpath(".//input[@name='was-staff_full_time']/@value") == ['"12"']
    swapped = {node.get("id") for node in answer.xpath("//*[@hx-swap-oob='true']")}
    assert "overall" in swapped
    assert any(name.startswith("verdict-") for name in swapped)
    assert "还差 1 人" not in text(answer)
    assert someone.application.facts["staff_full_time"] == 12


def test_what_cannot_be_read_is_said_at_the_field_and_not_kept(someone: Applicant) -> None:
    code, answer = save(someone, "staff_full_time", "十二", "9")
    assert code == 422
    row = answer.get_element_by_id("row-staff_full_time")
    assert "has-error" in row.xpath("./div/@class")[0]
    assert row.xpath(".//input[@type='text']/@value") == ["十二"]
    assert "已保存" not in text(row)
    assert someone.application.facts["staff_full_time"] == 9
    later = someone.browser.get(someone.path)
    assert "请更正" not in later.text


def test_two_tabs_do_not_overwrite_each_other(someone: Applicant) -> None:
    assert save(someone, "staff_full_time", "12", "9")[0] == 200
    assert save(someone, "premises_area_m2", "300", "500")[0] in (200, 422)
    code, answer = save(someone, "staff_full_time", "15", "9")
    assert code == 422
    row = answer.get_element_by_id("row-staff_full_time")
    assert "已在别处改为“12 人”" in text(row)
    assert someone.application.facts["staff_full_time"] == 12
    known = json.loads(row.xpath(".//input[@name='was-staff_full_time']/@value")[0])
    assert known == "12"
    assert save(someone, "staff_full_time", "15", known)[0] == 200
    assert someone.application.facts["staff_full_time"] == 15


def test_the_button_saves_only_what_was_changed_on_the_page(someone: Applicant) -> None:
    address = f"{someone.path}/facts"
    page = someone.browser.get(address)
    save(someone, "staff_full_time", "12", "9")
    someone.browser.at = address
    page.send(premises_area_m2="321")
    facts = someone.application.facts
    assert (facts["staff_full_time"], facts["premises_area_m2"]) == (12, 321)
    someone.browser.at = address
    late = page.send(ok=False, staff_full_time="20", premises_area_m2="322")
    assert late.status == 422
    assert "已在别处改为“12 人”" in late.text
    assert someone.application.facts["staff_full_time"] == 12
    someone.browser.at = address
    late.send()
    facts = someone.application.facts
    assert (facts["staff_full_time"], facts["premises_area_m2"]) == (20, 322)


def test_a_form_without_a_field_says_nothing_of_it(someone: Applicant) -> None:
    before = dict(someone.application.facts)
    someone.browser.post(f"{someone.path}/facts", {})
    assert dict(someone.application.facts) == before


def test_an_answer_taken_back_is_not_known_any_more(someone: Applicant) -> None:
    assert save(someone, "staff_full_time", "", "9")[0] == 200
    assert "staff_full_time" not in someone.application.facts
    assert someone.entries("staff_full_time")[-1] is None


def test_choices_of_several_are_saved_together(someone: Applicant) -> None:
    was = sorted(someone.application.facts["service_functions"])
    assert save(someone, "service_functions", ["training", "legal"], was)[0] == 200
    assert someone.application.facts["service_functions"] == ["legal", "training"]
    assert save(someone, "service_functions", ["digital"], ["training", "legal"])[0] == 422


def test_what_is_judged_or_derived_is_shown_and_not_asked(someone: Applicant, session: Session) -> None:
    page = someone.browser.get(f"{someone.path}/facts")
    assert "由认定机关判断" in page.text
    assert page.doc is not None
    assert page.doc.xpath("//input[@name='staff_full_time']")
    assert not page.doc.xpath("//*[@name='core_guiding_role']")
    assert save(someone, "core_guiding_role", "yes")[0] == 409
    assert save(someone, "name", "别的名称")[0] == 409
    attributes = {
        "education": "bachelor",
        "title_level": "none",
        "full_time": True,
        "field_experienced": True,
    }
    session.add(
        StaffMember(
            party_id=someone.party.id,
            name="张三",
            id_key="0" * 64,
            id_masked="110***********0000",
            attributes=attributes,
            imported_at=someone.application.created_at,
        )
    )
    session.commit()
    someone.browser.post(f"{someone.path}/withdraw", {"sure": "y"})
    again = someone.browser.get("/my/programs/").send("/start")
    assert again.doc is not None
    assert not any(again.doc.xpath(f"//input[@name='{name}']") for name in COUNTS)
    assert "由员工花名册推算" in again.text


def test_after_it_was_handed_in_nothing_is_saved(someone: Applicant) -> None:
    someone.hand_in()
    someone.browser.get(f"{someone.path}/submit").send(declared="y")
    assert save(someone, "staff_full_time", "12", "9")[0] == 409
    page = someone.browser.get(f"{someone.path}/facts")
    assert page.browser.at.startswith(someone.path)
    assert "/facts" not in page.browser.at
    assert someone.application.facts["staff_full_time"] == 9
