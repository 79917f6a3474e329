"""Comparing, finding and sorting parties anew, after the rules by which names are read have changed."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from core.services.base.work import Work
from core.storage.models import Party
from core.storage.search import derived

BATCH = 1000
_TABLE = cast(Table, Party.__table__)


def renew_names(w: Work) -> int:
    """Give each party what follows from its name; how many had something else.

    The trail does not cover these columns: they can be had from the name at any time.
    """
    number, last = 0, 0
    query = select(Party.id, Party.name, Party.folded_name, Party.name_grams, Party.sort_name)
    while rows := w.session.execute(query.where(Party.id > last).order_by(Party.id).limit(BATCH)).all():
        last = rows[-1].id
        wanted = [(row, derived(row.name)) for row in rows]
        stale = [
            {"which": row.id, "named": row.name, **values}
            for row, values in wanted
            if any(getattr(row, column) != value for column, value in values.items())
        ]
        if stale:
            # One that is renamed meanwhile has its own already.
            mine = _TABLE.c.id == bindparam("which"), _TABLE.c.name == bindparam("named")
            given: dict[str, Any] = {
                name: bindparam(name) for name in ("folded_name", "name_grams", "sort_name")
            }
            w.session.connection().execute(update(_TABLE).where(*mine).values(given), stale)
        number += len(stale)
    return number
