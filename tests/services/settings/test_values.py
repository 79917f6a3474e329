"""Numbers, readings and operations from a day on; the holiday table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select

from core.domain.calendar import CalendarUnknownError
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.services.base.work import SYSTEM
from core.services.daily_check.run import run_checks
from core.services.settings import values
from core.services.settings.holidays import enter_year, load_year, remove_day, set_day, years
from core.services.settings.values import (
    cancel_change,
    list_operations,
    list_own_operations,
    list_settings,
    set_interpretation,
    set_operation,
    set_parameter,
    set_reply_to,
)
from core.services.supervision.living_through import check_now
from core.storage.engine import session_factory
from core.storage.models import Accreditation, RegisterEvent, SettingOverride
from tests.services.factory import accredit, audited, kinds, load

SERVED = "8(3).smes_served_last_year"


@pytest.fixture(autouse=True)
def untouched(engine: Engine) -> Any:
    """Settings are the register's: each test leaves none behind."""
    yield
    with engine.begin() as connection:
        connection.execute(delete(SettingOverride))


@pytest.fixture
def lead(make_actor: Any) -> Any:
    return make_actor(Role.LEAD, "liaocheng")


def test_a_number_is_told_from_others_of_its_name_by_what_holds_it(begin: Any, make_actor: Any) -> None:
    actor = make_actor(Role.LEAD, "miit_volunteer")
    with begin(actor, "2024-05-06T09:00", "setting.view") as w:
        shown = {
            item.name: item.title.zh for item in list_settings(w, "miit_volunteer") if item.track == "expert"
        }
    assert shown["A2.9.years"] == "有效期"
    assert {shown[name] for name in ("A2.9.years#2", "A2.9.days_before", "A2.9.days_after")} == {"延续"}
    assert shown["A2.3(2).sme_service_years"] == "学历、经验与擅长领域"


def test_a_number_holds_from_its_day_on(begin: Any, lead: Any, engine: Engine) -> None:
    with begin(lead, "2024-05-06T09:00", "setting.edit") as w:
        change = set_parameter(w, "liaocheng", "specialized", SERVED, "100", date(2024, 6, 1), "市局会议纪要")
        found = next(
            item
            for item in list_settings(w, "liaocheng")
            if (item.track, item.name) == ("specialized", SERVED)
        )
        assert (found.default, found.value) == ("80", "80")
        assert [(item.value, item.effective_on) for item in found.changes] == [("100", date(2024, 6, 1))]
        for day, bound in ((date(2024, 5, 31), "80"), (date(2024, 6, 1), "100")):
            numbers = {p.id: str(p.default) for p in w.rules("liaocheng", "specialized", day).parameters()}
            assert numbers[SERVED] == bound
        numbers = {
            p.id: str(p.default) for p in w.rules("liaocheng", "comprehensive", date(2024, 7, 1)).parameters()
        }
        assert numbers[SERVED] == "80"
    assert audited(engine, "setting_override", change)[0][:2] == (lead.name, "setting.edit")
    with pytest.raises(Conflict), begin(lead, "2024-05-07T09:00") as w:
        set_parameter(w, "liaocheng", "specialized", SERVED, "90", date(2024, 6, 1), "同日再改")
    with begin(lead, "2024-05-31T09:00") as w:
        cancel_change(w, change)
        assert str(w.settings("liaocheng", "specialized", date(2024, 6, 1)).parameters) == "{}"


