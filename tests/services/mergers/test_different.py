"""Two parties that look like one and are not: marked once, and merged only after the mark is taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text

from core.domain.errors import Conflict, DomainError, Invalid, NotFound, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.paging import Wish
from core.services.base.work import Actor, Work
from core.services.mergers import different, merging, preview
from core.services.mergers.likely import likely
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, NotSame, Party
from core.storage.search import derived
from core.storage.verify.doubles import doubles
from core.storage.verify.parties import PARTIES
from tests.services.factory import accredit, make_party
from tests.services.journey import race

AT, LATER = "2024-06-03T10:00", "2024-06-10T10:00"
KEY, PLACE = "liaocheng/comprehensive", "371502"
NAMES = ("鲁西某某服务中心（聊城）", "鲁西某某服务中心(聊城)", "鲁西某某服务中心〔聊城〕")
WHY, BACK, SAME = "两家同名机构，登记证书不同", "经复核为同一机构", "同一机构两次登记"
Three = tuple[int, int, int]


@pytest.fixture
def officer(make_actor: Any) -> Actor:
    return make_actor(Role.OFFICER, program="liaocheng", region="371500")


@pytest.fixture
def three(engine: Engine) -> Three:
    """Three bodies of one name, each known to the programme."""
    first, second, third = (make_party(engine, name=name, region=PLACE) for name in NAMES)
    for month, party in enumerate((first, second, third), 1):
        accredit(engine, KEY, f"2024-0{month}-01", party_id=party)
    return first, second, third


def looked_at(engine: Engine, begin: Any, officer: Actor) -> set[tuple[int, int]]:
    """The likely doubles that an officer is shown, which are those that `verify` notes; it finds no fault."""
    with begin(officer, LATER) as w:
        shown = {(item.one.id, item.other.id) for item in likely(w).rows}
        assert [row for check in PARTIES for row in w.session.execute(text(check.query))] == []
        noted = {(note.subject_id, note.message.en.split(":")[0].split()[-1]) for note in doubles(w.session)}
    assert noted == {(str(one), str(other)) for one, other in shown}
    return shown


def marks(engine: Engine) -> list[NotSame]:
    with session_factory(engine)() as session:
        return list(session.scalars(select(NotSame).order_by(NotSame.id)))


def test_a_marked_pair_is_no_likely_double_until_it_is_taken_back(
    engine: Engine, begin: Any, officer: Actor, three: Three
) -> None:
    a, b, c = three
    assert looked_at(engine, begin, officer) == {(a, b), (a, c), (b, c)}
    with begin(officer, AT, "party.mark_different") as w:
        number = different.mark(w, b, a, WHY)
    assert looked_at(engine, begin, officer) == {(a, c), (b, c)}
    with begin(officer, LATER) as w:
        listed = different.marked(w).rows
        assert [(item.one_id, item.other_id, item.reason, item.marked_by_id) for item in listed] == [
            (a, b, WHY, officer.user_id)
        ]
        different.take_back(w, number, BACK)
    assert looked_at(engine, begin, officer) == {(a, b), (a, c), (b, c)}
    with begin(officer, LATER) as w:
        assert different.marked(w).rows == ()
        # Both parties show what was said and taken back, and it is audited.
        for party in (a, b):
            (shown,) = different.of_party(w, party)
            assert (shown.id, shown.taken_back_reason, shown.taken_back_by_id) == (
                number,
                BACK,
                officer.user_id,
            )
        query = select(AuditEvent.changes).where(AuditEvent.subject == "not_same").order_by(AuditEvent.id)
        first, second = w.session.scalars(query)
    assert first["reason"][1] == WHY
    assert second["taken_back_reason"] == ["", BACK]


def test_done_twice_in_either_order_it_is_one_mark(
    engine: Engine, begin: Any, officer: Actor, make_actor: Any, three: Three, unchanged: Any
) -> None:
    a, b, _ = three
    with begin(officer, AT) as w:
        number = different.mark(w, a, b, WHY)
    for one, other in ((a, b), (b, a)):
        with unchanged(Conflict, "已标注为不同主体", officer.name), begin(make_actor(Role.LEAD), LATER) as w:
            different.mark(w, one, other, "再标一次")
    with begin(officer, LATER) as w:
        different.take_back(w, number, BACK)
    with unchanged(Conflict, "已收回", officer.name), begin(officer, LATER) as w:
        different.take_back(w, number, BACK)
    # And once more, as if it had never been.
    with begin(officer, LATER) as w:
        assert different.mark(w, b, a, WHY) != number


def test_of_two_at_once_one_marks(engine: Engine, officer: Actor, make_actor: Any, three: Three) -> None:
    a, b, _ = three
    ways = iter([(a, b), (b, a)])
    results = race(
        engine, [officer, make_actor(Role.LEAD)], AT, lambda w: different.mark(w, *next(ways), WHY)
    )
    assert sorted(type(item).__name__ for item in results) == ["Conflict", "NoneType"]
    assert [(item.one_id, item.other_id) for item in marks(engine)] == [(a, b)]


def test_of_a_mark_and_a_merger_at_once_one_holds(
    engine: Engine, begin: Any, officer: Actor, make_actor: Any, three: Three
) -> None:
    a, b, _ = three

    def mark(w: Work) -> object:
        return different.mark(w, a, b, WHY)

    def merge(w: Work) -> object:
        return merging.merge(w, a, b, SAME)

    acts = iter([mark, merge])
    results = race(engine, [officer, make_actor(Role.LEAD)], AT, lambda w: next(acts)(w))
    refused = [item for item in results if isinstance(item, DomainError)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict | Refused)
    looked_at(engine, begin, officer)


def test_a_marked_pair_is_merged_only_after_the_mark_is_taken_back(
    engine: Engine, begin: Any, officer: Actor, three: Three, unchanged: Any
) -> None:
    a, b, _ = three
    with begin(officer, AT) as w:
        number = different.mark(w, a, b, WHY)
        shown = preview.preview(w, b, a)
        assert shown.mark is not None
        assert shown.mark.id == number
        assert any(WHY in why.zh and "收回" in why.zh for why in shown.against)
    for kept, merged in ((a, b), (b, a)):
        with unchanged(Refused, WHY, "take the mark back first"), begin(officer, AT) as w:
            merging.merge(w, kept, merged, SAME)
    with begin(officer, LATER) as w:
        different.take_back(w, number, BACK)
        assert preview.preview(w, a, b).mark is None
        merging.merge(w, a, b, SAME)


def test_the_mark_holds_for_what_either_is_merged_with(
    engine: Engine, begin: Any, officer: Actor, three: Three, unchanged: Any
) -> None:
    a, b, c = three
    with begin(officer, AT) as w:
        number = different.mark(w, a, b, WHY)
        merger = merging.merge(w, c, a, SAME)
    # c is a, and a is not b: neither likely nor to be merged, and marked already.
    assert looked_at(engine, begin, officer) == set()
    with unchanged(Refused, WHY), begin(officer, AT) as w:
        merging.merge(w, b, c, SAME)
    with unchanged(Conflict, "已标注为不同主体"), begin(officer, AT) as w:
        different.mark(w, c, b, WHY)
    with begin(officer, AT) as w:
        assert [item.id for item in different.of_party(w, c)] == [number]
        merging.undo(w, merger, "误合并")
    # Of c nothing was ever said.
    assert looked_at(engine, begin, officer) == {(a, c), (b, c)}
    assert [(item.one_id, item.other_id) for item in marks(engine)] == [(a, b)]


def test_a_mark_on_the_party_that_is_left_outlives_the_merger(
    engine: Engine, begin: Any, officer: Actor, three: Three, unchanged: Any
) -> None:
    a, b, c = three
    with begin(officer, AT) as w:
        merger = merging.merge(w, c, a, SAME)
    # What is shown under another is not judged by itself.
    with unchanged(Refused, "undo the merger first"), begin(officer, AT) as w:
        different.mark(w, a, b, WHY)
    with unchanged(Refused, "undo the merger first"), begin(officer, AT) as w:
        different.mark(w, a, c, WHY)
    with begin(officer, AT) as w:
        different.mark(w, c, b, WHY)
    assert looked_at(engine, begin, officer) == set()
    with begin(officer, LATER) as w:
        merging.undo(w, merger, "误合并")
    assert looked_at(engine, begin, officer) == {(a, b), (a, c)}


def test_who_may_not_finds_nothing_and_changes_nothing(
    begin: Any, officer: Actor, make_actor: Any, three: Three, unchanged: Any
) -> None:
    a, b, _ = three
    with begin(officer, AT) as w:
        number = different.mark(w, a, b, WHY)
    elsewhere = make_actor(Role.OFFICER, program="jilin", region="220200")
    for actor in (elsewhere, make_actor(Role.AUDITOR), make_actor(Role.APPLICANT, parties=[a, b])):
        with unchanged(NotFound), begin(actor, AT) as w:
            different.mark(w, a, b, WHY)
        with unchanged(NotFound), begin(actor, AT) as w:
            different.take_back(w, number, BACK)
    with begin(elsewhere, AT) as w:
        assert different.marked(w).rows == ()
    own = make_actor(Role.OFFICER, program="liaocheng", region="371500", parties=[b])
    with unchanged(Refused, "不得办理本单位"), begin(own, AT) as w:
        different.take_back(w, number, BACK)
    with begin(officer, AT) as w:
        different.take_back(w, number, BACK)
    with unchanged(Refused, "不得办理本单位"), begin(own, AT) as w:
        different.mark(w, a, b, WHY)


def test_what_cannot_be_marked_is_refused(
    engine: Engine, begin: Any, officer: Actor, three: Three, unchanged: Any
) -> None:
    a, b, _ = three
    person = make_party(engine, PartyKind.PERSON, name=NAMES[0], region=PLACE)
    accredit(engine, "liaocheng/specialized", "2024-01-01", party_id=person)
    with unchanged(Refused, "机构和个人"), begin(officer, AT) as w:
        different.mark(w, a, person, WHY)
    with unchanged(Refused, "两个不同的主体"), begin(officer, AT) as w:
        different.mark(w, a, a, WHY)
    for act in (lambda w: different.mark(w, a, 10**9, WHY), lambda w: different.take_back(w, 10**9, BACK)):
        with unchanged(NotFound), begin(officer, AT) as w:
            act(w)
    for reason, why in (("", "请填写"), (" ", "请填写"), ("甲" * 2001, "2000")):
        with unchanged(Invalid, why), begin(officer, AT) as w:
            different.mark(w, a, b, reason)


def test_however_many_pairs_there_are_a_page_takes_as_many_statements(
    engine: Engine, begin: Any, make_actor: Any, three: Three
) -> None:
    lead, sent = make_actor(Role.LEAD), []
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))

    def page(first: int, second: int) -> tuple[list[int], list[int | None]]:
        """The rows and totals of both lists, on a page; both take the same few statements."""
        with begin(lead, AT) as w:
            sent.clear()
            pairs, listed = likely(w, Wish(first)), different.marked(w, Wish(second))
            assert len(sent) == 4, sent
        return [len(pairs.rows), len(listed.rows)], [pairs.total, listed.total]

    with begin(lead, AT) as w:
        different.mark(w, three[0], three[1], WHY)
    assert page(0, 0) == ([2, 1], [2, 1])
    more = [
        {"kind": "organization", "uscc": f"{number:018d}", "region": PLACE, "name": NAMES[0]}
        | derived(NAMES[0])
        for number in range(45)
    ]
    with engine.begin() as connection:
        made = connection.scalars(insert(Party).returning(Party.id), more).all()
        row = {"reason": WHY, "marked_at": datetime(2024, 6, 3, tzinfo=UTC), "one_id": three[0]}
        connection.execute(insert(NotSame), [row | {"other_id": number} for number in made])
    # Each of 48 with each other, save the first, which is marked as none of 46.
    left = 48 * 47 // 2 - 46
    assert left > 1_000
    assert page(0, 0) == ([20, 20], [left, 46])
    assert page(left // 20, 46 // 20)[0] == [left % 20, 46 % 20]
