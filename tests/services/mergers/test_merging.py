"""Two parties that are one: merged by a pointer, parted again, and everything stands as before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.services.applications.guards import in_force
from core.services.base.work import Actor
from core.services.calls.bans import why_banned
from core.services.mergers import merging, preview
from core.services.people.users import actor_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Ban, ExitCase, Membership, Merger, OutboxMessage, Party
from core.storage.verify import by_rules
from tests.services import factory
from tests.services.factory import Held, events, load, make_party
from tests.services.journey import race

AT, LATER = "2024-06-03T10:00", "2024-06-10T10:00"
KEY, PLACE = "liaocheng/comprehensive", "371502"
WHY = "同一机构两次登记"
HELD = (
    "party.merged",
    "party.search",
    "party.order",
    "accreditation.in_force_once",
    "accreditation.duplicate",
    "accreditation.expired",
    "accreditation.rectifying",
    "accreditation.due",
)
"""What of `verify` a merger could break; what a factory leaves out is not looked at."""


@dataclass
class Two:
    """Two registrations of one body, each with a status of the same track."""

    kept: Held
    merged: Held
    officer: Actor


def accredit(engine: Engine, key: str, started_on: str, party_id: int) -> Held:
    """A status of which nothing is due for a while."""
    due = date(2025, 1, 1)
    return factory.accredit(engine, key, started_on, party_id=party_id, next_due_on=due)


@pytest.fixture
def officer(make_actor: Any) -> Actor:
    return make_actor(Role.OFFICER, program="liaocheng", region="371500")


@pytest.fixture
def two(engine: Engine, officer: Actor) -> Two:
    first = make_party(engine, name="鲁西某某服务中心（聊城）", region=PLACE)
    other = make_party(engine, name="鲁西某某服务中心(聊城)", region=PLACE)
    kept = accredit(engine, KEY, "2023-06-01", party_id=first)
    merged = accredit(engine, KEY, "2024-02-01", party_id=other)
    return Two(kept, merged, officer)


def state(engine: Engine, held: Held) -> AccreditationState:
    found: AccreditationState = load(engine, Accreditation, held.id).state
    return found


def shown_under(engine: Engine, party_id: int) -> int | None:
    found: int | None = load(engine, Party, party_id).merged_into_id
    return found


def faults(engine: Engine, day: str = "2024-06-10") -> list[str]:
    with session_factory(engine)() as session:
        found = by_rules(session, date.fromisoformat(day), catalogue())
        return [str(fault) for fault in found if fault.check in HELD]


def test_the_later_status_ends_as_a_duplicate_and_comes_back(engine: Engine, begin: Any, two: Two) -> None:
    before = {name: load(engine, Party, name).name for name in (two.kept.party_id, two.merged.party_id)}
    with begin(two.officer, AT) as w:
        number = merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
    assert (state(engine, two.kept), state(engine, two.merged)) == (
        AccreditationState.ACTIVE,
        AccreditationState.DUPLICATE,
    )
    ended = load(engine, Accreditation, two.merged.id)
    assert (ended.ended_on, ended.ended_clause, ended.next_due_on) == (date(2024, 6, 3), "", None)
    assert events(engine, two.merged) == [("2024-06-03", "duplicate", "")]
    assert shown_under(engine, two.merged.party_id) == two.kept.party_id
    # Neither case nor ban, and no row of either was rewritten.
    with session_factory(engine)() as session:
        assert session.scalars(select(ExitCase)).all() == session.scalars(select(Ban)).all() == []
    assert ended.party_id == two.merged.party_id
    assert {name: load(engine, Party, name).name for name in before} == before
    assert faults(engine) == []
    with begin(two.officer, LATER) as w:
        merging.undo(w, number, "两者并非同一机构")
    assert (state(engine, two.kept), state(engine, two.merged)) == (AccreditationState.ACTIVE,) * 2
    back = load(engine, Accreditation, two.merged.id)
    assert (back.ended_on, back.next_due_on is not None) == (None, True)
    assert events(engine, two.merged)[1:] == [("2024-06-10", "separated", "")]
    assert shown_under(engine, two.merged.party_id) is None
    assert faults(engine) == []


def test_the_one_that_began_first_stays_whichever_party_is_kept(engine: Engine, begin: Any, two: Two) -> None:
    with begin(two.officer, AT) as w:
        merging.merge(w, two.merged.party_id, two.kept.party_id, WHY)
    assert state(engine, two.kept) is AccreditationState.ACTIVE
    assert state(engine, two.merged) is AccreditationState.DUPLICATE
    assert shown_under(engine, two.kept.party_id) == two.merged.party_id


def test_a_status_whose_term_is_over_meanwhile_comes_back_expired(
    engine: Engine, begin: Any, two: Two
) -> None:
    with begin(two.officer, AT) as w:
        number = merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
    through = load(engine, Accreditation, two.merged.id).valid_through
    with begin(two.officer, f"{through.year + 1}-06-03T10:00") as w:
        merging.undo(w, number, "误合并")
    back = load(engine, Accreditation, two.merged.id)
    assert back.state is AccreditationState.EXPIRED
    assert back.ended_on > through
    assert faults(engine, f"{through.year + 1}-06-10") == []


def test_members_of_both_act_for_both(engine: Engine, begin: Any, make_actor: Any, two: Two) -> None:
    people = [make_actor(Role.APPLICANT) for _ in range(2)]
    with session_factory(engine)() as session, session.begin():
        for person, party in zip(people, (two.kept, two.merged), strict=True):
            session.add(Membership(party_id=party.party_id, user_id=person.user_id, main=True))
    with begin(two.officer, AT) as w:
        number = merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
    both = {two.kept.party_id, two.merged.party_id}
    with session_factory(engine)() as session:
        assert [actor_for(session, person.user_id, date(2024, 6, 3)).parties for person in people] == [
            both,
            both,
        ]
        # They are told of it, each once.
    assert told(engine, "party.merged") == sorted(person.user_id for person in people)
    with begin(two.officer, LATER) as w:
        merging.undo(w, number, "误合并")
    with session_factory(engine)() as session:
        assert [actor_for(session, person.user_id, date(2024, 6, 3)).parties for person in people] == [
            {two.kept.party_id},
            {two.merged.party_id},
        ]


def told(engine: Engine, event: str) -> list[int]:
    with session_factory(engine)() as session:
        query = select(OutboxMessage.user_id).where(OutboxMessage.event == event)
        return sorted(number for number in session.scalars(query) if number is not None)


def test_what_stands_against_one_stands_against_the_other(engine: Engine, begin: Any, two: Two) -> None:
    with session_factory(engine)() as session, session.begin():
        session.add(
            Ban(
                party_id=two.merged.party_id,
                program="hubei",
                clause="18",
                starts_on=date(2024, 5, 1),
                through=date(2027, 4, 30),
            )
        )
    with begin(two.officer, AT) as w:
        program, track = KEY.split("/")
        assert why_banned(w, two.kept.party_id, "hubei", w.today) is None
        merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
        assert why_banned(w, two.kept.party_id, "hubei", w.today) is not None
        assert in_force(w, two.merged.party_id, program, track).id == two.kept.id


def test_a_chain_is_shown_under_its_last_and_undone_row_by_row(
    engine: Engine, begin: Any, officer: Actor, two: Two
) -> None:
    a, b = two.merged.party_id, two.kept.party_id
    c = make_party(engine, name="鲁西某某服务中心", region=PLACE)
    accredit(engine, "liaocheng/specialized", "2024-01-01", party_id=c)
    with begin(officer, AT) as w:
        first = merging.merge(w, b, a, WHY)
        second = merging.merge(w, c, b, WHY)
    assert (shown_under(engine, a), shown_under(engine, b), shown_under(engine, c)) == (c, c, None)
    assert faults(engine) == []
    # A circle would close: what is shown under another is not merged again, nor into.
    with begin(officer, AT) as w, pytest.raises(Refused, match="undo the merger first"):
        merging.merge(w, a, c, WHY)
    with begin(officer, LATER) as w:
        merging.undo(w, second, "误合并")
    assert (shown_under(engine, a), shown_under(engine, b)) == (b, None)
    assert state(engine, two.merged) is AccreditationState.DUPLICATE
    assert faults(engine) == []
    with begin(officer, LATER) as w:
        merging.undo(w, first, "误合并")
    assert (shown_under(engine, a), state(engine, two.merged)) == (None, AccreditationState.ACTIVE)


def test_the_first_of_a_chain_may_leave_it_alone(
    engine: Engine, begin: Any, officer: Actor, two: Two
) -> None:
    a, b = two.merged.party_id, two.kept.party_id
    c = make_party(engine, name="鲁西某某服务中心", region=PLACE)
    accredit(engine, "liaocheng/specialized", "2024-01-01", party_id=c)
    with begin(officer, AT) as w:
        first = merging.merge(w, b, a, WHY)
        merging.merge(w, c, b, WHY)
    with begin(officer, LATER) as w:
        merging.undo(w, first, "误合并")
    assert (shown_under(engine, a), shown_under(engine, b)) == (None, c)
    assert faults(engine) == []


def test_done_twice_is_told_with_who_was_first(begin: Any, two: Two, unchanged: Any, engine: Engine) -> None:
    with begin(two.officer, AT) as w:
        number = merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
    with unchanged(Conflict, "已合并", two.officer.name), begin(two.officer, LATER) as w:
        merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
    with begin(two.officer, LATER) as w:
        merging.undo(w, number, "误合并")
    with unchanged(Conflict, "已撤销", two.officer.name), begin(two.officer, LATER) as w:
        merging.undo(w, number, "误合并")
    # And once more, as if it had never been.
    with begin(two.officer, LATER) as w:
        merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
    assert state(engine, two.merged) is AccreditationState.DUPLICATE


def test_of_two_at_once_one_merges(engine: Engine, make_actor: Any, two: Two) -> None:
    another = make_actor(Role.LEAD)
    ways = iter([(two.kept.party_id, two.merged.party_id), (two.merged.party_id, two.kept.party_id)])
    results = race(engine, [two.officer, another], AT, lambda w: merging.merge(w, *next(ways), WHY))
    refused = [error for error in results if error is not None]
    assert len(results) - len(refused) == 1
    assert isinstance(refused[0], Conflict | Refused)
    with session_factory(engine)() as session:
        assert len(session.scalars(select(Merger)).all()) == 1
    assert faults(engine) == []


def test_a_merger_that_breaks_off_leaves_nothing(engine: Engine, begin: Any, two: Two) -> None:
    def breaks_off() -> None:
        with begin(two.officer, AT) as w:
            merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
            w.session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()
    assert shown_under(engine, two.merged.party_id) is None
    assert state(engine, two.merged) is AccreditationState.ACTIVE


def test_who_may_not_finds_nothing_and_changes_nothing(
    begin: Any, make_actor: Any, two: Two, unchanged: Any
) -> None:
    kept, merged = two.kept.party_id, two.merged.party_id
    elsewhere = make_actor(Role.OFFICER, program="jilin", region="220200")
    for actor in (elsewhere, make_actor(Role.AUDITOR), make_actor(Role.APPLICANT, parties=[kept, merged])):
        with unchanged(NotFound), begin(actor, AT) as w:
            merging.merge(w, kept, merged, WHY)
        with unchanged(NotFound), begin(actor, AT) as w:
            preview.preview(w, kept, merged)
    own = make_actor(Role.OFFICER, program="liaocheng", region="371500", parties=[merged])
    with unchanged(Refused, "不得办理本单位"), begin(own, AT) as w:
        merging.merge(w, kept, merged, WHY)


def test_what_cannot_be_merged_is_refused(
    engine: Engine, begin: Any, officer: Actor, two: Two, unchanged: Any
) -> None:
    person = make_party(engine, PartyKind.PERSON, name="王芳", region=PLACE)
    accredit(engine, "liaocheng/specialized", "2024-01-01", party_id=person)
    with unchanged(Refused, "机构和个人"), begin(officer, AT) as w:
        merging.merge(w, two.kept.party_id, person, WHY)
    with unchanged(Refused, "两个不同的主体"), begin(officer, AT) as w:
        merging.merge(w, two.kept.party_id, two.kept.party_id, WHY)
    with unchanged(NotFound), begin(officer, AT) as w:
        merging.merge(w, two.kept.party_id, 10**9, WHY)
    with unchanged(NotFound), begin(officer, AT) as w:
        merging.undo(w, 10**9, WHY)
    for reason in ("", " ", "甲" * 2001):
        with unchanged(Invalid), begin(officer, AT) as w:
            merging.merge(w, two.kept.party_id, two.merged.party_id, reason)


def test_a_status_of_another_programme_is_left_to_its_officers(
    engine: Engine, begin: Any, officer: Actor, two: Two, make_actor: Any, unchanged: Any
) -> None:
    for held in (two.kept, two.merged):
        accredit(
            engine, "shanghai/comprehensive", f"2024-0{1 + (held is two.merged)}-01", party_id=held.party_id
        )
    with unchanged(Refused, "其项目的权限"), begin(officer, AT) as w:
        merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
    lead = make_actor(Role.LEAD)
    with begin(lead, AT) as w:
        merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)


def test_the_preview_tells_everything_that_will_be_shown(engine: Engine, begin: Any, two: Two) -> None:
    with begin(two.officer, AT) as w:
        shown = preview.preview(w, two.kept.party_id, two.merged.party_id)
        assert [(item.ends.id, item.stays.id) for item in shown.endings] == [(two.merged.id, two.kept.id)]
        assert [item.id for item in shown.merged.accreditations] == [two.merged.id]
        assert [why.en for why in shown.doubts] == [
            "Their credit codes differ: as a rule they are two parties"
        ]
        assert shown.against == []
        merging.merge(w, two.kept.party_id, two.merged.party_id, WHY)
        again = preview.preview(w, two.merged.party_id, two.kept.party_id)
        assert "undo the merger first" in again.against[0].en
