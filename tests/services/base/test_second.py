"""Where two people are demanded, one is told from the other by account, or by operator of the machine."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest
from sqlalchemy.orm import Session

from core.domain.errors import Refused
from core.rules.text import T
from core.services.base.access import is_same, require_second
from core.services.base.work import SYSTEM, Actor, Work

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERSON = Actor(7, "陈")
OPERATOR = replace(SYSTEM, name="command line (chen)")
SAID = T("须由第二人办理", "a second person does this")


def by(actor: Actor) -> Work:
    """A work of the actor, in which nothing is read."""
    return Work(cast(Session, None), actor, AT)


@pytest.mark.parametrize(
    ("actor", "before", "name", "same"),
    [
        (PERSON, (7,), "", True),
        (PERSON, (8,), "", False),
        (PERSON, (8, 7), "", True),
        (PERSON, (None,), "陈", False),
        (replace(PERSON, name="另一个名字"), (7,), "陈", True),
        (OPERATOR, (None,), "command line (chen)", True),
        (OPERATOR, (None,), "command line (li)", False),
        (OPERATOR, (7,), "command line (chen)", False),
        (OPERATOR, (None,), "", False),
    ],
)
def test_who_is_a_second_person(actor: Actor, before: tuple[int | None, ...], name: str, same: bool) -> None:
    assert is_same(by(actor), *before, name=name) is same
    if same:
        with pytest.raises(Refused, match="superior division") as caught:
            require_second(by(actor), SAID, *before, name=name)
        assert "上级地区" in caught.value.text.zh
    else:
        require_second(by(actor), SAID, *before, name=name)