def test_a_change_in_force_is_not_taken_back(begin: Any, lead: Any) -> None:
    with begin(lead, "2024-05-06T09:00") as w:
        change = set_parameter(w, "liaocheng", "specialized", SERVED, "100", date(2024, 5, 6), "即日起")
        with pytest.raises(Refused):
            cancel_change(w, change)
    with pytest.raises(NotFound), begin(lead, "2024-05-06T09:00") as w:
        cancel_change(w, change + 1000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("8(3).nonsense", "1"),
        (SERVED, "many"),
        (SERVED, "-1"),
        (SERVED, "NaN"),
        ("8(3).satisfaction_pct", "100.5"),
        ("8(7).staff_college_plus_share", "101"),
        ("18.years", "0"),
        ("18.years", "2.5"),
        ("20(3).months", "0"),
        ("17.due_month", "13"),
        ("18.first_reminder", "365"),
        ("18.first_reminder", "7.5"),
        ("17.report_reminder", "-1"),
        ("20(3).months", "3651"),
    ],
)
def test_values_that_the_rules_cannot_take(begin: Any, lead: Any, name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught, begin(lead, "2024-05-06T09:00") as w:
        set_parameter(w, "liaocheng", "specialized", name, value, date(2024, 6, 1), " ")
    assert "reason" in caught.value.errors
    assert set(caught.value.errors) - {"reason"} in ({"name"}, {"value"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("8(3).satisfaction_pct", "82.5"),
        ("20(1).ban_years", "0"),
        ("18.years", "5"),
        ("17.due_month", "12"),
        ("18.first_reminder", "0"),
        ("18.first_reminder", "364"),
        ("20(3).months", "3650"),
        ("18.years", "3年"),
        ("18.first_reminder", "30天"),
        ("8(3).satisfaction_pct", "1%"),
    ],
)
def test_values_that_they_can(begin: Any, lead: Any, name: str, value: str) -> None:
    with begin(lead, "2024-05-06T09:00") as w:
        set_parameter(w, "liaocheng", "specialized", name, value, date(2024, 6, 1), "会议纪要")


def test_every_number_of_every_track_takes_its_own_value(begin: Any) -> None:
    with begin(SYSTEM, "2024-05-06T09:00") as w:
        for loaded, track in w.catalogue.tracks():
            rules = loaded.rules[track.id, loaded.edition(date(2024, 6, 1)).id]
            for number in rules.parameters():
                value = format(number.default, "f")
                set_parameter(w, loaded.program.id, track.id, number.id, value, date(2024, 6, 1), "同值")
            w.rules(loaded.program.id, track.id, date(2024, 6, 1))


def test_a_reading_is_chosen_for_the_whole_programme(begin: Any, make_actor: Any) -> None:
    lead = make_actor(Role.LEAD, "miit_volunteer")
    with begin(lead, "2024-05-06T09:00") as w:
        with pytest.raises(Invalid) as caught:
            set_interpretation(w, "miit_volunteer", "miit.shortfall", "neither", date(2024, 6, 1), "理由")
        assert "either" in caught.value.errors["value"].en
        set_interpretation(w, "miit_volunteer", "miit.shortfall", "either", date(2024, 6, 1), "上级答复")
        assert w.settings("miit_volunteer", "expert", date(2024, 6, 1)).readings == {
            "miit.shortfall": "either"
        }
        shown = next(item for item in list_settings(w, "miit_volunteer") if item.name == "miit.shortfall")
        assert (shown.default, shown.value, len(shown.choices)) == ("both", "both", 2)


def test_only_the_lead_of_the_programme_sets(begin: Any, make_actor: Any) -> None:
    for role, program in ((Role.OFFICER, "liaocheng"), (Role.LEAD, "hubei"), (Role.SYSADMIN, None)):
        with pytest.raises(NotAllowed), begin(make_actor(role, program), "2024-05-06T09:00") as w:
            set_parameter(w, "liaocheng", "specialized", SERVED, "100", date(2024, 6, 1), "理由")
    with pytest.raises(NotAllowed), begin(make_actor(Role.LEAD, "liaocheng"), "2024-05-06T09:00") as w:
        set_operation(w, "brake_count", "10", date(2024, 6, 1), "运行设置不属于一个项目")
    with pytest.raises(NotAllowed), begin(make_actor(Role.RECOMMENDER, "liaocheng"), "2024-05-06T09:00") as w:
        list_settings(w, "liaocheng")


def test_an_earlier_day_only_while_nothing_was_decided(engine: Engine, begin: Any, make_actor: Any) -> None:
    lead = make_actor(Role.LEAD, "shanghai")
    name = "2.1(3).smes_served_last_year"
    with begin(lead, "2024-05-06T09:00") as w:
        set_parameter(w, "shanghai", "specialized", name, "120", date(2024, 4, 1), "尚无决定")
    accredit(engine, "shanghai/specialized", "2024-05-05")
    with pytest.raises(Refused), begin(lead, "2024-05-06T09:00") as w:
        set_parameter(w, "shanghai", "specialized", name, "130", date(2024, 5, 5), "已有认定")
    with begin(lead, "2024-05-06T09:00") as w:
        set_parameter(w, "shanghai", "specialized", name, "130", date(2024, 5, 6), "自今日起")


def test_a_change_lets_the_check_look_again(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "miit_volunteer/expert", "2024-01-10")
    with begin(SYSTEM, "2024-02-01T00:10") as w:
        check_now(w, held.id)
    assert load(engine, Accreditation, held.id).next_due_on == date(2024, 7, 11)
    with begin(make_actor(Role.LEAD, "miit_volunteer"), "2024-02-02T09:00") as w:
        set_parameter(w, "miit_volunteer", "expert", "N5.months", "3", date(2024, 3, 1), "加强管理")
    assert load(engine, Accreditation, held.id).next_due_on == date(2024, 3, 1)
    with begin(SYSTEM, "2024-03-01T00:10") as w:
        check_now(w, held.id)
    assert load(engine, Accreditation, held.id).next_due_on == date(2024, 4, 11)
    with begin(SYSTEM, "2024-04-11T00:10") as w:
        check_now(w, held.id)
    assert kinds(engine, held) == [EventKind.WARNING]


@pytest.mark.parametrize(("first", "refused"), [("2024-05-05", True), ("2024-05-06", False)])
def test_reminders_are_not_set_for_days_past(begin: Any, lead: Any, first: str, *, refused: bool) -> None:
    def set_it() -> None:
        with begin(lead, "2024-05-06T09:00") as w:
            set_parameter(
                w, "liaocheng", "specialized", "18.last_reminder", "14", date.fromisoformat(first), "提早提醒"
            )

    if refused:
        with pytest.raises(Invalid) as caught:
            set_it()
        assert "不追溯" in caught.value.errors["effective_on"].zh
    else:
        set_it()


def test_reminders_stand_beside_their_clause_as_the_registers_own(begin: Any, lead: Any) -> None:
    with begin(lead, "2024-05-06T09:00") as w:
        shown = {item.name: item for item in list_settings(w, "liaocheng") if item.track == "specialized"}
    term = [shown[f"18.{name}_reminder"] for name in ("first", "second", "last")]
    assert [(item.clause, item.title.zh, item.default, item.of_text) for item in term] == [
        ("18", "有效期", "90", False), ("18", "有效期", "30", False), ("18", "有效期", "7", False),
    ]  # fmt: skip
    report = shown["17.report_reminder"]
    assert (report.title.zh, report.default, report.of_text) == ("年度工作总结", "30", False)
    assert shown["18.years"].of_text


def test_a_later_change_is_waited_for_though_something_is_due_before(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "miit_volunteer/expert", "2024-01-10")
    with begin(make_actor(Role.LEAD, "miit_volunteer"), "2024-02-02T09:00") as w:
        set_parameter(w, "miit_volunteer", "expert", "N5.months", "3", date(2024, 3, 1), "加强管理")
    with begin(SYSTEM, "2024-02-10T00:10") as w:
        check_now(w, held.id)
    assert load(engine, Accreditation, held.id).next_due_on == date(2024, 3, 1)


def reminders(engine: Engine, held: Any) -> list[date]:
    with session_factory(engine)() as session:
        about = (RegisterEvent.accreditation_id == held.id, RegisterEvent.kind == EventKind.REMINDER)
        return list(
            session.scalars(select(RegisterEvent.happened_on).where(*about).order_by(RegisterEvent.id))
        )


@pytest.mark.parametrize(
    ("set_on", "first", "expected"),
    [
        ("2026-01-01", "120", ["2026-03-21", "2026-04-13"]),  # 109 days left: the 120th is over
        ("2025-12-21", "120", ["2025-12-21", "2026-03-21", "2026-04-13"]),  # on the very day
        ("2025-12-20", "120", ["2025-12-21", "2026-03-21", "2026-04-13"]),
        ("2026-02-01", "60", ["2026-01-20", "2026-02-19", "2026-03-21", "2026-04-13"]),  # a day of its own
        ("2026-02-01", "90", ["2026-01-20", "2026-03-21", "2026-04-13"]),
        ("2026-01-01", "0", ["2026-03-21", "2026-04-13"]),
    ],
)
def test_a_reminder_moves_and_none_comes_twice_or_for_a_day_past(
    engine: Engine, begin: Any, make_actor: Any, set_on: str, first: str, expected: list[str]
) -> None:
    held = accredit(engine, "hubei/specialized", "2023-04-20")  # until 2026-04-20
    with begin(SYSTEM, "2023-04-20T00:10") as w:
        check_now(w, held.id)
    run_checks(session_factory(engine), date.fromisoformat(set_on), program="hubei")
    with begin(make_actor(Role.LEAD, "hubei"), f"{set_on}T09:00") as w:
        on = date.fromisoformat(set_on)
        set_parameter(w, "hubei", "specialized", "15.first_reminder", first, on, "调整提醒")
    for day in ("2025-12-22", "2026-02-25", "2026-04-20"):
        if day > set_on:
            run_checks(session_factory(engine), date.fromisoformat(day), program="hubei")
    assert reminders(engine, held) == [date.fromisoformat(day) for day in expected]
    run_checks(session_factory(engine), date(2026, 4, 20), program="hubei", full=True)
    assert reminders(engine, held) == [date.fromisoformat(day) for day in expected]


def test_operations(begin: Any, make_actor: Any) -> None:
    lead = make_actor(Role.LEAD)
    for name, value in (
        ("nonsense", "1"),
        ("brake_count", "0"),
        ("brake_count", "1.5"),
        ("brake_percent", "101"),
        ("brake_percent", "1"),
        ("brake_percent", "0.2"),
        ("brake_percent", "0.5%"),
        ("objection_working_days", "10天"),
    ):
        with pytest.raises(Invalid), begin(lead, "2024-05-06T09:00") as w:
            set_operation(w, name, value, date(2024, 6, 1), "理由")
    with pytest.raises(Refused), begin(lead, "2024-05-06T09:00") as w:
        set_operation(w, "objection_working_days", "10", date(2024, 5, 5), "昨天")
    with begin(lead, "2024-05-06T09:00") as w:
        set_operation(w, "objection_working_days", "10", date(2024, 5, 6), "延长异议期")
        assert w.operation("objection_working_days") == 10
    with begin(make_actor(Role.OFFICER, "jilin"), "2024-05-06T10:00") as w:
        shown = {item.name: (item.default, item.value) for item in list_operations(w)}
    assert shown["objection_working_days"] == ("5", "10")
    assert shown["brake_percent"] == ("5", "5")


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("brake_percent", "20%", 20),
        ("brake_percent", "1%", 1),
        ("brake_percent", "20", 20),
        ("review_days", "20天", 20),
        ("decision_delay_minutes", "30分钟", 30),
        ("login_attempts", "5次", 5),
        ("objection_working_days", "5个工作日", 5),
    ],
)
def test_an_operation_is_typed_with_its_unit(
    begin: Any, make_actor: Any, name: str, typed: str, kept: int
) -> None:
    with begin(make_actor(Role.LEAD), "2024-05-06T09:00") as w:
        set_operation(w, name, typed, w.today, "测试")
        assert w.operation(name) == kept


