"""A ban that was lifted by mistake runs on to its own last day; a second lead corrects it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.base.work import Actor
from core.services.calls import bans
from core.services.deciding import corrections
from core.services.deciding.correcting_parties import correct_lifting, liftings
from core.services.deciding.correcting_status import correct_exit
from core.services.endings import exits
from core.storage.engine import session_factory
from core.storage.models import Ban, OutboxMessage
from tests.services.deciding.test_voiding import broken_rows
from tests.services.factory import Held, accredit

ON, WHY = "2024-06-03T09:00", "误点，应为另一家"


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "liaocheng/specialized", "2023-03-21")


@pytest.fixture
def leads(make_actor: Any) -> list[Actor]:
    return [make_actor(Role.LEAD, "liaocheng") for _ in range(3)]


@pytest.fixture
def ban(engine: Engine, begin: Any, make_actor: Any, held: Held) -> int:
    """Of an exit that took effect."""
    one, two = (make_actor(Role.OFFICER, "liaocheng") for _ in range(2))
    with begin(one, "2024-04-22T09:00") as w:
        case = exits.propose(w, held.id, "20(1)", "处分决定")
        exits.told(w, case, w.today)
    for who in (one, two):
        with begin(who, "2024-05-13T09:00") as w:
            exits.confirm(w, case, "属实")
    with session_factory(engine)() as session:
        return session.scalars(select(Ban.id)).one()


def banned(begin: Any, who: Actor, held: Held, at: str) -> bool:
    with begin(who, at) as w:
        return bans.why_banned(w, held.party_id, "liaocheng", w.today) is not None


def test_it_runs_again_and_the_party_is_told(
    engine: Engine, begin: Any, make_actor: Any, held: Held, leads: list[Actor], ban: int, unchanged: Any
) -> None:
    one, two, three = leads
    with unchanged(Refused, "没有解除"), begin(two, ON) as w:
        correct_lifting(w, ban, WHY)
    with begin(one, "2024-05-20T09:00") as w:
        bans.lift(w, ban)
    assert not banned(begin, two, held, ON)
    with begin(two, ON) as w:
        assert liftings(w, bans.of_party(w, held.party_id)) == {ban: None}
    member = make_actor(Role.LEAD, "liaocheng", parties=[held.party_id])
    for who, error in (
        (one, Refused), (member, Refused), (make_actor(Role.OFFICER, "liaocheng"), NotAllowed),
        (make_actor(Role.LEAD, "hubei"), NotAllowed),
    ):  # fmt: skip
        with unchanged(error), begin(who, ON) as w:
            correct_lifting(w, ban, WHY)
    with unchanged(Invalid), begin(two, ON) as w:
        correct_lifting(w, ban, " ")
    with unchanged(NotFound), begin(two, ON) as w:
        correct_lifting(w, ban + 1, WHY)
    with begin(two, ON) as w:
        correct_lifting(w, ban, WHY)
    assert banned(begin, two, held, ON)
    with begin(three, ON) as w:
        (kept,) = corrections.of_party(w, held.party_id)
        assert (kept.kind, kept.before["by"], kept.before["lifted_on"]) == ("ban", one.user_id, "2024-05-20")
        assert corrections.of_accreditation(w, held.id) == [kept]
        letters = select(OutboxMessage.body).where(OutboxMessage.event == "party.corrected")
        (letter,) = set(w.session.scalars(letters))
        through = w.session.get_one(Ban, ban).through
        assert WHY in letter
        assert through.isoformat() in letter
    assert not [check for check in broken_rows(engine, date(2024, 6, 3)) if "ban" in check or "exit" in check]
    # Lifted again by another, it is corrected again by a third.
    with begin(three, "2024-06-04T09:00") as w:
        bans.lift(w, ban)
    with unchanged(Refused, "不能自行更正"), begin(three, "2024-06-04T10:00") as w:
        correct_lifting(w, ban, WHY)
    with begin(one, "2024-06-04T10:00") as w:
        correct_lifting(w, ban, WHY)


@pytest.mark.parametrize(("days", "over"), [(-1, False), (0, False), (1, True)])
def test_one_that_would_be_over_stays_lifted(
    engine: Engine, begin: Any, leads: list[Actor], ban: int, unchanged: Any, days: int, over: bool
) -> None:
    one, two, _ = leads
    with begin(one, "2024-05-20T09:00") as w:
        bans.lift(w, ban)
        through = w.session.get_one(Ban, ban).through
    day = date.fromordinal(through.toordinal() + days)
    if over:
        with unchanged(Refused, "届满"), begin(two, f"{day}T09:00") as w:
            correct_lifting(w, ban, WHY)
    else:
        with begin(two, f"{day}T09:00") as w:
            assert correct_lifting(w, ban, WHY)


def test_one_whose_exit_fell_stays_lifted(
    engine: Engine, begin: Any, leads: list[Actor], ban: int, unchanged: Any
) -> None:
    one, two, _ = leads
    with session_factory(engine)() as session:
        case = session.get_one(Ban, ban).exit_case_id
    with begin(one, "2024-05-20T09:00") as w:
        correct_exit(w, case, WHY)
    with unchanged(Refused, "已不存在"), begin(two, ON) as w:
        correct_lifting(w, ban, WHY)
