"""What the cells of a column hold: each kind reads a cell into its typed value, or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from core.domain import reading
from core.domain.errors import MalformedError
from core.domain.folding import folded
from core.domain.quantities import MONEY
from core.domain.wording import join
from core.rules.phrases import NO, YES
from core.rules.text import T
from core.services.files.sheets import AS_TEXT, Prepared

Choices = Iterable[tuple[str, T]]
BY_LINE = partial(reading.pieces, parted=re.compile(r"[；;\n]"))
"""Parts numbers, in which spaces and commas can stand."""
BY_WORD = partial(reading.pieces, parted=re.compile(r"[、，,；;／/\s]+"))
"""Parts words."""
FIRST_SPREADSHEET_DAY = date(1900, 3, 1)
DAYS_TYPED = range((date(2000, 1, 1) - reading.EPOCH).days, (date(2100, 1, 1) - reading.EPOCH).days)
"""The counts of days that a spreadsheet makes of 3-5: those of this century."""
LONGEST_LIST = 255
"""Of the words that a spreadsheet offers in a cell, with the commas between them."""


def _within(what: str, least: Any, most: Any) -> Mapping[str, Any]:
    return {
        "validate": what,
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        "error_title": "accredit",
        "error_message": f"{least} – {most}",
    }


def _listed(words: list[str]) -> Prepared:
    if any("," in word for word in words) or len(",".join(words)) > LONGEST_LIST or not words:
        return AS_TEXT
    return Prepared(AS_TEXT.number_format, {"validate": "list", "source": words})


class Kind(Protocol):
    """A kind of cell."""

    def read(self, given: object) -> Any:
        """The value of a cell that is not empty; MalformedError with the value and the mend."""

    def prepared(self, language: str, /) -> Prepared:
        """How a template's column is made ready for it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of so many characters; a number that counts days may be a date that was typed."""

    longest: int = reading.LONGEST_TEXT

    def read(self, given: object) -> str:
        """As written, without a spreadsheet's apostrophe before it."""
        if isinstance(given, int) and given in DAYS_TYPED:
            raise reading.not_a_text(f"{reading.EPOCH + timedelta(days=given)}", T("日期", "a date"))
        return reading.text(given, self.longest)

    def prepared(self, _language: str, /) -> Prepared:
        """As text."""
        return AS_TEXT


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    least: int | None = None
    most: int = reading.LARGEST_NUMBER
    unit: str = ""

    def read(self, given: object) -> int:
        """Within the bounds, themselves included."""
        return reading.whole(given, least=self.least, most=self.most, unit=self.unit)

    def prepared(self, _language: str, /) -> Prepared:
        """Whole numbers within the bounds."""
        lowest = -reading.LARGEST_NUMBER if self.least is None else self.least
        return Prepared("0", _within("integer", lowest, self.most))


@dataclass(frozen=True, slots=True)
class Amount:
    """A decimal number."""

    least: Decimal | int | None = None
    most: Decimal | int = reading.LARGEST_NUMBER
    unit: str = ""
    scale: int = 1
    """What a number without a unit is counted in: 10,000 under a head that says 万元."""

    def read(self, given: object) -> Decimal:
        """Within the bounds, themselves included."""
        return reading.number(given, least=self.least, most=self.most, unit=self.unit, scale=self.scale)

    def prepared(self, _language: str, /) -> Prepared:
        """Numbers within the bounds; money with its thousands parted."""
        lowest = -reading.LARGEST_NUMBER if self.least is None else self.least
        form = "#,##0.00" if self.unit == MONEY else "General"
        return Prepared(form, _within("decimal", float(lowest), float(self.most)))


