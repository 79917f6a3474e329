"""Divisions looked up by name or code, as fields offer them while one types."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from core.services.base.work import Work
from core.storage.models import Region


def look_up(w: Work, text: str, most: int) -> Sequence[Region]:
    """The first divisions whose code begins with the text or whose name contains it; all for no text."""
    query = select(Region).order_by(Region.code).limit(most)
    if text:
        begins = Region.code.startswith(text, autoescape=True)
        query = query.where(or_(begins, Region.name.contains(text, autoescape=True)))
    return w.session.scalars(query).all()