def test_one_percent_is_asked_about(begin: Any, make_actor: Any) -> None:
    with begin(make_actor(Role.LEAD), "2024-05-06T09:00") as w, pytest.raises(Invalid) as asked:
        set_operation(w, "brake_percent", "1", w.today, "测试")
    assert "100% 还是 1%" in asked.value.errors["value"].zh


# The holiday table; the module's database has 2015 to 2026.


@pytest.fixture
def sysadmin(make_actor: Any) -> Any:
    return make_actor(Role.SYSADMIN)


def test_a_year_is_loaded_once_or_replaced(begin: Any, sysadmin: Any) -> None:
    with begin(sysadmin, "2024-05-06T09:00", "holiday.edit") as w:
        assert load_year(w, 2014) > 20
        assert w.calendar.is_working(date(2014, 10, 1)) is False
    with pytest.raises(Conflict), begin(sysadmin, "2024-05-06T09:00") as w:
        load_year(w, 2014)
    with begin(sysadmin, "2024-05-06T09:00") as w:
        set_day(w, date(2014, 3, 5), working=False, name="临时放假")
        assert w.calendar.is_working(date(2014, 3, 5)) is False
        load_year(w, 2014, replace=True)
        assert w.calendar.is_working(date(2014, 3, 5)) is True
        assert {item.year for item in years(w) if item.holidays} >= {2014, 2026}


