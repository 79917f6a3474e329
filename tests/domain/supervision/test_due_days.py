"""The due queue loses nothing: living on due days only gives the same life as living on every day."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.supervision import replay
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.periods import silence_day, year_ended, year_of
from core.domain.supervision.replay import Life
from core.domain.supervision.standing import Standing
from core.rules.obligations import Year
from core.rules.periods import DAY, period_end
from tests.examples import examples
from tests.lives import OBJECTION_DAYS, event, service, supervision
from tests.traced import unmeasured

TRACKS = [
    ("jilin", "provider"),
    ("liaocheng", "comprehensive"),
    ("hubei", "specialized"),
    ("shanghai", "specialized"),
    ("miit_volunteer", "expert"),
]
KINDS = ["violation", "incompetence", "administrative_sanction", "refusal_of_coordination"]
STARTS = st.dates(date(2020, 1, 1), date(2021, 12, 31)) | st.just(date(2020, 2, 29))
OFFSETS = st.integers(0, 1500)


@st.composite
def happenings(draw: st.DrawFn, start: date) -> dict[str, Any]:
    on = (start + timedelta(days=draw(OFFSETS))).isoformat()
    match draw(
        st.sampled_from(["service"] * 8 + ["report", "complaint", "finding", "absence", "renewal", "result"])
    ):
        case "service":
            return service(
                on,
                draw(st.sampled_from([1, 6, 12, 40])),
                draw(st.sampled_from([0, 1, 15, 30])),
                satisfaction=draw(st.sampled_from([None, 60, 79.9, 80, 95])),
                fee=draw(st.sampled_from([0, 0, 0, 10])),
                authority=draw(st.booleans()),
                benefit=draw(st.booleans()),
                status=draw(st.sampled_from(["verified", "submitted", "draft"])),
            )
        case "report":
            return event("annual_report", on, year=draw(st.integers(2019, 2025)))
        case "complaint":
            return event("complaint", on, verified=draw(st.booleans()))
        case "finding":
            return event("finding", on, kind=draw(st.sampled_from(KINDS)))
        case "absence":
            return event("justified_absence", on)
        case "renewal":
            return event("renewal", on)
        case _:
            return event("rectification_result", on, ok=draw(st.booleans()))


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    program, track = draw(st.sampled_from(TRACKS))
    start = draw(STARTS)
    return {
        "program": program,
        "track": track,
        "accredited_on": start.isoformat(),
        "check_until": (start + timedelta(days=1600)).isoformat(),
        "events": draw(st.lists(happenings(start), max_size=25)),
    }


def live(raw: dict[str, Any]) -> list[replay.Entry]:
    life = parse_life(raw)
    rules = supervision(life.program, life.track, life.accredited_on)
    return Life(rules, life.accredited_on, OBJECTION_DAYS).live(life.happenings, life.check_until)


@unmeasured()
@settings(max_examples=examples(60), deadline=None)
@given(raw=lives())
def test_due_days_are_enough(raw: dict[str, Any]) -> None:
    by_due_days = live(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "next_due", lambda _rules, _standing, _glimpse, day: day + DAY)
        by_every_day = live(raw)
    assert by_due_days == by_every_day


@settings(max_examples=examples(60), deadline=None)
@given(raw=lives())
def test_nothing_stands_twice_and_nothing_follows_the_end(raw: dict[str, Any]) -> None:
    timeline = live(raw)
    proposed = [(entry.on, entry.clause) for entry in timeline if entry.what == "exit_proposed"]
    assert len(proposed) == len(set(proposed))
    warned = [
        (entry.on, entry.clause) for entry in timeline if entry.what == "warning" and entry.clause == "N5"
    ]
    assert not {day for day, _ in warned} & {day for day, _ in proposed}
    revoked = [number for number, entry in enumerate(timeline) if entry.what == "revoked"]
    assert len(revoked) <= 1
    if revoked:
        assert {entry.what for entry in timeline[revoked[0] + 1 :]} <= {
            "revoked",
            "shortfall",
            "extension_refused",
        }


@given(start=st.dates(date(2000, 1, 1), date(2030, 12, 31)), days=st.integers(0, 5000))
def test_every_day_lies_in_exactly_one_accreditation_year(start: date, days: int) -> None:
    standing = Standing(start, start, period_end(start, years=20))
    day = start + timedelta(days=days)
    first, last = year_of(standing, Year.ACCREDITATION, day)
    assert first <= day <= last
    assert year_of(standing, Year.ACCREDITATION, last + DAY)[0] == last + DAY
    assert year_ended(standing, Year.ACCREDITATION, last + DAY) == (first, last)
    assert year_ended(standing, Year.ACCREDITATION, last) is None or first == last


@given(
    anchor=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    days=st.integers(-400, 2000),
    months=st.sampled_from([6, 12]),
)
def test_the_next_day_of_a_spell_is_the_first_after_the_given_one(
    anchor: date, days: int, months: int
) -> None:
    after = anchor + timedelta(days=days)
    number, day = silence_day(anchor, months, after)
    assert day > after
    assert day == period_end(anchor, months=months * number) + DAY
    assert number == 1 or period_end(anchor, months=months * (number - 1)) + DAY <= after
