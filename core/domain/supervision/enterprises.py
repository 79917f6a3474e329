"""Which enterprises served are the same, and how many there are: with and without its USCC it is one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from core.domain.folding import folded
from core.domain.identifiers import NOT_ACCEPTED, Accepted, enterprise_key

PREFIX = 5
"""How many characters of a key tell its sort; the rest is a USCC or a folded name."""
_BY_CODE, _BY_NAME, _ALSO = "uscc:", "name:", "also:"


def enterprise_keys(named: Iterable[object], accepted: Accepted = NOT_ACCEPTED) -> frozenset[str]:
    """Keys of served enterprises given by name, or as {"name", "uscc"}.

    An enterprise with a USCC has two: `uscc:` tells it from others, `also:` that its name, where it stands
    without a USCC, is no other. MalformedError for a wrong USCC, or for one with neither.
    """
    keys = set()
    for item in named:
        given = item if isinstance(item, Mapping) else {"name": item}
        name, code = str(given.get("name") or ""), str(given.get("uscc") or "")
        keys.add(enterprise_key(name, code, accepted))
        if code and (plain := folded(name)):
            keys.add(f"{_ALSO}{plain}")
    return frozenset(keys)


def number_served(keys: Collection[str]) -> int:
    """How many enterprises the keys of some services are: each USCC, and each name that goes with none.

    Two USCCs under one name are two, two names under one USCC are one.
    """
    codes = {key for key in keys if key.startswith(_BY_CODE)}
    names = {key[PREFIX:] for key in keys if key.startswith(_BY_NAME)}
    also = {key[PREFIX:] for key in keys if key.startswith(_ALSO)}
    return len(codes) + len(names - also)
