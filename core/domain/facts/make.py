"""Short constructors of facts: name, Chinese label, English label."""

from __future__ import annotations

from core.rules.terms import DateFact, EnumFact, FlagFact, Kind, LevelFact, NumberFact, SetFact, TextFact
from core.rules.text import EMPTY, T

PERSONS = T("人", "people")
SMES = T("家", "SMEs")
TIMES = T("次", "times")
YEARS = T("年", "years")
SQUARE_METRES = T("平方米", "m²")

Choices = tuple[tuple[str, T], ...]


def flag(name: str, zh: str, en: str, *, judged: bool = False, denied: T = EMPTY) -> FlagFact:
    """A statement; `judged` when only a person can say whether it holds, `denied` says that it does not."""
    return FlagFact(name, Kind.FLAG, T(zh, en), judged=judged, denied=denied)


def integer(name: str, zh: str, en: str, unit: T) -> NumberFact:
    """A count in `unit`."""
    return NumberFact(name, Kind.INTEGER, T(zh, en), unit=unit)


def decimal(name: str, zh: str, en: str, unit: T) -> NumberFact:
    """A measured number in `unit`."""
    return NumberFact(name, Kind.DECIMAL, T(zh, en), unit=unit)


def money(name: str, zh: str, en: str) -> NumberFact:
    """A sum in CNY yuan."""
    return NumberFact(name, Kind.MONEY, T(zh, en))


def percent(name: str, zh: str, en: str) -> NumberFact:
    """A percentage, 0 to 100."""
    return NumberFact(name, Kind.PERCENT, T(zh, en))


def day(name: str, zh: str, en: str) -> DateFact:
    """A date."""
    return DateFact(name, Kind.DATE, T(zh, en))


def day_or_never(name: str, zh: str, en: str, *, denied: T = EMPTY) -> DateFact:
    """A date, or `never`; `denied` says that there was none, in words that a period can go with."""
    return DateFact(name, Kind.DATE_OR_NEVER, T(zh, en), denied=denied)


def text(name: str, zh: str, en: str, kind: Kind = Kind.TEXT) -> TextFact:
    """A text; `kind` says which identifier it is, if one."""
    return TextFact(name, kind, T(zh, en))


def choice(name: str, zh: str, en: str, choices: Choices) -> EnumFact:
    """One of several unordered choices."""
    return EnumFact(name, Kind.ENUM, T(zh, en), choices)


def level(name: str, zh: str, en: str, choices: Choices) -> LevelFact:
    """One of several choices, from the lowest to the highest."""
    return LevelFact(name, Kind.LEVEL, T(zh, en), choices)


def several(name: str, zh: str, en: str, choices: Choices) -> SetFact:
    """Any number of several choices."""
    return SetFact(name, Kind.SET, T(zh, en), choices)
