"""The diary entry by entry: sent twice, under several accreditations, listed, with photos, looked up."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, MalformedError, NotFound
from core.domain.roles import Role
from core.services.attachments.photos import LONGEST_SIDE, MOST_PHOTOS, reencoded
from core.services.base.paging import Wish
from core.services.diary.enterprises import look_up
from core.services.diary.entries import Filter, discard, entries, record_entry, view
from core.services.diary.fields import functions_under
from core.services.supervision.status import find
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Party, ServiceRecord
from core.storage.models.register import RecordState
from tests.services.factory import Held, accredit, make_party, serve, uscc

ENTRY = {"service_date": "2024-05-06", "title": "宣讲", "hours": "2"}
AT = "2024-05-06T18:00"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore.of(tmp_path)


@pytest.fixture
def expert(engine: Engine) -> Held:
    return accredit(engine, "jilin/expert", "2023-06-01")


@pytest.fixture
def second(engine: Engine, expert: Held) -> Held:
    return accredit(engine, "miit_volunteer/expert", "2023-06-01", party_id=expert.party_id)


@pytest.fixture
def member(make_actor: Any, expert: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[expert.party_id])


def picture(size: tuple[int, int] = (40, 30), shade: int = 200, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif[0x8825] = {1: "N", 2: (36.0, 27.0, 0.0)}
    exif[0x0112] = 6
    Image.new("RGB", size, (shade, 90, 40)).save(out, kind, exif=exif)
    return out.getvalue()


def rows(engine: Engine, entry_id: UUID) -> list[tuple[int, str, str]]:
    with session_factory(engine)() as session:
        query = select(ServiceRecord).where(ServiceRecord.entry_id == entry_id)
        found = session.scalars(query.order_by(ServiceRecord.accreditation_id))
        return [(row.accreditation_id, row.state.value, row.function) for row in found]


def send(begin: Any, member: Any, held: Held, entry: UUID, store: FileStore, **more: Any) -> bool:
    given = {
        "accreditation_ids": [held.id],
        "data": ENTRY,
        "submit": True,
        **more,
    }
    with begin(member, AT) as w:
        return record_entry(w, held.party_id, entry, store=store, **given)


def test_a_form_sent_twice_is_one_entry(
    engine: Engine, begin: Any, member: Any, expert: Held, second: Held, store: FileStore
) -> None:
    entry = uuid4()
    both = [expert.id, second.id]
    assert send(begin, member, expert, entry, store, accreditation_ids=both)
    assert not send(begin, member, expert, entry, store, accreditation_ids=both)
    assert [state for _, state, _ in rows(engine, entry)] == ["submitted", "submitted"]


def test_a_draft_sent_again_is_changed_and_then_reported(
    engine: Engine, begin: Any, member: Any, expert: Held, second: Held, store: FileStore
) -> None:
    entry = uuid4()
    assert send(begin, member, expert, entry, store, submit=False)
    changed = {**ENTRY, "title": "改过"}
    assert send(
        begin, member, expert, entry, store, data=changed, accreditation_ids=[second.id], submit=False
    )
    assert rows(engine, entry) == [(second.id, "draft", "")]
    assert send(begin, member, expert, entry, store, data=changed, accreditation_ids=[expert.id, second.id])
    assert [state for _, state, _ in rows(engine, entry)] == ["submitted", "submitted"]
    with pytest.raises(Invalid), begin(member, AT) as w:
        record_entry(w, expert.party_id, uuid4(), [], ENTRY, submit=False, store=store)


def test_each_programme_keeps_the_function_that_it_knows(
    engine: Engine, begin: Any, member: Any, expert: Held, second: Held, store: FileStore
) -> None:
    entry = uuid4()
    with begin(member, AT) as w:
        own = _functions(w, expert)
        other = _functions(w, second)
        only = next(iter(own - other), "")
    assert only, "the two programmes are expected to name their services differently"
    data = {**ENTRY, "function": only}
    send(begin, member, expert, entry, store, data=data, accreditation_ids=[expert.id, second.id])
    assert {found for _, _, found in rows(engine, entry)} == {only, ""}
    with begin(member, AT) as w:
        assert view(w, entry).line.function == only
    with pytest.raises(Invalid) as caught:
        send(begin, member, expert, uuid4(), store, data=data, accreditation_ids=[second.id])
    assert set(caught.value.errors) == {"function"}


def _functions(w: Any, held: Held) -> set[str]:
    return set(functions_under(find(w, held.id)))


def test_the_number_of_anothers_entry_cannot_be_taken(
    engine: Engine, begin: Any, make_actor: Any, member: Any, expert: Held, store: FileStore
) -> None:
    entry = uuid4()
    send(begin, member, expert, entry, store, photos=[("a.jpg", picture())])
    stranger = accredit(engine, "jilin/expert", "2023-06-01")
    thief = make_actor(Role.APPLICANT, parties=[stranger.party_id])
    with pytest.raises(Conflict):
        send(begin, thief, stranger, entry, store)
    for act in (
        lambda w: view(w, entry),
        lambda w: discard(w, expert.party_id, entry),
        lambda w: entries(w, expert.party_id, Filter()),
        lambda w: look_up(w, expert.party_id, "甲"),
        lambda w: record_entry(w, expert.party_id, uuid4(), [expert.id], ENTRY, submit=True, store=store),
    ):
        with pytest.raises(NotFound), begin(thief, AT) as w:
            act(w)


def test_photos_lose_place_and_camera_and_are_kept_once(
    begin: Any, member: Any, expert: Held, store: FileStore
) -> None:
    entry = uuid4()
    photos = [("街道.JPG", picture((2400, 1200))), ("b.png", picture(kind="PNG"))]
    send(begin, member, expert, entry, store, submit=False, photos=photos)
    send(begin, member, expert, entry, store, submit=False, photos=photos)
    with begin(member, AT) as w:
        shown = view(w, entry)
    assert [(photo.filename, photo.content_type) for photo in shown.photos] == [
        ("街道.jpg", "image/jpeg"), ("b.jpg", "image/jpeg"),
    ]  # fmt: skip
    made = reencoded(photos[0][1])
    assert b"SECRET-CAMERA" not in made
    with Image.open(io.BytesIO(made)) as opened:
        assert max(opened.size) == LONGEST_SIDE
        assert opened.height > opened.width, "turned upright"
        assert not opened.getexif()
    with begin(member, AT) as w:
        discard(w, expert.party_id, entry)
    with pytest.raises(NotFound), begin(member, AT) as w:
        view(w, entry)


def test_bounds_of_photos(begin: Any, member: Any, expert: Held, store: FileStore) -> None:
    nine = [(f"{number}.jpg", picture(shade=number * 9)) for number in range(MOST_PHOTOS)]
    entry = uuid4()
    assert send(begin, member, expert, entry, store, submit=False, photos=nine)
    with pytest.raises(Invalid) as caught:
        send(begin, member, expert, entry, store, submit=False, photos=[("x.jpg", picture(shade=255))])
    assert set(caught.value.errors) == {"photos"}
    for data in (b"", b"\xff\xd8\xff", b"<svg/>", picture()[:200]):
        with pytest.raises(MalformedError):
            reencoded(data)
    with pytest.raises(Invalid):
        send(begin, member, expert, uuid4(), store, photos=[("x.jpg", b"no picture")])


def test_a_list_shows_each_entry_once_and_filters(
    engine: Engine, begin: Any, member: Any, expert: Held, second: Held, store: FileStore
) -> None:
    entry = uuid4()
    send(begin, member, expert, entry, store, accreditation_ids=[expert.id, second.id])
    serve(engine, expert, "2024-04-30", state=RecordState.REJECTED)
    serve(engine, expert, "2024-05-31", state=RecordState.DRAFT)
    for number in range(20):
        serve(engine, expert, f"2024-06-{number + 1:02d}")
    with begin(member, "2024-07-01T09:00") as w:
        first = entries(w, expert.party_id, Filter())
        assert (len(first.rows), first.total, first.more) == (20, 23, True)
        last = entries(w, expert.party_id, Filter(), Wish(99))
        assert (len(last.rows), last.number, last.more) == (3, 1, False)
        assert [line.service_date.isoformat() for line in last.rows] == [
            "2024-05-31", "2024-05-06", "2024-04-30",
        ]  # fmt: skip
        may = entries(w, expert.party_id, Filter(month=date(2024, 5, 6)))
        assert [line.service_date.day for line in may.rows] == [31, 6]
        assert len(may.rows[1].records) == 2
        assert may.rows[0].editable
        assert not may.rows[1].editable
        assert entries(w, expert.party_id, Filter(state=RecordState.REJECTED)).total == 1
        assert entries(w, expert.party_id, Filter(accreditation_id=second.id)).total == 1
        assert entries(w, expert.party_id, Filter(function="none")).total == 0


def test_enterprises_are_found_by_name_and_code_without_personal_data(
    engine: Engine, begin: Any, member: Any, expert: Held, store: FileStore
) -> None:
    code, other = uscc(), uscc()
    make_party(engine, name="青岚机械有限公司", uscc=other, contact_name="张三", mobile="13800000000")
    person = accredit(engine, "jilin/expert", "2023-06-01", party_id=None)
    listed = [{"name": "甲%公司"}, {"name": "松花江食品", "uscc": code}]
    send(begin, member, expert, uuid4(), store, data={**ENTRY, "enterprises": listed})
    with begin(member, AT) as w:
        assert {item.name for item in look_up(w, expert.party_id, "")} == {"甲%公司", "松花江食品"}
        assert [item.uscc for item in look_up(w, expert.party_id, "花江")] == [code]
        assert [item.name for item in look_up(w, expert.party_id, "甲%")] == ["甲%公司"]
        assert look_up(w, expert.party_id, "%_") == []
        found = look_up(w, expert.party_id, "青岚")
        assert [(item.name, item.uscc, item.served) for item in found] == [("青岚机械有限公司", other, False)]
        assert [item.uscc for item in look_up(w, expert.party_id, other.lower())] == [other]
        assert look_up(w, expert.party_id, code[:3]) == []
        names = {item.name for item in look_up(w, expert.party_id, "测试主体")}
        with session_factory(engine)() as session:
            assert session.get_one(Party, person.party_id).name not in names
