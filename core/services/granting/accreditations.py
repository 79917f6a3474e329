"""The status itself: a number that exists once, a term by text or agreement, and its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select, text

from core.domain.errors import Invalid
from core.domain.lifecycle.states import AccreditationState, Action
from core.domain.reading import why_not_past
from core.domain.supervision.standing import EventKind
from core.rules.clauses import Stage, StageKind
from core.rules.periods import period_end
from core.rules.text import T
from core.services.applications.case import Case, find, lock
from core.services.applications.guards import Inputs, in_force
from core.services.applications.handling import Desk
from core.services.applications.moving import ApplicationMove, advance
from core.services.applications.verdicts import settings_snapshot
from core.services.base.naming import number_is
from core.services.base.printable import require_printable
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.people.accepted_codes import require_accepted
from core.services.people.parties import lock_party
from core.services.people.vouched import require_going_on
from core.services.supervision import moving as supervising
from core.services.supervision import timeline
from core.services.supervision.timeline import unused
from core.storage.models import Accreditation, Agreement, Decision, Party
from core.storage.models.decisions import DecisionKind

LONGEST_AGREEMENT_YEARS = 10


def accredit(
    case: Case,
    move: ApplicationMove,
    valid_from: date,
    valid_through: date | None = None,
) -> Accreditation:
    """Enter an application that a move has accredited into the register, from a day on.

    Its term is the text's unless given.

    One of the track that is still in force, where the text lets its holder apply in its last year,
    gives way to the new one.
    """
    w, application, desk = case.w, case.application, case.desk
    party = lock_party(w, application.party_id)
    accreditation = enter(
        w,
        desk,
        party,
        application.region,
        valid_from,
        valid_through,
        clause=desk.rules.procedure.direct_inclusion if case.direct else "",
        functions=functions_of(desk, application.facts),
        settings=_decided_under(w, application.id),
        application_id=application.id,
        recommender_id=application.recommender_id,
    )
    notify(
        w,
        move.message,
        key=f"{move.message}/{accreditation.id}",
        party_id=application.party_id,
        accreditation_id=accreditation.id,
        values={},
    )
    return accreditation


def enter(
    w: Work,
    desk: Desk,
    party: Party,
    region: str,
    valid_from: date,
    valid_through: date | None = None,
    *,
    clause: str = "",
    functions: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    application_id: int | None = None,
    recommender_id: int | None = None,
) -> Accreditation:
    """Enter a locked party into the register of a track, with number and first line of the timeline."""
    rules, stage = desk.rules, _entry_stage(desk)
    require_going_on(party)
    require_accepted(w, party)
    require_printable(party)
    _succeed(w, party, desk, valid_from)
    number, sequence = _number(w, desk, valid_from.year)
    accreditation = Accreditation(
        program=rules.program,
        track=rules.track,
        edition=rules.edition,
        party_id=party.id,
        application_id=application_id,
        number=number,
        year=valid_from.year,
        sequence=sequence,
        region=region,
        recommender_id=recommender_id,
        functions=list(functions),
        state=AccreditationState.ACTIVE,
        started_on=valid_from,
        valid_from=valid_from,
        valid_through=valid_through or period_end(valid_from, years=rules.procedure.term.years),
        settings=dict(
            settings or settings_snapshot(w, rules.program, rules.track, rules.edition, valid_from)
        ),
        next_due_on=valid_from,
    )
    w.session.add(accreditation)
    w.session.flush()
    _note(w, accreditation, EventKind.ACCREDITED, clause or stage.clause, stage.title, valid_from)
    return accreditation


def functions_of(desk: Desk, facts: Mapping[str, Any]) -> list[str]:
    """The services that a body is accredited for, in the order of the vocabulary."""
    areas = desk.loaded.program.service_areas
    if areas is None:
        return []
    claimed, offered = facts.get(areas.name), desk.rules.procedure.functions
    chosen = {claimed} if isinstance(claimed, str) else set(claimed or ())
    return [key for key, _ in areas.choices if key in chosen and (not offered or key in offered)]


def proposed_agreement(w: Work, application_id: int) -> tuple[date, date]:
    """The dates that an agreement signed today would have by the text's proposal."""
    years = find(w, application_id).desk.rules.procedure.term.years
    return w.today, period_end(w.today, years=years)


