"""Whoever registered a body that nobody looked at gets nothing of what the authority brings to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import SYSTEM
from core.services.mergers import merging
from core.services.people import invitations, keyed, parties
from core.services.people.named import one_table_at_a_time
from core.services.people.users import actor_for
from core.storage.engine import session_factory
from core.storage.models import Invitation, Party
from core.storage.models.changes import ClaimState
from tests.services.claims.conftest import AT, HOME, claims_of, having, members, told
from tests.services.factory import accredit, load, uscc


@pytest.fixture
def registered(engine: Engine, register: Any, claimant: Any, code: str) -> int:
    register(claimant, code)
    (number,) = having(engine, code)
    return number


def bring(begin: Any, code: str) -> int:
    """A row of a table names the body: a status follows."""
    with begin(SYSTEM, AT, "takein") as w:
        one_table_at_a_time(w)
        kind = PartyKind.ORGANIZATION
        values, errors = parties.read_party(w, kind, {"name": "聊城甲服务中心", "region": HOME, "uscc": code})
        assert errors == {}
        return keyed.party_of(w, kind, values)[0].id


def test_it_is_claimed_by_who_registered_it(
    engine: Engine, begin: Any, registered: int, claimant: Any, code: str
) -> None:
    mine = replace(claimant, parties=frozenset({registered}))
    with begin(mine, AT) as w:
        invited = invitations.invite(w, registered, "friend@example.cn", "https://x/")
    assert bring(begin, code) == registered
    assert members(engine, registered) == {}
    (claim,) = claims_of(engine, registered)
    assert (claim.user_id, claim.state, claim.uscc) == (claimant.user_id, ClaimState.WANTED, code)
    assert told(engine, claimant.user_id) == ["claim.wanted"]
    assert load(engine, Invitation, invited).cancelled_at is not None
    with session_factory(engine)() as session:
        assert actor_for(session, claimant.user_id, date(2024, 5, 21)).parties == frozenset()
    assert bring(begin, code) == registered
    assert len(claims_of(engine, registered)) == 1


@pytest.mark.parametrize("look", ["verified", "held", "table"])
def test_what_was_looked_at_stays_with_its_contact(
    engine: Engine, begin: Any, registered: int, claimant: Any, make_actor: Any, code: str, look: str
) -> None:
    if look == "verified":
        with begin(make_actor(Role.OFFICER, None, "371500"), AT) as w:
            parties.verify_party(w, registered)
    elif look == "held":
        accredit(engine, "liaocheng/specialized", "2023-03-20", party_id=registered, region=HOME)
    else:
        with session_factory(engine)() as session, session.begin():
            session.get_one(Party, registered).registered_by_id = None
    bring(begin, code)
    assert members(engine, registered) == {claimant.user_id: True}
    assert claims_of(engine, registered) == []


@pytest.mark.parametrize("kept", [True, False])
def test_by_a_merger_its_contact_gets_nothing_of_the_other(
    engine: Engine, begin: Any, registered: int, claimant: Any, make_actor: Any, kept: bool
) -> None:
    held = accredit(engine, "liaocheng/specialized", "2023-03-20", region=HOME)
    owner = make_actor(Role.APPLICANT, parties=[held.party_id])
    pair = (registered, held.party_id) if kept else (held.party_id, registered)
    with begin(make_actor(Role.LEAD), AT) as w:
        merging.merge(w, *pair, "同一机构")
    assert (members(engine, registered), list(members(engine, held.party_id))) == ({}, [owner.user_id])
    assert [claim.user_id for claim in claims_of(engine, registered)] == [claimant.user_id]


def test_two_that_nobody_looked_at_are_merged_with_their_contacts(
    engine: Engine, begin: Any, register: Any, registered: int, claimant: Any, make_actor: Any
) -> None:
    other = make_actor(Role.APPLICANT)
    second = register(other, uscc(), name="聊城乙服务中心").party_id
    with begin(make_actor(Role.LEAD), AT) as w:
        merging.merge(w, registered, second, "同一机构")
    assert (list(members(engine, registered)), list(members(engine, second))) == (
        [claimant.user_id],
        [other.user_id],
    )
