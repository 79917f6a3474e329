"""What a request changes, in words, and who of the staff is told once it is granted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from core.domain.lifecycle.change_table import ChangeKind
from core.domain.messages import MessageEvent
from core.domain.roles import DECIDING, Place, Role
from core.rules.text import T
from core.services.base.work import Work
from core.services.messaging.writing import tell_staff
from core.storage.models import ChangeRequest, FormerValue, Region
from core.storage.models.changes import Vouched

WHOLE = "end"
"""The key of what concerns the party as a whole."""


def changes_of(w: Work, request: ChangeRequest) -> Mapping[str, T]:
    """What the request changes, by field, from what to what; of an end, how and who takes the place."""
    if request.kind is ChangeKind.NUMBER:
        return {
            "uscc": T(
                f"统一社会信用代码 {request.uscc}：校验码不符，以证照所载为准",
                f"USCC {request.uscc}: its check digit does not fit; it stands as the licence bears it",
            )
        }
    if request.kind is not ChangeKind.DETAILS:
        return {WHOLE: _end(request)}
    return {
        field.value: T(
            f"{field.label.zh}由“{before.zh}”变更为“{after.zh}”",
            f"{field.label.en} changed from {before.en} to {after.en}",
        )
        for field, before, after in pairs(w, request)
    }


def pairs(w: Work, request: ChangeRequest) -> list[tuple[Vouched, T, T]]:
    """Each field with its old and its new value as people read them."""
    query = select(FormerValue.field, FormerValue.value).where(
        FormerValue.request_id == request.id, FormerValue.party_id == request.party_id
    )
    kept = {row.field: row.value for row in w.session.execute(query)}
    found = []
    for field in Vouched:
        new = getattr(request, field.value)
        if new is not None:
            old = kept.get(field) or getattr(request.party, field.value) or ""
            found.append((field, _shown(w, field, old), _shown(w, field, new)))
    return found


def _shown(w: Work, field: Vouched, value: str) -> T:
    if field is not Vouched.REGION:
        return T(value or "（无）", value or "(none)")
    division = w.session.get(Region, value)
    if division is None:
        return T(value, value)
    return T(division.name, division.name_en or division.name)


def _end(request: ChangeRequest) -> T:
    how, others = request.kind.label, request.successors
    if not others:
        return how
    if len(others) == 1:
        return T(f"{how.zh}，由“{others[0].name}”承继", f"{how.en}; {others[0].name} takes its place")
    return T(
        f"{how.zh}，由“{others[0].name}”等 {len(others)} 家单位承继",
        f"{how.en}; {others[0].name} and {len(others) - 1} more take its place",
    )


def tell_concerned(
    w: Work, request: ChangeRequest, name: str, places: Iterable[Place], corrected: T | None = None
) -> None:
    """Tell the recommenders of each place, and its officers where the actor is none of them.

    What has changed, or what a correction of it comes to.
    """
    said = [corrected] if corrected is not None else list(changes_of(w, request).values())
    change = T("\n".join(item.zh for item in said), "\n".join(item.en for item in said))
    key = f"change/{request.id}" if corrected is None else f"change/{request.id}/corrected"
    for place in dict.fromkeys(places):
        program, region, recommender = place
        own = w.actor.roles(*place) & DECIDING
        tell_staff(
            w,
            {Role.RECOMMENDER} if own else {Role.RECOMMENDER, *DECIDING},
            MessageEvent.CHANGE_ELSEWHERE,
            key=f"{key}/{program}",
            program=program,
            region=region,
            recommender=recommender,
            values={"program": program, "organisation": name, "change": change},
        )
