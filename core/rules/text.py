"""A text in the two languages of the product."""

from dataclasses import dataclass


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


EMPTY = T("", "")
