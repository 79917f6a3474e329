"""One folding of names: what people see as one name is one text, in Python and in the database.

Folded texts are for comparing, searching and counting. What is kept is the text as it was written, repaired
only where the writer cannot have meant it: radicals that stand for ideographs, and characters nobody sees.
"""

from __future__ import annotations

import re
import unicodedata

# Text copied out of PDFs has radicals where it shows ideographs. NFKC knows those of the Kangxi block; these
# of the supplement are from Unicode's EquivalentUnifiedIdeograph data (14.0; U+2E80 has no equivalent there).
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_IDEOGRAPHS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀"
    "聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
# NFKC parts these into a space and an accent, so they are read before it.
_ACCENTS, _READ = "˙´", "·'"
# Spaces, line breaks and whatever prints nothing: controls, formats, fillers, variation selectors.
_UNSEEN_RANGES = (
    (0x1, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD),
    (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160), (0x1680, 0x1680), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F), (0x2800, 0x2800),
    (0x3000, 0x3000), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x13438), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)  # fmt: skip
# After NFKC: what people type one for another.
_ALIKE = {
    "·": ".•‧∙⋅⸱・·᛫●⦁⸳ꞏ",
    "(": "[{〔【〖〈⟨⦅「",
    ")": "]}〕】〗〉⟩⦆」",
    "-": "‐‒–—―−─⸺⁃",
    "'": "‘’‛`ʼ",
    '"': "“”„‟",
}
# Letters with one lower-case letter each, of the scripts that names here can have; others (İ) stay.
_CASES = {
    chr(code): chr(code).lower()
    for code in (*range(ord("A"), 0x590), *range(0x1E00, 0x2000))
    if chr(code).lower() != chr(code) and len(chr(code).lower()) == 1
}
_SAME = {**{other: one for one, others in _ALIKE.items() for other in others}, **_CASES, "ς": "σ"}

_IDEOGRAPH_OF = str.maketrans(_RADICALS, _IDEOGRAPHS)
_FIRST_OF = str.maketrans(_RADICALS + _ACCENTS, _IDEOGRAPHS + _READ)
_SAME_OF = str.maketrans(_SAME)
_KANGXI = re.compile("[\u2f00-\u2fd5]")
_SPACES = re.compile(r"[\s\u2800]+")


def _class() -> str:
    """The unseen characters as a class of a regular expression, in the escapes that both sides read."""
    ends = (dict.fromkeys(span) for span in _UNSEEN_RANGES)
    return "".join("-".join(f"\\U{end:08x}" for end in span) for span in ends)


_UNSEEN = re.compile(f"[\0{_class()}]")
unseen = _UNSEEN.sub
"""Replaces what is not seen: `unseen("", text)`."""
_UNSEEN_BUT_SPACES = re.compile(rf"(?![\s\u2800]){_UNSEEN.pattern}")
# Joiners stand within the writing of some languages, so a text keeps them.
_MARKS = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def folded(text: str) -> str:
    """The text for comparison: radicals as ideographs, NFKC, without what is not seen, one dot, one bracket,
    one hyphen, one quote, small letters. Folding it again changes nothing.
    """
    bare = unicodedata.normalize("NFKC", _UNSEEN.sub("", text.translate(_FIRST_OF)))
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", bare).translate(_SAME_OF).replace("ß", "ss"))


def number_key(number: str) -> str:
    """The number of a certificate for comparison: folded, and without its hyphens."""
    return folded(number).replace("-", "")


def repaired(text: str) -> str:
    """A name as it is kept: radicals as ideographs, single spaces within, nothing unseen, no line breaks."""
    return _SPACES.sub(" ", _UNSEEN_BUT_SPACES.sub("", _ideographs(text))).strip()


def as_seen(text: str) -> str:
    """A number, date or address as it is read: repaired, and in characters of one width."""
    return unicodedata.normalize("NFKC", repaired(text)).strip()


def repaired_lines(text: str) -> str:
    """A text of several lines as it is kept: radicals as ideographs, no marks that nobody sees."""
    return _MARKS.sub("", _ideographs(text)).strip()


def _ideographs(text: str) -> str:
    plain = text.translate(_IDEOGRAPH_OF)
    return _KANGXI.sub(lambda found: unicodedata.normalize("NFKC", found[0]), plain)


SQL_NAME = "accredit_folded"


def sql() -> str:
    """The statement that makes the database's twin of `folded`.

    An index stands on it: whoever changes it makes `uq_accreditation_number_key` anew.
    """
    first, second = "".join(_SAME), "".join(_SAME.values())
    given, made = _RADICALS + _ACCENTS, _IDEOGRAPHS + _READ
    quoted = [part.replace("'", "''") for part in (given, made, first, second)]
    given, made, first, second = quoted
    return f"""
CREATE OR REPLACE FUNCTION {SQL_NAME}(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN pg_catalog.normalize(replace(translate(regexp_replace(pg_catalog.normalize(regexp_replace(
    translate(given, '{given}', '{made}'), '[{_class()}]', '', 'g'), 'NFKC'),
    '[{_class()}]', '', 'g'), '{first}', '{second}'), 'ß', 'ss'), 'NFKC')
"""


def number_key_sql(column: str) -> str:
    """The database's twin of `number_key`, as its index has it."""
    return f"replace({SQL_NAME}({column}), '-', '')"
