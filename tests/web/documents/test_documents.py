"""Documents as a user gets them: under their names, in the language chosen, with the site's own address."""

from pathlib import Path
from urllib.parse import quote

import pytest
import zxingcpp
from flask import Flask

from core.web.app import create_app
from core.web.frame.bound import db
from core.web.frame.config import from_environment
from core.web.frame.policy import POLICY
from tests.documents.samples import picture, text_of
from tests.web.filled import Filled
from tests.web.sites import LENIENT


def code_on(content: bytes) -> str:
    (code,) = zxingcpp.read_barcodes(picture(content))
    return code.text


def test_a_certificate_comes_as_a_file_with_a_chinese_name(filled: Filled, filled_app: Flask) -> None:
    path = f"/documents/certificates/{filled.ids['accreditations']}.pdf"
    answer = filled.browser(filled_app, "applicant").get(path)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert quote("认定证书") in answer.headers["Content-Disposition"]
    assert code_on(answer.data) == f"http://localhost/verify/{filled.ids['number']}"


def test_the_code_leads_to_the_page_that_verifies_it(filled: Filled, filled_app: Flask) -> None:
    path = f"/documents/certificates/{filled.ids['accreditations']}.pdf"
    address = code_on(filled.browser(filled_app, "applicant").get(path).data)
    page = filled.browser(filled_app, "public").get(address.removeprefix("http://localhost"))
    assert page.status_code == 200
    assert filled.ids["number"] in page.text


def test_the_code_has_the_address_that_the_installation_names(filled: Filled, filled_instance: Path) -> None:
    url = filled.engine.url.render_as_string(hide_password=False)
    made = create_app(
        LENIENT(
            instance=filled_instance, database_url=url, testing=True, base_url="https://register.example.cn"
        )
    )
    path = f"/documents/certificates/{filled.ids['accreditations']}.pdf"
    answer = filled.browser(made, "applicant").get(path)
    with made.app_context():
        db.engine.dispose()
    assert code_on(answer.data) == f"https://register.example.cn/verify/{filled.ids['number']}"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("https://a.cn/", "https://a.cn"),
        (" http://a.cn:8000/register ", "http://a.cn:8000/register"),
    ],
)
def test_the_address_is_read_without_its_last_slash(tmp_path: Path, given: str, kept: str) -> None:
    assert from_environment(tmp_path, {"ACCREDIT_BASE_URL": given}).base_url == kept


@pytest.mark.parametrize("given", ["register.example.cn", "ftp://a.cn", "https://", "https://a.cn/?x=1"])
def test_what_is_no_address_is_told_at_the_start(tmp_path: Path, given: str) -> None:
    with pytest.raises(ValueError, match="ACCREDIT_BASE_URL"):
        from_environment(tmp_path, {"ACCREDIT_BASE_URL": given})


def test_documents_speak_the_language_chosen(filled: Filled, filled_app: Flask) -> None:
    browser = filled.browser(filled_app, "officer")
    path = f"/documents/notices/{filled.ids['notices']}.pdf"
    assert "公示期为" in text_of(browser.get(f"{path}?lang=zh").data)
    assert "The notice stands for 5 working days" in text_of(browser.get(f"{path}?lang=en").data)


@pytest.mark.parametrize(
    "path",
    [
        "/documents/certificates/999999.pdf",
        "/documents/notices/999999.pdf",
        "/documents/letters/exits/999999.pdf",
        "/documents/letters/extensions/999999.pdf",
        "/documents/letters/recommendations/999999.pdf",
        "/documents/reports/999999.pdf",
        "/documents/plaques.pdf?program=nothing",
        "/documents/plaques.exe?program=shanghai",
        "/documents/plaques.pdf?program=shanghai&first=yesterday",
        "/documents/plaques.pdf?program=shanghai&notice=x",
        "/documents/inspections.pdf?program=shanghai&year=99999",
        "/documents/inspections.pdf?program=shanghai",
        "/admin/tables/plaques?program=shanghai&format=exe",
    ],
)
def test_what_is_not_there_is_not_found(filled: Filled, filled_app: Flask, path: str) -> None:
    assert filled.browser(filled_app, "officer").get(path).status_code == 404


