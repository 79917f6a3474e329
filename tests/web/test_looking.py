"""Looking changes nothing but the mark of a message that was read, and leaves nothing behind.

And a wrong method is told the right ones.
"""

import pytest
from flask import Flask

from core.web.frame.bound import limiter
from tests.web.crawl import Crawl
from tests.web.filled import PUBLIC

KEPT_BY_CHOICE = {
    "comparison.page": "private, max-age=60",
    "public_programs.index": "private, max-age=60",
    "public_programs.program": "private, max-age=60",
    "public_programs.track": "private, max-age=60",
    "open_data.register_csv": "public, no-cache",
    "open_data.register_json": "public, no-cache",
}
"""What everyone may read, and how long it is kept; a browser with a login keeps none of the first."""


def test_only_what_is_public_by_choice_is_kept(crawled: Crawl) -> None:
    for (who, path), answer in crawled.answers.items():
        kept = answer.headers["Cache-Control"]
        if who == PUBLIC or answer.endpoint.startswith("open_data"):
            assert kept == KEPT_BY_CHOICE.get(answer.endpoint, "no-store"), path
        else:
            assert kept == "no-store", f"{who} {path}"


def test_looking_changes_nothing(crawled: Crawl) -> None:
    assert crawled.changed == []


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