@dataclass(frozen=True, slots=True)
class Percent:
    """A share from 0 to 100."""

    def read(self, given: object) -> Decimal:
        """95.5 for 95.5 and for 95.5%; 0.955 is asked about."""
        return reading.percent(given)

    def prepared(self, _language: str, /) -> Prepared:
        """In percent, so that 95 and 95% are the same wherever they are typed."""
        return Prepared("0.00%", _within("decimal", 0, 1))


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    first: date = reading.FIRST_DAY
    last: date = reading.LAST_DAY

    def read(self, given: object) -> date:
        """Within the bounds, themselves included."""
        return reading.day(given, first=self.first, last=self.last)

    def prepared(self, _language: str, /) -> Prepared:
        """Dates within the bounds, as far back as spreadsheets count."""
        return Prepared("yyyy-mm-dd", _within("date", max(self.first, FIRST_SPREADSHEET_DAY), self.last))


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no."""

    asked: T = reading.ASKED

    def read(self, given: object) -> bool:
        """True for yes."""
        return reading.yes_no(given, self.asked)

    def prepared(self, language: str, /) -> Prepared:
        """The two words."""
        return _listed([YES.get(language), NO.get(language)])


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words; what stands in brackets behind a label may be left out."""

    words: Mapping[str, str]
    """What each word stands for, folded."""
    listed: T
    """The words that are offered to who wrote none of them."""
    labels: tuple[T, ...] = ()

    @classmethod
    def among(
        cls, choices: Choices, also: Mapping[str, str] | None = None, listed: T | None = None
    ) -> Choice:
        """Of choices by their key or label in either language, and by other words for them."""
        known = list(choices)
        words = {
            word: key
            for key, label in known
            for word in (key, label.zh, label.zh.split("（")[0], label.en, label.en.split(" (")[0])
        }
        words_of = {folded(word): key for word, key in {**words, **(also or {})}.items()}
        labels = tuple(label for _, label in known)
        return cls(words_of, listed or join(labels, "、", ", "), labels)

    def read(self, given: object) -> str:
        """The key of the choice."""
        return reading.one_of(given, self.words, self.listed)

    def label(self, key: str) -> T:
        """What a choice is called; itself where it has no name."""
        return next((text for text in self.labels if self.words[folded(text.zh)] == key), T(key, key))

    def prepared(self, language: str, /) -> Prepared:
        """The labels."""
        return _listed([label.get(language) for label in self.labels])


@dataclass(frozen=True, slots=True)
class Code:
    """An identifier, which a spreadsheet must not take for a number; `of` reads it further."""

    of: Callable[[str], str] | None = None

    def read(self, given: object) -> str:
        """With all its digits, or not at all."""
        found = reading.code(given)
        return found if self.of is None else self.of(found)

    def prepared(self, _language: str, /) -> Prepared:
        """As text, in which no digit is lost."""
        return AS_TEXT


@dataclass(frozen=True, slots=True)
class Several:
    """Several values of one kind in one cell."""

    of: Kind
    parts: Callable[[object], Sequence[str]]

    def read(self, given: object) -> tuple[Any, ...]:
        """Each once, in their order; all that are wrong are named."""
        values: dict[Any, None] = {}
        wrong: list[MalformedError] = []
        for piece in self.parts(given):
            try:
                values[self.of.read(piece)] = None
            except MalformedError as error:
                wrong.append(error)
        if wrong:
            raise MalformedError(join(error.message for error in wrong), mend=wrong[-1].mend)
        return tuple(values)

    def prepared(self, _language: str, /) -> Prepared:
        """As text."""
        return AS_TEXT


def holds_text(kind: Kind) -> bool:
    """Whether a template formats the column as text."""
    return kind.prepared("zh").number_format == AS_TEXT.number_format


def shown(kind: Kind, value: Any) -> Any:
    """A value that was read as people read it: choices by their names; numbers and dates as they are."""
    if value is None:
        return None
    if isinstance(kind, Choice):
        return kind.label(value)
    if isinstance(kind, Several):
        return join((shown_text(shown(kind.of, item)) for item in value), "；", "; ")
    if isinstance(kind, YesNo):
        return YES if value else NO
    return value


def shown_text(value: Any) -> T:
    """One of several values that stand in a cell."""
    return value if isinstance(value, T) else T(str(value), str(value))
