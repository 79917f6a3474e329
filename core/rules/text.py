"""A text in the two languages of the product."""

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
