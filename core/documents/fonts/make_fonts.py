"""Makes the documents' fonts out of Noto CJK (Debian: fonts-noto-cjk); run by hand, see README.md.

.venv/bin/python core/documents/fonts/make_fonts.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools import subset

SOURCE = Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED_CHINESE = 2
"""The face of simplified Chinese within each collection."""
FAMILY_NAMES, POSTSCRIPT_NAME = (1, 4, 16), 6
"""Records of the font's table of names."""
FEATURES = ["kern", "pwid"]
"""Kerning of Latin letters, and their own width for quotation marks in English."""


def decodable(encoding: str, leads: range) -> set[int]:
    """The characters of a two-byte encoding."""
    found: set[int] = set()
    for lead in leads:
        for trail in range(0x40, 0xFF):
            try:
                found.update(map(ord, bytes([lead, trail]).decode(encoding)))
            except UnicodeDecodeError:
                continue
    return found


PLAIN = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),  # Latin with accents
    *range(0x370, 0x460),  # Greek, Cyrillic
    *range(0x2000, 0x2070),  # punctuation
    *range(0x20A0, 0x20C0),  # currencies
    *range(0x2100, 0x2400),  # letterlike, Roman numerals, arrows, operators
    *range(0x2460, 0x2700),  # enclosed numbers, frames, symbols
    *range(0x3000, 0x3040),  # Chinese punctuation, 〇
    *range(0xFE30, 0xFE50),
    *range(0xFF00, 0xFFF0),  # full-width forms
}
GBK = decodable("gbk", range(0x81, 0xFF))
GB2312 = decodable("gb2312", range(0xA1, 0xF8))
RARE = {
    *range(0x3400, 0x4DC0),  # extension A: 䶮 㛃
    *range(0x9FA6, 0xA000),
    *range(0x20000, 0x33480),  # extensions B to H, as far as the font has them: 𬭚 𠅤 𤧛
}

FONTS: tuple[tuple[str, str, str, set[int]], ...] = (
    ("NotoSansCJK-Regular.ttc", "text.otf", "Document Text", PLAIN | GBK | RARE),
    ("NotoSansCJK-Bold.ttc", "bold.otf", "Document Strong", PLAIN | GB2312),
    ("NotoSerifCJK-Bold.ttc", "title.otf", "Document Title", PLAIN | GB2312),
)
"""Source, result, family and characters; what the two bold ones lack is set in the first one."""


def make(source: Path, target: Path, family: str, characters: set[int]) -> None:
    """One subset."""
    options = subset.Options()
    options.font_number = SIMPLIFIED_CHINESE
    options.layout_features = FEATURES
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["VORG", "BASE", "vhea", "vmtx"]
    font = subset.load_font(str(source), options)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=characters)
    cut.subset(font)
    # Families of their own, so that a missing character is looked for in the next one and nowhere else.
    for record in font["name"].names:
        if record.nameID in FAMILY_NAMES:
            record.string = family
        elif record.nameID == POSTSCRIPT_NAME:
            record.string = family.replace(" ", "")
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x21) | 0x40
    font["head"].macStyle = 0
    # The same input gives the same bytes.
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    subset.save_font(font, str(target), options)


def main() -> None:
    """Make all three."""
    parser = argparse.ArgumentParser(description="Make the documents' fonts out of Noto CJK.")
    parser.add_argument("--source", type=Path, default=SOURCE, help="folder with the .ttc files")
    parser.add_argument("--target", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    for source, target, family, characters in FONTS:
        make(given.source / source, given.target / target, family, characters)


if __name__ == "__main__":
    main()
