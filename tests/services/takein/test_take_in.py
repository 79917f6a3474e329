"""Statuses granted before this register: taken in with their own numbers, each once, as the tables say."""

import io
import tracemalloc
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Conflict, Invalid, NotAllowed, Refused
from core.domain.folding import number_key
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.applications.handling import desk_of
from core.services.base.naming import number_is
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.files.sheet_limits import MOST_BYTES
from core.services.files.sheets import write_sheet
from core.services.granting.accreditations import _number
from core.services.public.bodies import verify
from core.services.supervision.living_through import Tally, live_through
from core.services.takein.columns import template
from core.services.takein.entering import enter, look_at, place_in_series, take_in
from core.services.takein.plan import Fate, Plan, plan
from core.services.takein.reading import Source
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    Accreditation,
    AnnualReport,
    OutboxMessage,
    Party,
    Rectification,
    RegisterEvent,
    TakenIn,
)
from core.storage.verify import faults
from tests.services.books import book
from tests.services.factory import id_number, uscc
from tests.services.takein.tables import HEADERS, ORDER, YEARS, row, table, years

AT = "2024-06-03T09:00"
PLANTED = {"holiday_day", "region", "app_user", "grant"}
"""What the fixtures put there without a trail."""


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "hubei")


@pytest.fixture
def take(begin: Any, officer: Any) -> Any:
    def take(statuses: Source, beside: Source | None = None, at: str = AT) -> Plan:
        with begin(officer, at, "takein") as w:
            return take_in(w, "hubei", statuses, beside)

    return take


@pytest.fixture
def planned(begin: Any, officer: Any) -> Any:
    def planned(statuses: Source, beside: Source | None = None, at: str = AT) -> Plan:
        with begin(officer, at, "takein") as w:
            return plan(w, "hubei", statuses, beside)

    return planned


def fates(found: Plan) -> list[Fate]:
    return [item.fate for item in found.rows]


def said(found: Plan) -> str:
    return "".join(text.zh for item in found.rows for text in item.said) + "".join(t.zh for t in found.beside)


def test_a_status_keeps_its_number_its_dates_and_where_it_came_from(engine: Engine, take: Any) -> None:
    take(
        table(
            row(
                valid_from=date(2023, 3, 20),
                functions="人才和培训服务、法律服务",
                warning_clause="18(2)",
                warned_on=date(2024, 1, 5),
                **ORDER,
            )
        )
    )
    with session_factory(engine)() as session:
        held = session.scalars(select(Accreditation)).one()
        assert (held.number, held.sequence, held.year) == ("鄂严选〔2023〕17号", None, 2023)
        assert (held.state, held.started_on, held.valid_through) == (
            "rectifying",
            date(2023, 3, 20),
            date(2026, 3, 20),
        )
        assert (held.next_due_on, held.functions) == (date(2024, 6, 3), ["training", "legal"])
        order = session.scalars(select(Rectification)).one()
        assert (order.clause, order.ordered_on, order.deadline) == (
            "18(1)",
            date(2024, 5, 20),
            date(2024, 6, 20),
        )
        events = session.scalars(select(RegisterEvent).order_by(RegisterEvent.happened_on)).all()
        assert [(item.happened_on.isoformat(), item.kind) for item in events] == [
            ("2023-03-20", "accredited"),
            ("2024-01-05", "warning"),
            ("2024-05-20", "rectification_ordered"),
        ]
        assert all(item.title_zh.endswith("（2024-06-03 自文件“旧名录.xlsx”第 2 行导入）") for item in events)
        came = session.scalars(select(TakenIn)).one()
        assert (came.source_row, came.taken_on, came.filename) == (2, date(2024, 6, 3), "旧名录.xlsx")


