"""The closed set of terms that every rule is made of.

A term reads facts and comes out met, not met or unknown. Each reader (`evaluate`, `sentence`, `needs`, the
SQL in `core.storage.rule_sql`) is one `match` over `Term` that ends in `assert_never`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar, assert_never

from core.rules.text import EMPTY, T

Value: TypeAlias = bool | int | Decimal | date | str | frozenset[str]
V = TypeVar("V")


class Kind(StrEnum):
    """The type of a fact's value; the units are those of the facts' vocabulary."""

    FLAG = "flag"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    DATE_OR_NEVER = "date_or_never"
    ENUM = "enum"
    LEVEL = "level"
    SET = "set"
    TEXT = "text"
    USCC = "uscc"
    ID_NUMBER = "id_number"
    REGION = "region"
    MOBILE = "mobile"
    EMAIL = "email"

    @property
    def is_number(self) -> bool:
        """Whether values are counted or measured."""
        match self:
            case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY | Kind.PERCENT:
                return True
            case Kind.FLAG | Kind.DATE | Kind.DATE_OR_NEVER | Kind.ENUM | Kind.LEVEL | Kind.SET:
                return False
            case Kind.TEXT | Kind.USCC | Kind.ID_NUMBER | Kind.REGION | Kind.MOBILE | Kind.EMAIL:
                return False
            case _:
                assert_never(self)


class Op(StrEnum):
    """How a number is held against its bound; `at_least` and `at_most` include it (Civil Code art. 1259)."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"


NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT)
"""The kinds of facts that are numbers."""
UNITS = {Kind.MONEY: T("元", "CNY"), Kind.PERCENT: T("%", "%")}
"""Of the kinds that have one unit alone: a fact of theirs need not name it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed statement about an applicant, or a metric of its records over a period."""

    name: str
    kind: Kind
    label: T
    choices: tuple[tuple[str, T], ...] = ()
    unit: T = EMPTY
    judged: bool = False
    denied: T = EMPTY  # a statement that does not hold, or the lack of what a date tells, in words

    def choice_label(self, value: str) -> T:
        """The label of one of the fact's choices."""
        return dict(self.choices)[value]


@dataclass(frozen=True, slots=True)
class NumberFact(Fact):
    """A fact that is a number: count, money, area, percentage."""

    def __post_init__(self) -> None:
        """Give money and percentages their unit."""
        object.__setattr__(self, "unit", UNITS.get(self.kind, self.unit))

    def at_least(self, bound: int | Decimal) -> Number:
        """The number is the bound or more."""
        return Number(self, Op.AT_LEAST, Decimal(bound))

    def more_than(self, bound: int | Decimal) -> Number:
        """The number is above the bound."""
        return Number(self, Op.MORE_THAN, Decimal(bound))

    def at_most(self, bound: int | Decimal) -> Number:
        """The number is the bound or less."""
        return Number(self, Op.AT_MOST, Decimal(bound))

    def less_than(self, bound: int | Decimal) -> Number:
        """The number is below the bound."""
        return Number(self, Op.LESS_THAN, Decimal(bound))

    def share_of(self, whole: NumberFact, *, percent: int | Decimal) -> Share:
        """The number is at least `percent` percent of `whole`; 0 of 0 is not met."""
        return Share(self, whole, Decimal(percent))


@dataclass(frozen=True, slots=True)
class FlagFact(Fact):
    """A fact that holds or does not."""

    def holds(self) -> Flag:
        """The statement is true."""
        return Flag(self, True)

    def fails(self) -> Flag:
        """The statement is false."""
        return Flag(self, False)


@dataclass(frozen=True, slots=True)
class LevelFact(Fact):
    """A fact on an ordered scale; `choices` run from the lowest to the highest."""

    def at_least(self, bound: str) -> Level:
        """The level is `bound` or a higher one."""
        return Level(self, bound)

    def rank(self, value: str) -> int:
        """The position of a level on the scale, from 0."""
        return [key for key, _ in self.choices].index(value)


@dataclass(frozen=True, slots=True)
class EnumFact(Fact):
    """A fact that is one of several unordered choices."""

    def one_of(self, *values: str) -> OneOf:
        """The choice is among `values`."""
        return OneOf(self, values)


@dataclass(frozen=True, slots=True)
class SetFact(Fact):
    """A fact that is a set of choices."""

    def contains(self, value: str) -> Contains:
        """The set has `value`."""
        return Contains(self, value)

    def counts(self, op: Op, bound: int, within: tuple[str, ...] = ()) -> Count:
        """The size of the set, of its elements within `within` if given, held against the bound."""
        return Count(self, op, bound, within)


