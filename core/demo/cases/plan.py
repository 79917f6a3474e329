"""The cases of the story: who applies where, when, how that goes, and what becomes of the status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import assert_never

from core.demo.cases.fates import GOOD, Fate, automatic, endings, fates
from core.demo.chance import chance
from core.demo.people.parties import Body, organization, person
from core.demo.people.profiles import requires
from core.demo.people.staff import territories
from core.demo.world import World
from core.domain import facts
from core.domain.clock import moment
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import division_prefix
from core.hooks.loaded import LoadedProgram
from core.rules.clauses import PartyKind, StageKind

FIRST_YEAR = 2023
HELD = 6
"""So many revocations on one day that the brake holds them."""
ENDING_IN = timedelta(days=50)
"""When terms end whose extension is being asked for."""
SETTLED_AFTER = 40
"""Days after which an application of a wave is decided and its notice over."""


class Route(StrEnum):
    """How an application goes."""

    THROUGH = "through"
    RETURNED = "returned"
    """Returned once for correction, then through."""
    WAIVED = "waived"
    OBJECTED = "objected"
    """An objection on its notice, dismissed."""
    REJECTED = "rejected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OBJECTION_UPHELD = "objection_upheld"
    CORRECTED = "corrected"
    """Approved by mistake: the approval is corrected, and it is refused."""

    @property
    def accredited(self) -> bool:
        """Whether it ends in an accreditation."""
        return self in (self.THROUGH, self.RETURNED, self.WAIVED, self.OBJECTED)


@dataclass
class Case:
    """One application of a body, and the accreditation that it becomes."""

    body: Body | None
    program: str
    track: str
    fate: Fate = GOOD
    route: Route = Route.THROUGH
    stop: ApplicationState | None = None
    """The state in which the story leaves it."""
    party_id: int = 0
    application_id: int = 0
    accreditation_id: int = 0
    followed: bool = False
    """Whether a new application follows its term."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """On which day of a wave what happens."""

    opens_on: date
    draft: int
    """First day of drafts; they come over the next `spread` days."""
    spread: int
    returned: int
    resubmitted: int
    submit_by: int
    recommended: int
    recommend_by: int
    taken_up: int
    scored: int
    decided: int
    published: int
    objected: int
    settled: int
    signed: int

    def on(self, day: int) -> date:
        """The date of a day of the wave, or the Monday after it."""
        found = self.opens_on + timedelta(days=day)
        return found + timedelta(days=(7 - found.weekday()) % 7 if found.weekday() > 4 else 0)  # noqa: PLR2004  # Friday


@dataclass
class Wave:
    """The applications to a programme that are handled together."""

    loaded: LoadedProgram
    year: int
    schedule: Schedule
    batch: str = ""
    """What tells it from the year's main one."""
    cases: list[Case] = field(default_factory=list)
    call_id: int | None = None
    set_by_text: bool = False
    """The text itself sets the window."""
    first: bool = False
    """The programme's first wave, in which the tables of entrusted bodies come too."""

    @property
    def program(self) -> str:
        """Id of the programme."""
        return self.loaded.program.id

    def titled(self, what: str) -> str:
        """The title of one of its papers, as authorities write them."""
        batch = f"（{self.batch}）" if self.batch else ""
        return f"{self.year}年度{self.loaded.program.title.zh}{what}{batch}"


def past(opens_on: date) -> Schedule:
    """A wave that is over."""
    return Schedule(opens_on, 4, 28, 37, 41, 45, 50, 60, 62, 69, 75, 79, 81, 85, 94)


def present(today: date) -> Schedule:
    """A wave under way: everything of it has happened by yesterday, and its window is still open."""
    return Schedule(
        today - timedelta(days=45), 3, 8, 15, 18, 75, 20, 90, 24, 29, 33, 41, 42, 200, 200
    )  # fmt: skip


def waves(world: World) -> list[Wave]:
    """The waves of all programmes, with their cases."""
    found = []
    given = _fates(world)
    for place, loaded in enumerate(world.catalogue.programs.values()):
        for number, (year, schedule, by_text) in enumerate(_years(world, loaded, place)):
            wave = Wave(loaded, year, schedule, set_by_text=by_text, first=number == 0)
            for track in loaded.program.tracks:
                share = given[loaded.program.id, track.id][number]
                wave.cases += _cases(world, wave, track.id, share)
            found.append(wave)
        found += _ending_soon(world, loaded)
        found.append(_present(world, loaded))
    return found


def new_body(world: World, loaded: LoadedProgram, track: str, about: object) -> Body:
    """Someone new of the kind that a track takes, in one of the programme's divisions."""
    number = next(world.numbers)
    rng = chance("body", loaded.program.id, track, about, number)
    division = rng.choice(territories(world, loaded))
    region = rng.choice(world.divisions(division_prefix(division), 6))
    kind = loaded.program.track(track).party
    match kind:
        case PartyKind.PERSON:
            return person(rng, number, region, world.places[region], world.names)
        case PartyKind.ORGANIZATION:
            rules = world.rules(loaded.program.id, track, world.today)
            public = requires(rules, facts.non_profit_purpose)
            return organization(rng, number, region, world.places[region], world.names, non_profit=public)
        case _:
            assert_never(kind)