def test_the_look_before_tells_each_value_and_each_duty_and_enters_nothing(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    given = {
        "number": "吉企专〔2023〕7号", "track": "expert", "name": "王某", "uscc": None, "region": "220202",
        "id_number": id_number(), "valid_through": date(2025, 3, 20),
    }  # fmt: skip
    statuses = table(row(**given))
    span = {"first": date(2024, 3, 21), "last": date(2024, 6, 2)}
    told = years({"number": given["number"], "hours": 5, "enterprises": 3, "services": 2, **span})
    before = counted(engine)
    with begin(make_actor(Role.OFFICER, "jilin"), AT, "takein") as w:
        found = plan(w, "jilin", statuses, told)
        look = look_at(w, "jilin", found.new, statuses)
    assert counted(engine) == before
    assert [title.zh for title in found.values.titles][:3] == ["证书编号", "类别", "名称"]
    assert found.values.rows[0][1][1].zh.endswith("专家"), "a choice by its name"
    assert found.years is not None
    assert found.years.rows[0][1][3:5] == [5, 3]
    texts = [duty.after.zh for duty in look.duties]
    assert any(text.startswith("服务时长 5 / ") for text in texts), texts
    assert {duty.before for duty in look.duties} == {None}
    with begin(make_actor(Role.OFFICER, "jilin"), AT, "takein") as w:
        assert take_in(w, "jilin", statuses, told).counts[Fate.NEW] == 1


def counted(engine: Engine) -> list[int | None]:
    models = (Accreditation, Party, RegisterEvent, TakenIn, OutboxMessage)
    with session_factory(engine)() as session:
        return [session.scalar(select(func.count()).select_from(model)) for model in models]


def test_what_was_taken_in_holds_against_every_invariant(engine: Engine, take: Any, store: FileStore) -> None:
    beside = years(
        {"first": date(2023, 3, 20), "last": date(2024, 3, 19), "hours": 12, "report_on": date(2024, 1, 8)}
    )
    expired = row(
        number="HB-S-2019-0003", uscc=uscc(), started_on=date(2019, 5, 1), valid_through=date(2022, 5, 1)
    )
    source = table(row(**ORDER, warning_clause="18(1)", warned_on=date(2024, 2, 1)), expired)
    kept = store.put(source.file, at_most=MOST_BYTES)
    source.file.seek(0)
    totals = store.put(beside.file, at_most=MOST_BYTES)
    beside.file.seek(0)
    take(replace(source, sha256=kept.sha256), replace(beside, sha256=totals.sha256))
    with session_factory(engine)() as session:
        assert [str(found) for found in faults(session, store) if found.subject not in PLANTED] == []
        old = session.scalars(select(Accreditation).where(Accreditation.sequence == 3)).one()
        assert (old.state, old.ended_on, old.next_due_on) == ("expired", date(2022, 5, 2), None)
        assert session.scalars(select(AnnualReport.year)).one() == 2023
        for file in (kept, totals):
            path = store.path(file.sha256)
            content = path.read_bytes()
            path.unlink()
            lost = {found.subject for found in faults(session, store) if found.check == "material.file"}
            assert lost == {"taken_in"}
            path.write_bytes(content)


def test_done_twice_makes_nothing_twice_and_tells_what_differs(
    engine: Engine, take: Any, planned: Any
) -> None:
    other = row(number="甲-2", uscc=uscc(), name="另一机构")
    assert fates(take(table(row(), other))) == [Fate.NEW, Fate.NEW]
    again = take(
        table(row(), row(number="甲-2", uscc=other[3], name="另一机构", valid_through=date(2026, 3, 21)))
    )
    assert fates(again) == [Fate.THERE, Fate.DIFFERENT]
    assert "有效期至：2026-03-21 ≠ 2026-03-20" in said(again)
    # Another name is a change that is asked for, so it is said that the table's was not taken.
    renamed = planned(table(row(number="甲-2", uscc=other[3], name="改了的名称")))
    assert fates(renamed) == [Fate.THERE]
    assert "名称（姓名）“改了的名称”与登记的“另一机构”不同，未采用" in said(renamed)
    # A take-in that was stopped goes on behind what is there.
    assert fates(take(table(row(), other, row(number="甲-3", uscc=uscc())))) == [
        Fate.THERE,
        Fate.THERE,
        Fate.NEW,
    ]
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Accreditation)) == 3
        assert session.scalar(select(func.count()).select_from(Party)) == 3


