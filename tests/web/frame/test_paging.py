"""Pages in the address: what is no number asks for the first, and links keep what was asked."""

import pytest
from flask import Flask

from core.services.base.paging import Wish
from core.web.frame import paging
from tests.web import addresses
from tests.web.filled import Filled

OURS = (
    "/my/",
    "/inbox/",
    "/register",
    "/bodies/",
    "/notices",
    "/complaints/",
    "/admin/re",
    "/admin/acc",
    "/admin/app",
)
"""Where the lists are that the administration's own list does not draw."""
NAMES = (
    "page", "records", "reports", "complaints", "findings", "orders", "exits", "extensions", "inspections",
    "nominations", "timeline", "objections", "owed", "messages", "running", "notices", "found", "invitations",
)  # fmt: skip
ODD = ("x", "-1", "99999999999999999999999999")


@pytest.mark.parametrize(
    ("address", "wished"),
    [
        ("/", Wish(0, 20)),
        ("/?page=0", Wish(0, 20)),
        ("/?page=3", Wish(3, 20)),
        ("/?page=-3", Wish(-3, 20)),
        ("/?page=x", Wish(0, 20)),
        ("/?page=", Wish(0, 20)),
        ("/?page=%00", Wish(0, 20)),
        ("/?page=1.5", Wish(0, 20)),
        ("/?page=1&page=2", Wish(1, 20)),
        ("/?page=1&page_size=50", Wish(1, 50)),
        ("/?page_size=100", Wish(0, 100)),
        ("/?page_size=1000000", Wish(0, 20)),
        ("/?page_size=-1", Wish(0, 20)),
        ("/?records=4", Wish(0, 20)),
    ],
)
def test_a_page_is_read_from_the_address(address: str, wished: Wish) -> None:
    with Flask(__name__).test_request_context(address):
        assert paging.wish() == wished


def test_each_list_of_a_page_has_its_own_argument() -> None:
    with Flask(__name__).test_request_context("/?page=1&records=4&page_size=50"):
        assert paging.wish(name="records") == Wish(4, 20)
        assert paging.wish(8, "messages") == Wish(0, 8)


def test_a_link_keeps_what_was_asked() -> None:
    with Flask(__name__).test_request_context("/notices?program=hubei&page=2&lang=en"):
        assert paging.link(page=3) == "/notices?program=hubei&page=3"
        assert paging.link(page=None) == "/notices?program=hubei"
        assert paging.link("/other", page=None, program="") == "/other"


def test_every_list_answers_what_is_no_page(filled: Filled, filled_app: Flask) -> None:
    wrong = {}
    lists = {
        path: (endpoint, who, code)
        for endpoint, path, who, code in addresses.visits(filled)
        if code == 200 and path.startswith(OURS)
    }
    for path, (endpoint, who, code) in lists.items():
        browser = filled.browser(filled_app, who)
        for given in ODD:
            asked = path + ("&" if "?" in path else "?") + "&".join(f"{name}={given}" for name in NAMES)
            answer = browser.get(asked)
            answer.get_data()
            if answer.status_code != code:
                wrong[f"{who} {asked}"] = f"{endpoint}: {answer.status_code}"
    assert wrong == {}
