"""Where a party can apply: every track at once, what stands against it, and how much is short."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from core.domain.errors import NotFound, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.rules.evaluate import Outcome
from core.rules.verdict import Eligibility
from core.services.base.work import Actor
from core.services.granting import matching, starting
from core.services.granting.matching import Door, Match
from core.services.people import parties
from core.storage.engine import session_factory
from core.storage.models import Ban, Party
from tests.conftest import Begin
from tests.services.factory import accredit
from tests.services.journey import COUNTY, Town, at, claims

DAY = date(2024, 6, 28)
NOW = f"{DAY}T10:00:00"
KEY = "shanghai/comprehensive"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*args: Any) -> None:
        sent.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def known(engine: Engine, party_id: int, facts: dict[str, Any]) -> None:
    """Give the party a profile."""
    with session_factory(engine)() as session, session.begin():
        session.get_one(Party, party_id).profile = facts


def match_of(town: Town, user: Actor, party_id: int, key: str = KEY, now: str = NOW) -> Match:
    """What is said of one track."""
    with town.begin(user, now) as w:
        return {f"{m.program}/{m.track}": m for m in matching.matches(w, party_id)}[key]


@pytest.fixture
def someone(town: Town) -> tuple[Actor, int]:
    """A user with an organisation in Shanghai."""
    return town.applicant(KEY, NOW)


def test_every_track_of_the_kind_is_judged_in_one_pass(
    town: Town, engine: Engine, someone: tuple[Actor, int]
) -> None:
    user, party = someone
    known(engine, party, claims(KEY))
    with town.begin(user, NOW) as w, counted(engine) as sent:
        found = matching.matches(w, party)
        tracks = w.catalogue.tracks(PartyKind.ORGANIZATION)
    assert {(m.program, m.track) for m in found} == {(p.program.id, t.id) for p, t in tracks}
    assert len(sent) <= 7
    own = next(m for m in found if (m.program, m.track) == ("shanghai", "comprehensive"))
    assert own.outcome is Eligibility.UNDETERMINED
    assert own.number(Outcome.NOT_MET) == 0
    assert own.number(Outcome.UNKNOWN) == 0
    assert own.number(Outcome.UNKNOWN, judged=True) == 1
    assert own.number(Outcome.MET) == len(own.clauses) - 1
    assert found.index(own) < min(found.index(m) for m in found if m.barred)


@pytest.mark.parametrize(("staff", "said"), [(9, "还差 1 人"), (10, ""), (11, ""), (8, "还差 2 人")])
def test_what_is_short_is_told_by_how_much(
    town: Town, engine: Engine, someone: tuple[Actor, int], staff: int, said: str
) -> None:
    user, party = someone
    counts = {"staff_full_time": staff, "staff_college_plus": 8, "staff_mid_title_plus": 0}
    known(engine, party, claims(KEY) | counts | {"staff_college_plus_and_mid_title": 0})
    team = next(item for item in match_of(town, user, party).clauses if item.clause == "2.1(2)")
    assert (team.outcome is Outcome.MET) == (not said)
    assert said in "".join(text.zh for text in team.lacks)


def test_a_call_opens_the_door_for_its_seconds(town: Town, someone: tuple[Actor, int]) -> None:
    user, party = someone
    assert match_of(town, user, party).door is Door.CLOSED
    day = date(2025, 3, 3)
    call = town.call(KEY, day, opens_at=at(day, "09:00:00"), submit_by=at(day, "17:00:00"))
    before = match_of(town, user, party, now=f"{day}T08:59:59")
    assert before.door is Door.ANNOUNCED
    assert before.opens_at == at(day, "09:00:00")
    assert not before.startable
    for second in ("09:00:00", "17:00:00"):
        during = match_of(town, user, party, now=f"{day}T{second}")
        assert during.door is Door.CALL
        assert during.startable
        assert during.call is not None
        assert during.call.id == call
    assert match_of(town, user, party, now=f"{day}T17:00:01").door is Door.CLOSED


def test_an_application_begun_is_gone_on_with(town: Town, someone: tuple[Actor, int]) -> None:
    user, party = someone
    key = "jilin/provider"
    assert match_of(town, user, party, key).door is Door.ROLLING
    assert match_of(town, user, party, key).territory == "220200"
    here, own = town.applicant(key, NOW)
    assert match_of(town, here, own, key).startable
    with town.begin(here, NOW) as w:
        begun = starting.start(w, "jilin", "provider", own)
    again = match_of(town, here, own, key)
    assert again.application_id == begun
    assert not again.startable


def test_a_ban_and_a_status_in_force_stand_against_it(town: Town, engine: Engine) -> None:
    key = "jilin/provider"
    user, party = town.applicant(key, NOW)
    with session_factory(engine)() as session, session.begin():
        last = DAY + timedelta(days=1)
        session.add(Ban(party_id=party, program="jilin", clause="14", starts_on=DAY, through=last))
    assert f"自 {DAY + timedelta(days=2)} 起可以申报" in match_of(town, user, party, key).against[0].zh
    over = match_of(town, user, party, key, now=f"{DAY + timedelta(days=2)}T00:00:00")
    assert over.against == ()
    held = accredit(engine, key, "2024-01-01", party_id=party, region=COUNTY["jilin"])
    found = match_of(town, user, party, key)
    assert any(held.number in why.zh for why in found.against)
    assert found.barred


def test_experts_see_the_tracks_for_persons_and_nobody_sees_another_party(
    town: Town, someone: tuple[Actor, int], begin: Begin
) -> None:
    user, party = town.applicant("jilin/expert", NOW)
    with begin(user, NOW) as w:
        found = matching.matches(w, party)
    assert {(m.program, m.track) for m in found} == {("jilin", "expert"), ("miit_volunteer", "expert")}
    officer = town.make_actor(Role.OFFICER)
    for stranger, target in ((user, someone[1]), (officer, party), (user, 10**9)):
        with begin(stranger, NOW) as w, pytest.raises(NotFound):
            matching.matches(w, target)


def test_the_partys_own_data_count_too(town: Town, engine: Engine) -> None:
    user, party = town.applicant("miit_volunteer/expert", NOW)
    with town.begin(user, NOW) as w:
        parties.edit_party(w, party, {"mobile": "13900139000"})
        assert matching.matches(w, party)


def test_one_track_of_a_programme_at_a_time(town: Town) -> None:
    user, party = town.applicant(KEY, NOW)
    town.call(KEY, DAY, tracks=["comprehensive", "specialized"])
    other = "shanghai/specialized"
    assert match_of(town, user, party, other).startable
    with town.begin(user, NOW) as w:
        begun = starting.start(w, "shanghai", "comprehensive", party)
    found = match_of(town, user, party, other)
    assert found.instead is not None
    assert (found.instead.application_id, found.instead.draft) == (begun, True)
    assert not found.startable
    with town.begin(user, NOW) as w, pytest.raises(Refused) as refused:
        starting.start(w, "shanghai", "specialized", party)
    assert f"#{begun}" in refused.value.text.zh
    assert refused.value.mend is not None
    assert "改报" in refused.value.mend.zh
    assert match_of(town, user, party, "hubei/specialized").instead is None


def test_a_draft_is_switched_with_what_it_has(town: Town, engine: Engine) -> None:
    case = town.start(KEY, day=DAY, call={"tracks": ["comprehensive", "specialized"]})
    case.fill()
    before = case.load()
    with case.as_applicant() as w:
        starting.switch(w, case.application_id, "specialized")
    after = case.load()
    assert (after.id, after.track) == (before.id, "specialized")
    assert {**after.facts, **before.facts} == after.facts
    assert after.call_id == before.call_id
    with case.as_applicant() as w, pytest.raises(NotFound):
        starting.switch(w, case.application_id, "nothing")
