"""Looking at a page changes nothing, and leaves nothing behind; a wrong method is told the right ones."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from core.web.frame.bound import limiter
from tests.web import addresses
from tests.web.filled import PEOPLE, PUBLIC, Filled

KEPT_BY_CHOICE = {
    "comparison.page": "private, max-age=60",
    "public_programs.index": "private, max-age=60",
    "public_programs.program": "private, max-age=60",
    "public_programs.track": "private, max-age=60",
    "open_data.register_csv": "public, no-cache",
    "open_data.register_json": "public, no-cache",
}
"""What everyone may read, and how long it is kept; a browser with a login keeps none of the first."""


def test_only_what_is_public_by_choice_is_kept(filled: Filled, filled_app: Flask) -> None:
    browsers = {who: filled.browser(filled_app, who) for who in PEOPLE}
    for endpoint, path, who, _code in addresses.visits(filled):
        answer = browsers[who].get(path)
        answer.get_data()
        kept = answer.headers["Cache-Control"]
        if who == PUBLIC or endpoint.startswith("open_data"):
            assert kept == KEPT_BY_CHOICE.get(endpoint, "no-store"), path
        else:
            assert kept == "no-store", f"{who} {path}"


ROWS = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")


def rows(engine: Engine) -> dict[str, str]:
    """A hash of every table."""
    with engine.connect() as connection:
        names = sorted(connection.scalars(ROWS))
        query = "SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {} t"
        return {name: str(connection.scalar(text(query.format(f'"{name}"')))) for name in names}


def test_looking_changes_nothing(filled: Filled, filled_app: Flask) -> None:
    browsers = {who: filled.browser(filled_app, who) for who in PEOPLE}
    before = rows(filled.engine)
    for _endpoint, path, who, _code in addresses.visits(filled):
        browsers[who].get(path).get_data()
    after = rows(filled.engine)
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.parametrize(("language", "word"), [("zh", "不支持的操作"), ("en", "Not supported")])
def test_a_wrong_method_is_told_the_right_ones(filled_app: Flask, language: str, word: str) -> None:
    limiter.reset()
    client = filled_app.test_client()
    routes = filled_app.url_map.bind("localhost")
    wrong = 0
    for rule in filled_app.url_map.iter_rules():
        if rule.arguments or rule.endpoint in ("static",):
            continue
        answer = client.open(f"{rule.rule}?lang={language}", method="DELETE")
        assert answer.status_code == 405, rule
        assert set(answer.headers["Allow"].split(", ")) == set(routes.allowed_methods(rule.rule)), rule
        assert word in answer.text
        wrong += 1
    assert wrong > 50
