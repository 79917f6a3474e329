"""Two parties that are one are merged, and parted again: a pointer comes and goes, nothing is rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import Conflict, NotFound
from core.domain.lifecycle.states import AccreditationState, Action
from core.domain.messages import MessageEvent
from core.domain.supervision.standing import EventKind
from core.rules.phrases import RELOAD_TO_RETRY
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.mergers.pair import lock_both, require_none, why_not_own
from core.services.mergers.preview import Ending, endings, in_force_of, why_not, why_not_touched
from core.services.messaging.writing import notify
from core.services.people.parties import require_party
from core.services.people.party_file import MOST_CASES
from core.services.people.rights.unproven import suspend
from core.services.people.vouched import is_known
from core.services.supervision.guards import newer_in_force
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for
from core.services.supervision.moving import advance
from core.services.supervision.restoring import restore
from core.services.supervision.timeline import note
from core.storage.models import Accreditation, Merger, Party
from core.storage.one_party import ids_of

MERGED = T("该主体已合并", "This party has been merged already")
PARTED = T("该合并已撤销", "This merger has been undone already")
CHANGED = T("有关认定刚刚有变化", "An accreditation of theirs has just changed")


def merge(w: Work, kept_id: int, merged_id: int, reason: str) -> int:
    """Show one party under another from now on; returns the merger's number.

    Of two statuses of a track in force the one that began later ends as a duplicate, without case or ban.
    Refused for what was merged before (so no circle closes), for two kinds of party, and for one's own. Who
    registered one of them without being looked at gets nothing of the other by it.
    """
    said = written(reason)
    for number in (kept_id, merged_id):
        require_party(w, Act.PARTY_MERGE, Party(id=number))
    # The statuses' locks come before the parties', as everywhere.
    expected = endings(in_force_of(w, kept_id, merged_id))
    require_none(why_not_touched(w, [item.ends for item in expected]))
    _lock(w, [item.ends for item in expected])
    kept, merged = lock_both(w, kept_id, merged_id)
    current = _merger(w, merged_id)
    if current is not None:
        raise already(w, current, MERGED)
    require_none(why_not(w, kept, merged))
    found = endings(in_force_of(w, kept_id, merged_id))
    if found != expected:
        raise Conflict(CHANGED, mend=RELOAD_TO_RETRY)
    for one, other in ((kept, merged), (merged, kept)):
        if is_known(w, other.id):
            suspend(w, one)
    merger = Merger(
        kept_id=kept_id, merged_id=merged_id, reason=said, merged_at=w.now, merged_by_id=w.actor.user_id
    )
    w.session.add(merger)
    for party in _shown_under(w, merged_id):
        party.merged_into = kept
    w.session.flush()
    for item in found:
        _end(w, merger, item)
    _tell(w, MessageEvent.PARTY_MERGED, merger, said, kept_id)
    return merger.id


def undo(w: Work, merger_id: int, reason: str) -> None:
    """Part two parties again; what ended as a duplicate is given back where nothing else is in force."""
    said = written(reason)
    merger = find(w, merger_id)
    require_none(why_not_own(w, (merger.kept, merger.merged)))
    ended = duplicates(w, merger.merged_id)
    require_none(why_not_touched(w, ended))
    _lock(w, ended)
    lock_both(w, merger.kept_id, merger.merged_id)
    w.session.get_one(Merger, merger_id, with_for_update=True, populate_existing=True)
    if merger.undone_at is not None:
        raise already(w, merger, PARTED, "undone_at")
    if duplicates(w, merger.merged_id) != ended:
        raise Conflict(CHANGED, mend=RELOAD_TO_RETRY)
    merger.undone_at, merger.undone_by_id, merger.undone_reason = w.now, w.actor.user_id, said
    w.session.flush()
    _point_anew(w, merger)
    for held in ended:
        _restore(w, merger, held)
    for number in (merger.kept_id, merger.merged_id):
        _tell(w, MessageEvent.PARTY_PARTED, merger, said, number)


def find(w: Work, merger_id: int) -> Merger:
    """A merger with its parties, for an officer who reaches both; NotFound for all others."""
    found = w.session.get(Merger, merger_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    for party in (found.kept, found.merged):
        require_party(w, Act.PARTY_MERGE, party)
    return found


def of_party(w: Work, party_id: int) -> Sequence[Merger]:
    """The latest mergers of a party and of what is shown with it."""
    theirs = ids_of(party_id)
    query = select(Merger).where(or_(Merger.kept_id.in_(theirs), Merger.merged_id.in_(theirs)))
    parts = (Merger.kept, Merger.merged, Merger.merged_by, Merger.undone_by)
    query = query.options(*(joinedload(part) for part in parts))
    return w.session.scalars(query.order_by(Merger.id.desc()).limit(MOST_CASES)).all()


def duplicates(w: Work, party_id: int) -> Sequence[Accreditation]:
    """What ended as a duplicate under any registration of a party, what began first before."""
    query = select(Accreditation).where(
        Accreditation.party_id.in_(ids_of(party_id)), Accreditation.state == AccreditationState.DUPLICATE
    )
    return w.session.scalars(query.order_by(Accreditation.started_on, Accreditation.id)).all()


def _lock(w: Work, held: Iterable[Accreditation]) -> None:
    """Lock statuses in the order of their numbers, each caught up to yesterday."""
    for number in sorted(item.id for item in held):
        lock_for(w, number, Act.PARTY_MERGE)


def _merger(w: Work, merged_id: int) -> Merger | None:
    """The merger by which a party is shown under another today."""
    return w.session.scalar(select(Merger).where(Merger.merged_id == merged_id, Merger.undone_at.is_(None)))


def _shown_under(w: Work, party_id: int) -> Sequence[Party]:
    """A party that is shown under itself, with those that are shown under it."""
    return w.session.scalars(select(Party).where(Party.id.in_(ids_of(party_id)))).all()


def _end(w: Work, merger: Merger, item: Ending) -> None:
    held = item.ends
    advance(w, held, Action.END_DUPLICATE, by_itself=True)
    title = T(f"重复登记，由 {item.stays.number} 存续", f"A duplicate of {item.stays.number}, which stays")
    note(w, held, EventKind.DUPLICATE, "", _period(merger), title, {"number": item.stays.number})
    check_now(w, held.id)


def _point_anew(w: Work, undone: Merger) -> None:
    """Let the party of an undone merger be shown by itself, and under it what was merged into it."""
    theirs = ids_of(undone.merged_id)
    standing = select(Merger.kept_id, Merger.merged_id).where(
        Merger.undone_at.is_(None), Merger.merged_id.in_(theirs)
    )
    below: dict[int, list[int]] = defaultdict(list)
    for kept, merged in w.session.execute(standing):
        below[kept].append(merged)
    parties = {party.id: party for party in _shown_under(w, undone.merged_id)}
    shown = parties[undone.merged_id]
    shown.merged_into = None
    following = [undone.merged_id]
    while following:
        for number in (found := below[following.pop()]):
            parties[number].merged_into = shown
        following += found
    w.session.flush()


def _restore(w: Work, merger: Merger, held: Accreditation) -> None:
    """Give a status back that ended as a duplicate, unless its party still holds another of the track."""
    if newer_in_force(w, held):
        return
    title = T("合并撤销，认定恢复原状", "The merger was undone: the accreditation stands as before")
    restore(w, held, EventKind.SEPARATED, _period(merger), title)


def _period(merger: Merger) -> str:
    return f"merger/{merger.id}"


def _tell(w: Work, event: MessageEvent, merger: Merger, reason: str, party_id: int) -> None:
    kept, merged = (w.session.get_one(Party, number).name for number in (merger.kept_id, merger.merged_id))
    notify(
        w,
        event,
        key=f"{event}/{merger.id}/{party_id}",
        party_id=party_id,
        values={"organisation": kept, "merged": merged, "reason": reason},
    )
