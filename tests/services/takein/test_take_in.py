"""Statuses granted before this register: taken in with their own numbers, each once, as the tables say."""

import tracemalloc
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Conflict
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.services.base.work import SYSTEM
from core.services.files.sheet_limits import MOST_BYTES
from core.services.supervision.living_through import Tally, live_through
from core.services.takein.columns import template
from core.services.takein.entering import enter, look_at, take_in
from core.services.takein.plan import Fate, plan
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
from tests.services.factory import id_number, uscc
from tests.services.takein.tables import AT, ORDER, fates, row, said, table, years

PLANTED = {"holiday_day", "region", "app_user", "grant"}
"""What the fixtures put there without a trail."""


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


def test_the_templates_have_the_columns() -> None:
    loaded = catalogue()["hubei"]
    assert template(loaded)
    assert template(loaded, years=True)