def _fates(world: World) -> dict[tuple[str, str], list[list[Fate]]]:
    """The fates of each track, wave by wave."""
    tracks = []
    for place, loaded in enumerate(world.catalogue.programs.values()):
        years = len(list(_years(world, loaded, place)))
        for track in loaded.program.tracks:
            tracks.append((loaded, track, years, world.rules(loaded.program.id, track.id, world.today)))
    ended = endings([(rules, fate) for *_, rules in tracks for fate in fates(rules)])
    given = {}
    held = False
    for loaded, track, years, rules in tracks:
        own = list(islice(ended, len(fates(rules))))
        if automatic(rules) is not None and not held:
            held = True
            own += [Fate("held", short=True)] * HELD
        given[loaded.program.id, track.id] = _columns(own, world.size, years)
    return given


def _columns(fated: list[Fate], good: int, years: int) -> list[list[Fate]]:
    """Which fates begin in which wave: what is to come to its end early, what stays open late."""
    columns: list[list[Fate]] = [[] for _ in range(years)]
    early = 0
    for fate in fated if years else ():
        if fate.stays_open:
            columns[max(0, years - 2)].append(fate)
        else:
            columns[early % max(1, min(2, years - 1))].append(fate)
            early += 1
    # One after another, the earlier ones more often.
    order = [place for turn in range(years) for place in range(years - turn)]
    for number in range(good if years else 0):
        columns[order[number % len(order)]].append(GOOD)
    return columns


def _years(world: World, loaded: LoadedProgram, place: int) -> Iterator[tuple[int, Schedule, bool]]:
    """The waves of a programme that are over by today: year, days, and whether the text sets the window."""
    track = loaded.program.tracks[0].id
    window = world.rules(loaded.program.id, track, world.today).procedure.window
    for year in range(FIRST_YEAR, world.today.year + 1):
        opens_on, by_text = date(year, 2 + place % 5, 6), False
        if window is not None and moment(window.submit_by).year == year:
            opens_on, by_text = moment(window.submit_by).date() - timedelta(days=50), True
        schedule = past(opens_on)
        if schedule.on(schedule.signed) + timedelta(days=SETTLED_AFTER) < world.today:
            yield year, schedule, by_text


def _cases(world: World, wave: Wave, track: str, share: list[Fate]) -> Iterator[Case]:
    rules = world.rules(wave.program, track, wave.schedule.opens_on)
    stages = {stage.kind for stage in rules.procedure.stages}
    routes = [Route.RETURNED, Route.WAIVED] if wave.first else [Route.RETURNED]
    if StageKind.NOTICE in stages:
        routes.append(Route.OBJECTED)
    for number, fate in enumerate(share):
        route = routes[number] if number < len(routes) else Route.THROUGH
        body = new_body(world, wave.loaded, track, f"Call of {wave.year}")
        yield Case(body, wave.program, track, fate, route)
    failed = [Route.REJECTED, Route.WITHDRAWN]
    if StageKind.RECOMMENDATION in stages:
        failed.append(Route.DECLINED)
    if StageKind.NOTICE in stages:
        failed.append(Route.OBJECTION_UPHELD)
    elif StageKind.AGREEMENT not in stages:
        failed.append(Route.CORRECTED)
    for route in failed if wave.first else failed[:1]:
        yield Case(new_body(world, wave.loaded, track, route), wave.program, track, GOOD, route)


def _ending_soon(world: World, loaded: LoadedProgram) -> Iterator[Wave]:
    """Additional waves whose terms end soon, so that their extension is asked for these days."""
    rules = [world.rules(loaded.program.id, track.id, world.today) for track in loaded.program.tracks]
    terms = {item.track: item.procedure for item in rules}
    for years in sorted({item.term.years for item in terms.values() if item.term.extension is not None}):
        noticed = any(stage.kind is StageKind.NOTICE for item in terms.values() for stage in item.stages)
        schedule = past(world.today + ENDING_IN - timedelta(days=365 * years + (92 if noticed else 76)))
        if schedule.opens_on.year < FIRST_YEAR:
            continue
        year = schedule.opens_on.year
        wave = Wave(loaded, year, schedule, "补充")
        for track, procedure in terms.items():
            if procedure.term.extension is not None and procedure.term.years == years:
                body = new_body(world, loaded, track, "ending")
                wave.cases.append(Case(body, loaded.program.id, track))
        yield wave


def _present(world: World, loaded: LoadedProgram) -> Wave:
    """What is under way today: an application in every state that each track knows."""
    wave = Wave(loaded, world.today.year, present(world.today), "第二批")
    for track in loaded.program.tracks:
        procedure = world.rules(loaded.program.id, track.id, world.today).procedure
        stages = {stage.kind for stage in procedure.stages}
        state = ApplicationState
        stops = [state.DRAFT, state.SUBMITTED, state.RETURNED, state.UNDER_REVIEW]
        if StageKind.RECOMMENDATION in stages:
            stops.append(state.RECOMMENDED)
        if StageKind.NOTICE in stages:
            stops += [state.APPROVED, state.ON_NOTICE, state.ON_NOTICE]
        elif StageKind.AGREEMENT in stages:
            stops.append(state.AGREEMENT)
        for stop in stops:
            body = new_body(world, loaded, track.id, stop)
            wave.cases.append(Case(body, loaded.program.id, track.id, stop=stop))
    return wave
