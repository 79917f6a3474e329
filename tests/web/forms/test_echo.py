"""What a number is taken for stands beside its input: when it is shown again, and while it is typed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from core.domain.quantities import HOURS, MONEY, SHARE
from core.domain.roles import Role
from core.rules.text import T
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.frame.policy import POLICY, Open
from tests.web.conftest import LogIn, MakeUser

CASES = [
    ("200万", MONEY, "= 2,000,000 元"),
    ("２，０００，０００", MONEY, "= 2,000,000 元"),
    ("1:30", HOURS, "= 1.5 小时"),
    ("2小时", HOURS, "= 2 小时"),
    ("92％", SHARE, "= 92%"),
    ("80户", "家", "= 80 家"),
    ("1 800 000", "", "= 1,800,000"),
    ("2024", "", ""),
    ("", MONEY, ""),
]
NUMBERS = (FieldKind.NUMBER_TEXT, FieldKind.DECIMAL)


@pytest.mark.parametrize(("typed", "unit", "said"), CASES)
@pytest.mark.parametrize("kind", NUMBERS)
def test_what_was_typed_is_said_beside_its_input(
    app: Flask, kind: FieldKind, typed: str, unit: str, said: str
) -> None:
    kind = FieldKind.PERCENT if unit == SHARE and kind is FieldKind.DECIMAL else kind
    spec = Spec("n", T("数", "Number"), kind, unit=unit, required=False)
    with app.test_request_context("/", method="POST", data={"n": typed}):
        form = make_form([spec])
        assert form.validate()
        shown = html.fromstring(f"<div>{form['n']()}</div>")
    (beside,) = shown.xpath("output[@for=../input/@id]")
    assert (beside.text or "") == (said if kind is not FieldKind.DECIMAL or typed != "1 800 000" else "")


@pytest.fixture
def member(make_user: MakeUser, log_in: LogIn) -> FlaskClient:
    return log_in(make_user(Role.APPLICANT))


@pytest.mark.parametrize(("typed", "unit", "said"), CASES)
def test_it_is_said_while_it_is_typed(member: FlaskClient, typed: str, unit: str, said: str) -> None:
    answer = member.get("/echo/number", query_string={"typed": typed, "unit": unit})
    assert (answer.status_code, answer.text) == (200, said)


def test_what_cannot_be_read_is_told_with_the_mend(member: FlaskClient) -> None:
    for typed, unit, why in (
        ("0.95", SHARE, "95% 还是 0.95%"),
        ("80家", MONEY, "不是此项的单位"),
        ("<b>", "", "&lt;b&gt;"),
    ):
        assert why in member.get("/echo/number", query_string={"typed": typed, "unit": unit}).text
    assert POLICY["echo.number"] is Open.LOGIN
