"""The portal's menu: a line for what the user has."""

import pytest
from flask import Flask

from tests.web.filled import Filled


@pytest.mark.parametrize(("person", "offered"), [("applicant", True), ("expert", False)])
def test_a_roster_is_offered_to_organisations_alone(
    filled: Filled, filled_app: Flask, person: str, offered: bool
) -> None:
    page = filled.browser(filled_app, person).get("/my/").text
    assert ("我的申请" in page, "/my/roster/" in page) == (True, offered)