def test_a_year_loaded_by_two_at_once(begin: Any, make_actor: Any) -> None:
    gate = Barrier(2)

    def load_it(_: int) -> str:
        try:
            with begin(make_actor(Role.SYSADMIN), "2024-05-06T09:00") as w:
                gate.wait()
                load_year(w, 2013)
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(load_it, range(2))) == ["conflict", "done"]


def test_a_year_nobody_knows_fails_closed(begin: Any, sysadmin: Any) -> None:
    with begin(sysadmin, "2026-12-30T09:00") as w:
        with pytest.raises(Refused):
            load_year(w, 2027)
        # One day does not make a year known.
        with pytest.raises(Refused):
            set_day(w, date(2027, 1, 1), working=False)
        with pytest.raises(Invalid):
            enter_year(w, 2027, [{"day": date(2027, 1, 1), "working": False}])
        with pytest.raises(CalendarUnknownError):
            w.calendar.is_working(date(2027, 1, 4))
        days = [{"day": date(2027, 1, 1 + number), "working": False, "name_zh": "假"} for number in range(20)]
        with pytest.raises(Invalid) as caught:
            enter_year(
                w,
                2027,
                [*days, days[0], {"day": date(2026, 1, 1), "working": True}, {"day": date(2027, 5, 1)}],
            )
        assert set(caught.value.errors) == {"21.day", "22.day", "23.working"}
        assert enter_year(w, 2027, days) == 20
        assert w.calendar.is_working(date(2027, 1, 21)) is True
        assert w.calendar.is_working(date(2027, 1, 20)) is False
        remove_day(w, date(2027, 1, 20))
        assert w.calendar.is_working(date(2027, 1, 20)) is True
        with pytest.raises(NotFound):
            remove_day(w, date(2027, 1, 20))


