"""The diary as a table: its template, all errors of an import at once by row and field, and the way out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Invalid, MalformedError, NotFound
from core.domain.roles import Role
from core.rules.text import T
from core.services.base.work import Work
from core.services.diary import export
from core.services.diary.sheet import COLUMNS, import_entries, template
from core.services.duties.campaigns import save_campaign
from core.services.files.sheet_errors import with_errors
from core.services.files.sheets import read_sheet, write_sheet
from core.storage.engine import session_factory
from core.storage.models import Rectification, ServiceRecord
from core.storage.models.register import RecordState
from tests.services.factory import Held, accredit, uscc

HEADERS = [column.title.zh for column in COLUMNS]


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "jilin/expert", "2023-06-01")


@pytest.fixture
def member(make_actor: Any, held: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[held.party_id])


def table(rows: Sequence[Sequence[object]], headers: Sequence[str] = HEADERS) -> io.BytesIO:
    return io.BytesIO(write_sheet("日记", headers, rows))


def row(**given: object) -> list[object]:
    usual = {"service_date": date(2024, 5, 6), "title": "宣讲", "hours": 2}
    return [{**usual, **given}.get(column.key) for column in COLUMNS]


def recorded(engine: Engine, held: Held) -> int:
    with session_factory(engine)() as session:
        query = select(func.count()).where(ServiceRecord.accreditation_id == held.id)
        return session.scalar(query) or 0


def exported(w: Work, accreditation_id: int, **days: date) -> list[list[object]]:
    """The rows of an export, as their columns read them."""
    columns = export.columns(w, accreditation_id)
    assert [title for title, _ in columns[: len(COLUMNS)]] == [column.title for column in COLUMNS]
    found = w.session.scalars(export.query(w, accreditation_id, **days))
    values = [[read(item) for _, read in columns] for item in found]
    return [[value.zh if isinstance(value, T) else value for value in cells] for cells in values]


def test_the_template_has_the_columns_and_says_what_they_take(begin: Any, member: Any, held: Held) -> None:
    with begin(member, "2024-05-06T18:00") as w:
        content = template(w, held.party_id)
    assert read_sheet("模板.xlsx", io.BytesIO(content)) == [(1, HEADERS)]
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-06T18:00") as w:
        import_entries(w, held.party_id, "模板.xlsx", io.BytesIO(content))
    assert set(caught.value.errors) == {"file"}


@pytest.mark.parametrize("key", ["hours", "participants", "fee_cny"])
def test_no_count_of_the_template_goes_below_zero(key: str) -> None:
    (kind,) = (column.kind for column in COLUMNS if column.key == key)
    allowed = kind.prepared("zh").allowed
    assert allowed is not None
    assert allowed["minimum"] == 0
    assert kind.read(0) == 0
    with pytest.raises(MalformedError, match="too small"):
        kind.read(-1)


def test_a_filled_table_comes_in_and_goes_out_the_same(
    engine: Engine, begin: Any, make_actor: Any, held: Held
) -> None:
    with begin(make_actor(Role.OFFICER, "jilin"), "2024-04-01T09:00") as w:
        save_campaign(w, "jilin", title="服务月", starts_on=date(2024, 5, 1), ends_on=date(2024, 5, 31))
    other = accredit(engine, "miit_volunteer/expert", "2023-06-01", party_id=held.party_id)
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    code = uscc()
    rows = [
        row(
            certificates=held.number, service_date="2024/5/6", function="政策解读", mode="线上",
            enterprises=f"甲公司；乙公司|{code}", satisfaction_pct=Decimal("95.5"), fee_cny=0,
            organized_by_authority="是", public_benefit="否", campaign_id="服务月", summary="=1+1",
            participants=30,
        ),
        row(certificates=f"{held.number}；{other.number}", service_date="2024年5月7日", hours=1.5),
    ]  # fmt: skip
    with begin(member, "2024-05-08T18:00", "import") as w:
        done = import_entries(w, held.party_id, "日记.xlsx", table(rows))
    assert (done.entries, done.records) == (2, 3)
    with begin(member, "2024-05-08T18:00") as w:
        first, second = exported(w, held.id)
        assert exported(w, held.id, first=date(2024, 5, 7)) == [second]
        assert exported(w, held.id, last=date(2024, 5, 6)) == [first]
        assert exported(w, held.id, last=date(2024, 5, 5)) == []
    assert first == [
        held.number, date(2024, 5, 6), "宣讲", "政策解读", "线上", 2, 30, f"甲公司；乙公司|{code}",
        Decimal("95.5"), 0, True, False, "服务月", "=1+1", RecordState.SUBMITTED, "",
    ]  # fmt: skip
    # What went out can come in elsewhere, but not twice here.
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-08T18:10") as w:
        import_entries(w, held.party_id, "日记.xlsx", table(rows))
    assert set(caught.value.errors) == {"2.row", "3.row"}
    assert recorded(engine, held) == 2


def test_numbers_and_titles_are_read_however_they_are_written(
    engine: Engine, begin: Any, make_actor: Any, held: Held
) -> None:
    with begin(make_actor(Role.OFFICER, "jilin"), "2024-04-01T09:00") as w:
        days = {"starts_on": date(2024, 5, 1), "ends_on": date(2024, 5, 31)}
        save_campaign(w, "jilin", title="一起益企（吉林）", **days)
    other = accredit(engine, "miit_volunteer/expert", "2023-06-01", party_id=held.party_id)
    written = held.number.lower().replace("-", "\u2011")
    rows = [
        row(certificates=f"{written}；{held.number}\u200b", campaign_id="一起益企 (吉林)"),
        row(certificates=f"{other.number}0", campaign_id="一起益企", title="另一次"),
    ]
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(member, "2024-05-08T18:00", "import") as w:
        done = import_entries(w, held.party_id, "日记.xlsx", table(rows[:1]))
        assert (done.entries, done.records) == (1, 1), "a number that stands twice counts once"
        assert exported(w, held.id)[0][12] == "一起益企（吉林）"
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-08T18:10") as w:
        import_entries(w, held.party_id, "日记.xlsx", table(rows[1:]))
    assert set(caught.value.errors) == {"2.certificates", "2.campaign_id"}


def test_errors_by_row_and_field_and_nothing_half_done(
    engine: Engine, begin: Any, member: Any, held: Held
) -> None:
    rows = [
        row(title="好的一行"),
        row(hours="两", function="不存在", enterprises="甲|123"),
        row(service_date=date(2024, 5, 9), certificates="没有的编号", campaign_id="没有的活动"),
        row(title=None, satisfaction_pct=101, public_benefit="也许"),
        row(title="重复"),
        row(title="重复"),
    ]
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-08T18:00") as w:
        import_entries(w, held.party_id, "日记.xlsx", table(rows))
    errors = caught.value.errors
    assert set(errors) == {
        "3.hours", "3.enterprises.1", "4.certificates", "4.campaign_id", "4.service_date",
        "3.function", "5.title", "5.satisfaction_pct", "5.public_benefit", "7.row",
    }  # fmt: skip
    assert errors["3.hours"].zh.startswith("第 3 行“服务时长（小时）”：")
    assert errors["7.row"].en == "row 7: says the same as row 6"
    assert recorded(engine, held) == 0


def test_a_persons_day_has_24_hours_over_the_whole_table(
    engine: Engine, begin: Any, member: Any, held: Held
) -> None:
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-08T18:00") as w:
        import_entries(
            w, held.party_id, "日记.xlsx", table([row(hours=13, title="甲"), row(hours=12, title="乙")])
        )
    assert set(caught.value.errors) == {"hours"}
    assert "2024-05-06" in caught.value.errors["hours"].zh


def test_headers_and_files_that_are_none(begin: Any, member: Any, held: Held) -> None:
    cases: list[tuple[str, io.BytesIO, set[str]]] = [
        ("日记.xlsx", table([["x"]], ["服务名称"]), {"1.service_date", "1.hours"}),
        ("日记.xlsx", io.BytesIO(b"not a table"), {"file"}),
        ("日记.pdf", table([row()]), {"file"}),
    ]
    for name, file, wanted in cases:
        with pytest.raises(Invalid) as caught, begin(member, "2024-05-08T18:00") as w:
            import_entries(w, held.party_id, name, file)
        assert set(caught.value.errors) == wanted


def test_a_table_that_came_back_with_errors_is_mended_and_taken(
    engine: Engine, begin: Any, member: Any, held: Held
) -> None:
    wrong = [row(hours="两")]
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-08T18:00") as w:
        import_entries(w, held.party_id, "日记.xlsx", table(wrong))
    back = read_sheet("日记.xlsx", io.BytesIO(with_errors("日记.xlsx", table(wrong), caught.value.errors)))
    cells = back[1][1]
    cells[HEADERS.index("服务时长（小时）")] = 2
    with begin(member, "2024-05-08T18:00") as w:
        import_entries(w, held.party_id, "日记.xlsx", table([cells], [str(cell) for cell in back[0][1]]))
    assert recorded(engine, held) == 1


def test_english_headers_and_words(engine: Engine, begin: Any, member: Any, held: Held) -> None:
    headers = [column.title.en for column in COLUMNS]
    given = row(function="policy reading", mode="online and on site", public_benefit="Yes")
    with begin(member, "2024-05-08T18:00") as w:
        import_entries(w, held.party_id, "diary.xlsx", table([given], headers))
    with session_factory(engine)() as session:
        found = session.scalars(select(ServiceRecord).where(ServiceRecord.accreditation_id == held.id)).one()
    assert (found.function, found.mode, found.public_benefit) == ("policy", "both", True)


def test_others_see_and_send_nothing(begin: Any, make_actor: Any, held: Held) -> None:
    for actor in (make_actor(Role.APPLICANT), make_actor(Role.OFFICER, "hubei")):
        with pytest.raises(NotFound), begin(actor, "2024-05-08T18:00") as w:
            import_entries(w, held.party_id, "日记.xlsx", table([row()]))
        with pytest.raises(NotFound), begin(actor, "2024-05-08T18:00") as w:
            export.query(w, held.id)


def test_an_imported_satisfaction_of_a_body_orders_nothing(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "hubei/specialized", "2023-06-01")
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    rows = [row(title=f"活动{value}", satisfaction_pct=value) for value in (2, 60, 79.9, 50)]
    with begin(member, "2024-05-06T18:00") as w:
        assert import_entries(w, held.party_id, "日记.xlsx", table(rows)).records == len(rows)
    with session_factory(engine)() as session:
        found = session.scalars(select(ServiceRecord).where(ServiceRecord.accreditation_id == held.id)).all()
        assert {item.state for item in found} == {RecordState.SUBMITTED}
        assert session.scalars(select(Rectification.id)).all() == []
