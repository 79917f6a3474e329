"""What a party keeps of itself: its profile, used again by every application, and its verification."""

from dataclasses import replace

import pytest

from core.domain.errors import Invalid, NotFound, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.attachments import party_files
from core.services.base.work import SYSTEM
from core.services.people import parties, party_verification
from core.services.profile import profiles
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage, Party, StaffMember
from core.storage.models.holdings import AttachmentPurpose
from tests.pictures import picture
from tests.services.factory import accredit, load, make_party

AT = "2026-03-02T09:00"
PNG = picture()


@pytest.fixture
def party(engine):
    return make_party(engine, region="310104")


@pytest.fixture
def member(make_actor, party):
    return make_actor(Role.APPLICANT, parties=[party])


def save(begin, actor, party, **raw):
    with begin(actor, AT) as w:
        return profiles.save_profile(w, party, raw)


def test_facts_are_kept_and_taken_back_and_confirm_the_data(engine, begin, party, member):
    given = {"staff_full_time": "12", "service_functions": ["legal"], "established_on": "2015-02-28"}
    assert set(save(begin, member, party, **given)) == set(given)
    assert save(begin, member, party, staff_full_time=12, established_on=None) == ["established_on"]
    kept = load(engine, Party, party)
    assert kept.profile == {"staff_full_time": 12, "service_functions": ["legal"]}
    assert kept.profile_confirmed_on.isoformat() == AT[:10]


def test_every_wrong_fact_is_named_and_then_nothing_is_kept(engine, begin, party, member):
    wrong = {
        "staff_full_time": "-1",
        "established_on": "31.12.2015",
        "unheard_of": 1,
        "uscc": "91310000000000000X",
        "core_guiding_role": True,
        "education": "master",
        "total_assets_cny": "100",
    }
    with pytest.raises(Invalid) as caught:
        save(begin, member, party, **wrong)
    assert set(caught.value.errors) == set(wrong) - {"total_assets_cny"}
    assert load(engine, Party, party).profile == {}


def test_what_the_roster_tells_is_not_typed(engine, begin, party, member):
    with session_factory(engine)() as session, session.begin():
        row = {"name": "李", "id_key": "0" * 64, "id_masked": "1**1", "attributes": {}}
        session.add(StaffMember(party_id=party, imported_at=load(engine, Party, party).created_at, **row))
    with pytest.raises(Invalid) as caught:
        save(begin, member, party, staff_full_time=5)
    assert "roster" in caught.value.errors["staff_full_time"].en
    with begin(member, AT) as w:
        assert "staff_full_time" in profiles.derived_names(w, party)


def test_nobody_else_writes_a_profile(begin, party, make_actor):
    for stranger in (make_actor(Role.APPLICANT), make_actor(Role.OFFICER)):
        with pytest.raises(NotFound):
            save(begin, stranger, party, staff_full_time=1)


def test_the_form_asks_what_some_track_reads_and_no_judgement(begin):
    with begin(SYSTEM, AT) as w:
        for kind in PartyKind:
            asked = [fact for part in profiles.sections(w, kind) for fact in part.facts]
            assert len({fact.name for fact in asked}) == len(asked) > 0
            assert not [fact.name for fact in asked if fact.judged or fact.name in ("name", "uscc", "region")]


def test_how_full_a_profile_is_leaves_out_services_not_claimed(begin, engine, party, member):
    save(begin, member, party, staff_full_time=3)
    with begin(member, AT) as w:
        parts = profiles.sections(w, PartyKind.ORGANIZATION)
        few = profiles.filled(w.session.get_one(Party, party), parts)
    save(begin, member, party, service_functions=["legal"])
    with begin(member, AT) as w:
        more = profiles.filled(w.session.get_one(Party, party), parts)
    assert (few[0], more[0]) == (1, 2)
    legal = next(part for part in parts if part.function == "legal")
    assert more[1] == few[1] + len(legal.facts)


def ask(begin, actor, party, store, licence=True):
    with begin(actor, AT) as w:
        if licence:
            party_files.put(w, AttachmentPurpose.LICENCE, party, "执照.png", PNG, store)
        party_verification.ask(w, party)