def test_a_take_in_that_was_stopped_goes_on_behind_what_is_there(
    engine: Engine, begin: Any, officer: Any, take: Any
) -> None:
    rows = [row(number=f"戊-{number}", uscc=uscc()) for number in range(5)]
    with begin(officer, AT) as w:
        enter(w, "hubei", plan(w, "hubei", table(*rows)).new[:2], table(*rows))
    assert fates(take(table(*rows))) == [Fate.THERE] * 2 + [Fate.NEW] * 3
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(TakenIn)) == len(rows)


def test_two_at_once_take_each_in_once(engine: Engine, begin: Any, officer: Any, take: Any) -> None:
    with begin(officer, AT) as w:
        found = plan(w, "hubei", table(row()))
    take(table(row()))
    with pytest.raises(Conflict), begin(officer, AT) as w:
        enter(w, "hubei", found.new, table(row()))
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Accreditation)) == 1


@pytest.mark.assurance
def test_five_thousand_rows_are_taken_in_within_bounded_memory(
    engine: Engine, begin: Any, officer: Any
) -> None:
    rows, at_once = 5_000, 200
    source = table(*(row(number=f"万-{number}", uscc=uscc()) for number in range(rows)))
    tracemalloc.start()
    with begin(officer, AT) as w:
        new = plan(w, "hubei", source).new
    planned = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    peaks = []
    for start in range(0, rows, at_once):
        if start in (at_once, rows - at_once):
            tracemalloc.start()
        with begin(officer, AT) as w:
            enter(w, "hubei", new[start : start + at_once], source)
        if tracemalloc.is_tracing():
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    early, late = peaks
    assert planned < 100 * 1024 * 1024
    assert late < 1.5 * early
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(TakenIn)) == rows


def test_a_plan_writes_nothing(engine: Engine, planned: Any) -> None:
    assert planned(table(row())).counts == {
        Fate.NEW: 1,
        Fate.FURTHER: 0,
        Fate.THERE: 0,
        Fate.DIFFERENT: 0,
        Fate.REFUSED: 0,
    }
    with session_factory(engine)() as session:
        assert session.scalars(select(Party)).all() == []


