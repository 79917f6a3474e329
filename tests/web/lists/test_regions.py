"""The lists of the administration narrowed to a division: itself and all below it, never beyond the scope."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.storage.seed import load_regions
from core.web.office.lists.setup import VIEWS
from tests.services.factory import Held, accredit, make_party, serve
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser, Page

PLACES = {
    "county": "371502",
    "next county": "371521",
    "city": "371500",
    "next city": "370102",
    "next province": "420106",
}
BELOW = {
    "370000": {"county", "next county", "city", "next city"},
    "371500": {"county", "next county", "city"},
    "371502": {"county"},
    "371503": set(),
    "420000": {"next province"},
}


@pytest.fixture(autouse=True)
def table_of_regions(session: Session) -> None:
    """The divisions."""
    load_regions(session)
    session.commit()


@pytest.fixture
def held(engine: Engine) -> dict[str, Held]:
    """An accreditation in each place, with a record."""
    made = {
        place: accredit(engine, "miit_volunteer/workstation", "2024-03-01", region=code)
        for place, code in PLACES.items()
    }
    for item in made.values():
        serve(engine, item, "2024-05-06")
    return made


def shown(client: FlaskClient, held: dict[str, Held], address: str) -> set[str]:
    """The places whose accreditation stands on the page or in the file."""
    text = client.get(address).get_data(as_text=True)
    return {place for place, item in held.items() if item.number in text}


def offered(page: Page) -> list[str]:
    """The codes that the filter offers, without “all”."""
    assert page.doc is not None
    return [str(code) for code in page.doc.xpath("//select[@name='region']/option[@value!='']/@value")]


def chosen(page: Page) -> list[str]:
    """The code that the filter stands at."""
    assert page.doc is not None
    return [str(code) for code in page.doc.xpath("//select[@name='region']/option[@selected]/@value")]


def test_a_division_stands_for_all_below_it(officer: FlaskClient, held: dict[str, Held]) -> None:
    for name in ("accreditations", "records"):
        for kind in ("", "export/csv/"):
            for code, places in BELOW.items():
                found = shown(officer, held, f"/admin/{name}/{kind}?region={code}")
                assert found == places, (name, kind, code)


def test_every_list_of_things_with_a_region_has_the_filter(officer: FlaskClient) -> None:
    lists = [name for name, _model, view in VIEWS if view.region_column is not None]
    assert {"parties", "applications", "accreditations", "exits", "complaints", "records"} <= set(lists)
    for name in lists:
        page = Browser(officer).get(f"/admin/{name}/?region=370000")
        assert "371500" in offered(page), name
        assert chosen(page) == ["370000"], name


def test_parties_by_division(officer: FlaskClient, engine: Engine) -> None:
    for place, code in PLACES.items():
        make_party(engine, name=f"机构 {place}。", region=code)
    text = officer.get("/admin/parties/?region=371500").text
    assert {place for place in PLACES if f"机构 {place}。" in text} == {"county", "next county", "city"}


def test_the_choice_opens_downwards_and_is_kept(officer: FlaskClient, held: dict[str, Held]) -> None:
    browser = Browser(officer)
    provinces = offered(browser.get("/admin/accreditations/"))
    assert len(provinces) > 30
    assert all(code.endswith("0000") for code in provinces)
    cities = set(offered(browser.get("/admin/accreditations/?region=370000"))) - set(provinces)
    assert "371500" in cities
    assert all(code.endswith("00") for code in cities)
    page = browser.get("/admin/accreditations/?region=371502&page_size=20")
    assert {"371502", "371521", "371500", "370000"} <= set(offered(page))
    assert page.doc is not None
    links = page.doc.xpath("//a[contains(@href, 'sort=') or contains(@href, '/export/')]/@href")
    assert links
    assert all("region=371502" in link for link in links)


def test_what_is_offered_is_what_the_grant_reaches(make_user: MakeUser, log_in: LogIn) -> None:
    """Whoever works in one county has no choice to make, and no filter for it."""

    def codes(program: str | None, region: str | None) -> list[str]:
        browser = Browser(log_in(make_user(Role.OFFICER, program, region)))
        return offered(browser.get("/admin/accreditations/"))

    city = codes("miit_volunteer", "371500")
    assert city[:2] == ["371500", "371502"]
    assert all(code.startswith("3715") for code in city)
    province = codes("miit_volunteer", "370000")
    assert province[:2] == ["370000", "370100"]
    assert all(code.startswith("37") and code.endswith("00") for code in province)
    assert codes("miit_volunteer", "371502") == []
    # A city's programme reaches no further than the city.
    assert codes("liaocheng", None) == codes("liaocheng", "370000") == city
    assert codes(None, "420000")[:2] == ["420000", "420100"]
    assert "420100" not in codes(None, None)


def test_a_division_out_of_scope_is_empty_whatever_is_asked(
    make_user: MakeUser, log_in: LogIn, held: dict[str, Held]
) -> None:
    client = log_in(make_user(Role.OFFICER, "miit_volunteer", "371500"))
    own = {"county", "next county", "city"}
    assert shown(client, held, "/admin/accreditations/") == own
    assert shown(client, held, "/admin/accreditations/?region=370000") == own
    for code in ("370100", "370102", "420000", "420106"):
        for kind in ("", "export/csv/"):
            assert shown(client, held, f"/admin/accreditations/{kind}?region={code}") == set(), code
        page = Browser(client).get(f"/admin/accreditations/?region={code}")
        assert "没有符合条件的记录" in page.text
        assert chosen(page) == [code]


def test_an_unknown_code_is_told_and_narrows_nothing(officer: FlaskClient, held: dict[str, Held]) -> None:
    for code in ("999999", "37150", "3715020", "０００００１", "山东", "000000", "37%25", "371_00"):
        assert shown(officer, held, f"/admin/accreditations/?region={code}") == set(PLACES), code
        page = Browser(officer).get(f"/admin/accreditations/?region={code}")
        assert "“地区”一栏的条件无法识别，未按此筛选" in page.text, code
        assert chosen(page) == []


def test_any_filter_that_is_not_understood_is_told_in_english_too(officer: FlaskClient) -> None:
    page = Browser(officer).get("/admin/applications/?state=nonsense&from=2024-13-01&region=1&lang=en")
    assert page.text.count("is not known; the list is not narrowed by it") == 3
    page = Browser(officer).get("/admin/applications/?state=draft&from=2024-12-01&region=370000")
    assert "is not known" not in page.text
