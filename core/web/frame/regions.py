"""A choice of divisions that opens downwards: the tops, and what lies below the chosen one's own line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.domain.roles import DIVISION_CODE, Grant, Role, within
from core.hooks.catalogue import catalogue
from core.services.base import regions
from core.services.base.work import Work
from core.web.frame.language import t
from core.web.frame.show import is_place, place_name


@dataclass(frozen=True, slots=True)
class Division:
    """One choice; `depth` is how far below its top it stands."""

    code: str
    name: str
    depth: int


def known(code: str) -> bool:
    """Whether there is a division of that code."""
    return DIVISION_CODE.fullmatch(code) is not None and is_place(code)


def divisions(w: Work, chosen: str = "", tops: Collection[str] = ()) -> list[Division]:
    """The tops (the provinces where none are named) and what lies below the chosen one; a single top is open.

    A chosen division below none of the tops stands last: the form still says what was asked.
    """
    opened = {chosen[:2] + "0000", chosen[:4] + "00"} if chosen else set()
    if len(tops) == 1:
        opened.update(tops)
    depths: dict[str, int] = {}
    found = []
    for row in regions.opened(w, tops, opened):
        if row.code in tops or row.parent is None:
            depths[row.code] = 0
        elif row.parent in depths:
            depths[row.code] = depths[row.parent] + 1
        else:
            continue
        name = place_name(row.code) if row.code in tops else t(row.name, row.name_en or row.name)
        found.append(Division(row.code, name, depths[row.code]))
    if chosen and chosen not in depths:
        found.append(Division(chosen, place_name(chosen), 0))
    return found


def tops_of(grants: Iterable[Grant], roles: Collection[Role]) -> Collection[str]:
    """The divisions that grants of these roles reach, each once; none where one reaches the whole country.

    A grant for a programme reaches no further than the programme's own territory.
    """
    reached: set[str] = set()
    for grant in grants:
        if grant.role not in roles:
            continue
        loaded = catalogue().programs.get(grant.program or "")
        own = loaded.program.region if loaded is not None else ""
        if not own and grant.region is None:
            return ()
        region = grant.region or own
        reached.add(own if own and within(own, region) else region)
    return {code for code in reached if not any(code != other and within(code, other) for other in reached)}