def test_with_one_refused_row_nothing_is_taken_in(engine: Engine, take: Any) -> None:
    with pytest.raises(Refused):
        take(table(row(), row(number="甲-2", uscc="123")))
    with session_factory(engine)() as session:
        assert session.scalars(select(Accreditation)).all() == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"started_on": date(2024, 6, 4)}, "晚于 2024-06-03，还没有发生"),
        ({"valid_from": date(2023, 3, 19)}, "早于 2023-03-20"),
        ({"valid_from": date(2024, 6, 4)}, "晚于 2024-06-03，还没有发生"),
        ({"valid_through": date(2023, 3, 19)}, "早于起始日期"),
        ({"valid_through": date(2033, 3, 21)}, "期限超过 10 年"),
        ({"edition": "1999"}, "“文件版本”：可选"),
        ({"region": "370202"}, "不在辖区"),
        ({"last_active_on": date(2024, 6, 3)}, "不早于 2024-06-03"),
        ({"last_attended_on": date(2023, 3, 19)}, "早于 2023-03-20"),
        ({"ordered_on": date(2024, 5, 1)}, "“整改条款”：请填写"),
        ({**ORDER, "order_clause": "18(2)"}, "不是责令整改的条款；可选：18(1)"),
        ({**ORDER, "ordered_on": date(2024, 6, 4)}, "“责令日期”"),
        ({**ORDER, "deadline": date(2024, 5, 31)}, "已过期：整改通过的请删去这三项"),
        ({**ORDER, "started_on": date(2019, 1, 1), "valid_through": date(2021, 12, 31)}, "没有整改可言"),
        ({"warned_on": date(2024, 5, 1)}, "“警告条款”：请填写"),
        ({"warning_clause": "99", "warned_on": date(2024, 5, 1)}, "“警告条款”：可选"),
        ({"warning_clause": "15", "warned_on": date(2023, 3, 19)}, "“警告日期”"),
        ({"name": "某\ue000机构"}, "无法打印"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_cell_and_mend(
    planned: Any, given: dict[str, Any], why: str
) -> None:
    found = planned(table(row(**given)))
    assert fates(found) == [Fate.REFUSED]
    assert why in said(found)
    assert "第 2 行" in said(found)


@pytest.mark.parametrize(
    "given",
    [
        {"valid_from": date(2023, 3, 20)},
        {"started_on": date(2024, 6, 3)},
        {"valid_through": date(2033, 3, 20)},
        {"last_active_on": date(2024, 6, 2), "last_attended_on": date(2023, 3, 20)},
        {**ORDER, "ordered_on": date(2024, 6, 3), "deadline": date(2024, 6, 3)},
    ],
)
def test_the_bounds_themselves_are_taken(planned: Any, given: dict[str, Any]) -> None:
    assert fates(planned(table(row(**given)))) == [Fate.NEW]


def test_a_party_holds_a_track_once_and_a_number_is_one_status(take: Any, planned: Any) -> None:
    take(table(row()))
    found = planned(
        table(row(number="乙-1"), row(number="乙-2", uscc=uscc()), row(number="乙2", uscc=uscc()))
    )
    assert fates(found) == [Fate.REFUSED, Fate.NEW, Fate.REFUSED]
    assert "已有有效认定 鄂严选〔2023〕17号" in said(found)
    assert "与第 3 行重复" in said(found)
    twice = uscc()
    both = planned(table(row(number="丙-1", uscc=twice), row(number="丙-2", uscc=twice)))
    assert fates(both) == [Fate.NEW, Fate.REFUSED]
    former = row(number="丙-0", uscc=twice, started_on=date(2019, 1, 1), valid_through=date(2021, 12, 31))
    assert fates(planned(table(row(number="丙-1", uscc=twice), former))) == [Fate.NEW, Fate.NEW]


MORE = {
    "track": None, "name": None, "uscc": None, "region": None, "started_on": None, "valid_through": None,
}  # fmt: skip
"""A further row: of the status itself only the number."""


def test_each_further_order_or_warning_has_a_row_of_its_own(engine: Engine, take: Any, planned: Any) -> None:
    body, other = uscc(), uscc()
    rows = (
        row(uscc=body, warning_clause="18(2)", warned_on=date(2024, 1, 5), **ORDER),
        row(number="乙-1", uscc=other),
        row(**MORE, warning_clause="15", warned_on=date(2024, 1, 5)),
        row(uscc=body, order_clause="18(4)", ordered_on=date(2024, 5, 27), deadline=date(2024, 7, 1)),
        row(**MORE | {"number": "乙1"}, warning_clause="15", warned_on=date(2024, 2, 5)),
    )
    found = take(table(*rows))
    assert fates(found) == [Fate.NEW, Fate.NEW, *[Fate.FURTHER] * 3]
    with session_factory(engine)() as session:
        numbers = {item.id: item.number for item in session.scalars(select(Accreditation))}
        orders = session.scalars(select(Rectification).order_by(Rectification.id)).all()
        assert [(numbers[item.accreditation_id], item.clause, item.deadline) for item in orders] == [
            ("鄂严选〔2023〕17号", "18(1)", date(2024, 6, 20)),
            ("鄂严选〔2023〕17号", "18(4)", date(2024, 7, 1)),
        ]
        assert orders[1].evidence["taken_in"]["row"] == 5
        warnings = session.scalars(select(RegisterEvent).where(RegisterEvent.kind == "warning")).all()
        told = sorted(
            (numbers[item.accreditation_id], item.clause, item.title_zh[-6:-3]) for item in warnings
        )
        assert told == [
            ("乙-1", "15", "6 行"),
            ("鄂严选〔2023〕17号", "15", "4 行"),
            ("鄂严选〔2023〕17号", "18(2)", "2 行"),
        ]
    again = planned(table(*rows))
    assert fates(again) == [Fate.THERE] * 5
    assert not again.new


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"warning_clause": "99", "warned_on": date(2024, 1, 5)}, "第 3 行“警告条款”：可选"),
        ({"warned_on": date(2024, 1, 5)}, "第 3 行“警告条款”：请填写"),
        ({"warning_clause": "15", "warned_on": date(2023, 3, 19)}, "第 3 行“警告日期”"),
        ({**ORDER, "ordered_on": date(2024, 5, 21)}, "第 3 行“整改条款”：与第 2 行重复"),
        ({"warning_clause": "18(2)", "warned_on": date(2024, 1, 5)}, "第 3 行“警告条款”：与第 2 行重复"),
        ({}, "第 3 行“证书编号”：与第 2 行重复"),
        ({"name": "另一机构", "warning_clause": "15", "warned_on": date(2024, 1, 5)}, "与第 2 行重复"),
    ],
)
def test_a_further_row_that_cannot_be_is_refused(planned: Any, given: dict[str, Any], why: str) -> None:
    first = row(warning_clause="18(2)", warned_on=date(2024, 1, 5), **ORDER)
    found = planned(table(first, row(**MORE | given)))
    assert fates(found) == [Fate.NEW, Fate.REFUSED]
    assert why in said(found)


