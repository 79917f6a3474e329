"""A form of the diary sent twice at the very same instant: recorded once, and told so to the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, local
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict
from core.domain.roles import Role
from core.services.attachments.party_files import by_owner
from core.services.diary import entries, records
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import ServiceRecord
from tests.services.diary.test_entries import AT, ENTRY, picture
from tests.services.factory import Held, accredit

Sending = Callable[[int], Any]


@pytest.fixture
def expert(engine: Engine) -> Held:
    return accredit(engine, "jilin/expert", "2023-06-01")


@pytest.fixture
def both(engine: Engine, expert: Held) -> list[int]:
    """Two accreditations of one person."""
    return [expert.id, accredit(engine, "miit_volunteer/expert", "2023-06-01", party_id=expert.party_id).id]


@pytest.fixture
def member(make_actor: Any, expert: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[expert.party_id])


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sending], list[Any]]:
    """Runs a sending twice; each has seen that nothing is recorded yet before either goes on."""
    gate, seen, look = Barrier(2, timeout=20), local(), entries._states

    def looked(*args: Any) -> Any:
        found = look(*args)
        if not hasattr(seen, "waited"):
            seen.waited = True
            gate.wait()
        return found

    monkeypatch.setattr(entries, "_states", looked)

    def run(send: Sending) -> list[Any]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(send, range(2)))

    return run


def rows(engine: Engine, entry: UUID) -> list[tuple[int, str, str]]:
    with session_factory(engine)() as session:
        query = select(ServiceRecord).where(ServiceRecord.entry_id == entry)
        found = session.scalars(query.order_by(ServiceRecord.accreditation_id))
        return [(row.accreditation_id, row.state.value, row.title) for row in found]


@pytest.mark.parametrize("hours", ["2", "13"], ids=["short", "more than half a day"])
def test_an_entry_sent_twice_at_once_is_one(
    engine: Engine,
    begin: Any,
    member: Any,
    expert: Held,
    both: list[int],
    at_once: Callable[[Sending], list[Any]],
    tmp_path: Path,
    hours: str,
) -> None:
    """The other is told that it was recorded before; its hours do not count against those of the first."""
    entry, store = uuid4(), FileStore.of(tmp_path)

    def send(_: int) -> bool:
        with begin(member, AT) as w:
            return entries.record_entry(
                w,
                expert.party_id,
                entry,
                both,
                {**ENTRY, "hours": hours},
                submit=True,
                photos=[("a.jpg", picture())],
                store=store,
            )

    assert sorted(at_once(send)) == [False, True]
    assert rows(engine, entry) == [(number, "submitted", ENTRY["title"]) for number in both]
    with begin(member, AT) as w:
        assert len(by_owner(w, entries.PHOTO, [entry])[entry]) == 1


def test_a_draft_sent_twice_at_once_is_one_and_still_a_draft(
    engine: Engine,
    begin: Any,
    member: Any,
    expert: Held,
    both: list[int],
    at_once: Callable[[Sending], list[Any]],
    tmp_path: Path,
) -> None:
    """Neither is told that it was reported: whoever comes second has changed the draft."""
    entry = uuid4()

    def send(number: int) -> bool:
        with begin(member, AT) as w:
            data = {**ENTRY, "title": f"宣讲 {number}", "hours": "13"}
            store = FileStore.of(tmp_path)
            return entries.record_entry(w, expert.party_id, entry, both, data, submit=False, store=store)

    assert at_once(send) == [True, True]
    found = rows(engine, entry)
    assert [(number, state) for number, state, _ in found] == [(number, "draft") for number in both]
    assert len({title for _, _, title in found}) == 1


def test_the_same_number_twice_at_once_is_a_conflict(
    engine: Engine, begin: Any, member: Any, expert: Held, both: list[int]
) -> None:
    entry, gate = uuid4(), Barrier(2, timeout=20)

    def add(_: int) -> str:
        try:
            with begin(member, AT) as w:
                gate.wait()
                records.add_entry(w, expert.party_id, both, {**ENTRY, "hours": "13"}, entry_id=entry)
        except Conflict as error:
            return error.text.zh
        return "recorded"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, range(2))) == ["recorded", "该服务已登记"]
    assert [number for number, _, _ in rows(engine, entry)] == both
