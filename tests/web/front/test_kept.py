"""What a form has brought stands on the page that says that the database is away."""

import io

import pytest
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from core.web.front import pages
from core.web.front.kept import MOST, keep, kept

TYPED = MultiDict([("title", "第“一”批"), ("reason", 'a<b> & "c"\n第二行'), ("who", "1"), ("who", "2")])


def environ(**more):
    return EnvironBuilder("/admin/x?lang=zh", method="POST", **more).get_environ()


def fields(page):
    (form,) = html.fromstring(page).forms
    assert form.method == "POST"
    assert form.get("action") is None, "it goes to where it came from"
    return form.form_values()


@pytest.mark.parametrize("files", [{}, {"file": (io.BytesIO(b"x"), "a.pdf")}], ids=["alone", "with a file"])
def test_all_that_was_written_can_be_sent_again(files):
    given = environ(data=MultiDict([*TYPED.items(multi=True), *files.items()]))
    page = pages.static_page(503, pages.AWAY, "a-number", kept(given))[1].decode()
    found = [(name, value.replace("\r\n", "\n")) for name, value in fields(page)]
    assert sorted(found) == sorted(TYPED.items(multi=True))


def test_what_the_application_has_read_already_is_kept_too():
    given = environ(data=TYPED)
    request = Request(given)
    assert len(request.form) == 3
    keep(request)
    assert len(fields(kept(given))) == 4


@pytest.mark.parametrize(
    "given",
    [
        EnvironBuilder("/", method="GET").get_environ(),
        environ(),
        environ(json={"a": "b"}),
        environ(data={"email": "a@b.example", "password": "secret"}),
        environ(data={"new_password_confirm": "secret"}),
        environ(data="x" * 100, content_type="multipart/form-data"),
        environ(data="a=" + "x" * MOST, content_type="application/x-www-form-urlencoded"),
    ],
    ids=["opened", "empty", "json", "login", "new password", "broken", "too large"],
)
def test_nothing_is_kept_of_what_is_no_form_or_secret(given):
    assert kept(given) == ""