def sign_agreement(
    w: Work,
    application_id: int,
    *,
    signed_on: date,
    valid_from: date,
    valid_through: date,
    version: int | None = None,
) -> int:
    """Record the agreement of an approved application and accredit for its dates: the accreditation's id."""
    case = lock(w, application_id, version=version)
    move = advance(case, Action.SIGN, Inputs(agreed=(signed_on, valid_from, valid_through)))
    require_printable(case.application.party)
    errors: dict[str, T] = {}
    why = why_not_past(signed_on, w.today)
    if why is not None:
        errors["signed_on"] = why
    if valid_through < valid_from or valid_through < w.today:
        errors["valid_through"] = T(
            "终止日期应不早于起始日期和今天", "it ends neither before it begins nor before today"
        )
    elif valid_through > period_end(valid_from, years=LONGEST_AGREEMENT_YEARS):
        errors["valid_through"] = T(
            f"协议期限过长，至多 {LONGEST_AGREEMENT_YEARS} 年", f"at most {LONGEST_AGREEMENT_YEARS} years"
        )
    if errors:
        raise Invalid(errors)
    w.session.add(
        Agreement(
            application_id=case.id,
            signed_on=signed_on,
            valid_from=valid_from,
            valid_through=valid_through,
            signed_by_id=w.actor.user_id,
        )
    )
    return accredit(case, move, valid_from, valid_through).id


def _entry_stage(desk: Desk) -> Stage:
    return next(s for s in desk.rules.procedure.stages if s.kind is StageKind.ACCREDITATION)


def _note(
    w: Work,
    accreditation: Accreditation,
    kind: EventKind,
    clause: str,
    title: T,
    on: date,
    period: str | None = None,
) -> None:
    """Write into the timeline what happens on a day."""
    shown = {"number": accreditation.number, "valid_through": accreditation.valid_through.isoformat()}
    timeline.enter(w, accreditation, kind, clause, period or on.isoformat(), title, shown, on)


def _succeed(w: Work, party: Party, desk: Desk, valid_from: date) -> None:
    """End the accreditation that the new one follows; refuse where the text keeps it in force."""
    current = in_force(w, party.id, desk.rules.program, desk.rules.track)
    if current is None:
        return
    supervising.advance(w, current, Action.SUCCEED, on=valid_from, by_itself=True)
    title = T("由新的认定接续", "Followed by a new accreditation")
    period = unused(w, current, EventKind.EXPIRED, current.ended_clause, f"followed/{valid_from.isoformat()}")
    _note(w, current, EventKind.EXPIRED, current.ended_clause, title, valid_from, period)
    # The old one must have left the index of those in force before the new one enters it.
    w.session.flush()


def _number(w: Work, desk: Desk, year: int) -> tuple[str, int]:
    """The next certificate number of the track's year; whoever else wants one waits for the commit."""
    program, track = desk.rules.program, desk.rules.track
    key = f"accreditation-number/{program}/{track}/{year}"
    w.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    last = w.session.scalar(
        select(func.max(Accreditation.sequence)).where(
            Accreditation.program == program, Accreditation.track == track, Accreditation.year == year
        )
    )
    sequence = (last or 0) + 1
    while _taken(w, number := desk.track.number_pattern.format(year=year, sequence=sequence)):
        sequence += 1
    return number, sequence


def _taken(w: Work, number: str) -> bool:
    """Whether a status has the number that was taken in with it, however it is written there."""
    return bool(w.session.scalar(select(exists(select(Accreditation.id).where(number_is(number))))))


def _decided_under(w: Work, application_id: int) -> dict[str, Any] | None:
    """The settings that the approval was decided under."""
    query = (
        select(Decision.settings)
        .where(Decision.application_id == application_id, Decision.kind == DecisionKind.APPROVED)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return w.session.scalar(query)
