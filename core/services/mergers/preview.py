"""Two parties side by side, and what will be shown under the one that is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select

from core.domain.acts import Act
from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.rules.text import T
from core.services.base.access import allowed
from core.services.base.work import Work
from core.services.entry.record import looked
from core.services.mergers.pair import mark_between, why_not_judged
from core.services.people.parties import require_party
from core.services.people.party_file import MOST_CASES
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Application,
    Attachment,
    Ban,
    Membership,
    NotSame,
    Party,
    Rectification,
    ServiceRecord,
    User,
)
from core.storage.models.accounts import Look
from core.storage.models.supervision import RectificationState
from core.storage.one_party import ids_of

R = TypeVar("R")
OPEN = tuple(state for state in ApplicationState if state.is_open)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, with everything that hangs on it and on what was merged into it."""

    party: Party
    members: Sequence[User]
    accreditations: Sequence[Accreditation]
    applications: Sequence[Application]
    bans: Sequence[Ban]
    services: int
    reports: int
    orders: int
    """Orders to rectify that are open."""
    files: int
    """Documents handed in for the party itself."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A status that ends as a duplicate, and the one of its track that stays."""

    ends: Accreditation
    stays: Accreditation


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merger would do: `kept` is left, `merged` is shown under it."""

    kept: Side
    merged: Side
    endings: Sequence[Ending]
    doubts: Sequence[T]
    """What speaks against it: to be thought about, not refused."""
    against: Sequence[T]
    """Why it cannot be done."""
    mark: NotSame | None
    """That they are not the same, which has to be taken back before."""


def preview(w: Work, kept_id: int, merged_id: int) -> Preview:
    """The two for an officer who reaches both; NotFound for all others."""
    kept, merged = _party(w, kept_id), _party(w, merged_id)
    for party in (kept, merged):
        looked(w, Look.PARTY, party.id, party_id=party.id, region=party.region)
    held = in_force_of(w, kept_id, merged_id)
    found = endings(held)
    return Preview(
        _side(w, kept),
        _side(w, merged),
        found,
        [*_doubts(w, kept, merged)],
        [*why_not(w, kept, merged), *why_not_touched(w, [item.ends for item in found])],
        mark_between(w, kept_id, merged_id),
    )


def _party(w: Work, party_id: int) -> Party:
    found = w.session.get(Party, party_id) or Party(id=party_id)
    require_party(w, Act.PARTY_MERGE, found)
    return found


def in_force_of(w: Work, *party_ids: int) -> Sequence[Accreditation]:
    """What all registrations of some parties hold in force, what began first before."""
    theirs = Accreditation.party_id.in_(ids_of(select(Party.id).where(Party.id.in_(party_ids))))
    query = select(Accreditation).where(theirs, Accreditation.state.in_(IN_FORCE))
    return w.session.scalars(query.order_by(Accreditation.started_on, Accreditation.id)).all()


def endings(held: Iterable[Accreditation]) -> list[Ending]:
    """Of two statuses of a track the one that began first stays."""
    first: dict[tuple[str, str], Accreditation] = {}
    found = []
    for item in held:
        stays = first.setdefault((item.program, item.track), item)
        if stays is not item:
            found.append(Ending(item, stays))
    return found


def why_not(w: Work, kept: Party, merged: Party) -> Iterable[T]:
    """What stands against merging two parties."""
    yield from why_not_judged(w, kept, merged)
    mark = mark_between(w, kept.id, merged.id)
    if mark is not None:
        yield T(
            f"“{mark.one.name}”与“{mark.other.name}”已标注为不同主体（{mark.reason}）；确需合并的，请先收回标注",
            f"{mark.one.name} and {mark.other.name} are marked as two parties ({mark.reason}): "
            "take the mark back first",
        )


def why_not_touched(w: Work, held: Iterable[Accreditation]) -> Iterable[T]:
    """A status ends as a duplicate, and is given back, only by someone who acts for its programme."""
    for item in held:
        if not allowed(w.actor, Act.PARTY_MERGE, *item.place):
            yield T(
                f"涉及认定 {item.number}，您没有其项目的权限；请由该项目的工作人员办理",
                f"accreditation {item.number} is concerned: leave it to the officers of its programme",
            )


def _doubts(w: Work, kept: Party, merged: Party) -> Iterable[T]:
    if kept.folded_name != merged.folded_name:
        yield T("名称不同", "Their names differ")
    for one, other, what in (
        (kept.uscc, merged.uscc, T("统一社会信用代码不同", "Their credit codes differ")),
        (kept.id_number, merged.id_number, T("证件号码不同", "Their ID numbers differ")),
    ):
        if one and other and one != other:
            yield T(f"{what.zh}：通常是两个主体", f"{what.en}: as a rule they are two parties")
    both = [_tracks_applied(w, party) for party in (kept, merged)]
    for program, track in sorted(both[0] & both[1]):
        title = w.program(program).program.track(track).title
        yield T(
            f"两者均有“{title.zh}”在办的申请；合并后只能认定一项",
            f"Both have an application for “{title.en}” open; only one of them can be accredited",
        )


def _tracks_applied(w: Work, party: Party) -> set[tuple[str, str]]:
    query = select(Application.program, Application.track).where(
        Application.party_id.in_(ids_of(party.id)), Application.state.in_(OPEN)
    )
    return {(row[0], row[1]) for row in w.session.execute(query)}


def _side(w: Work, party: Party) -> Side:
    theirs = ids_of(party.id)
    held = select(Accreditation.id).where(Accreditation.party_id.in_(theirs))

    def number(
        kind: type[ServiceRecord | AnnualReport | Rectification | Attachment], *such: ColumnElement[bool]
    ) -> int:
        return w.session.scalar(select(func.count()).select_from(kind).where(*such)) or 0

    members = select(Membership.user_id).where(Membership.party_id.in_(theirs))
    return Side(
        party,
        _some(w, select(User).where(User.id.in_(members)).order_by(User.sort_name, User.id)),
        _some(w, select(Accreditation).where(Accreditation.id.in_(held)).order_by(Accreditation.id.desc())),
        _some(w, select(Application).where(Application.party_id.in_(theirs)).order_by(Application.id.desc())),
        _some(w, select(Ban).where(Ban.party_id.in_(theirs)).order_by(Ban.id.desc())),
        number(ServiceRecord, ServiceRecord.accreditation_id.in_(held)),
        number(AnnualReport, AnnualReport.accreditation_id.in_(held)),
        number(
            Rectification,
            Rectification.accreditation_id.in_(held),
            Rectification.state == RectificationState.OPEN,
        ),
        number(Attachment, Attachment.party_id.in_(theirs)),
    )


def _some(w: Work, query: Select[R]) -> Sequence[R]:
    """The latest: nobody has more, but for what nobody has foreseen."""
    return w.session.scalars(query.limit(MOST_CASES)).all()
