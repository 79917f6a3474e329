"""The table of divisions: their names, what lies below some of them, and those that a text finds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.services.base.work import Work
from core.storage.models import Region


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
    return {row.code: (row.name, row.name_en or "") for row in rows}


def opened(w: Work, tops: Collection[str], below: Collection[str]) -> list[Line]:
    """The tops (the provinces where none are named), and what lies directly below others, by code."""
    top = Region.code.in_(tops) if tops else Region.parent_code.is_(None)
    query = select(Region.code, Region.parent_code, Region.name, Region.name_en)
    query = query.where(or_(top, Region.parent_code.in_(below))).order_by(Region.code)
    return [Line(row.code, row.parent_code, row.name, row.name_en or "") for row in w.session.execute(query)]


def look_up(w: Work, text: str, most: int) -> Sequence[Region]:
    """The first divisions whose code begins with the text or whose name contains it; all for no text."""
    query = select(Region).order_by(Region.code).limit(most)
    if text:
        begins = Region.code.startswith(text, autoescape=True)
        query = query.where(or_(begins, Region.name.contains(text, autoescape=True)))
    return w.session.scalars(query).all()
