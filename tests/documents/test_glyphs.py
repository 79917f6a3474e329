"""Names with rare characters are printed, or refused with the character named; never a blank."""

import unicodedata

import pytest
from fontTools.ttLib import TTFont

from core.documents.glyphs import FONTS, TITLE, characters, missing, visible

RARE = "䶮㛃𬭚𠅤𤧛〇㭎㸆䲟𬍛𫟹"


@pytest.mark.parametrize("character", RARE)
def test_rare_characters_of_names_are_there(character):
    assert missing(f"王{character}") == ""


def test_every_chinese_character_of_gbk_is_there():
    text = "".join(
        bytes([lead, trail]).decode("gbk", "ignore")
        for lead in range(0x81, 0xFE)
        for trail in [*range(0x40, 0x7F), *range(0x80, 0xFF)]
    )
    assert [character for character in missing(text) if unicodedata.category(character) == "Lo"] == []


def test_what_the_font_lacks_is_named_once_each_in_order():
    assert missing("甲\ue000乙😀丙\ue000") == "\ue000😀"


@pytest.mark.parametrize("text", ["行一\n行二\t末", "a\u200bb", "葛\U000e0100", "e\u0301", ""])
def test_breaks_and_marks_without_a_glyph_are_no_blank(text):
    assert missing(text) == ""


def test_a_control_character_cannot_be_printed():
    assert missing("甲\x07") == "\x07"


def test_what_cannot_be_printed_is_shown_by_its_number():
    assert visible("好\ue000😀") == "好〔U+E000〕〔U+1F600〕"


def test_titles_have_fewer_characters_and_say_so():
    assert missing("聊城市", TITLE) == ""
    assert missing("䶮", TITLE) == "䶮"


def test_the_fonts_together_stay_small_and_carry_their_licence():
    assert sum(path.stat().st_size for path in FONTS.glob("*.otf")) < 12_000_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("font", ["text.otf", "bold.otf", "title.otf"])
def test_each_font_has_a_family_of_its_own(font):
    with TTFont(FONTS / font, lazy=True) as opened:
        assert opened["name"].getDebugName(1).startswith("Document ")
    assert characters(font) >= set(map(ord, "认定证书ABC123，。（）“”"))
