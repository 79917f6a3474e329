"""Who takes the place of a party that is merged or divided, as it is typed: a line each, code and name."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import identifiers
from core.domain.errors import MalformedError
from core.domain.folding import repaired
from core.domain.identifiers import Accepted
from core.rules.text import T

MOST_SUCCESSORS = 10
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Named:
    """A successor by its name and credit code."""

    name: str
    uscc: str


def read_successors(text: str, own: str | None, accepted: Accepted) -> tuple[tuple[Named, ...], dict[str, T]]:
    """The successors that a text names, and what is wrong with it; `own` is the code of the party itself."""
    found: dict[str, Named] = {}
    lines = [line for line in map(repaired, text.splitlines()) if line]
    for number, line in enumerate(lines, start=1):
        code, _, name = line.replace("，", " ").replace(",", " ").partition(" ")
        try:
            uscc = identifiers.uscc(code, accepted)
        except MalformedError as error:
            return (), _at(number, error.text)
        if not name.strip() or len(name.strip()) > LONGEST_NAME:
            return (), _at(number, T("代码后请写名称", "the name follows the code"))
        if uscc == own:
            return (), _at(number, T("是该主体自己的代码", "is the party's own code"))
        found[uscc] = Named(name.strip(), uscc)
    if not lines:
        return (), {"successors": T("请写明承继单位", "name who takes its place")}
    if len(found) > MOST_SUCCESSORS:
        return (), {"successors": T(f"至多 {MOST_SUCCESSORS} 个", f"at most {MOST_SUCCESSORS}")}
    return tuple(found.values()), {}


def _at(number: int, why: T) -> dict[str, T]:
    return {"successors": T(f"第 {number} 行：{why.zh}", f"row {number}: {why.en}")}
