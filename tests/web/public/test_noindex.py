"""Search engines are asked to leave out whatever names a natural person, and told of the rest."""

from datetime import date

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import Engine

from core.rules.clauses import PartyKind
from core.web.public.about import SITEMAPS
from tests.services.factory import accredit, make_party
from tests.services.keeping.test_public_names import published

META = '<meta name="robots" content="noindex">'


@pytest.mark.parametrize("person", [True, False])
def test_a_page_that_names_a_person_asks_to_be_left_out(app: Flask, engine: Engine, person: bool) -> None:
    kind = PartyKind.PERSON if person else PartyKind.ORGANIZATION
    track = "jilin/expert" if person else "jilin/provider"
    held = accredit(engine, track, "2024-01-08", party_id=make_party(engine, kind, "220202"))
    client = app.test_client()
    for path in ("/register?state=all", f"/bodies/{held.party_id}", f"/complaints/new/{held.party_id}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert (answer.headers.get("X-Robots-Tag") == "noindex") is person, path
        assert (META in answer.text) is person, path


def test_notices_with_people_files_and_answers_by_number_are_left_out(app: Flask, engine: Engine) -> None:
    number, (person, body) = published(engine, date(2999, 1, 2))
    held = accredit(engine, "jilin/provider", "2024-01-08")
    client = app.test_client()
    for path in (
        f"/notices/{number}",
        f"/notices/{number}/objections/{person}",
        f"/documents/notices/{number}.pdf",
        f"/verify/{held.number}",
        f"/verify.json?number={held.number}",
        "/open-data/register.csv",
        "/open-data/notices.json",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["X-Robots-Tag"] == "noindex", path
    assert "X-Robots-Tag" not in client.get(f"/notices/{number}/objections/{body}").headers


def test_the_map_of_the_site_and_what_robots_may_read_agree(app: Flask) -> None:
    app.config["BASE_URL"] = "http://localhost"
    client = app.test_client()
    robots = client.get("/robots.txt")
    assert robots.content_type == "text/plain; charset=utf-8"
    lines = robots.text.splitlines()
    assert lines[-1] == "Sitemap: http://localhost/sitemap.xml"
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    named = ("/bodies/1", "/notices/1", "/verify/X", "/register", "/open-data/register.csv")
    assert not [path for path in named if path.startswith(tuple(closed))], "its noindex would not be read"
    tree = etree.fromstring(client.get("/sitemap.xml").data)
    found = [item.text.removeprefix("http://localhost") for item in tree.iter(f"{{{SITEMAPS}}}loc")]
    assert "/programs/jilin/expert" in found
    for path in found:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "X-Robots-Tag" not in answer.headers, path
        assert not path.startswith(tuple(closed))
