"""Readers that walk terms and clauses: the facts they need, their parameters, and their resolution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, assert_never, cast

from core.rules.terms import (
    AllOf,
    AnyOf,
    AtLeast,
    ByReading,
    Clear,
    Contains,
    Count,
    Either,
    Elapsed,
    Fact,
    Flag,
    Growth,
    Level,
    NoneOf,
    Number,
    OneOf,
    Share,
    Term,
)

C = TypeVar("C")
V = TypeVar("V")
_OPEN: Mapping[str, str] = MappingProxyType({})
"""In place of the readings chosen: leave every choice open."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an authority set: parameter overrides by id, and the value chosen for each interpretation."""

    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a clause that the authority can override from a date on."""

    id: str
    clause: str
    default: Decimal
    operational: bool = False
    """Whether it says how the register is run: its default then need not be the text's."""
    reading: tuple[str, str] = ("", "")
    """The interpretation and the reading of it under which alone it stands; empty where it always does."""
    fact: Fact | None = field(default=None, compare=False)
    """The fact or metric that it bounds; None for a share, a growth and what is no bound on one."""


class UnknownReadingError(ValueError):
    """An interpretation has no reading of that name, or no value was given for it."""


def needs(term: Term) -> tuple[Fact, ...]:
    """The facts and metrics that a term reads, in reading order, each once."""
    # By name: to hash a fact goes through all its choices, for each verdict again.
    return tuple({fact.name: fact for fact in _needs(term)}.values())


def _needs(term: Term) -> Iterator[Fact]:
    match term:
        case AllOf() | AnyOf() | NoneOf() | AtLeast():
            for part in term.terms:
                yield from _needs(part)
        case Share():
            group = term.part
            yield from (group.first, group.second, group.both) if isinstance(group, Either) else (group,)
            yield term.whole
        case Growth():
            yield from (term.now, term.before)
        case Number() | Flag() | Level() | OneOf() | Contains() | Count() | Elapsed() | Clear():
            yield term.fact
        case _:
            assert_never(term)


def resolve(clause: C, settings: Settings) -> C:
    """The clause with every reading chosen and every overridden number put in.

    `settings.readings` must name a value for each interpretation that the clause follows.
    """
    return cast(C, _rebuild(clause, "", settings, Counter()))


def with_numbers(clause: C, numbers: Mapping[str, Decimal]) -> C:
    """The clause with other numbers as its own, by their parameter ids; its readings stay open."""
    return cast(C, _rebuild(clause, "", Settings(numbers, _OPEN), Counter()))


def rewrite(clause: C, change: Callable[[object], object]) -> C:
    """The clause with `change` made to each of its parts, terms and facts included, innermost first."""
    node: Any = clause
    if isinstance(node, tuple):
        return cast(C, tuple(rewrite(item, change) for item in node))
    if not is_dataclass(node) or isinstance(node, type):
        return clause
    values = {item.name: getattr(node, item.name) for item in fields(node)}
    changed = {name: rewrite(value, change) for name, value in values.items()}
    return cast(C, change(replace(node, **changed) if changed != values else node))


def chosen(value: V | ByReading[V]) -> V:
    """The value of a resolved field; UnknownReadingError while it is still a choice."""
    if isinstance(value, ByReading):
        raise UnknownReadingError(
            f"interpretation {value.interpretation} is not resolved yet: use `resolve` first"
        )
    return value


def parameters(clause: object) -> tuple[Parameter, ...]:
    """The numbers of a clause, over all its readings, in order; ids are `clause.fact` or `clause.field`."""
    found: list[Parameter] = []
    _collect(clause, "", ("", ""), Counter(), found)
    return tuple(found)


def readings(clause: object) -> Iterator[ByReading[object]]:
    """Every choice between readings inside a clause."""
    if isinstance(clause, ByReading):
        yield clause
        for _, value in clause.values:
            yield from readings(value)
    elif isinstance(clause, tuple):
        for item in clause:
            yield from readings(item)
    elif _is_node(clause):
        for item in fields(cast(Any, clause)):
            yield from readings(getattr(clause, item.name))


def _subject(term: Term) -> str:
    """What the number of a term bounds."""
    match term:
        case Share():
            part = term.part.first if isinstance(term.part, Either) else term.part
            return f"{part.name}_share"
        case Growth():
            return f"{term.now.name}_growth"
        case AllOf() | AnyOf() | NoneOf() | AtLeast():
            return "at_least"  # the only number that a group has
        case Number() | Flag() | Level() | OneOf() | Contains() | Count() | Elapsed() | Clear():
            return term.fact.name
        case _:
            assert_never(term)


def _bounded(node: object) -> Fact | None:
    """The fact or metric that the number of a term bounds by itself."""
    return node.fact if isinstance(node, Number | Count | Elapsed | Clear) else None


def _numeric_fields(node: object) -> Iterator[tuple[str, str, Decimal, bool]]:
    """(field, subject, number, operational) of the node's numbers; one left at 0 is none of the text's."""
    for item in fields(cast(Any, node)):
        value = getattr(node, item.name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            continue
        if item.name == "bound":
            yield item.name, _subject(cast(Term, node)), Decimal(value), False
        elif item.metadata.get("parameter") and (value or item.metadata.get("operational")):
            yield item.name, item.name, Decimal(value), bool(item.metadata.get("operational"))


def _id(clause: str, subject: str, seen: Counter[str]) -> str:
    name = f"{clause}.{subject}"
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}#{seen[name]}"


def _collect(
    node: object, clause: str, reading: tuple[str, str], seen: Counter[str], found: list[Parameter]
) -> None:
    if isinstance(node, ByReading):
        for key, value in node.values:
            _collect(value, clause, (node.interpretation, key), seen, found)
    elif isinstance(node, tuple):
        for item in node:
            _collect(item, clause, reading, seen, found)
    elif _is_node(node):
        clause = getattr(node, "clause", "") or clause
        for _, subject, number, operational in _numeric_fields(node):
            name = _id(clause, subject, seen)
            found.append(Parameter(name, clause, number, operational, reading, _bounded(node)))
        for item in fields(cast(Any, node)):
            _collect(getattr(node, item.name), clause, reading, seen, found)


def _rebuild(node: object, clause: str, settings: Settings, seen: Counter[str]) -> object:
    if isinstance(node, ByReading):
        chosen = settings.readings.get(node.interpretation)
        # Every reading is walked, so that the ids of the numbers do not depend on the choice.
        rebuilt = {key: _rebuild(value, clause, settings, seen) for key, value in node.values}
        if settings.readings is _OPEN:
            return replace(node, values=tuple(rebuilt.items()))
        if chosen not in rebuilt:
            raise UnknownReadingError(
                f"{clause}: interpretation {node.interpretation} has no reading {chosen!r}; "
                f"choose one of {', '.join(rebuilt)}"
            )
        return rebuilt[chosen]
    if isinstance(node, tuple):
        return tuple(_rebuild(item, clause, settings, seen) for item in node)
    if not _is_node(node):
        return node
    clause = getattr(node, "clause", "") or clause
    changes: dict[str, Any] = {}
    for name, subject, number, _ in _numeric_fields(node):
        override = settings.parameters.get(_id(clause, subject, seen))
        if override is not None and override != number:
            changes[name] = type(getattr(node, name))(override)
    for item in fields(cast(Any, node)):
        value = getattr(node, item.name)
        new = _rebuild(value, clause, settings, seen)
        if new is not value and item.name not in changes and new != value:
            changes[item.name] = new
    return replace(cast(Any, node), **changes) if changes else node


def _is_node(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, Fact | type)
