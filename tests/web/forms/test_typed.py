"""What is typed in a form is read as in a table, and reaches the facts as they are written in JSON."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from core.domain.clock import SHANGHAI
from core.domain.facts import ALL
from core.domain.profile import parse_facts
from core.web.forms import fact_fields
from core.web.forms.inputs import DayField, DecimalNumberField, MomentField, NumberField


class Typed(Form):
    """One input of each kind that is read."""

    day = DayField()
    moment = MomentField()
    whole = NumberField()
    decimal = DecimalNumberField()


def read(**typed: str) -> Any:
    """The form with what was typed."""
    form = Typed(MultiDict(typed))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("day", "2024-05-06", date(2024, 5, 6)),
        ("day", " 2024/5/6 ", date(2024, 5, 6)),
        ("day", "２０２４年５月６日", date(2024, 5, 6)),
        ("moment", "2024-05-06T17:00", datetime(2024, 5, 6, 17, tzinfo=SHANGHAI)),
        ("moment", "2024/5/6 17：00", datetime(2024, 5, 6, 17, tzinfo=SHANGHAI)),
        ("whole", "１２", 12),
        ("whole", "1,200", 1200),
        ("whole", "-3", -3),
        ("decimal", "1，234.50", Decimal("1234.50")),
        *((name, " ", None) for name in ("day", "moment", "whole", "decimal")),
    ],
)
def test_what_is_typed_is_read(name: str, typed: str, expected: object) -> None:
    form = read(**{name: typed})
    assert (form[name].data, form.errors) == (expected, {})


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("day", "2024-02-30", "日期应写作 2024-02-29；没有“2024-02-30”这一天"),
        ("moment", "2024-05-06", "时间应写作 2024-02-29 17:00，不能是“2024-05-06”"),
        ("moment", "2024-05-06T17:00+00:00", "时间应写作 2024-02-29 17:00，不能是“2024-05-06T17:00+00:00”"),
        ("whole", "1_2", "请填写数字，不能是“1_2”"),
        ("whole", "1.5", "请填写整数，不能是“1.5”"),
        ("decimal", "1e3", "请填写数字，不能是“1e3”"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_mend(app: Flask, name: str, typed: str, said: str) -> None:
    with app.test_request_context():
        assert read(**{name: typed}).errors == {name: [said]}


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("established_on", "2024年5月6日", "2024-05-06"),
        ("last_penalty_on", "2024.5.6", "2024-05-06"),
        ("last_penalty_on", "never", "never"),
        ("staff_full_time", "１,２００", "1200"),
        ("premises_area_m2", "80.50", "80.50"),
        ("staff_full_time", "80人", "80"),
        ("premises_area_m2", "1200 平方米", "1200"),
        ("total_assets_cny", "200万元", "2000000"),
        ("satisfaction_pct", "95.5％", "95.5"),
        ("satisfaction_pct", "0.95%", "0.95"),
        ("fixed_premises", "yes", True),
        ("fixed_premises", "no", False),
        ("name", "  2024.5.6", "  2024.5.6"),
        ("service_functions", ["legal"], ["legal"]),
        ("staff_full_time", "", None),
    ],
)
def test_a_fact_is_handed_on_as_json_has_it(name: str, typed: object, expected: object) -> None:
    given = fact_fields.read([ALL[name]], {name: typed})
    assert given == {name: expected}
    assert parse_facts(given).errors == {}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("established_on", "five"),
        ("staff_full_time", "一"),
        ("satisfaction_pct", "101%"),
        ("satisfaction_pct", "0.95"),
        ("staff_full_time", "80斤"),
        ("fixed_premises", "maybe"),
    ],
)
def test_what_a_fact_does_not_take_stays_as_it_was_typed(name: str, typed: str) -> None:
    given = fact_fields.read([ALL[name]], {name: typed})
    assert given == {name: typed}
    assert name in parse_facts(given).errors


def test_a_refusal_keeps_its_question() -> None:
    errors = parse_facts(fact_fields.read([ALL["satisfaction_pct"]], {"satisfaction_pct": "0.95"})).errors
    assert "95% 或 0.95%" in errors["satisfaction_pct"].zh


@pytest.mark.parametrize("percentage", ["0.95", "1", "0.01", "95.5", "0"])
def test_a_percentage_that_is_kept_can_be_sent_again(percentage: str) -> None:
    fact = ALL["satisfaction_pct"]
    begun = fact_fields.start([fact], {fact.name: percentage})
    assert fact_fields.read([fact], begun) == {fact.name: percentage}
