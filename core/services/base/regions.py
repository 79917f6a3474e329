"""The table of divisions: their names, what lies below some of them, and those that a text finds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.divisions import division, no_more, parent, supplied
from core.domain.errors import Invalid, MalformedError
from core.domain.folding import folded, repaired
from core.rules.text import T
from core.services.base.access import require
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.storage.models import Region
from core.storage.search import holds

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A division as the table has it."""

    code: str
    parent: str | None
    name: str
    name_en: str


def names(session: Session) -> dict[str, tuple[str, str]]:
    """The Chinese and the English name of every division, by code; the English one can be empty."""
    rows = session.execute(select(Region.code, Region.name, Region.name_en))
    return {code: (name, name_en or "") for code, name, name_en in rows}


def read_code(session: Session, text: str) -> str:
    """The code of a division that there is; MalformedError names the successor of one that is no more."""
    code = identifiers.region(text)
    return code if session.get(Region, code) is not None else division(code, ADDED_BY)


ADDED_BY = T(
    "请核对；新设的区划由系统管理员在“行政区划”中添加",
    "check it; a new division is added by an administrator under “Divisions”",
)


def add(w: Work, code: str, name: str, name_en: str = "") -> None:
    """Add a division that was set up lately, or give one another name; Invalid for one that is no more."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    errors = unwritten(name, "name", longest=LONGEST_NAME)
    try:
        kept = identifiers.region(code)
    except MalformedError as error:
        raise Invalid({"code": error.text, **errors}) from error
    known = set(w.session.scalars(select(Region.code)))
    above = parent(kept, known | supplied().keys())
    if (ended := no_more(kept)) is not None:
        errors["code"] = ended.text
    elif above is not None and above not in known | supplied().keys():
        errors["code"] = T(f"没有上级区划 {above}", f"there is no division {above} above it")
    if errors:
        raise Invalid(errors)
    row = w.session.get(Region, kept) or Region(code=kept)
    row.parent_code, row.name, row.name_en = above, repaired(name), repaired(name_en)
    w.session.add(row)


def added(w: Work) -> list[Line]:
    """The divisions that were added here, or are called otherwise than in the product."""
    query = select(Region.code, Region.parent_code, Region.name, Region.name_en).order_by(Region.code)
    lines = [Line(row.code, row.parent_code, row.name, row.name_en or "") for row in w.session.execute(query)]
    return [line for line in lines if supplied().get(line.code) != line.name]


def opened(w: Work, tops: Collection[str], below: Collection[str]) -> list[Line]:
    """The tops (the provinces where none are named), and what lies directly below others, by code."""
    top = Region.code.in_(tops) if tops else Region.parent_code.is_(None)
    query = select(Region.code, Region.parent_code, Region.name, Region.name_en)
    query = query.where(or_(top, Region.parent_code.in_(below))).order_by(Region.code)
    return [Line(row.code, row.parent_code, row.name, row.name_en or "") for row in w.session.execute(query)]


def look_up(w: Work, text: str, most: int) -> Sequence[Region]:
    """The first divisions whose code begins with the text or whose name contains it; all for no text."""
    query = select(Region).order_by(Region.code).limit(most)
    if plain := folded(text):
        begins = Region.code.startswith(plain, autoescape=True)
        query = query.where(or_(begins, holds(Region.name, text)))
    return w.session.scalars(query).all()
