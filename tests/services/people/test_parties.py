"""Parties: once each, kept by their members, verified by an authority that has to do with them."""

from dataclasses import replace

import pytest

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS
from core.services.people import parties
from core.storage.engine import session_factory
from core.storage.models import Membership, Party, User
from tests.services.factory import id_number, uscc
from tests.services.journey import race

AT = "2024-05-20T10:00"
ORGANIZATION, PERSON = PartyKind.ORGANIZATION, PartyKind.PERSON


def register(town, actor, kind=ORGANIZATION, **given):
    own = {"uscc": uscc()} if kind is ORGANIZATION else {"id_number": id_number()}
    with town.begin(actor, AT) as w:
        return parties.register_party(w, kind=kind, **({"name": "某机构", "region": "371502"} | own | given))


def load(town, number):
    with session_factory(town.engine)() as session:
        return session.get_one(Party, number)


def members(town, number):
    with session_factory(town.engine)() as session:
        found = session.query(Membership).filter_by(party_id=number).order_by(Membership.id)
        return [(item.user_id, item.main) for item in found]


def as_member(actor, number):
    return replace(actor, parties=actor.parties | {number})


def email_of(town, actor):
    with session_factory(town.engine)() as session:
        return session.get_one(User, actor.user_id).email


@pytest.fixture
def user(make_actor):
    return make_actor(Role.APPLICANT)


def test_identifiers_are_kept_as_they_are_written_once(town, user):
    contact = {"mobile": "+86 138-0013-8000", "email": "A@Example.CN"}
    number = register(town, user, uscc=" 91350100m000100y43 ", name=" 甲 公司 ", **contact)
    party = load(town, number)
    assert (party.uscc, party.mobile, party.email) == ("91350100M000100Y43", "13800138000", "A@example.cn")
    assert party.name == "甲 公司"
    assert party.name_grams
    assert members(town, number) == [(user.user_id, True)]


def test_landlines_stand_beside_the_mobile_number_and_are_kept_in_one_form(town, user, unchanged):
    contact = {"mobile": "", "phone": "(0531)82412345/138 0013 8000"}
    party = load(town, register(town, user, uscc=uscc(), name="甲", **contact))
    assert (party.mobile, party.phone) == ("13800138000", "0531-82412345、13800138000")
    with town.begin(replace(user, parties=user.parties | {party.id}), AT) as w:
        parties.edit_party(w, party.id, {"phone": "0531-82412346"})
    assert load(town, party.id).telephone == "13800138000、0531-82412346"
    with unchanged(Invalid, "固定电话，收不到短信"):
        register(town, user, uscc=uscc(), name="乙", mobile="0531-82412345")
    with unchanged(Invalid, "没有区号"):
        register(town, user, uscc=uscc(), name="乙", phone="82412345")


def test_every_wrong_field_is_named_at_once(town, user, unchanged):
    wrong = {"uscc": "91350100M000100Y44", "region": "37", "mobile": "123", "email": "x", "id_number": "1"}
    with pytest.raises(Invalid) as caught:
        register(town, user, name=" ", **wrong)
    assert set(caught.value.errors) == {"name", "uscc", "region", "mobile", "email", "id_number"}
    with unchanged(Invalid, "出生日期"):
        register(town, user, PERSON, id_number="110105209912310021")
    with unchanged(NotAllowed, "登录"):
        register(town, ANONYMOUS)


@pytest.mark.parametrize("kind", [ORGANIZATION, PERSON])
def test_a_second_registration_points_to_the_first(town, user, make_actor, unchanged, kind):
    own = {"uscc": uscc()} if kind is ORGANIZATION else {"id_number": id_number()}
    register(town, user, kind, name="先登记者", **own)
    other = make_actor(Role.APPLICANT)
    with unchanged(Refused, "已登记", "主要联系人"):
        register(town, other, kind, name="后登记者", **{name: value.lower() for name, value in own.items()})


def test_an_officer_registers_for_others_and_is_no_member(town, make_actor):
    number = register(town, make_actor(Role.OFFICER, "liaocheng", "371500"))
    assert members(town, number) == []


def test_several_people_act_for_a_party_and_one_is_the_main(town, user, make_actor, unchanged):
    number = register(town, user)
    me = as_member(user, number)
    second, third = make_actor(Role.APPLICANT), make_actor(Role.APPLICANT)
    with town.begin(me, AT) as w:
        for person in (second, third):
            w.session.add(Membership(party_id=number, user_id=person.user_id))
    with unchanged(NotAllowed, "主要联系人"), town.begin(as_member(second, number), AT) as w:
        parties.remove_member(w, number, third.user_id)
    with unchanged(Refused, "移交"), town.begin(me, AT) as w:
        parties.remove_member(w, number, user.user_id)
    with town.begin(me, AT) as w:
        parties.hand_over(w, number, second.user_id)
    assert [main for _, main in members(town, number)] == [False, True, False]
    with town.begin(me, AT) as w:
        parties.remove_member(w, number, user.user_id)
    with town.begin(as_member(second, number), AT) as w:
        parties.remove_member(w, number, third.user_id)
        with pytest.raises(NotFound):
            parties.hand_over(w, number, third.user_id)
        parties.remove_member(w, number, second.user_id)
    assert members(town, number) == []


