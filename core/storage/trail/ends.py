"""Signed ends: what stands in the database for the parts of the trail that were put away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.rules.text import T
from core.storage.models.trail import AuditEnd
from core.storage.trail.chain import Broken
from core.storage.trail.signing import Signer, is_signed

KIND = "end"
_SIGNED = ("number", "first", "hash", "events", "sha256", "at", "key")

UNKNOWN_KEY = T(
    "签名密钥不是本系统的；请用 --key 指定其公钥",
    "is signed with a key that this register does not know; give its public key with --key",
)
FORGED = T("签名不符，系伪造或被改动", "does not bear out its signature: it is forged or was changed")


def signed(signer: Signer, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an end with key and signature."""
    whole = {**values, "key": signer.public}
    return {**whole, "signature": signer.sign(KIND, _plain(whole))}


def is_genuine(values: Mapping[str, Any]) -> bool:
    """Whether its own key has signed an end."""
    return is_signed(KIND, _plain(values), values["key"], values["signature"])


def broken_ends(session: Session, keys: Collection[str]) -> Iterator[Broken]:
    """Ends that none of the keys has signed, or that leave out a part."""
    columns, last = AuditEnd.__table__.c, 0
    for row in session.execute(select(*columns).order_by(columns.number)):
        if not is_genuine(row._asdict()):
            yield "audit_end", row.number, FORGED
        elif row.key not in keys:
            yield "audit_end", row.number, UNKNOWN_KEY
        if row.first != last + 1:
            missing = f"{last + 1}..{row.first - 1}"
            yield (
                "audit_end",
                row.number,
                T(f"之前第 {missing} 环的终点缺失", f"the end of links {missing} before it is missing"),
            )
        last = row.number


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    at = values["at"]
    said = at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at
    return {**{name: values[name] for name in _SIGNED}, "at": said}
