"""Numbers in the address: what is none leads nowhere, and links keep what was asked."""

import pytest
from flask import Flask

from core.domain.errors import Invalid, NotFound
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
NO_NUMBERS = ("x", "99999999999999999999999999")
ODD = (*NO_NUMBERS, "-1")
MANY = 20
"""Pages of ours that have a list, at the least."""


@pytest.mark.parametrize(
    ("address", "wished"),
    [
        ("/", Wish(0, 20)),
        ("/?page=0", Wish(0, 20)),
        ("/?page=3", Wish(3, 20)),
        ("/?page=-3", Wish(-3, 20)),
        ("/?page=", Wish(0, 20)),
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


@pytest.mark.parametrize("given", ["x", "1.5", "1e9", "%C2%B2", "--1", "1_0", "%00", "9" * 26, "true"])
def test_what_is_no_number_is_not_found_and_says_where(given: str) -> None:
    with Flask(__name__).test_request_context(f"/?records={given}&page_size={given}"):
        for ask in (lambda: paging.wish(name="records"), lambda: paging.wish()):
            with pytest.raises(NotFound, match="must be a whole number"):
                ask()
        assert paging.asked("year", 2024) == 2024
        assert paging.asked("year", None) is None


@pytest.mark.parametrize(
    ("given", "number"), [("", 0), ("0", 0), (" 7 ", 7), ("-7", -7), (str(2**63 - 1), 2**63 - 1)]
)
def test_a_form_sends_a_whole_number_or_none(given: str, number: int) -> None:
    with Flask(__name__).test_request_context("/", method="POST", data={"version-3": given}):
        assert paging.sent("version-3") == number


@pytest.mark.parametrize("given", ["x", "1.5", "²", "-", str(2**63)])
def test_a_form_that_sends_anything_else_is_refused(given: str) -> None:
    request = Flask(__name__).test_request_context("/", method="POST", data={"year": given})
    with request, pytest.raises(Invalid, match="give a whole number"):
        paging.sent("year")


def test_each_list_of_a_page_has_its_own_argument() -> None:
    with Flask(__name__).test_request_context("/?page=1&records=4&page_size=50"):
        assert paging.wish(name="records") == Wish(4, 20)
        assert paging.wish(8, "messages") == Wish(0, 8)


def test_a_link_keeps_what_was_asked() -> None:
    with Flask(__name__).test_request_context("/notices?program=hubei&page=2&lang=en"):
        assert paging.link(page=3) == "/notices?program=hubei&page=3"
        assert paging.link(page=None) == "/notices?program=hubei"
        assert paging.link("/other", page=None, program="") == "/other"


def test_every_list_says_what_is_no_page(filled: Filled, filled_app: Flask) -> None:
    wrong, told = {}, set()
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
            if answer.status_code == 404 and given in NO_NUMBERS:
                told.add(endpoint)  # a page that has no such list does not read it
            elif answer.status_code != code:
                wrong[f"{who} {asked}"] = f"{endpoint}: {answer.status_code}"
    assert wrong == {}
    assert len(told) > MANY