def test_members_edit_what_is_theirs_and_officers_correct_the_number(town, user, make_actor, unchanged):
    number, other = register(town, user), register(town, user)
    me = as_member(user, number)
    with unchanged(Invalid, "不能修改"), town.begin(me, AT) as w:
        parties.edit_party(w, number, {"uscc": uscc(), "address": "某路 1 号"})
    with unchanged(Invalid, "不是电子邮箱"), town.begin(me, AT) as w:
        parties.edit_party(w, number, {"email": "x", "address": "某路 1 号"})
    with town.begin(me, "2024-06-01T10:00") as w:
        parties.edit_party(w, number, {"address": "某路 1 号", "contact_name": "李某"})
    party = load(town, number)
    assert (party.address, party.contact_name) == ("某路 1 号", "李某")
    assert str(party.profile_confirmed_on) == "2024-06-01"
    officer = make_actor(Role.OFFICER, None, "371500")
    with unchanged(Refused, "已登记"), town.begin(officer, AT) as w:
        parties.edit_party(w, number, {"uscc": load(town, other).uscc})
    new = uscc()
    with town.begin(officer, AT) as w:
        parties.edit_party(w, number, {"uscc": new})
    assert load(town, number).uscc == new
    with unchanged(NotFound), town.begin(make_actor(Role.OFFICER, None, "420000"), AT) as w:
        parties.edit_party(w, number, {"address": "x"})


def test_a_party_confirms_its_data_and_the_day_is_kept(town, user, make_actor, unchanged):
    number = register(town, user)
    with town.begin(as_member(user, number), "2025-03-01T10:00") as w:
        parties.confirm_profile(w, number)
    assert str(load(town, number).profile_confirmed_on) == "2025-03-01"
    with unchanged(NotFound), town.begin(make_actor(Role.APPLICANT), AT) as w:
        parties.confirm_profile(w, number)


def test_verification_is_the_authoritys_and_falls_with_name_or_region(town, make_actor, unchanged):
    case = town.start("hubei/specialized")
    stranger = make_actor(Role.OFFICER, "liaocheng", "371500")
    program_only = make_actor(Role.OFFICER, "jilin", None)
    for actor in (stranger, program_only):
        with unchanged(NotFound), town.begin(actor, case.on(0)) as w:
            parties.verify_party(w, case.party_id)
    with unchanged(NotFound), case.as_recommender() as w:
        parties.verify_party(w, case.party_id)
    own = as_member(town.officer("hubei"), case.party_id)
    with unchanged(Refused, "本单位"), town.begin(own, case.on(0)) as w:
        parties.verify_party(w, case.party_id)
    with case.as_officer() as w:
        parties.verify_party(w, case.party_id)
    with unchanged(Refused, "已核验"), case.as_officer() as w:
        parties.verify_party(w, case.party_id)
    with case.as_applicant() as w:
        parties.edit_party(w, case.party_id, {"address": "不影响核验"})
    assert load(town, case.party_id).verified_at is not None
    with case.as_applicant() as w:
        parties.edit_party(w, case.party_id, {"name": "改了名字"})
    assert load(town, case.party_id).verified_at is None


def test_staff_reaches_the_parties_of_its_programme_and_territory(town, make_actor):
    applied, idle = town.start("hubei/specialized"), town.applicant("hubei/specialized", AT)[1]
    for actor, expected in (
        (make_actor(Role.OFFICER, "hubei", "420000"), {applied.party_id}),
        (make_actor(Role.OFFICER, None, "420000"), {applied.party_id, idle}),
        (make_actor(Role.OFFICER, "hubei", "420500"), set()),
        (make_actor(Role.OFFICER, "jilin", None), set()),
        (make_actor(Role.SYSADMIN), set()),
        (make_actor(Role.AUDITOR), {applied.party_id, idle}),
    ):
        with town.begin(actor, AT) as w:
            query = w.session.query(Party.id).filter(parties.reach(w.actor, "party.view"))
            found = {row.id for row in query.filter(Party.id.in_([applied.party_id, idle]))}
        assert found == expected, actor.name


def test_two_registrations_in_the_same_moment_leave_one_party(town, engine, make_actor):
    code, users = uscc(), [make_actor(Role.APPLICANT) for _ in range(2)]

    def enter(w):
        parties.register_party(w, kind=ORGANIZATION, name="同时登记者", region="371502", uscc=code)
        w.session.flush()

    results = race(engine, users, AT, enter)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Taken"]
    assert "已登记" in next(result.text.zh for result in results if result is not None)
    with session_factory(engine)() as session:
        (party,) = session.query(Party).filter_by(uscc=code)
        assert session.query(Membership).filter_by(party_id=party.id).count() == 1