def events(engine, party):
    with session_factory(engine)() as session:
        return [row.event for row in session.query(OutboxMessage).filter_by(party_id=party)]


def waiting(begin, actor):
    with begin(actor, AT) as w:
        found = w.session.query(Party.id).filter(party_verification.queue(w.actor))
        return {row.id for row in found}


def test_a_party_asks_with_its_licence_and_is_verified(engine, begin, party, member, store, make_actor):
    officer = make_actor(Role.OFFICER, "shanghai", "310000")
    with begin(officer, AT) as w, pytest.raises(NotFound):
        parties.verify_party(w, party)
    with pytest.raises(Refused, match="licence"):
        ask(begin, member, party, store, licence=False)
    ask(begin, member, party, store)
    with pytest.raises(Refused, match="already"):
        ask(begin, member, party, store, licence=False)
    assert waiting(begin, officer) == {party}
    with begin(officer, AT) as w:
        (licence,) = party_files.listed(w, AttachmentPurpose.LICENCE, party)
        party_files.open_file(w, licence.id, store)
        parties.verify_party(w, party)
    assert load(engine, Party, party).verified_at is not None
    assert waiting(begin, officer) == set()
    assert events(engine, party) == ["account.verified"] * 2
    with pytest.raises(Refused, match="verified already"):
        ask(begin, member, party, store, licence=False)


def test_a_party_that_is_turned_down_reads_why_and_asks_again(
    engine, begin, party, member, store, make_actor
):
    officer = make_actor(Role.OFFICER, "shanghai", "310000")
    ask(begin, member, party, store)
    with begin(officer, AT) as w, pytest.raises(Invalid):
        party_verification.turn_down(w, party, "  ")
    with begin(officer, AT) as w:
        party_verification.turn_down(w, party, "执照模糊")
    assert load(engine, Party, party).verification_remark == "执照模糊"
    assert "account.not_verified" in events(engine, party)
    with begin(member, AT) as w:
        assert w.session.get_one(Party, party).verification_requested_at is None
    ask(begin, member, party, store, licence=False)
    assert load(engine, Party, party).verification_remark == ""
    with begin(officer, AT) as w:
        parties.verify_party(w, party)
    with begin(officer, AT) as w, pytest.raises(Refused, match="no verification"):
        party_verification.turn_down(w, party, "晚了")


def test_officers_of_elsewhere_and_ones_own_do_not_decide(begin, party, member, store, make_actor):
    ask(begin, member, party, store)
    elsewhere = (
        make_actor(Role.OFFICER, "hubei"),
        make_actor(Role.OFFICER, "shanghai", "310115"),
        make_actor(Role.RECOMMENDER, "shanghai", "310104"),
    )
    for actor in elsewhere:
        assert party not in waiting(begin, actor)
        with pytest.raises(NotFound), begin(actor, AT) as w:
            party_verification.turn_down(w, party, "不")
    officer = make_actor(Role.OFFICER, "shanghai", "310000")
    own = replace(officer, parties=frozenset({party}))
    with pytest.raises(Refused), begin(own, AT) as w:
        party_verification.turn_down(w, party, "不")


def test_only_programmes_of_the_territory_that_verify_are_named(begin, engine, party):
    elsewhere, person = make_party(engine, region="420106"), accredit(engine, "jilin/expert", "2026-01-05")
    with begin(SYSTEM, AT) as w:
        named = [
            party_verification.programs_that_ask(w, w.session.get_one(Party, number))
            for number in (party, elsewhere, person.party_id)
        ]
    assert named == [["shanghai"], [], []]


def test_nobody_asks_where_no_programme_of_the_region_verifies(engine, begin, store, make_actor):
    elsewhere = make_party(engine, region="371502")
    member = make_actor(Role.APPLICANT, parties=[elsewhere])
    with pytest.raises(Refused, match="no programme"):
        ask(begin, member, elsewhere, store)
    assert load(engine, Party, elsewhere).verification_requested_at is None
