"""Every page has an example, and opens with it for those who may, and for nobody else."""

import pytest
from flask import Flask

from core.web.frame.policy import POLICY, Open
from tests.web import addresses
from tests.web.crawl import Crawl
from tests.web.filled import PUBLIC, Filled


def test_every_page_of_the_site_has_an_example(filled_app: Flask) -> None:
    missing = addresses.wanted(filled_app) - set(addresses.EXAMPLES)
    assert missing == set(), "give each a line in tests/web/addresses.py"
    assert set(addresses.EXAMPLES) - addresses.wanted(filled_app) == set(), "a line for a page that is gone"


def test_each_example_leads_to_its_page_and_opens(filled_app: Flask, crawled: Crawl) -> None:
    wrong: dict[str, str] = {}
    routes = filled_app.url_map.bind("localhost")
    for (who, path), answer in crawled.answers.items():
        found, _ = routes.match(path.split("?")[0], method="GET")
        if found != answer.endpoint or answer.code != answer.wanted:
            wrong[f"{who} {path}"] = f"{found}: {answer.code}, not {answer.endpoint}: {answer.wanted}"
    assert wrong == {}


@pytest.mark.parametrize("who", [PUBLIC, "applicant"])
def test_what_is_for_staff_stays_closed(filled: Filled, filled_app: Flask, who: str) -> None:
    browser = filled.browser(filled_app, who)
    for endpoint, examples in addresses.EXAMPLES.items():
        rule = POLICY[endpoint]
        if rule is Open.PUBLIC or (rule is Open.LOGIN and who != PUBLIC):
            continue
        for example in examples:
            code = browser.get(example.path(filled.ids)).status_code
            assert code == (302 if who == PUBLIC else 403), f"{who} {example.address}: {code}"
