"""Whether a name can be printed on a document: asked before anything is issued, so that none has a blank."""

from __future__ import annotations

from collections.abc import Mapping

from core.documents.glyphs import code_point, missing
from core.domain.errors import Invalid
from core.rules.text import T
from core.storage.models import Party

PARTY_FIELDS: Mapping[str, T] = {
    "name": T("名称", "the name"),
    "employer": T("所在单位", "the employer"),
}
"""What a certificate prints of a party."""


def why_unprintable(label: T, text: str) -> T | None:
    """Which characters of a text the documents cannot print, and what to do; None where it can be printed."""
    lacking = missing(text)
    if not lacking:
        return None
    zh = "、".join(f"“{character}”（{code_point(character)}）" for character in lacking)
    en = ", ".join(f"{character} ({code_point(character)})" for character in lacking)
    return T(
        f"{label.zh}“{text}”中的字符 {zh} 无法打印，证书、文书不能出具；"
        "请核对是否误录或为自造字，改用《通用规范汉字表》的写法后再办理，确无误的请联系系统管理员补充字体",
        f"{label.en} ({text}) has characters that cannot be printed: {en}; nothing is issued. Correct the "
        "entry if it is a typing slip or a private character, or have the administrator extend the font",
    )


def unprintable(party: Party) -> dict[str, T]:
    """What a certificate could not print of the party, by field."""
    found = {
        field: why_unprintable(label, getattr(party, field) or "") for field, label in PARTY_FIELDS.items()
    }
    return {field: why for field, why in found.items() if why is not None}


def require_printable(party: Party) -> None:
    """Refuse to issue anything to a party whose name could not be printed."""
    errors = unprintable(party)
    if errors:
        raise Invalid(errors)
