"""What the night does by itself: lists are drawn up once a month, messages on accounts go by age."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.clock import moment
from core.domain.lifecycle.keeping import RETENTION, Kept
from core.domain.roles import Role
from core.services.base.work import Actor
from core.services.keeping import lists, nightly
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import DestructionList, OutboxMessage
from core.storage.models.operations import MessageState
from tests.services.factory import make_party, serve
from tests.services.keeping.test_erasing import message, put
from tests.services.keeping.test_lists import PROGRAM, REGION, TIME, YEARS, ended, people, wrong

__all__ = ["people"]  # a fixture
AT = moment(TIME)


def drawn_up(engine: Engine, at: str = TIME) -> int:
    return nightly.draw_up(session_factory(engine), moment(at))


def test_a_list_is_drawn_up_once_a_month_and_waits_for_two(
    engine: Engine, begin: Any, people: tuple[Actor, Actor]
) -> None:
    serve(engine, ended(engine, date(2024 - YEARS, 6, 30)), "2012-03-01")
    serve(engine, ended(engine, date(2024 - YEARS, 7, 1)), "2012-03-01")
    assert drawn_up(engine) == 1, "of the day before the bound"
    assert drawn_up(engine) == 0, "it is open"
    with session_factory(engine)() as session:
        found = session.scalars(select(DestructionList)).one()
        assert (found.program, found.kind, found.proposed_by_id) == (PROGRAM, Kept.RECORDS, None)
        number = found.id
    first, second = people

    def waits(actor: Actor) -> list[int]:
        with begin(actor, TIME) as w:
            return [item.number for item in waiting_for(w) if item.kind == "destruction"]

    assert (waits(first), waits(second)) == ([1], [1])
    with begin(first, TIME) as w:
        lists.approve(w, number)
    assert (waits(first), waits(second)) == ([], [1])


@pytest.mark.parametrize(("again", "number"), [("2024-07-31T23:59", 0), ("2024-08-01T00:00", 1)])
def test_one_that_was_declined_comes_again_with_the_next_month(
    engine: Engine, begin: Any, people: tuple[Actor, Actor], again: str, number: int
) -> None:
    serve(engine, ended(engine, date(2010, 6, 30)), "2010-03-01")
    assert drawn_up(engine, "2024-07-01T00:00") == 1
    with begin(people[0], TIME) as w:
        lists.decline(w, w.session.scalars(select(DestructionList.id)).one(), "另有用途")
    assert drawn_up(engine, again) == number


def test_of_nothing_no_list_is_drawn_up(engine: Engine, make_actor: Any, begin: Any) -> None:
    serve(engine, ended(engine, date(2023, 6, 30)), "2012-03-01")
    assert drawn_up(engine) == 0
    with begin(make_actor(Role.OFFICER, PROGRAM, "310000"), TIME) as w:
        assert "destruction" not in [item.kind for item in waiting_for(w)]


def test_messages_on_accounts_go_when_their_time_is_over(
    engine: Engine, begin: Any, make_actor: Any, store: FileStore
) -> None:
    person = make_actor(Role.APPLICANT)
    bound = moment(f"{2024 - RETENTION[Kept.MESSAGES].months // 12}-07-01T10:00")
    earlier = bound - timedelta(days=1)
    own = make_party(engine, region=REGION)
    numbers = put(
        engine,
        message(person, None, "过期", created_at=bound - timedelta(seconds=1)),
        message(person, None, "到期当时", created_at=bound),
        message(person, None, "未到期", created_at=bound + timedelta(seconds=1)),
        message(person, None, "未发出", created_at=earlier, state=MessageState.FAILED),
        message(person, own, "主体的", created_at=earlier),
        message(person, None, "项目的", created_at=earlier, program=PROGRAM),
    )
    assert [nightly.clear_messages(session_factory(engine), AT) for _ in range(2)] == [1, 0]
    with session_factory(engine)() as session:
        left = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.id.in_(numbers))
        assert session.scalar(left) == len(numbers) - 1
        assert session.get(OutboxMessage, numbers[0]) is None
    assert wrong(engine, store) == []
