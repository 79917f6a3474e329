"""A text in the two languages of the product, and a number of a person as texts show it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class T:
    """One text in Chinese and in English."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The text in `language` (`zh` or `en`; anything else is Chinese)."""
        return self.en if language == "en" else self.zh

    def to_json(self) -> dict[str, str]:
        """Both texts, by language."""
        return {"zh": self.zh, "en": self.en}


class Labelled(Protocol):
    """A member of an enumeration that has a name for screens."""

    @property
    def value(self) -> str: ...

    @property
    def label(self) -> T: ...


EMPTY = T("", "")

FIRST_SHOWN, LAST_SHOWN = 3, 4


def mask(number: str) -> str:
    """The number with its first 3 and last 4 characters only; a short text is hidden whole."""
    hidden = len(number) - FIRST_SHOWN - LAST_SHOWN
    # At least as much is hidden as a mobile number hides.
    if hidden < LAST_SHOWN:
        return "*" * len(number)
    return number[:FIRST_SHOWN] + "*" * hidden + number[-LAST_SHOWN:]