def test_a_further_row_of_a_refused_status_is_refused_with_it(planned: Any) -> None:
    found = planned(table(row(region="370202"), row(**MORE, warning_clause="15", warned_on=date(2024, 1, 5))))
    assert fates(found) == [Fate.REFUSED, Fate.REFUSED]
    assert "见第 2 行" in said(found)


def test_who_may_and_whom(begin: Any, make_actor: Any, take: Any, engine: Engine) -> None:
    for role in (Role.RECOMMENDER, Role.AUDITOR, Role.REVIEWER):
        with pytest.raises(NotAllowed), begin(make_actor(role, "hubei"), AT) as w:
            plan(w, "hubei", table(row()))
    take(table(row()))
    with session_factory(engine)() as session:
        party = session.scalars(select(Party.id)).one()
    own = make_actor(Role.OFFICER, "hubei", parties=[party])
    with begin(own, AT) as w:
        found = plan(w, "hubei", table(row(number="己-1", track="comprehensive")))
        assert fates(found) == [Fate.REFUSED]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"number": "没有"}, "名录中没有这个编号"),
        ({"first": date(2023, 3, 19)}, "应在首次认定日期之后"),
        ({"last": date(2024, 6, 3)}, "今天之前"),
        ({"hours": -1}, "历年服务"),
        ({"report_on": date(2023, 3, 19)}, "早于 2023-03-20"),
    ],
)
def test_what_is_wrong_in_the_second_table_refuses_too(planned: Any, given: dict[str, Any], why: str) -> None:
    found = planned(table(row()), years({"first": date(2023, 3, 20), "last": date(2024, 3, 19), **given}))
    assert found.refused
    assert why in said(found)


def test_spans_do_not_overlap(planned: Any) -> None:
    first = {"first": date(2023, 3, 20), "last": date(2023, 12, 31)}
    assert planned(
        table(row()), years(first, {"first": date(2023, 12, 31), "last": date(2024, 1, 1)})
    ).refused
    assert not planned(
        table(row()), years(first, {"first": date(2024, 1, 1), "last": date(2024, 1, 1)})
    ).refused


