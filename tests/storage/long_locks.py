"""Statements of an upgrade that would keep a serving site waiting for a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

TABLE = r'(?:IF (?:NOT )?EXISTS )?(?:public\.)?"?(\w+)"?'
CREATES = re.compile(rf"\s*CREATE TABLE {TABLE}", re.IGNORECASE)
INDEXES = re.compile(
    rf"\s*CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*? ON {TABLE}", re.IGNORECASE | re.DOTALL
)
ALTERS = re.compile(rf"\s*ALTER TABLE {TABLE} (.*)", re.IGNORECASE | re.DOTALL)
WRITES = re.compile(rf"\s*(?:UPDATE|DELETE FROM|INSERT INTO) {TABLE}", re.IGNORECASE)
OWN = frozenset({"alembic_version"})
NAMED = r"ADD (?:CONSTRAINT \S+ )?"
SLOW = {
    "a constraint without NOT VALID looks at every row": NAMED + r"(?:CHECK|FOREIGN KEY)(?!.*NOT VALID)",
    "a key or unique constraint builds its index under the lock": NAMED + r"(?:PRIMARY KEY|UNIQUE)\s*\(",
    "NOT NULL looks at every row": r"ALTER (?:COLUMN )?\S+ SET NOT NULL",
    "another type writes every row anew": r"ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE",
    "a column that older code does not fill needs a default": r"ADD COLUMN (?!.*DEFAULT).*NOT NULL",
    "older code still reads what is dropped or renamed": r"(?:DROP (?!CONSTRAINT|DEFAULT)\S+|RENAME)",
}


def long_locks(statements: Iterable[str]) -> Iterator[str]:
    """What is wrong with each, but for tables that the same upgrade makes, which nobody waits for."""
    made = set(OWN)
    for statement in statements:
        if (new := CREATES.match(statement)) is not None:
            made.add(new[1])
        elif (index := INDEXES.match(statement)) is not None and index[1] not in made:
            yield f"an index without CONCURRENTLY on {index[1]}: {statement}"
        elif (writes := WRITES.match(statement)) is not None and writes[1] not in made:
            yield f"rows of {writes[1]} are written in the upgrade's transaction: {statement}"
        elif re.match(r"\s*DROP TABLE", statement, re.IGNORECASE):
            yield f"older code still reads what is dropped: {statement}"
        elif (alters := ALTERS.match(statement)) is not None and alters[1] not in made:
            for why, pattern in SLOW.items():
                if re.match(pattern, alters[2].strip(), re.IGNORECASE | re.DOTALL):
                    yield f"{why}: {statement}"
