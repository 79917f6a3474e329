"""Which characters the documents' fonts have: what they lack would be left blank, silently."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
TEXT, TITLE = "text.otf", "title.otf"
"""The font that has everything we can print, and the one of titles, which has less."""
LINE_BREAKS = frozenset("\n\r\t")
UNSEEN = frozenset(
    {0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
)
"""Marks without a glyph of their own: soft hyphen, joiners, variation selectors."""


@cache
def characters(font: str) -> frozenset[int]:
    """The code points that a font has."""
    with TTFont(FONTS / font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def missing(text: str, font: str = TEXT) -> str:
    """The characters of a text that a font lacks, each once, in the order in which they come."""
    known = characters(font)
    return "".join(
        dict.fromkeys(
            character
            for character in unicodedata.normalize("NFC", text)
            if ord(character) not in known and ord(character) not in UNSEEN and character not in LINE_BREAKS
        )
    )


def code_point(character: str) -> str:
    """A character's number, as dictionaries and input methods name it."""
    return f"U+{ord(character):04X}"


def visible(text: str) -> str:
    """The text with every character that cannot be printed as its number in brackets, never as a blank."""
    text = unicodedata.normalize("NFC", text)
    for character in missing(text):
        text = text.replace(character, f"〔{code_point(character)}〕")
    return text