def test_what_is_no_table_of_the_kind_is_told(planned: Any) -> None:
    with pytest.raises(Invalid) as caught:
        planned(Source("x.xlsx", io.BytesIO(write_sheet("x", ["甲"], [["乙"]]))))
    assert set(caught.value.errors) == {"statuses"}
    with pytest.raises(Invalid) as caught:
        planned(table(row()), Source("x.xlsx", io.BytesIO(write_sheet("x", ["甲"], [["乙"]]))))
    assert set(caught.value.errors) == {"years"}


def test_of_two_sheets_that_fit_one_is_named(planned: Any) -> None:
    two = book(旧=[HEADERS, row(number="甲-1")], 新=[HEADERS, row(number="甲-2")])
    with pytest.raises(Invalid, match="several sheets"):
        planned(Source("x.xlsx", io.BytesIO(two)))
    found = planned(Source("x.xlsx", io.BytesIO(two), sheet=" 新 "))
    assert [item.number for item in found.rows] == ["甲-2"]
    assert T("读取的是工作表“新”", "the sheet that was read is '新'") in found.remarks
    heads = [column.title.zh for column in YEARS]
    span = {"first": date(2024, 1, 1), "last": date(2024, 3, 1), "number": "鄂严选〔2023〕17号"}
    told = [{**dict.fromkeys(("enterprises", "services", "hours"), 0), **span}.get(c.key) for c in YEARS]
    beside = book(一=[heads, told], 二=[heads, told, told])
    with pytest.raises(Invalid) as caught:
        planned(table(row()), Source("y.xlsx", io.BytesIO(beside)))
    assert set(caught.value.errors) == {"years"}
    assert not planned(table(row()), Source("y.xlsx", io.BytesIO(beside), sheet="一")).refused
    assert planned(table(row()), Source("y.xlsx", io.BytesIO(beside), sheet="二")).refused, "it says it twice"


def test_supervision_goes_on_from_the_day_of_take_in(engine: Engine, take: Any, begin: Any) -> None:
    told = years(
        {
            "first": date(2024, 3, 21),
            "last": date(2024, 6, 2),
            "hours": 5,
            "services": 11,
            "public_benefit": 1,
        }
    )
    take(table(row(), row(number="乙-1", uscc=uscc())), told)
    with session_factory(engine)() as session:
        ids = session.scalars(select(Accreditation.id).order_by(Accreditation.id)).all()
    with begin(SYSTEM, "2025-03-22T00:10") as w:
        live_through(w, [(number, date(2024, 6, 3)) for number in ids], date(2025, 3, 21), Tally())
    with session_factory(engine)() as session:
        orders = session.scalars(select(Rectification)).all()
    # Of the one all of its year is known, of the other it began before the take-in.
    assert [(order.accreditation_id, order.clause, order.ordered_on) for order in orders] == [
        (ids[0], "18(4)", date(2025, 3, 21))
    ]


def test_the_number_of_the_old_series_verifies(begin: Any, take: Any) -> None:
    take(table(row()))
    with begin(ANONYMOUS, AT) as w:
        found = verify(w, "鄂严选〔2023〕17号")
    assert found is not None
    assert found.entry.number == "鄂严选〔2023〕17号"


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("HB-S-2023-0017", 17), ("HB-S-2022-0017", None), ("HB-S-2023-17", None), ("HB-S-2023-0000", None),
        ("HB\u2011S\u20112023\u20110017", 17), ("hb–s–2023–0017", 17), ("ＨＢＳ 2023 0017", 17),
        ("HB-Z-2023-0017", None), ("鄂严选17", None), ("HB-S-2023-10017", 10017),
    ],
)  # fmt: skip
def test_a_number_of_the_tracks_own_pattern_has_its_place(number: str, place: int | None) -> None:
    track = catalogue()["hubei"].program.track("specialized")
    assert place_in_series(track, number, 2023) == place


