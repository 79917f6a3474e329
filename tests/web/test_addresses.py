"""Every page has an example, and opens with it for those who may, and for nobody else."""

import pytest
from flask import Flask

from core.web.frame.policy import POLICY, Open
from tests.web import addresses
from tests.web.filled import PEOPLE, PUBLIC, Filled


def test_every_page_of_the_site_has_an_example(filled_app: Flask) -> None:
    missing = addresses.wanted(filled_app) - set(addresses.EXAMPLES)
    assert missing == set(), "give each a line in tests/web/addresses.py"
    assert set(addresses.EXAMPLES) - addresses.wanted(filled_app) == set(), "a line for a page that is gone"


def test_each_example_leads_to_its_page_and_opens(filled: Filled, filled_app: Flask) -> None:
    wrong: dict[str, str] = {}
    browsers = {who: filled.browser(filled_app, who) for who in PEOPLE}
    routes = filled_app.url_map.bind("localhost")
    for endpoint, path, who, code in addresses.visits(filled):
        found, _ = routes.match(path.split("?")[0], method="GET")
        answer = browsers[who].get(path)
        answer.get_data()
        if found != endpoint or answer.status_code != code:
            wrong[f"{who} {path}"] = f"{found}: {answer.status_code}, not {endpoint}: {code}"
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