def test_days_the_wrong_way_round_are_told(filled: Filled, filled_app: Flask) -> None:
    path = "/documents/plaques.pdf?program=shanghai&first=2024-02-01&last=2024-01-01"
    answer = filled.browser(filled_app, "officer").get(path)
    assert answer.status_code >= 400
    assert "截止日期早于起始日期" in answer.text


def test_case_pages_offer_what_there_is(filled: Filled, filled_app: Flask) -> None:
    browser = filled.browser(filled_app, "officer")
    held = browser.get(f"/admin/accreditations/{filled.ids['accreditations']}").text
    for address in (
        "certificates/",
        "letters/exits/",
        "letters/warnings/",
        "reports/",
        "letters/rectifications/",
    ):
        assert f"/documents/{address}" in held
    assert "/documents/appointments/" not in held
    case = browser.get(f"/admin/applications/{filled.ids['case']}").text
    assert f"/documents/applications/{filled.ids['case']}/dossier.zip" in case
    assert "/documents/letters/decisions/" not in case
    assert "/documents/notices/" in browser.get(f"/admin/register/notices/{filled.ids['notices']}").text


def test_an_answered_extension_has_its_letter_on_both_sides(filled: Filled, filled_app: Flask) -> None:
    held, answered, waiting = (filled.ids[key] for key in ("accreditations", "answered", "extensions"))
    pages = {
        "officer": [f"/admin/accreditations/{held}"],
        "applicant": [f"/my/accreditations/{held}", f"/my/accreditations/{held}/extension"],
    }
    for who, addresses in pages.items():
        browser = filled.browser(filled_app, who)
        for address in addresses:
            shown = browser.get(address).text
            assert f"/documents/letters/extensions/{answered}.pdf" in shown
            assert f"/documents/letters/extensions/{waiting}.pdf" not in shown
        for language, words in {"zh": "决定不予延续", "en": "It is refused"}.items():
            answer = browser.get(f"/documents/letters/extensions/{answered}.pdf?lang={language}")
            assert words in text_of(answer.data)


def test_who_was_not_recommended_finds_the_letter(filled: Filled, filled_app: Flask) -> None:
    declined, draft = filled.ids["declined"], filled.ids["draft"]
    path = f"/documents/letters/recommendations/{declined}.pdf"
    for who, page in (("expert", "/my/applications"), ("lead", "/admin/applications")):
        browser = filled.browser(filled_app, who)
        assert path in browser.get(f"{page}/{declined}").text
        assert "/documents/letters/recommendations/" not in browser.get(f"{page}/{draft}").text
        for language, words in {"zh": "决定不予推荐", "en": "not recommended"}.items():
            assert words in text_of(browser.get(f"{path}?lang={language}").data)
    assert filled.browser(filled_app, "applicant").get(path).status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf"])
def test_a_summary_table_comes_in_the_format_chosen(filled: Filled, filled_app: Flask, kind: str) -> None:
    path = f"/admin/tables/summary?table=shanghai/{filled.ids['table']}&state=under_review&format={kind}"
    answer = filled.browser(filled_app, "officer").get(path)
    assert answer.status_code == 200
    assert f".{kind}" in answer.headers["Content-Disposition"]


def test_lists_of_the_tables_page_lead_to_their_documents(filled: Filled, filled_app: Flask) -> None:
    browser = filled.browser(filled_app, "officer")
    for path, start in {
        "/admin/tables/plaques?program=shanghai&first=2024-01-01&format=xlsx": "/documents/plaques.xlsx",
        "/admin/tables/inspections?program=shanghai&year=2024&format=pdf": "/documents/inspections.pdf",
    }.items():
        answer = browser.get(path)
        assert answer.location.startswith(start)
        assert browser.get(answer.location).status_code == 200


def test_every_document_is_offered_on_a_page() -> None:
    places = [
        path.read_text(encoding="utf-8")
        for path in Path("core/web").rglob("*.*")
        if path.suffix in (".py", ".html")
        and path.name != "policy.py"
        and path.parent.parts[2:] != ("documents",)
    ]
    documents = [name.partition(".")[2] for name in POLICY if name.startswith("documents.")]
    offered = {
        name
        for name in documents
        # The page of the tables sends on to the one that was chosen.
        if any(f"documents.{name}" in text or f'_document("{name}"' in text for text in places)
    }
    assert set(documents) - offered == set()