@dataclass(frozen=True, slots=True)
class DateFact(Fact):
    """A fact that is a date, or for `DATE_OR_NEVER` the word `never`."""

    def elapsed(self, *, years: int) -> Elapsed:
        """The period of `years` since the date has ended on or before the evaluation date."""
        return Elapsed(self, years)

    def clear_for(self, *, years: int) -> Clear:
        """Never, or the period of `years` since the date ended before the evaluation date."""
        return Clear(self, years)


@dataclass(frozen=True, slots=True)
class TextFact(Fact):
    """A fact that no rule computes with: a name, an identifier, an address."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number held against a bound."""

    fact: NumberFact
    op: Op
    bound: Decimal


@dataclass(frozen=True, slots=True)
class Either:
    """How many are in either of two groups, each once: first + second - both."""

    first: NumberFact
    second: NumberFact
    both: NumberFact


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole is at least `bound` percent; compared by multiplication, 0 of 0 is not met.

    A group whose overlap is unknown lies between its least and greatest possible size: it decides where both
    agree.
    """

    part: NumberFact | Either
    whole: NumberFact
    bound: Decimal


@dataclass(frozen=True, slots=True)
class Growth:
    """A number grew by at least `bound` percent over an earlier one; from 0, any number above 0 has grown."""

    now: NumberFact
    before: NumberFact
    bound: Decimal


@dataclass(frozen=True, slots=True)
class Flag:
    """A statement that must hold, or must not."""

    fact: FlagFact
    expected: bool


@dataclass(frozen=True, slots=True)
class Level:
    """A level on an ordered scale is the bound or higher."""

    fact: LevelFact
    bound: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice is among the given ones."""

    fact: EnumFact
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """A set has the value."""

    fact: SetFact
    value: str


@dataclass(frozen=True, slots=True)
class Count:
    """The size of a set (of its part within `within`) held against a bound."""

    fact: SetFact
    op: Op
    bound: int
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elapsed:
    """At least `bound` whole years have passed since the date."""

    fact: DateFact
    bound: int


@dataclass(frozen=True, slots=True)
class Clear:
    """Nothing within the last `bound` years: never, or the period since then is over."""

    fact: DateFact
    bound: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part is met; `clause` and `title` name the group where the text does."""

    terms: tuple[Term, ...]
    clause: str = ""
    title: T = EMPTY


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part is met."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part is met."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `bound` of the parts are met."""

    bound: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class ByReading(Generic[V]):
    """A choice between readings of an open text; `resolve` replaces it before anything is evaluated."""

    interpretation: str
    values: tuple[tuple[str, V], ...]


Leaf: TypeAlias = Number | Share | Growth | Flag | Level | OneOf | Contains | Count | Elapsed | Clear
Group: TypeAlias = AllOf | AnyOf | NoneOf | AtLeast
Term: TypeAlias = Leaf | Group
TermOrReading: TypeAlias = Term | ByReading[Term]


def all_of(*terms: TermOrReading, clause: str = "", title: T = EMPTY) -> AllOf:
    """Every one of the terms."""
    return AllOf(terms, clause, title)  # type: ignore[arg-type]  # readings are resolved before use


def any_of(*terms: TermOrReading) -> AnyOf:
    """One of the terms or more."""
    return AnyOf(terms)  # type: ignore[arg-type]  # readings are resolved before use


def none_of(*terms: TermOrReading) -> NoneOf:
    """Not one of the terms."""
    return NoneOf(terms)  # type: ignore[arg-type]  # readings are resolved before use


def at_least(bound: int, *terms: TermOrReading) -> AtLeast:
    """`bound` of the terms or more."""
    return AtLeast(bound, terms)  # type: ignore[arg-type]  # readings are resolved before use


def grown_by(now: NumberFact, before: NumberFact, *, percent: int | Decimal) -> Growth:
    """`now` is at least `percent` percent above `before`."""
    return Growth(now, before, Decimal(percent))


def union_share(
    first: NumberFact, second: NumberFact, *, both: NumberFact, whole: NumberFact, percent: int | Decimal
) -> Share:
    """Those in either group, each once, are at least `percent` percent of the whole."""
    return Share(Either(first, second, both), whole, Decimal(percent))


def by_reading(interpretation: str, **values: V) -> ByReading[V]:
    """One of several readings, chosen by the interpretation of that id."""
    return ByReading(interpretation, tuple(values.items()))
