"""A register in which much is due: made once, copied for each trial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, select

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.base.work import SYSTEM, Actor
from core.services.endings import exits
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Accreditation
from tests.conftest import actor_maker, beginner
from tests.services.journey import Case, Town

CHECKED_AT = moment("2024-07-01T00:10")
"""When the check is made that nobody has made before."""
REASON = "市场监管部门处分决定书〔2024〕3号"


@dataclass(frozen=True)
class Register:
    """The cases of a register, and who has a part in them; `on` takes them to a copy of its database."""

    town: Town
    experts: tuple[Case, ...]
    """Accredited in 2023, silent ever since."""
    published: Case
    """On a notice whose time is over."""
    waiting: Case
    """Reviewed, and waits for a decision."""
    draft: Case
    """Filled in."""
    exit_case: int
    """Proposed and told; two officers can confirm it."""
    second_officer: Actor
    ended: int
    """The accreditation that the exit case is about."""
    holder: Actor
    """Who acts for its body."""
    lead: Actor
    administrator: Actor

    @property
    def url(self) -> str:
        """The address of its database."""
        return self.town.engine.url.render_as_string(hide_password=False)

    def on(self, engine: Engine) -> Register:
        """The same on a copy."""
        town = self.town.on(engine, beginner(engine), actor_maker(engine))
        cases = {name: replace(getattr(self, name), town=town) for name in ("published", "waiting", "draft")}
        experts = tuple(replace(case, town=town) for case in self.experts)
        return replace(self, town=town, experts=experts, **cases)


def make(engine: Engine, folder: Path) -> Register:
    """Carry the cases so far, as their people would."""
    town = Town(engine, beginner(engine), actor_maker(engine), FileStore.of(folder))
    experts = tuple(town.start("miit_volunteer/expert").accredited() for _ in range(3))
    published = town.start("liaocheng/specialized").reviewed().approve().publish(days=25)
    waiting = town.start("liaocheng/specialized").reviewed()
    draft = town.start("hubei/specialized").fill()
    town.recommender("hubei")
    ended = town.start("liaocheng/comprehensive").accredited()
    with session_factory(engine)() as session:
        number = session.scalars(
            select(Accreditation.id).where(Accreditation.application_id == ended.application_id)
        ).one()
    with town.begin(town.officer("liaocheng"), "2024-06-12T09:00") as w:
        exit_case = exits.propose(w, number, "20(1)", REASON)
    with town.begin(SYSTEM, "2024-06-12T09:05") as w:
        exits.told(w, exit_case, date(2024, 6, 12))
    second = town.make_actor(Role.OFFICER, "liaocheng", "371500")
    lead, administrator = town.make_actor(Role.LEAD), town.make_actor(Role.SYSADMIN)
    return Register(
        town,
        experts,
        published,
        waiting,
        draft,
        exit_case,
        second,
        number,
        ended.applicant,
        lead,
        administrator,
    )
