"""A body that is reorganised: who recommends for it does so for its successor from a day on, by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select

from core.domain.acts import Act
from core.domain.errors import Invalid, Refused
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.access import require
from core.services.base.work import Work
from core.services.people.rights import sessions
from core.services.people.rights.duties import require_one_duty
from core.services.people.users import tell_roles
from core.services.people.vouched import require_going_on
from core.storage.models import AuditEvent, Grant, Party, Recommender
from core.storage.one_party import ids_of


def pass_on(w: Work, old_id: int, new_id: int, on: date) -> int:
    """Let the roles of a body end on a day and be its successor's from that day; how many there were.

    Users, programmes and territories stay, so what waits for them goes on; only in whose name changes.
    """
    require(w, Act.USER_EDIT, None, None)
    errors: dict[str, T] = {}
    if new_id in w.session.scalars(ids_of(old_id)):
        errors["new"] = T("与原单位相同", "is the old body itself")
    elif w.session.get_one(Party, new_id).kind is not PartyKind.ORGANIZATION:
        errors["new"] = T("个人不能承接推荐职责", "a person does not recommend")
    if on < w.today:
        errors["on"] = T(f"不早于今天（{w.today}）", f"not before today ({w.today})")
    if errors:
        raise Invalid(errors)
    require_going_on(w.session.get_one(Party, new_id))
    moved = carry_over(w, old_id, new_id, on)
    if not moved:
        raise Refused(
            T("该单位没有此日之后仍有效的角色", "the body has no roles that hold from that day on"),
            field="old",
        )
    return moved


def carry_over(w: Work, old_id: int, new_id: int, on: date) -> int:
    """The same for a caller that may: roles that end before the day stay as they are."""
    held = _held(old_id, on)
    grants = w.session.scalars(held.order_by(Grant.id).with_for_update()).all()
    users = {grant.user_id: grant.user for grant in grants}
    for body in _recommending(w, old_id):
        body.party_id = new_id
    for grant in grants:
        successor = Grant(
            user_id=grant.user_id,
            role=grant.role,
            program=grant.program,
            region=grant.region,
            party_id=new_id,
            recommender_id=grant.recommender_id,
            starts_on=max(on, grant.starts_on or on),
            ends_on=grant.ends_on,
        )
        _end(w, grant, on)
        # One role is held for one body at a time: the old one ends first.
        w.session.flush()
        require_one_duty(w, grant.user_id, grant.role, successor.starts_on, successor.ends_on)
        w.session.add(successor)
        w.session.flush()
    for user in users.values():
        sessions.end_all(user)
        tell_roles(w, user, f"succession/{old_id}/{new_id}/{on}/{user.id}")
    return len(grants)


def end_all(w: Work, party_id: int, on: date) -> None:
    """Let the roles of a body that is no more, and that nobody succeeds, end on a day."""
    for grant in w.session.scalars(_held(party_id, on).with_for_update()):
        sessions.end_all(grant.user)
        _end(w, grant, on)
    for body in _recommending(w, party_id):
        body.ended_on = on if body.since < on else body.ended_on
    w.session.flush()


def _recommending(w: Work, party_id: int) -> Sequence[Recommender]:
    """The associations that a body recommends as, under whichever of its registrations."""
    own = Recommender.party_id.in_(ids_of(party_id)), Recommender.ended_on.is_(None)
    return w.session.scalars(select(Recommender).where(*own).order_by(Recommender.id).with_for_update()).all()


def give_back(w: Work, party_id: int, on: date, at: datetime) -> None:
    """Let the roles of a body that was closed on a day, at a moment, hold as before: it goes on."""
    event = AuditEvent
    ended = select(Grant).where(Grant.party_id.in_(ids_of(party_id)), Grant.ends_on == on)
    users = {}
    for grant in w.session.scalars(ended.order_by(Grant.id).with_for_update()).all():
        was = select(event.changes["ends_on"][0].as_string()).where(
            event.subject == Grant.__tablename__,
            event.subject_id == str(grant.id),
            event.at == at,
            event.changes["ends_on"][1].as_string() == str(on),
        )
        # Only what the closure itself had ended, to the end that it had before.
        if (before := w.session.execute(was).first()) is not None:
            ends_on = date.fromisoformat(before[0]) if before[0] else None
            require_one_duty(w, grant.user_id, grant.role, grant.starts_on, ends_on)
            grant.ends_on = ends_on
            users[grant.user_id] = grant.user
    w.session.flush()
    for user in users.values():
        tell_roles(w, user, f"succession/{party_id}/back/{on}/{user.id}")


def _held(party_id: int, on: date) -> Select[Grant]:
    """The roles for a body, under whichever of its registrations, that hold from a day on."""
    return select(Grant).where(
        Grant.party_id.in_(ids_of(party_id)), or_(Grant.ends_on.is_(None), Grant.ends_on > on)
    )


def _end(w: Work, grant: Grant, on: date) -> None:
    if grant.starts_on is not None and grant.starts_on >= on:
        # It never held for the body.
        w.session.delete(grant)
    else:
        grant.ends_on = on
