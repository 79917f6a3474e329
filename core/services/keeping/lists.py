"""Lists of destruction: drawn up of what is over, approved by two, carried out at once, and counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Select, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.clock import SHANGHAI
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.keeping import Kept
from core.rules.text import T
from core.services.base.access import allowed, require, require_second
from core.services.base.decided import already
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, home, written
from core.services.base.work import Work
from core.services.keeping.destroying import destroy
from core.services.keeping.due import due, months, table_of, unlisted
from core.storage.models import DestructionItem, DestructionList
from core.storage.trail.changes import key_column

MOST = 2000
"""Rows of one list: what is more stands on the next."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One kind of a programme: for how long it is kept, how much is over, and the list that is open."""

    kind: Kept
    months: int
    due: int
    """Counted up to the rows of one list, and one more."""
    open_list: DestructionList | None


def standings(w: Work, program: str) -> list[Standing]:
    """Every kind, for whoever may see it."""
    require(w, Act.KEEPING_VIEW, program, home(w, program))
    query = select(DestructionList).where(
        DestructionList.program == program,
        DestructionList.carried_out_at.is_(None),
        DestructionList.declined_at.is_(None),
    )
    running = {item.kind: item for item in w.session.scalars(query)}
    return [Standing(kind, months(w, kind), _waiting(w, program, kind), running.get(kind)) for kind in Kept]


def are_due(w: Work, program: str, kind: Kept) -> bool:
    """Whether anything of the kind is over and stands on no open list."""
    return bool(w.session.scalar(select(unlisted(due(w, program, kind), kind).exists())))


def _waiting(w: Work, program: str, kind: Kept) -> int:
    if not kind.is_destroyed:
        return 0
    part = unlisted(due(w, program, kind), kind).limit(MOST + 1).subquery()
    return w.session.scalar(select(func.count()).select_from(part)) or 0


def past(w: Work, program: str, wish: Wish = FIRST) -> Page[DestructionList]:
    """A page of the lists of a programme, the latest first."""
    require(w, Act.KEEPING_VIEW, program, home(w, program))
    query = select(DestructionList).where(DestructionList.program == program)
    people = [joinedload(DestructionList.proposed_by), joinedload(DestructionList.second_by)]
    return page_of(w, query.options(*people).order_by(DestructionList.id.desc()), wish)


def find(w: Work, list_id: int) -> DestructionList:
    """A list, for whoever may see those of its programme."""
    found = w.session.get(DestructionList, list_id)
    if found is None or not allowed(w.actor, Act.KEEPING_VIEW, found.program, home(w, found.program)):
        raise NotFound(NOTHING_THERE)
    return found


def to_approve(w: Work) -> Select[int, Any]:
    """How many lists wait for the actor's approval, and since when the first of them does."""
    reached = [
        name
        for name in w.catalogue.programs
        if allowed(w.actor, Act.DESTRUCTION_APPROVE, name, home(w, name))
    ]
    query = select(func.count(), func.min(func.date(DestructionList.proposed_at)))
    return query.where(
        DestructionList.program.in_(reached),
        DestructionList.carried_out_at.is_(None),
        DestructionList.declined_at.is_(None),
        DestructionList.first_by_id.is_distinct_from(w.actor.user_id),
    )


def was_drawn_up(w: Work, program: str, kind: Kept) -> bool:
    """Whether a list of the kind is open, or was drawn up in the month of the day."""
    begun = datetime.combine(w.today.replace(day=1), time(), SHANGHAI)
    still = and_(DestructionList.carried_out_at.is_(None), DestructionList.declined_at.is_(None))
    lately = or_(still, DestructionList.proposed_at >= begun)
    of_kind = DestructionList.program == program, DestructionList.kind == kind
    return bool(w.session.scalar(select(exists().where(*of_kind, lately))))


def items(w: Work, found: DestructionList, wish: Wish = FIRST) -> Page[DestructionItem]:
    """A page of what stands on it."""
    query = select(DestructionItem).where(DestructionItem.list_id == found.id)
    return page_of(w, query.options(joinedload(DestructionItem.party)).order_by(DestructionItem.id), wish)


