"""Reminders on the days that a programme's settings name: at, before and after each, and none with 0."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.supervision import replay
from core.domain.supervision.day import step
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.periods import reminds
from core.domain.supervision.replay import Entry, Life
from core.domain.supervision.schedule import next_due
from core.domain.supervision.standing import (
    Ask,
    EventKind,
    Glimpse,
    Metrics,
    Report,
    Standing,
    SupervisionRules,
)
from core.domain.supervision.windows import questions
from core.hooks.catalogue import catalogue
from core.rules.numbers import LONGEST_AHEAD
from core.rules.obligations import ReportDuty, ServiceDuty
from core.rules.periods import DAY
from core.rules.walk import Settings
from tests.domain.supervision.test_due_days import happenings
from tests.examples import examples
from tests.lives import OBJECTION_DAYS, supervision, working_calendar
from tests.traced import unmeasured

START, END = date(2023, 3, 20), date(2026, 3, 20)
STANDING = Standing(START, START, END)
NOTHING = Glimpse()


def rules(where: str, numbers: Mapping[str, int]) -> SupervisionRules:
    """The rules of a track with some of its numbers set."""
    program, track = where.split("/")
    loaded = catalogue()[program]
    given = Settings({name: Decimal(number) for name, number in numbers.items()})
    found = loaded.track_rules(track, loaded.edition(START).id, given)
    return SupervisionRules(found.procedure.term, found.duties, found.exits, working_calendar())


def reminded(held: SupervisionRules, standing: Standing, day: date) -> list[tuple[str, str]]:
    """(clause, period) of the reminders of a day."""
    answers: dict[Ask, Metrics] = {question.ask: {} for question in questions(held, standing, day)}
    found = step(held, standing, NOTHING, day, answers)
    return [(action.clause, action.period) for action in found if action.kind is EventKind.REMINDER]


@pytest.mark.parametrize("days", [1, 60, 120, LONGEST_AHEAD])
@pytest.mark.parametrize("which", ["first_reminder", "second_reminder", "last_reminder"])
def test_each_reminder_of_the_end_comes_on_its_own_day_alone(which: str, days: int) -> None:
    held = rules("hubei/comprehensive", {f"15.{which}": days})
    usual = {"first_reminder": 90, "second_reminder": 30, "last_reminder": 7}
    assert held.term.reminders == {*(usual | {which: days}).values()}
    on = END - timedelta(days=days)
    assert reminded(held, STANDING, on) == [("15", f"term/{END}/{days}")]
    assert reminded(held, STANDING, on - DAY) == reminded(held, STANDING, on + DAY) == []
    assert reminded(held, STANDING, END - timedelta(days=usual[which])) == []


def test_with_zero_there_is_none_and_one_day_named_twice_reminds_once() -> None:
    none = rules("hubei/comprehensive", dict.fromkeys(
        ("15.first_reminder", "15.second_reminder", "15.last_reminder"), 0))  # fmt: skip
    assert not [day for day in range(400) if reminded(none, STANDING, END - timedelta(days=day))]
    twice = rules("hubei/comprehensive", {"15.first_reminder": 30})
    assert reminded(twice, STANDING, END - timedelta(days=30)) == [("15", f"term/{END}/30")]


def test_what_was_reminded_of_is_not_again() -> None:
    held = rules("hubei/comprehensive", {"15.first_reminder": 60})
    on = END - timedelta(days=60)
    done = replace(STANDING, done=frozenset({(EventKind.REMINDER, "15", f"term/{END}/60")}))
    assert reminded(held, done, on) == []


@pytest.mark.parametrize("days", [1, 45, LONGEST_AHEAD])
def test_a_duty_is_pointed_out_on_the_day_set(days: int) -> None:
    held = rules("miit_volunteer/expert", {"A2.6(2).duty_reminder": days})
    last = date(2025, 3, 20)
    on = last - timedelta(days=days)
    about = ("A2.6(2)", f"duty/{last}")
    assert about in reminded(held, STANDING, on)
    assert about not in reminded(held, STANDING, on - DAY)
    assert about not in reminded(held, STANDING, on + DAY)
    if days != 90:
        assert about not in reminded(held, STANDING, last - timedelta(days=90))


def test_a_duty_with_no_reminder_is_asked_of_on_no_day() -> None:
    held = rules("miit_volunteer/expert", {"A2.6(2).duty_reminder": 0})
    year = [date(2024, 3, 22) + timedelta(days=number) for number in range(364)]
    assert not any(questions(held, STANDING, day) for day in year)
    assert not any(clause == "A2.6(2)" for day in year for clause, _ in reminded(held, STANDING, day))


@pytest.mark.parametrize("days", [1, 29, 30, 31, 60, LONGEST_AHEAD])
def test_a_report_is_pointed_out_on_the_day_set_also_in_the_year_before(days: int) -> None:
    held = rules("liaocheng/comprehensive", {"17.report_reminder": days})
    due = date(2025, 1, 31)
    on = due - timedelta(days=days)
    about = ("17", f"report/{due}")
    assert about in reminded(held, STANDING, on)
    assert about not in reminded(held, STANDING, on - DAY)
    assert about not in reminded(held, STANDING, on + DAY)
    came = replace(STANDING, reports=(Report(on, 2024),))
    assert about not in reminded(held, came, on)


def test_a_report_with_no_reminder_comes_due_unannounced() -> None:
    for where, name in (("liaocheng/comprehensive", "17"), ("jilin/provider", "10(1)")):
        held = rules(where, {f"{name}.report_reminder": 0})
        days = (START + timedelta(days=number) for number in range(700))
        assert not [
            day for day in days if any(p.startswith("report/") for _, p in reminded(held, STANDING, day))
        ]


@pytest.mark.parametrize(("days", "expected"), [(0, False), (1, True), (2, False)])
def test_a_day_is_reminded_of_so_many_days_before(days: int, *, expected: bool) -> None:
    assert reminds(days, END, END - DAY) is expected
    assert reminds(days, END, END) is False


def test_the_next_day_follows_the_setting() -> None:
    held = rules("hubei/comprehensive", {"15.first_reminder": 120})
    on = END - timedelta(days=120)
    busy = replace(STANDING, done=frozenset())
    days = []
    day: date | None = START
    while day is not None and day < END:
        days.append(day)
        day = next_due(held, busy, NOTHING, day)
    assert on in days


TRACKS = st.sampled_from([
    ("jilin", "provider"), ("liaocheng", "comprehensive"), ("hubei", "specialized"),
    ("shanghai", "specialized"), ("miit_volunteer", "expert"),
])  # fmt: skip
AHEAD = st.integers(0, LONGEST_AHEAD) | st.sampled_from([0, 1, 30, 31, 90, LONGEST_AHEAD])


@st.composite
def changed(draw: st.DrawFn) -> tuple[dict[str, Any], SupervisionRules]:
    """A life, and the rules of its track with other reminders."""
    program, track = draw(TRACKS)
    start = draw(st.dates(date(2020, 1, 1), date(2021, 12, 31)))
    raw = {
        "program": program,
        "track": track,
        "accredited_on": start.isoformat(),
        "check_until": (start + timedelta(days=1500)).isoformat(),
        "events": draw(st.lists(happenings(start), max_size=8)),
    }
    held = supervision(program, track, start)
    term = replace(
        held.term, first_reminder=draw(AHEAD), second_reminder=draw(AHEAD), last_reminder=draw(AHEAD)
    )
    duties = tuple(
        replace(duty, duty_reminder=draw(AHEAD))
        if isinstance(duty, ServiceDuty)
        else replace(duty, report_reminder=draw(AHEAD))
        if isinstance(duty, ReportDuty)
        else duty
        for duty in held.duties
    )
    return raw, replace(held, term=term, duties=duties)


@unmeasured()
@settings(max_examples=examples(60), deadline=None)
@given(case=changed())
def test_due_days_are_enough_whatever_the_reminders(case: tuple[dict[str, Any], SupervisionRules]) -> None:
    raw, held = case

    def lived() -> list[Entry]:
        life = parse_life(raw)
        made = Life(held, life.accredited_on, OBJECTION_DAYS)
        return made.live(life.happenings, life.check_until)

    by_due_days = lived()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "next_due", lambda _rules, _standing, _glimpse, day: day + DAY)
        assert lived() == by_due_days
    reminders = [
        (entry.on, entry.clause, entry.title.en) for entry in by_due_days if entry.what == "reminder"
    ]
    assert len(reminders) == len(set(reminders))
