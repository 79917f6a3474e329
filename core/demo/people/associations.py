"""The demo's associations and departments, which recommend beside the divisions."""

from __future__ import annotations

from datetime import datetime

from core.demo.chance import chance
from core.demo.people.parties import DOMAIN, Body, mobile, person_name, uscc
from core.demo.people.staff import BEGUN, PASSWORD, lead, make_account
from core.demo.world import World
from core.domain.roles import Role
from core.rules.clauses import PartyKind, RecommenderKind
from core.services.base.work import SYSTEM
from core.services.people.parties import register_party
from core.services.people.users import grant, hash_password
from core.services.recommenders import bodies, lists
from core.services.recommenders.lists import Entry
from core.services.review import recommendations

NAMES = {
    RecommenderKind.MEMBERSHIP: ("association", "中小企业服务行业协会"),
    RecommenderKind.ASSIGNMENT: ("department", "中小企业服务中心服务体系部"),
}
NUMBER = 9000
"""Of the made-up association's code and telephone: no body of the story counts so far."""
ONE_IN = 5
"""Of the bodies, one in so many goes through each of them."""


def enter(world: World) -> None:
    """Enter an association and a department for each programme that knows them, with their accounts."""
    hashed = hash_password(PASSWORD)
    with world.unit(SYSTEM, BEGUN, "demo.recommenders") as w:
        for program, kinds in bodies.programs(w).items():
            region = world.catalogue[program].program.region
            for kind in kinds:
                word, ending = NAMES[kind]
                name, email = f"{world.places[region]}{ending}", f"{word}.{program}@{DOMAIN}"
                party = None
                if kind is RecommenderKind.MEMBERSHIP:
                    party = register_party(
                        w,
                        kind=PartyKind.ORGANIZATION,
                        name=name,
                        region=f"{region[:2]}0100",
                        uscc=uscc("51", f"{region[:2]}0100", NUMBER),
                        contact_name=person_name(chance("association", program)),
                        mobile=mobile(NUMBER),
                    )
                number = bodies.add(w, program, kind, name, party)
                make_account(world, w, email, person_name(chance("staff", email)), hashed)
                grant(w, world.accounts[email], Role.RECOMMENDER, program=program, recommender_id=number)
                world.bodies.setdefault(program, {})[kind] = (number, email)


def choose(world: World, program: str, body: Body, application_id: int, at: datetime) -> None:
    """Let some go through the association or the department, which puts them on its list first."""
    others = world.bodies.get(program, {})
    turn = chance("through", body.code).randrange(ONE_IN)
    if turn >= len(others):
        return
    kind = list(others)[turn]
    number, email = others[kind]
    keeper = email if kind is RecommenderKind.MEMBERSHIP else lead(program)
    with world.unit(keeper, at, "recommender.put_on") as w:
        if not lists.entries(w, number, search=body.code).rows:
            lists.put_on(w, number, [Entry(body.code, body.name, w.today)])
    with world.unit(body.email, at, "application.choose_recommender") as w:
        recommendations.choose(w, application_id, number)
    world.through[application_id] = email
