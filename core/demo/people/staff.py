"""The accounts of those who run the programmes: administrators, officers, leads, recommenders, reviewers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.demo.chance import chance
from core.demo.people.parties import DOMAIN, person_name
from core.demo.world import World
from core.domain.clock import SHANGHAI
from core.domain.roles import Role, division_prefix
from core.hooks.catalogue import catalogue
from core.hooks.loaded import LoadedProgram
from core.rules.text import T
from core.services.base.work import SYSTEM, Work
from core.services.people.users import grant, hash_password
from core.storage.models import Application, Grant, Membership, User
from core.storage.models.applications import Channel

PASSWORD = "accredit-demo"  # noqa: S105  # of made-up accounts, told to whoever starts the demo
BEGINNING = date(2022, 12, 1)
BEGUN = datetime.combine(BEGINNING, time(9), SHANGHAI)
RECOMMENDERS = 4
"""Divisions of each programme that the story plays in."""
REVIEWERS = 3


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the table that is shown at the end: those who have a role in one place."""

    role: T
    where: T
    emails: tuple[str, ...]


def hire(world: World) -> None:
    """Make the accounts of all staff."""
    hashed = hash_password(PASSWORD)
    with world.unit(SYSTEM, BEGUN, "demo.staff") as w:
        for email, granted in _planned(world):
            make_account(world, w, email, person_name(chance("staff", email)), hashed)
            for role, program, region in granted:
                grant(w, world.accounts[email], role, program=program, region=region)


def let_in(world: World, emails: Iterable[str]) -> None:
    """Give the password to some of those who act for a party."""
    moment = datetime.combine(world.today, time(0, 20), SHANGHAI)
    hashed = hash_password(PASSWORD)
    with world.unit(SYSTEM, moment, "demo.applicants") as w:
        for email in emails:
            w.session.get_one(User, world.accounts[email]).password = hashed


def accounts(session: Session) -> list[Account]:
    """Who can log in: staff by programme and role, then some who act for a party, by track."""
    found: dict[tuple[T, T], list[str]] = {}
    everywhere = T("全部项目", "all programmes")
    loaded = catalogue().programs
    staff = select(User.email, Grant.role, Grant.program).join(Grant.user).where(User.password.is_not(None))
    for email, role, program in session.execute(staff.order_by(Grant.id)):
        where = loaded[program].program.title if program is not None else everywhere
        found.setdefault((role.label, where), []).append(str(email))
    members = (
        select(User.email, Application.program, Application.track)
        .join(Membership, Membership.user_id == User.id)
        .join(Application, Application.party_id == Membership.party_id)
        .where(User.password.is_not(None), Application.channel == Channel.OWN)
        .order_by(Application.program, Application.track, Application.id)
    )
    for email, program, track in session.execute(members):
        titles = (loaded[program].program.title, loaded[program].program.track(track).title)
        where = T(*(" · ".join(title.get(language) for title in titles) for language in ("zh", "en")))
        line = found.setdefault((Role.APPLICANT.label, where), [])
        if email not in line:
            line.append(str(email))
    return [Account(role, where, tuple(emails)) for (role, where), emails in found.items()]


def make_account(world: World, w: Work, email: str, name: str, hashed: str | None, mobile: str = "") -> None:
    """An account with a password that is hashed already, or none."""
    user = User(
        email=email,
        name=name,
        mobile=mobile,
        password=hashed,
        fs_uniquifier=uuid4().hex,
        confirmed_at=w.now,
        create_datetime=w.now,
    )
    w.session.add(user)
    w.session.flush()
    world.accounts[email] = user.id


def officer(program: str) -> str:
    """Who handles the cases of a programme."""
    return f"officer.{program}@{DOMAIN}"


def second_officer(program: str) -> str:
    """Who confirms what the first has decided."""
    return f"officer2.{program}@{DOMAIN}"


def lead(program: str) -> str:
    """Who answers for a programme."""
    return f"lead.{program}@{DOMAIN}"


def reviewers(program: str) -> list[str]:
    """Who score the applications to a programme."""
    return [f"reviewer{number}.{program}@{DOMAIN}" for number in range(1, REVIEWERS + 1)]


Granted = list[tuple[Role, str | None, str | None]]


def _planned(world: World) -> Iterator[tuple[str, Granted]]:
    for role, email in ((Role.SYSADMIN, f"admin@{DOMAIN}"), (Role.AUDITOR, f"auditor@{DOMAIN}")):
        yield email, [(role, None, None)]
    for loaded in world.catalogue.programs.values():
        program = loaded.program.id
        region = loaded.program.region or None
        for role, email in (
            (Role.LEAD, lead(program)),
            (Role.OFFICER, officer(program)),
            (Role.OFFICER, second_officer(program)),
            *((Role.REVIEWER, email) for email in reviewers(program)),
        ):
            yield email, [(role, program, region)]
        for number, division in enumerate(territories(world, loaded), start=1):
            email = f"recommender{number}.{program}@{DOMAIN}"
            world.recommenders[program, division] = email
            yield email, [(Role.RECOMMENDER, program, division)]


def territories(world: World, loaded: LoadedProgram) -> list[str]:
    """The divisions of a programme in which the story plays, each with a recommender or an entrusted body."""
    region = loaded.program.region
    digits = loaded.program.recommender_level or 2
    found = world.divisions(division_prefix(region) if region else "", digits)
    # The first of a territory are its core; spread over the whole country otherwise.
    step = 1 if region else max(1, len(found) // RECOMMENDERS)
    return found[::step][:RECOMMENDERS]
