"""What becomes of an accreditation: a fate for each way that a track's exit rules know, and the good ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import cycle
from typing import assert_never

from core.hooks.loaded import TrackRules
from core.rules.obligations import (
    Absence,
    Accumulation,
    Effect,
    ExitRule,
    Mode,
    OnFinding,
    OnRequest,
    PaidService,
    ReportOverdue,
    Silence,
    YearlyTest,
)
from core.rules.walk import chosen

LOW_SATISFACTION = "low_satisfaction_events"


class Ending(StrEnum):
    """How a case that is opened against a body goes on."""

    LEFT = "left"
    """Nobody decides yet."""
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    OBJECTED = "objected"
    """The party objects, and nobody decides yet."""
    OBJECTED_DISMISSED = "objected_dismissed"
    OBJECTED_UPHELD = "objected_upheld"
    CONFIRMED_ONCE = "confirmed_once"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_DISMISSED = "appeal_dismissed"

    @property
    def objects(self) -> bool:
        """Whether the party objects in time."""
        return self in (self.OBJECTED, self.OBJECTED_DISMISSED, self.OBJECTED_UPHELD)

    @property
    def appeals(self) -> bool:
        """Whether the party appeals against the revocation."""
        return self in (self.APPEAL_UPHELD, self.APPEAL_DISMISSED)

    @property
    def dismissed(self) -> bool:
        """Whether an officer dismisses the case."""
        return self in (self.DISMISSED, self.OBJECTED_DISMISSED)

    @property
    def confirmed(self) -> bool:
        """Whether two officers confirm it."""
        return self.appeals or self in (self.UPHELD, self.OBJECTED_UPHELD)


CONFIRMED_ENDINGS = (
    Ending.UPHELD,
    Ending.APPEAL_UPHELD,
    Ending.CONFIRMED_ONCE,
    Ending.OBJECTED_DISMISSED,
    Ending.LEFT,
    Ending.APPEAL_DISMISSED,
    Ending.OBJECTED,
    Ending.OBJECTED_UPHELD,
    Ending.DISMISSED,
)
AUTOMATIC_ENDINGS = (Ending.LEFT, Ending.OBJECTED_DISMISSED, Ending.APPEAL_UPHELD, Ending.LEFT)


class Mending(StrEnum):
    """How an order to rectify goes on."""

    PASSED = "passed"
    FAILED = "failed"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Fate:
    """How a body behaves, and what is decided about it."""

    name: str
    short: bool = False
    """Serves too little, and nothing for the public benefit."""
    silent: bool = False
    """Nothing is heard of it for more than half a year."""
    attends: bool = True
    excused: bool = False
    reports: bool = True
    complaints: int = 0
    low: int = 0
    """Events of low satisfaction in one calendar year."""
    paid: bool = False
    finding: str = ""
    established: bool = True
    leaves: bool = False
    ending: Ending = Ending.LEFT
    mending: Mending = Mending.PASSED
    extended: bool | None = True
    """Whether its extension is granted; None: it asks for none."""

    @property
    def brings_case(self) -> bool:
        """Whether an exit is proposed, or an order given."""
        absent = not self.attends and not self.excused
        found = bool(self.finding) and self.established
        return found or absent or self.short or not self.reports or self.complaints + self.low > 0

    @property
    def stays_open(self) -> bool:
        """Whether what is opened against it still waits for someone."""
        return self.ending in (Ending.LEFT, Ending.OBJECTED, Ending.CONFIRMED_ONCE) and self.brings_case


GOOD = Fate("good")
LATE = Fate("late", extended=None)
REFUSED = Fate("extension refused", extended=False)
LEAVING = Fate("leaving", leaves=True)


def fates(rules: TrackRules) -> list[Fate]:
    """The fates that a track's exit rules lead to, and the other ways in which a term can end."""
    found = [*_fates(rules), LEAVING, LATE]
    if rules.procedure.term.extension is not None:
        found.append(REFUSED)
    return found


def endings(chosen_fates: list[tuple[TrackRules, Fate]]) -> Iterator[Fate]:
    """The fates with their endings, so that over all tracks every ending comes."""
    by_person, by_time, mendings = cycle(CONFIRMED_ENDINGS), cycle(AUTOMATIC_ENDINGS), cycle(Mending)
    for rules, fate in chosen_fates:
        if not fate.brings_case:
            yield fate
        elif fate.short and automatic(rules):
            yield replace(fate, ending=next(by_time))
        elif fate.low or fate.short:
            mending = next(mendings)
            ending = next(by_person) if mending is not Mending.PASSED else Ending.LEFT
            yield replace(fate, mending=mending, ending=ending)
        else:
            yield replace(fate, ending=next(by_person))


def automatic(rules: TrackRules) -> ExitRule | None:
    """The rule under which too little service ends an accreditation by itself, where there is one."""
    for rule in rules.exits:
        yearly = isinstance(rule.trigger, YearlyTest) and rule.effect is Effect.REVOKE
        if yearly and chosen(rule.mode) is Mode.AUTOMATIC and not rule.ban_years:
            return rule
    return None


def _fates(rules: TrackRules) -> Iterator[Fate]:
    kinds = 0
    for rule in rules.exits:
        match rule.trigger:
            case OnFinding():
                kinds += 1
                # The first kind is established, the second comes to nothing; more of them tell nothing new.
                if kinds == 1:
                    yield Fate("finding", finding=rule.trigger.kinds[0])
                elif kinds == 2:  # noqa: PLR2004  # the second
                    yield Fate("finding dismissed", finding=rule.trigger.kinds[0], established=False)
            case YearlyTest():
                yield Fate("short", short=True)
            case ReportOverdue():
                yield Fate("no report", reports=False)
            case Silence():
                yield Fate("silent", silent=True)
            case Absence():
                yield Fate("absent", attends=False)
                yield Fate("excused", attends=False, excused=True)
            case Accumulation():
                if rule.trigger.test.fact.name == LOW_SATISFACTION:
                    yield Fate("low satisfaction", low=int(rule.trigger.test.bound))
                else:
                    yield Fate("complaints", complaints=int(rule.trigger.test.bound))
            case PaidService():
                yield Fate("paid", paid=True)
            case OnRequest():
                pass  # `LEAVING`, in every track
            case _:
                assert_never(rule.trigger)
