"""What follows from names, present and former ones, is worked out anew where a version has other rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine, select, text

from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import SYSTEM
from core.services.people.named import renew_names
from core.storage.models import FormerValue, Party
from core.storage.models.changes import Vouched
from core.storage.search import name_matches
from core.storage.verify.derived import keys
from tests.services.factory import make_party

AT = "2024-05-20T10:00"
STALE = (
    "UPDATE party SET folded_name = 'x', sort_name = ''",
    "UPDATE former_value SET folded = 'x' WHERE field = 'name'",
    "UPDATE app_user SET sort_name = ''",
)


def test_names_and_former_names_are_compared_by_the_present_rules(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    make_actor(Role.OFFICER)
    party = make_party(engine, PartyKind.ORGANIZATION, "371502", name="甲●乙中心")
    with begin(SYSTEM, AT) as w:
        for field, value in ((Vouched.NAME, "丙˙丁「东」中心"), (Vouched.REGION, "371500")):
            w.session.add(FormerValue(party_id=party, field=field, value=value, held_until=date(2024, 1, 1)))
        w.session.flush()
        for statement in STALE:
            w.session.connection().execute(text(statement))
    with begin(SYSTEM, AT) as w:
        assert {fault.check for fault in keys(w.session)} == {"party.search", "party.former", "user.order"}
        assert renew_names(w) == 3
        assert renew_names(w) == 0
    with begin(SYSTEM, AT) as w:
        assert list(keys(w.session)) == []
        for typed in ("甲·乙", "丙·丁(东)", "丙・丁（东）"):
            assert w.session.scalars(select(Party.id).where(name_matches(typed))).all() == [party]
        others = select(FormerValue.folded).where(FormerValue.field == Vouched.REGION)
        assert w.session.scalars(others).all() == [""]
