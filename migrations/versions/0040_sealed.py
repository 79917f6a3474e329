"""Personal numbers and codes are sealed, a batch at a time: stopped half-way, it goes on from there.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from core.storage.ddl import apart
from core.storage.sealed.boxes import Kind
from core.storage.sealed.rows import open_all, seal_all
from core.storage.sealed.types import Sealed, SealedJson, SealedList

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: str | None = None
depends_on: str | None = None
ADDITIVE = False

TELEPHONE, ADDRESS, CODE = Sealed(Kind.TELEPHONE), Sealed(Kind.ADDRESS), Sealed(Kind.CODE)
TABLES: dict[str, dict[str, TypeEngine[Any]]] = {
    "party": {
        "id_number": Sealed(Kind.IDENTITY),
        "mobile": TELEPHONE,
        "phone": TELEPHONE,
        "profile": SealedJson(),
    },
    "app_user": {"mobile": TELEPHONE, "mf_recovery_codes": SealedList(Kind.CODE)},
    "application": {"facts": SealedJson()},
    "fact_entry": {"value": SealedJson()},
    "decision": {"facts": SealedJson()},
    "verification_code": {"address": ADDRESS, "code_hash": CODE},
    "invitation": {"address": ADDRESS},
    "outbox_message": {"recipient": ADDRESS, "body": Sealed(Kind.MESSAGE), "secret": CODE},
    "objection": {"contact": ADDRESS, "code": CODE},
    "complaint": {"contact": ADDRESS, "code": CODE},
    "data_export": {"arguments": SealedJson(Kind.WORDS)},
}


def upgrade() -> None:
    _each(seal_all)


def downgrade() -> None:
    _each(open_all)


def _each(change: Callable[..., int]) -> None:
    with apart() as (connection, commits):
        for name, columns in TABLES.items():
            kept = (sa.column(column, kind) for column, kind in columns.items())
            change(connection, sa.table(name, sa.column("id"), *kept), commits=commits)
