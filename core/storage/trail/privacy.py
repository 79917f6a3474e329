"""What the audit trail shows of personal data: enough to tell that it changed, never the data."""

from __future__ import annotations

import hashlib
from typing import Any

from core.domain.identifiers import mask_id_number, mask_mobile

SECRET = frozenset(
    {"password", "tf_totp_secret", "mf_recovery_codes", "fs_uniquifier", "token", "secret", "code"}
)
"""Never shown at all, only that there is one."""
NUMBERS = frozenset({"id_number"})
CONTACTS = frozenset({"mobile", "email", "recipient", "contact", "contact_phone", "contact_email", "phone"})
LONG = frozenset({"body"})
"""Kept in full by its row; the trail holds its fingerprint."""

HIDDEN = "***"


def mask(name: str, value: Any) -> Any:
    """The value of a column, or of a fact, as the trail may show it; what lies within JSON too."""
    if value is None or value == "":
        return value
    if name in SECRET:
        return HIDDEN
    if isinstance(value, dict):
        return {key: mask(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(name, item) for item in value]
    if not isinstance(value, str):
        return HIDDEN if name in NUMBERS | CONTACTS else value
    if name in NUMBERS:
        return mask_id_number(value)
    if name in CONTACTS:
        return mask_contact(value)
    return hashlib.sha256(value.encode()).hexdigest() if name in LONG else value


def mask_contact(text: str) -> str:
    """A number with its ends only, an address with its first character and its domain."""
    local, at, domain = text.partition("@")
    return f"{local[:1]}{HIDDEN}@{domain}" if at else mask_mobile(text)
