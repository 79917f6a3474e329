"""What every scene of the story works with: the register, its staff, its places, and whose turn it is."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core.demo.people.parties import Body
from core.domain.clock import SHANGHAI, local_date
from core.hooks.catalogue import Catalogue, catalogue
from core.hooks.loaded import TrackRules
from core.rules.clauses import RecommenderKind
from core.services.base.work import SYSTEM, Actor, Work, work
from core.services.people.users import actor_for
from core.storage.files import FileStore
from core.storage.models import Region

Act = Callable[[datetime], None]
_PROVINCE, _CITY = "0000", "00"
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


@dataclass
class World:
    """The register that is being filled, up to `today`."""

    factory: sessionmaker[Session]
    instance: Path
    today: date
    size: int
    """How many bodies are accredited in each track."""
    places: dict[str, str] = field(default_factory=dict)
    """Full names of the divisions, by code."""
    accounts: dict[str, int] = field(default_factory=dict)
    """Users by e-mail address."""
    recommenders: dict[tuple[str, str], str] = field(default_factory=dict)
    """Who recommends, by programme and division."""
    bodies: dict[str, dict[RecommenderKind, tuple[int, str]]] = field(default_factory=dict)
    """Associations and departments by programme: the row, and who recommends for it."""
    through: dict[int, str] = field(default_factory=dict)
    """Who of them recommends an application, by its id."""
    catalogue: Catalogue = field(default_factory=catalogue)
    names: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.store = FileStore.of(self.instance)
        with self.factory() as session:
            rows = {row.code: row.name for row in session.execute(select(Region.code, Region.name))}
        self.places = {code: _full_name(code, rows) for code in rows}
        # Every body is put into one of them, and a territory has thousands.
        self.divisions = cache(self._divisions)

    @contextmanager
    def unit(self, who: str | Actor, at: datetime, action: str) -> Iterator[Work]:
        """A unit of work of a user (by e-mail) or an actor, at a moment of the story."""
        with self.factory() as session:
            day = local_date(at)
            actor = who if isinstance(who, Actor) else actor_for(session, self.accounts[who], day)
            with work(session, actor, at, action) as unit:
                yield unit

    def holder(self, body: Body | None) -> str | Actor:
        """Who acts for a body; the system for one that came by a table and has no account."""
        return body.email if body is not None and body.email in self.accounts else SYSTEM

    def rules(self, program: str, track: str, day: date) -> TrackRules:
        """The rules of a track on a day of the story, under the text's own settings."""
        loaded = self.catalogue[program]
        return loaded.track_rules(track, loaded.edition(day).id)

    def _divisions(self, within: str, digits: int) -> list[str]:
        """The divisions of a level (2, 4 or 6 digits) in a territory; the lowest there are for 6."""
        found = [code for code in sorted(self.places) if code.startswith(within) and _level(code) == digits]
        # Some provinces administer counties without a city between.
        return found or [code for code in sorted(self.places) if code.startswith(within)]


class Agenda:
    """Scenes by the moment at which they play; a scene may put further ones on it."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def at(self, day: date, act: Act, *, hour: float = 10) -> None:
        """Play an act on a day, at an hour, China time."""
        moment = datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour)
        heapq.heappush(self._queue, (moment, next(self._order), act))

    def play(self, until: date, told: Callable[[date], None]) -> None:
        """Play every scene up to a day, in order; `told` is called as the story's days pass."""
        day = None
        while self._queue and self._queue[0][0].date() <= until:
            moment, _, act = heapq.heappop(self._queue)
            if moment.date() != day:
                day = moment.date()
                told(day)
            act(moment)


def _level(code: str) -> int:
    if code.endswith(_PROVINCE):
        return 2
    return 4 if code.endswith(_CITY) else 6


def _full_name(code: str, names: dict[str, str]) -> str:
    """The name with the city before it; of a municipality's district, the municipality."""
    own = names[code]
    if code.endswith(_CITY):
        return own
    above = code[:2] + _PROVINCE if code[:2] in _MUNICIPALITIES else code[:4] + _CITY
    return names.get(above, "") + own
