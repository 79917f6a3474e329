"""Reading a life: every error is named, with its place, at once."""

from decimal import Decimal
from typing import Any

import pytest

from core.domain.errors import Invalid
from core.domain.supervision.enterprises import number_served
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.replay import Record

GOOD: dict[str, Any] = {
    "program": "jilin",
    "track": "expert",
    "party": "person",
    "accredited_on": "2023-04-10",
    "check_until": "2024-04-11",
    "events": [],
}


def errors_of(raw: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        parse_life(raw)
    return {path: reason.en for path, reason in caught.value.errors.items()}


def test_what_is_left_out_has_its_plain_meaning() -> None:
    life = parse_life(
        {
            **GOOD,
            "events": [
                {"type": "service", "date": "2023-05-01"},
                {"type": "annual_report", "date": "2023-06-01"},
            ],
        }
    )
    record = life.happenings[0].data["record"]
    assert isinstance(record, Record)
    assert (record.counted, record.hours, record.fee, record.satisfaction, len(record.enterprises)) == (
        True,
        0,
        0,
        None,
        0,
    )
    assert life.happenings[1].data == {"kind": "report"}
    assert life.authority_events is None


def test_enterprises_may_be_given_with_their_code() -> None:
    named = [
        {"name": "甲公司"},
        "甲 公司",
        {"name": "乙公司", "uscc": "91350100M000100Y43"},
        {"uscc": "91350100M000100Y43"},
    ]
    life = parse_life({**GOOD, "events": [{"type": "service", "date": "2023-05-01", "enterprises": named}]})
    record = life.happenings[0].data["record"]
    assert isinstance(record, Record)
    assert number_served(record.enterprises) == 2


def test_a_code_whose_check_digit_does_not_fit_needs_the_authority_s_word() -> None:
    served = {"type": "service", "date": "2023-05-01", "enterprises": [{"uscc": "91350100M000100Y44"}]}
    life = {**GOOD, "events": [served]}
    assert "check digit" in errors_of(life)["events[0].enterprises"]
    assert parse_life({**life, "accepted_uscc": ["91350100M000100Y44"]}).happenings
    assert "must be a list" in errors_of({**life, "accepted_uscc": "91350100M000100Y44"})["accepted_uscc"]


def test_every_error_is_named_at_once() -> None:
    found = errors_of(
        {
            "program": "",
            "track": 3,
            "accredited_on": "2023-02-30",
            "events": [
                {
                    "type": "service",
                    "date": "x",
                    "hours": -1,
                    "status": "lost",
                    "satisfaction_pct": 101,
                    "fee_cny": "much",
                },
                {
                    "type": "service",
                    "date": "2023-05-01",
                    "hours": True,
                    "enterprises": "甲",
                    "public_benefit": "yes",
                },
                {"type": "annual_report", "date": "2023-05-01", "year": "2023"},
                {"type": "annual_report", "date": "2023-05-01", "year": True},
                {"type": "finding", "date": "2023-05-01", "kind": "gossip"},
                {"type": "party", "date": "2023-05-01"},
                "nonsense",
            ],
        }
    )
    assert set(found) == {
        "program",
        "track",
        "accredited_on",
        "check_until",
        "events[0].date",
        "events[0].hours",
        "events[0].status",
        "events[0].satisfaction_pct",
        "events[0].fee_cny",
        "events[1].hours",
        "events[1].enterprises",
        "events[1].public_benefit",
        "events[2].year",
        "events[3].year",
        "events[4].kind",
        "events[5].type",
        "events[6]",
    }
    assert "write it as 2024-05-31" in found["accredited_on"]
    assert "violation" in found["events[4].kind"]


@pytest.mark.parametrize(
    ("hours", "good"), [(744, True), (744.5, False), ("12.5", True), (float("nan"), False), ("", False)]
)
def test_hours_of_a_record_lie_within_a_month(hours: object, *, good: bool) -> None:
    raw = {**GOOD, "events": [{"type": "service", "date": "2023-05-01", "hours": hours}]}
    if good:
        parse_life(raw)
    else:
        assert set(errors_of(raw)) == {"events[0].hours"}


def test_the_request_and_its_events_have_their_shapes() -> None:
    assert errors_of([]) == {"": "must be a JSON object"}
    assert set(errors_of({**GOOD, "events": {}})) == {"events"}


@pytest.mark.parametrize("enterprises", ["甲", [3], [{"name": " "}], [{"uscc": "91350100M000100Y44"}]])
def test_enterprises_that_are_none_are_named(enterprises: object) -> None:
    service = {"type": "service", "date": "2023-05-01", "enterprises": enterprises}
    assert set(errors_of({**GOOD, "events": [service]})) == {"events[0].enterprises"}


@pytest.mark.parametrize(("clause", "good"), [(None, True), ("18(1)", True), (18, False)])
def test_a_clause_is_a_text(clause: object, *, good: bool) -> None:
    result = {"type": "rectification_result", "date": "2023-05-01", "ok": True, "clause": clause}
    if good:
        assert parse_life({**GOOD, "events": [result]}).happenings[0].data["clause"] == clause
    else:
        assert set(errors_of({**GOOD, "events": [result]})) == {"events[0].clause"}


@pytest.mark.parametrize(
    ("given", "warned"), [(0, False), ("0.01", True), (0.95, True), (1, True), ("1.01", False)]
)
def test_a_share_that_looks_like_a_fraction_is_taken_as_it_stands_and_warned_of(
    given: object, warned: bool
) -> None:
    service = {"type": "service", "date": "2023-05-01", "satisfaction_pct": given}
    life = parse_life({**GOOD, "events": [service]})
    record = life.happenings[0].data["record"]
    assert isinstance(record, Record)
    assert record.satisfaction == Decimal(str(given))
    assert ("events[0].satisfaction_pct" in life.doubts) is warned