def require_proposing(w: Work, program: str) -> None:
    """Refuse whoever does not draw up lists of the programme."""
    require(w, Act.DESTRUCTION_PROPOSE, program, home(w, program))


def propose(w: Work, program: str, kind: Kept, reason: str) -> int:
    """Draw a list up of what is over, as much as one list takes; returns its id."""
    require_proposing(w, program)
    text = written(reason)
    if not kind.is_destroyed:
        raise Refused(
            T(
                f"{kind.label.zh}不予销毁，移交档案",
                f"{kind.label.en} are handed over to the archive, not destroyed",
            )
        )
    rows = w.session.execute(unlisted(due(w, program, kind), kind).limit(MOST)).all()
    if not rows:
        raise Refused(
            T(
                f"没有保管期满的{kind.label.zh}",
                f"nothing is over of: {kind.label.en}",
            ),
            mend=T("期满后再拟定；受限制处置的不列入", "wait until it is; what is held is not listed"),
        )
    found = DestructionList(
        program=program,
        kind=kind,
        months=months(w, kind),
        reason=text,
        sha256=_mark((row.id, row.party_id, row.since) for row in rows),
        proposed_by_id=w.actor.user_id,
        proposed_at=w.now,
    )
    w.session.add(found)
    w.session.flush()
    listed = [
        {"list_id": found.id, "subject_id": row.id, "party_id": row.party_id, "since": row.since}
        for row in rows
    ]
    w.session.execute(insert(DestructionItem.__table__), listed)  # type: ignore[arg-type]  # a table, as mapped
    return found.id


def approve(w: Work, list_id: int) -> bool:
    """Approve it; by the second person it is carried out. Whether it was."""
    found = _open(w, list_id)
    if found.first_at is None:
        found.first_by_id, found.first_at = w.actor.user_id, w.now
        return False
    require_second(
        w,
        T("销毁清单须由两人批准", "a list of destruction is approved by two persons"),
        found.first_by_id,
    )
    _carry_out(w, found)
    return True


def decline(w: Work, list_id: int, reason: str) -> None:
    """Let nothing of it go."""
    found, text = _open(w, list_id), written(reason)
    found.declined_by_id, found.declined_at, found.declined_reason = w.actor.user_id, w.now, text


def _open(w: Work, list_id: int) -> DestructionList:
    found = find(w, list_id)
    require(w, Act.DESTRUCTION_APPROVE, found.program, home(w, found.program))
    w.session.refresh(found, with_for_update=True)
    if not found.is_open:
        raise already(w, found)
    return found


def _carry_out(w: Work, found: DestructionList) -> None:
    """What is over on this day still goes; what is held, or counts anew since, stays."""
    listed = select(DestructionItem).where(DestructionItem.list_id == found.id).order_by(DestructionItem.id)
    rows = w.session.scalars(listed).all()
    if _mark((row.subject_id, row.party_id, row.since) for row in rows) != found.sha256:
        raise Refused(T("清单内容与拟定时不一致", "the list is not what was drawn up"))
    entity = table_of(found.kind)
    key, numbers = key_column(entity), [row.subject_id for row in rows]
    # Nobody refers to one of them from here on; whoever did so before is seen below.
    w.session.execute(select(key).where(key.in_(numbers)).order_by(key).with_for_update())
    query = due(w, found.program, found.kind)
    going: Sequence[int] = w.session.scalars(query.where(query.selected_columns[0].in_(numbers))).all()
    counts, files = destroy(w.session, entity, going)
    for number_set, gone in ((set(going), True), (set(numbers) - set(going), False)):
        w.session.execute(
            update(DestructionItem.__table__)  # type: ignore[arg-type]  # a table, as mapped
            .where(DestructionItem.list_id == found.id, DestructionItem.subject_id.in_(number_set))
            .values(gone=gone)
        )
    found.second_by_id, found.carried_out_at = w.actor.user_id, w.now
    found.counts, found.files_left = dict(counts), sorted(files)


def _mark(rows: Iterable[tuple[Any, ...]]) -> str:
    told = [[number, party, since.isoformat()] for number, party, since in rows]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
