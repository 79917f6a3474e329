"""The people of the demo: numbers that check, names that differ, and nobody's."""

from core.demo.chance import chance
from core.demo.people.parties import DOMAIN, organization, person, served_pool
from core.domain import identifiers


def test_every_number_checks_and_none_comes_twice():
    names = set()
    bodies = [organization(chance(n), n, "220202", "吉林市昌邑区", names) for n in range(1, 200)]
    bodies += [person(chance(n), n, "310115", "上海市浦东新区", names) for n in range(1, 200)]
    for body in bodies:
        read = identifiers.uscc if body.legal_form else identifiers.id_number
        assert read(body.code) == body.code
        assert identifiers.mobile(body.mobile) == body.mobile
        assert identifiers.email(body.email) == body.email
        assert body.email.endswith(DOMAIN)
    assert len({body.code for body in bodies}) == len({body.name for body in bodies}) == len(bodies)


def test_the_numbers_are_given_to_nobody():
    body = organization(chance(1), 1, "220202", "吉林市昌邑区", set())
    assert body.code[8:12] == "XXXX"
    human = person(chance(1), 1, "310115", "上海市浦东新区", set())
    assert human.code[2:6] == "0000"


def test_a_public_body_is_asked_for_where_profit_is_not_the_purpose():
    names = set()
    forms = {
        organization(chance(n), n, "220202", "吉林市", names, non_profit=True).legal_form for n in range(60)
    }
    assert "enterprise" not in forms
    assert len(forms) > 1


def test_a_pool_of_enterprises_has_as_many_as_asked():
    pool = served_pool(chance("pool"), "聊城市", 160)
    assert len(set(pool)) == 160
    assert all(identifiers.enterprise_key(name) for name in pool)
