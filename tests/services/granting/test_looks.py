"""Former lists and summary tables before they are taken: every row's fate, every duty, and nothing left."""

import io
from datetime import date

import pytest
from sqlalchemy import func, select

from core.domain.errors import Invalid
from core.rules.text import T
from core.services.files.sheets import write_sheet
from core.services.granting import inclusion, libraries
from core.services.granting.libraries import Came
from core.storage.engine import session_factory
from core.storage.models import Accreditation, AuditEvent, MaterialFile, OutboxMessage, Party, RegisterEvent
from tests.services.factory import id_number, uscc
from tests.services.granting import test_inclusion as included

AT = "2024-05-20T10:00"
COLUMNS = [column.key for column in libraries.columns()]
HEADERS = [column.title.zh for column in libraries.columns()]


def former(*rows):
    cells = [[row.get(key) for key in COLUMNS] for row in rows]
    return io.BytesIO(write_sheet("名录", [*HEADERS, "说明"], [[*row, "x"] for row in cells]))


def counted(engine):
    models = (Party, Accreditation, RegisterEvent, MaterialFile, OutboxMessage)
    users = ("app_user", "role_grant", "membership")
    with session_factory(engine)() as session:
        events = select(func.count()).select_from(AuditEvent).where(AuditEvent.subject.not_in(users))
        found = [session.scalar(select(func.count()).select_from(model)) for model in models]
        return [*found, session.scalar(events)]


def shown(look):
    return [
        [cell.zh if isinstance(cell, T) else cell for cell in cells if cell is not None]
        for _, cells in look.values.rows
    ]


def test_a_former_list_is_looked_at_and_then_comes_to_the_same(town):
    body, person = uscc(), id_number()
    rows = [
        {"name": "甲服务商", "uscc": body, "region": "220202"},
        {"name": "乙", "id_number": person, "region": "220203"},
        {"name": "甲服务商", "uscc": body, "region": "220202"},
    ]
    before = counted(town.engine)
    with town.begin(town.officer("jilin"), AT) as w:
        titles = {track.id: track.title.zh for track in w.program("jilin").program.tracks}
        for row, track in zip(rows, ("provider", "expert", "provider"), strict=True):
            row["track"] = titles[track]
        look = libraries.look_at_sheet(w, "jilin", "名录.xlsx", former(*rows))
    assert counted(town.engine) == before
    assert [row.came for row in look.comes_to] == [Came.ENTERED, Came.ENTERED, Came.REPEATED]
    assert [remark.zh for remark in look.remarks] == ["下列各列不是模板的列，未读入：说明"]
    assert shown(look)[0] == [titles["provider"], "甲服务商", body, "220202"]
    told = {(duty.title.zh, duty.before) for duty in look.effects.duties}
    assert told, "each duty of the new statuses is told"
    assert {before for _, before in told} == {None}
    assert any("0 /" in duty.after.zh for duty in look.effects.duties)
    assert look.effects.consequences == ()
    with town.begin(town.officer("jilin"), AT) as w:
        done = libraries.import_sheet(w, "jilin", "名录.xlsx", former(*rows))
    assert [(row.came, row.number) for row in done] == [(row.came, row.number) for row in look.comes_to]
    with town.begin(town.officer("jilin"), AT) as w, pytest.raises(Invalid):
        libraries.look_at_sheet(w, "jilin", "名录.xlsx", former({"track": "没有"}))


def test_a_summary_table_is_looked_at_and_nobody_is_included(town, make_actor):
    day = date(2024, 3, 1)
    call = town.call("miit_volunteer/workstation", day)
    table = included.table(
        included.STATIONS, [included.station(1, "甲工作站"), included.station(2, "乙工作站")]
    )
    officer = town.officer("miit_volunteer")
    given = {**included.SCAN, "region": "370000", "call_id": call}
    before = counted(town.engine)
    with town.begin(officer, f"{day}T10:00") as w:
        look = inclusion.look_at_table(w, "miit_volunteer", "A3", table, store=town.store, **given)
    assert counted(town.engine) == before
    assert [row.row for row in look.comes_to] == [row for row, _ in look.values.rows]
    assert "甲工作站" in shown(look)[0]
    (duty, *_) = look.effects.duties
    assert (len(duty.numbers), duty.before) == (2, None), "one line for all of which the same is to be said"
    with town.begin(officer, f"{day}T10:00") as w, pytest.raises(Invalid):
        inclusion.look_at_table(
            w, "miit_volunteer", "A3", table, store=town.store, **{**given, "scan_pdf": None}
        )
