"""A table of services before it is recorded: what it does to each duty and brings about, and nothing left."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Invalid
from core.domain.roles import Role
from core.services.diary.preview import Preview, preview_entries, values_xlsx
from core.services.diary.sheet import import_entries
from core.services.duties.progress import progress_of
from core.services.files.sheets import read_sheet
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, RegisterEvent, ServiceRecord
from tests.services.diary.test_sheet import HEADERS, row, table
from tests.services.factory import Held, accredit

USERS = ("app_user", "role_grant", "membership")


def looked_at(
    begin: Any, make_actor: Any, held: Held, rows: list[list[object]], headers: Any = HEADERS
) -> Preview:
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(member, "2024-05-08T18:00") as w:
        return preview_entries(w, held.party_id, "日记.xlsx", table(rows, headers), progress_of)


def counted(engine: Engine) -> list[int | None]:
    with session_factory(engine)() as session:
        events = select(func.count()).select_from(AuditEvent).where(AuditEvent.subject.not_in(USERS))
        models = (ServiceRecord, RegisterEvent)
        return [session.scalar(events)] + [
            session.scalar(select(func.count()).select_from(model)) for model in models
        ]


def test_each_duty_is_told_before_and_after_and_nothing_is_left(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "jilin/expert", "2023-06-01")
    before = counted(engine)
    seen = looked_at(
        begin, make_actor, held, [row(hours="1:30", enterprises="甲公司；乙公司"), row(hours=4, title="乙")]
    )
    assert counted(engine) == before
    (duty, *_) = [duty for duty in seen.effects.duties if duty.before != duty.after]
    assert duty.numbers == (held.number,)
    assert ("0 /" in duty.before.zh, "5.5 /" in duty.after.zh) == (True, True), duty
    assert seen.hours == Decimal("5.5")
    assert [cell for _, cells in seen.values.rows for cell in cells if isinstance(cell, Decimal)] == [
        Decimal("1.5"),
        4,
    ]
    assert seen.effects.consequences == ()


def test_what_the_rules_have_happen_at_once_is_told(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "miit_volunteer/workstation", "2024-01-01")
    rows = [row(title="甲", fee_cny="200元")]
    before = counted(engine)
    seen = looked_at(begin, make_actor, held, rows)
    assert counted(engine) == before
    assert [item.number for item in seen.effects.consequences] == [held.number]
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(member, "2024-05-08T18:00") as w:
        import_entries(w, held.party_id, "日记.xlsx", table(rows))
    with session_factory(engine)() as session:
        query = select(RegisterEvent).where(RegisterEvent.accreditation_id == held.id)
        events = {event.title_zh for event in session.scalars(query)}
    assert {item.title.zh for item in seen.effects.consequences} <= events


def test_a_bodys_own_satisfaction_orders_nothing(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "hubei/specialized", "2024-01-01")
    rows = [
        row(title=title, satisfaction_pct=pct) for title, pct in (("甲", "70%"), ("乙", "60％"), ("丙", 50))
    ]
    assert looked_at(begin, make_actor, held, rows).effects.consequences == ()


def test_columns_left_out_are_told_and_every_value_can_be_taken_along(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "jilin/expert", "2023-06-01")
    rows = [[*row(fee_cny="200元", public_benefit="是"), "x"]]
    seen = looked_at(begin, make_actor, held, rows, [*HEADERS, "备注"])
    assert [remark.zh for remark in seen.remarks] == ["下列各列不是模板的列，未读入：备注"]
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(member, "2024-05-08T18:00") as w:
        content = values_xlsx(w, held.party_id, "日记.xlsx", table(rows, [*HEADERS, "备注"]))
    (_, headers), (_, cells) = read_sheet("a.xlsx", io.BytesIO(content))
    given = dict(zip(headers, cells, strict=False))
    assert (given["行"], given["收费（元）"], given["公益性服务"]) == (2, 200, "是")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("甲公司、乙公司", None),
        ("甲公司，乙公司", None),
        ("甲公司；乙公司", ["甲公司", "乙公司"]),
        ("“甲、乙中心”；丙", ["甲、乙中心", "丙"]),
        ("Foo Co., Ltd.；丁", ["Foo Co., Ltd.", "丁"]),
        ("甲、乙中心|91350100M000100Y43", ["甲、乙中心"]),
        ("甲公司 91350100M000100Y43；丁（91350100M000100Y43）", ["甲公司|91350100M000100Y43"]),
    ],
)
def test_what_may_be_several_enterprises_is_asked_about(
    engine: Engine, begin: Any, make_actor: Any, written: str, names: list[str] | None
) -> None:
    held = accredit(engine, "jilin/expert", "2023-06-01")
    if names is None:
        with pytest.raises(Invalid) as caught:
            looked_at(begin, make_actor, held, [row(enterprises=written)])
        assert "是一家还是几家企业" in caught.value.errors["2.enterprises.1"].zh
    else:
        seen = looked_at(begin, make_actor, held, [row(enterprises=written)])
        (_, cells), titles = seen.values.rows[0], [title.zh for title in seen.values.titles]
        given = cells[titles.index("服务企业")].zh
        # What was read is shown, not what was written.
        assert given in ("；".join(names), written)
