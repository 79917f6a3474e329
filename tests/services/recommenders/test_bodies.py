"""Associations and departments: entered by the authority of a text that knows them, seen by whom, ended."""

from datetime import date

import pytest
from sqlalchemy import select

from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind, RecommenderKind
from core.services.people import succession, users
from core.services.recommenders import bodies
from core.storage.engine import session_factory
from core.storage.models import Grant, Recommender
from tests.services.factory import make_party

MEMBERSHIP, ASSIGNMENT = RecommenderKind.MEMBERSHIP, RecommenderKind.ASSIGNMENT


def test_only_a_text_that_knows_them_has_them(town, begin):
    with begin(town.officer("liaocheng"), "2024-05-01") as w:
        assert bodies.programs(w) == {"hubei": (MEMBERSHIP, ASSIGNMENT)}
        assert bodies.editable(w) == {}
    with (
        pytest.raises(Invalid) as caught,
        begin(town.officer("liaocheng"), "2024-05-01") as w,
    ):
        bodies.add(w, "liaocheng", ASSIGNMENT, "某科")
    assert set(caught.value.errors) == {"kind"}


@pytest.mark.parametrize(
    ("kind", "name", "of", "field"),
    [
        (MEMBERSHIP, "协会", None, "uscc"),
        (MEMBERSHIP, "协会", PartyKind.PERSON, "uscc"),
        (ASSIGNMENT, "部门", PartyKind.ORGANIZATION, "uscc"),
        (ASSIGNMENT, " ", None, "name"),
        (ASSIGNMENT, "部" * 201, None, "name"),
        (ASSIGNMENT, "\ue000部", None, "name"),
        (RecommenderKind.TERRITORY, "中心", None, "kind"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(town, begin, kind, name, of, field):
    party = make_party(town.engine, of) if of is not None else None
    with pytest.raises(Invalid) as caught, begin(town.officer("hubei"), "2024-05-01") as w:
        bodies.add(w, "hubei", kind, name, party)
    assert field in caught.value.errors


def test_a_name_is_entered_once_and_by_the_authority_alone(town, begin, department, association):
    with pytest.raises(Conflict), begin(town.officer("hubei"), "2024-05-01") as w:
        bodies.add(w, "hubei", ASSIGNMENT, "服务体系部")
    for actor in (department.actor, town.recommender("hubei"), town.officer("jilin")):
        with pytest.raises(NotAllowed), begin(actor, "2024-05-01") as w:
            bodies.add(w, "hubei", ASSIGNMENT, "另一部")


def test_the_authority_sees_all_of_its_programme_and_each_itself(
    town, begin, make_actor, association, department
):
    def seen(actor):
        with begin(actor, "2024-05-01") as w:
            return {item.id for item in bodies.listed(w).rows}

    both = {association.id, department.id}
    assert seen(town.officer("hubei")) == seen(make_actor(Role.AUDITOR)) == both
    assert seen(association.actor) == {association.id}
    assert seen(department.actor) == {department.id}
    assert seen(town.recommender("hubei")) == seen(town.officer("jilin")) == set()
    with begin(town.officer("hubei"), "2024-05-01") as w:
        assert bodies.listed(w, "jilin").total == 0
    with pytest.raises(NotFound), begin(association.actor, "2024-05-01") as w:
        bodies.find(w, department.id)


def test_it_ends_once_and_not_in_the_past(town, begin, department):
    with pytest.raises(Invalid), begin(town.officer("hubei"), "2024-05-02") as w:
        bodies.end(w, department.id, date(2024, 5, 1))
    with pytest.raises(NotAllowed), begin(department.actor, "2024-05-02") as w:
        bodies.end(w, department.id, date(2024, 5, 2))
    with begin(town.officer("hubei"), "2024-05-02") as w:
        bodies.end(w, department.id, date(2024, 5, 2))
    with pytest.raises(Refused, match="2024-05-02"), begin(town.officer("hubei"), "2024-05-02") as w:
        bodies.end(w, department.id, date(2024, 5, 3))


def test_a_role_for_it_reaches_it_alone_and_has_its_party(town, begin, make_actor, association):
    admin, someone = make_actor(Role.SYSADMIN), make_actor(Role.APPLICANT)
    with begin(admin, "2024-05-01") as w:
        users.grant(w, someone.user_id, Role.RECOMMENDER, program="hubei", recommender_id=association.id)
        found = users.actor_for(w.session, someone.user_id, w.today)
    assert found.recommender_parties == {association.party_id}
    assert Role.RECOMMENDER in found.roles("hubei", "420100", association.id)
    assert Role.RECOMMENDER not in found.roles("hubei", "420100")


@pytest.mark.parametrize(
    ("role", "program", "region", "known", "field"),
    [
        (Role.OFFICER, "hubei", None, True, "recommender"),
        (Role.RECOMMENDER, "jilin", None, True, "recommender"),
        (Role.RECOMMENDER, "hubei", "420100", True, "region"),
        (Role.RECOMMENDER, "hubei", None, False, "recommender"),
    ],
)
def test_a_role_for_it_has_its_programme_and_no_region(
    town, begin, make_actor, department, role, program, region, known, field
):
    admin, someone = make_actor(Role.SYSADMIN), make_actor(Role.APPLICANT)
    number = department.id if known else department.id + 1000
    with pytest.raises(Invalid) as caught, begin(admin, "2024-05-01") as w:
        users.grant(w, someone.user_id, role, program=program, region=region, recommender_id=number)
    assert field in caught.value.errors


def test_an_association_that_is_succeeded_recommends_as_its_successor(town, begin, make_actor, association):
    admin, someone, heir = make_actor(Role.SYSADMIN), make_actor(Role.APPLICANT), make_party(town.engine)
    with begin(admin, "2024-05-01") as w:
        users.grant(w, someone.user_id, Role.RECOMMENDER, program="hubei", recommender_id=association.id)
    with begin(admin, "2024-05-02") as w:
        succession.pass_on(w, association.party_id, heir, w.today)
    with session_factory(town.engine)() as session:
        body = session.get_one(Recommender, association.id)
        assert (body.party_id, body.ended_on) == (heir, None)
        own = Grant.user_id == someone.user_id, Grant.role == Role.RECOMMENDER, Grant.ends_on.is_(None)
        held = session.scalars(select(Grant).where(*own))
        assert [(item.party_id, item.recommender_id) for item in held] == [(heir, association.id)]


def test_an_association_that_is_no_more_recommends_no_more(town, begin, make_actor, association):
    with begin(make_actor(Role.SYSADMIN), "2024-05-02") as w:
        succession.end_all(w, association.party_id, w.today)
    with session_factory(town.engine)() as session:
        assert session.get_one(Recommender, association.id).ended_on == date(2024, 5, 2)