def test_new_numbers_go_on_behind_the_old_and_never_meet_one(begin: Any, officer: Any, take: Any) -> None:
    # The last has the form of a number of 2024, and is of a status of 2023.
    old = [("HB-S-2024-0041", date(2024, 1, 5)), ("HB-S-2024-0042", date(2023, 3, 20))]
    take(table(*(row(number=number, uscc=uscc(), started_on=day) for number, day in old)))
    with begin(officer, AT) as w:
        assert _number(w, desk_of(w, "hubei", "specialized"), 2024) == ("HB-S-2024-0043", 43)


PRINTED = (
    "鄂服（2024）3号", "鄂服 2024 07", "HB\u2011S\u20112024\u20110042", "HB-S-2024-0043\u200b",
    "HB–S–2024–0044", "鄂服\u30002024\u000b08",
)  # fmt: skip
TYPED = (
    "鄂服(2024)3号", "鄂服〔2024〕3号", "鄂服202407", "HB-S-2024-0042", "HB–S–2024–0042", "HB-S-2024-0043",
    "hbs20240044", "鄂服 2024 08",
)  # fmt: skip


def test_numbers_of_every_writing_verify_and_are_found_as_printed_and_as_typed(
    engine: Engine, begin: Any, take: Any, store: FileStore
) -> None:
    took = take(table(*(row(number=number, uscc=uscc(), started_on=date(2024, 1, 5)) for number in PRINTED)))
    assert took.counts[Fate.NEW] == len(PRINTED)
    with begin(ANONYMOUS, AT) as w:
        for typed in (*PRINTED, *TYPED):
            found = verify(w, typed)
            assert found is not None, ascii(typed)
            assert w.session.scalars(select(Accreditation.number).where(number_is(typed))).all() == [
                found.entry.number
            ]
            assert number_key(found.entry.number) == number_key(typed)
        assert verify(w, "HB-S-2024-0045") is None
        assert [found.check for found in faults(w.session, store) if "number" in found.check] == []
    with session_factory(engine)() as session:
        kept = session.scalars(select(Accreditation.number).order_by(Accreditation.id)).all()
    assert kept == [*PRINTED[:3], "HB-S-2024-0043", "HB–S–2024–0044", "鄂服 2024 08"], (
        "nothing unseen is kept"
    )


def test_one_number_in_two_writings_is_one_status(take: Any, planned: Any) -> None:
    numbers = ("HB-S-2024-0043\u200b", "HB–S–2024–0043")
    found = planned(table(*(row(number=number, uscc=uscc()) for number in numbers)))
    assert fates(found) == [Fate.NEW, Fate.REFUSED]
    assert "与第 2 行重复" in said(found)
    body = uscc()
    take(table(row(number=numbers[0], uscc=body)))
    assert fates(planned(table(row(number=numbers[1], uscc=body)))) == [Fate.THERE]


def test_the_second_table_may_write_a_number_otherwise(engine: Engine, take: Any) -> None:
    span = {"first": date(2023, 3, 20), "last": date(2024, 3, 19)}
    take(table(row()), years({"number": "鄂严选（2023）17 号", "services": 3, **span}))
    with session_factory(engine)() as session:
        assert session.scalars(select(TakenIn.totals)).one()[0]["services"] == "3"


def test_a_new_number_passes_over_one_that_was_written_otherwise(begin: Any, officer: Any, take: Any) -> None:
    # Of a status of 2023: it has no place in the series of 2024.
    take(table(row(number="HB–S–2024–0001", started_on=date(2023, 3, 20))))
    with begin(officer, AT) as w:
        assert _number(w, desk_of(w, "hubei", "specialized"), 2024) == ("HB-S-2024-0002", 2)


def test_the_templates_have_the_columns() -> None:
    loaded = catalogue()["hubei"]
    assert template(loaded)
    assert template(loaded, years=True)
