"""A programme made from another one: its own authority and numbers, the rest taken over."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar, cast

import pluggy

from core.rules.clauses import (
    Article,
    Condition,
    Interpretation,
    Material,
    Procedure,
    Program,
    Stated,
    SummaryTable,
)
from core.rules.obligations import Duty, ExitRule
from core.rules.terms import ByReading, Fact
from core.rules.walk import parameters, rewrite, with_numbers

PROJECT = "accredit"
hookimpl = pluggy.HookimplMarker(PROJECT)

TRACK_HOOKS = ("eligibility", "required_materials", "procedure", "duties", "exit_rules")

C = TypeVar("C")


def derive(
    base: object, *, program: Program, numbers: Mapping[str, int | Decimal], edition: str = ""
) -> Derived:
    """A plugin for `program` that takes over the rules of the plugin `base` under other numbers.

    `program` comes from `dataclasses.replace(base.program(), …)`: it keeps the ids of all tracks or some.
    `numbers` go by parameter id, such as `8(3).smes_served_last_year`. `edition` is the base's
    edition to take over, its newest if not given. Interpretations and own facts get the new id in front.
    """
    source: Program = _ask(base, "program")
    derived = Derived(
        base=base,
        replaced_id=source.id,
        own=program,
        numbers={name: Decimal(number) for name, number in numbers.items()},
        edition=edition or source.editions[-1].id,
    )
    _refuse("track", {track.id for track in program.tracks}, {track.id for track in source.tracks}, source)
    _refuse("edition", {derived.edition}, {item.id for item in source.editions}, source)
    _refuse("number", set(numbers), derived.known_numbers(), source)
    return derived


@dataclass(frozen=True, eq=False)
class Derived:
    """The hooks of a derived programme."""

    base: object
    replaced_id: str
    own: Program
    numbers: Mapping[str, Decimal]
    edition: str
    """The edition of the base."""

    @hookimpl
    def program(self) -> Program:
        """The programme's own."""
        return rewrite(self.own, self._renamed)

    @hookimpl
    def eligibility(self, track: str) -> tuple[Condition, ...]:
        """The base's conditions."""
        conditions: tuple[Condition, ...] = self._of_track("eligibility", track)
        return self._taken_over(conditions)

    @hookimpl
    def required_materials(self, track: str) -> tuple[Material, ...]:
        """The base's materials."""
        materials: tuple[Material, ...] = self._of_track("required_materials", track)
        return self._taken_over(materials)

    @hookimpl
    def procedure(self, track: str) -> Procedure:
        """The base's procedure."""
        procedure: Procedure = self._of_track("procedure", track)
        return self._taken_over(procedure)

    @hookimpl
    def duties(self, track: str) -> tuple[Duty, ...]:
        """The base's duties."""
        duties: tuple[Duty, ...] = self._of_track("duties", track)
        return self._taken_over(duties)

    @hookimpl
    def exit_rules(self, track: str) -> tuple[ExitRule, ...]:
        """The base's exit rules."""
        rules: tuple[ExitRule, ...] = self._of_track("exit_rules", track)
        return self._taken_over(rules)

    @hookimpl
    def interpretations(self) -> tuple[Interpretation | Stated, ...]:
        """The base's readings; another can be chosen here than there."""
        readings: tuple[Interpretation | Stated, ...] = _ask(self.base, "interpretations")
        return rewrite(readings, self._renamed)

    @hookimpl
    def articles(self) -> tuple[Article, ...]:
        """The articles of the text that is referred to."""
        articles: tuple[Article, ...] = _ask(self.base, "articles")
        return articles

    @hookimpl
    def summary_tables(self) -> tuple[SummaryTable, ...]:
        """The base's tables, for the tracks that there are."""
        tables: tuple[SummaryTable, ...] = _ask(self.base, "summary_tables")
        tracks = {track.id for track in self.own.tracks}
        return rewrite(tuple(table for table in tables if table.track in tracks), self._renamed)

    def known_numbers(self) -> set[str]:
        """The parameter ids of the tracks taken over."""
        return {
            parameter.id
            for track in self.own.tracks
            for hook in TRACK_HOOKS
            for parameter in parameters(self._of_track(hook, track.id))
        }

    def _of_track(self, hook: str, track: str) -> Any:
        return _ask(self.base, hook, track=track, edition=self.edition)

    def _taken_over(self, clauses: C) -> C:
        return rewrite(with_numbers(clauses, self.numbers), self._renamed)

    def _renamed(self, part: object) -> object:
        match part:
            case ByReading():
                return replace(part, interpretation=self._name(part.interpretation))
            case Interpretation() | Stated():
                return replace(part, id=self._name(part.id))
            case Fact():
                return replace(part, name=self._name(part.name))
        # Whatever kind of clause it is: one forgotten here would follow the base's readings.
        follows = getattr(part, "follows", ())
        if follows:
            return replace(cast(Any, part), follows=tuple(self._name(item) for item in follows))
        return part

    def _name(self, name: str) -> str:
        """A name with the new id in front, if it begins with the base's."""
        own = name.removeprefix(self.replaced_id)
        return self.own.id + own if own != name and own.startswith((".", "_")) else name


def _ask(plugin: object, hook: str, **given: str) -> Any:
    """Call a hook with those of the arguments that its implementation takes."""
    implementation = getattr(plugin, hook)
    taken = inspect.signature(implementation).parameters
    return implementation(**{name: value for name, value in given.items() if name in taken})


def _refuse(what: str, asked: set[str], known: set[str], source: Program) -> None:
    missing = asked - known
    if missing:
        raise ValueError(
            f"{source.id} has no {what} {', '.join(sorted(missing))}; it has {', '.join(sorted(known))}"
        )
