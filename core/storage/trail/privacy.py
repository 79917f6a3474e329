"""What of the data is personal, whose it is, and what the audit trail shows of it.

A personal value stands in an event as a digest under its person's key; the value itself stands beside the
event, sealed under the same key (`core.storage.trail.values`). What is personal is decided here:

- `NUMBERS`, `CONTACTS`: identify or reach a natural person, whatever the table, also as a key within JSON and
  as the name of a fact.
- `NAMES`: names of people, where they live and for whom they work. A party's name is sealed for organisations
  too: one rule for the column, and the register of a person's name depends on no other column. A key `name`
  counts in columns of facts (`FACTS`) alone; served enterprises keep theirs in the open.
- Numbers in columns of facts, whatever the fact is called: by their form, as the columns seal them.
- `WORDS`: what complainants and objectors write, and file names, which often carry a person's name.
- `FINGERPRINTS`: long bodies and what is nobody's to read back: only the digest stands, no value.

In the open stay the words of office (reasons, opinions, decisions) and of parties in a proceeding
(statements, answers): they are the record of the proceeding, and its file keeps them as long as the trail. So
does the name of who acted (`AuditEvent.actor`): who did what in office is what the trail is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.domain.identifiers import mask_id_number, mask_mobile
from core.storage.sealed import boxes

SECRET = frozenset(
    {"password", "tf_totp_secret", "mf_recovery_codes", "fs_uniquifier", "token", "secret", "code"}
)
"""Never kept and never shown, only that there is one."""
NUMBERS = frozenset({"id_number"})
CONTACTS = frozenset({"mobile", "email", "recipient", "contact", "contact_phone", "contact_email", "phone"})
NAMES = frozenset({"contact_name", "complainant", "objector", "employer"}) | frozenset(
    {
        *("party.name", "party.address", "app_user.name", "app_user.username"),
        *("staff_member.name", "staff_member.id_masked", "invitation.address"),
        *("change_request.name", "former_value.value", "certificate_issue.name", "party_claim.name"),
    }
)
"""By the column's name, or by table and column where the name alone does not tell."""
FACTS = frozenset({"party.profile", "application.facts", "decision.facts", "fact_entry.value"})
"""Columns that hold facts: there `name` is the name of the party."""
WORDS = frozenset(
    {
        *("complaint.content", "objection.content"),
        *("material_file.filename", "attachment.filename", "filing_file.filename"),
    }
)
FINGERPRINTS = SECRET | {"body", "outbox_message.subject"}

HIDDEN = "***"
DIGEST = re.compile(r"([0-9]+):[0-9a-f]{64}")
"""What stands in an event for a personal value: the key's number, and the digest."""
_SEALED = NUMBERS | CONTACTS | NAMES | WORDS
_PERSONAL = _SEALED | FINGERPRINTS

Replace = Callable[[str, str, Any], Any]
"""What stands for a personal value: of its path ("facts.mobile"), its name and itself."""


def name_of(table: str, column: str, row: Mapping[str, Any]) -> str:
    """By which name a column's value goes: that of a fact is the fact's."""
    return str(row.get("name")) if (table, column) == ("fact_entry", "value") else column


def is_personal(table: str, column: str, name: str) -> bool:
    """Whether a value of that name within the column is personal."""
    if name == column and f"{table}.{column}" in _PERSONAL:
        return True
    return name in _PERSONAL or (name == "name" and f"{table}.{column}" in FACTS)


def is_number(value: Any) -> bool:
    """Whether a value has the form of a number of a person."""
    return isinstance(value, str) and not boxes.is_sealed(boxes.Kind.FACT, value)


def tells_a_number(table: str, column: str, value: Any) -> bool:
    """Whether a value within a column of facts is a number of a person, or the digest of one."""
    if f"{table}.{column}" not in FACTS or not isinstance(value, str):
        return False
    return is_number(value) or DIGEST.fullmatch(value) is not None


def is_sealed(table: str, column: str, name: str) -> bool:
    """Whether a personal value is kept beside its digest."""
    return name not in FINGERPRINTS and f"{table}.{column}" not in FINGERPRINTS


def is_empty(value: Any) -> bool:
    """Whether nothing is said, which is nobody's secret."""
    return value is None or value == ""


def replaced(table: str, column: str, name: str, value: Any, replace: Replace) -> Any:
    """The value of a column with what `replace` puts in the place of each personal value in it."""

    def within(path: str, name: str, value: Any) -> Any:
        if is_empty(value):
            return value
        if is_personal(table, column, name) or tells_a_number(table, column, value):
            return replace(path, name, value)
        if isinstance(value, dict):
            return {key: within(f"{path}.{key}", key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [within(f"{path}.{number}", "", item) for number, item in enumerate(value)]
        return value

    return within(column, name, value)


def mask(name: str, value: Any) -> Any:
    """A personal value, or what holds some, as it may be shown."""
    if is_empty(value):
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
    return mask_mobile(value) if is_number(value) else value


def mask_contact(text: str) -> str:
    """A number with its ends only, an address with its first character and its domain."""
    local, at, domain = text.partition("@")
    return f"{local[:1]}{HIDDEN}@{domain}" if at else mask_mobile(text)