def test_only_administrators_and_leads_change_days(begin: Any, make_actor: Any) -> None:
    for role, program in ((Role.OFFICER, None), (Role.LEAD, "liaocheng"), (Role.AUDITOR, None)):
        with pytest.raises(NotAllowed), begin(make_actor(role, program), "2024-05-06T09:00") as w:
            set_day(w, date(2024, 5, 7), working=False)
    with begin(make_actor(Role.OFFICER, "liaocheng"), "2024-05-06T09:00") as w:
        assert years(w)
    with pytest.raises(NotAllowed), begin(make_actor(Role.REVIEWER), "2024-05-06T09:00") as w:
        years(w)
    with begin(make_actor(Role.LEAD), "2024-05-06T09:00") as w:
        set_day(w, date(2024, 5, 8), working=False, name="地方节日")


def test_the_address_for_answers_is_an_address_or_nothing(begin: Any, lead: Any) -> None:
    with begin(lead, "2026-03-02T09:00", "setting.set") as w:
        for value in ("office", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"):
            with pytest.raises(Invalid) as refused:
                set_reply_to(w, "liaocheng", value, w.today, "由办公室答复")
            assert set(refused.value.errors) == {"value"}
        with pytest.raises(Invalid) as refused:
            set_reply_to(w, "liaocheng", "a@b.example", date(2026, 3, 1), "")
        assert set(refused.value.errors) == {"effective_on", "reason"}
        set_reply_to(w, "liaocheng", " a@b.example ", w.today, "由办公室答复")
        (shown,) = list_own_operations(w, "liaocheng")
        assert (shown.default, shown.value, w.reply_to("liaocheng")) == ("", "a@b.example", "a@b.example")
        assert (w.reply_to("jilin"), w.reply_to(None)) == ("", "")
    with begin(lead, "2026-03-03T09:00") as w:
        set_reply_to(w, "liaocheng", "zhang@例子.中国", w.today, "改用新地址")
        assert w.reply_to("liaocheng") == "zhang@xn--fsqu00a.xn--fiqs8s"
        with pytest.raises((NotAllowed, NotFound)):
            set_reply_to(w, "jilin", "a@b.example", w.today, "由办公室答复")


@pytest.mark.parametrize(
    ("typed", "kept"), [("60", "60"), (" ６０ ", "60"), ("1,000", "1000"), ("60.50", "60.50")]
)
def test_a_number_is_read_as_facts_numbers_are_and_kept_plainly(typed: str, kept: str) -> None:
    assert values.kept(typed) == kept


@pytest.mark.parametrize("typed", ["1e2", "1E+2", "6_0", "NaN", "inf", "0x10", "六十", ""])
def test_what_is_no_number_of_a_form_is_none_of_a_setting(begin: Any, make_actor: Any, typed: str) -> None:
    with begin(make_actor(Role.LEAD), "2026-03-02T09:00") as w, pytest.raises(Invalid) as refused:
        set_operation(w, "review_days", typed, w.today, "测试")
    assert set(refused.value.errors) == {"value"}


def test_of_two_numbers_of_an_open_text_each_says_its_reading(begin: Any, make_actor: Any) -> None:
    with begin(make_actor(Role.LEAD, "hubei"), "2026-03-02T09:00") as w:
        listed = list_settings(w, "hubei")
    listed = [item for item in listed if item.track == "specialized"]
    titles = [item.title.zh for item in listed if item.name.startswith("18(1).record")]
    assert len(set(titles)) == len(titles) == 2
    assert any("不含80%" in title for title in titles)
