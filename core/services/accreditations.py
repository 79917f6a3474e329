"""The status itself: a number that exists once, a term by text or agreement, and its settings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text

from core.domain.errors import Invalid, Refused
from core.domain.standing import EventKind
from core.domain.states import AccreditationState, Action
from core.rules.clauses import StageKind
from core.rules.periods import period_end
from core.rules.text import T
from core.services.access import require
from core.services.casework import end, note
from core.services.guards import Inputs, in_force
from core.services.intake import Desk, desk_of, find, lock, lock_party
from core.services.messages import notify
from core.services.moving import advance
from core.services.verdicts import settings_snapshot
from core.services.work import Work
from core.storage.models import Accreditation, Agreement, Application, Decision
from core.storage.models.intake import Channel, DecisionKind

DAY = timedelta(days=1)
LONGEST_AGREEMENT_YEARS = 10


def accredit(
    w: Work, application: Application, valid_from: date, valid_through: date | None = None
) -> Accreditation:
    """Enter an approved application into the register, from a day on; its term is the text's unless given.

    One of the track that is still in force, where the text lets its holder apply in its last year,
    gives way to the new one.
    """
    desk = desk_of(w, application)
    lock_party(w, application.party_id)
    _succeed(w, application, desk, valid_from)
    number, sequence = _number(w, application, desk, valid_from.year)
    years = desk.rules.procedure.term.years
    accreditation = Accreditation(
        program=application.program,
        track=application.track,
        edition=application.edition,
        party_id=application.party_id,
        application_id=application.id,
        number=number,
        year=valid_from.year,
        sequence=sequence,
        region=application.region,
        functions=_functions(application, desk),
        state=AccreditationState.ACTIVE,
        started_on=valid_from,
        valid_from=valid_from,
        valid_through=valid_through or period_end(valid_from, years=years),
        settings=_settings(w, application, valid_from),
        next_due_on=valid_from,
    )
    w.session.add(accreditation)
    w.session.flush()
    _tell(w, application, accreditation, desk)
    return accreditation


def proposed_agreement(w: Work, application_id: int) -> tuple[date, date]:
    """The dates that an agreement signed today would have by the text's proposal."""
    application = find(w, application_id)
    years = desk_of(w, application).rules.procedure.term.years
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
    application = lock(w, application_id, version=version)
    advance(w, application, Action.SIGN, Inputs(agreed=(signed_on, valid_from, valid_through)))
    require(w, "agreement.sign", application.program, application.region)
    errors: dict[str, T] = {}
    if signed_on > w.today:
        errors["signed_on"] = T("签订日期不能晚于今天", "signed no later than today")
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
            application_id=application.id,
            signed_on=signed_on,
            valid_from=valid_from,
            valid_through=valid_through,
            signed_by_id=w.actor.user_id,
        )
    )
    return accredit(w, application, valid_from, valid_through).id


def _succeed(w: Work, application: Application, desk: Desk, valid_from: date) -> None:
    """End the accreditation that the new one follows; refuse where the text keeps it in force."""
    current = in_force(w, application.party_id, application.program, application.track)
    if current is None:
        return
    term = desk.rules.procedure.term
    if not term.reapply_in_final_year:
        raise Refused(
            T(
                f"该类别已有有效认定（{current.number}）",
                f"accreditation {current.number} is in force already",
            )
        )
    end(current, AccreditationState.EXPIRED, valid_from, term.clause)
    title = T("由新的认定接续", "Followed by a new accreditation")
    note(w, current, EventKind.EXPIRED, term.clause, valid_from.isoformat(), title)
    # The old one must have left the index of those in force before the new one enters it.
    w.session.flush()


def _number(w: Work, application: Application, desk: Desk, year: int) -> tuple[str, int]:
    """The next certificate number of the track's year; whoever else wants one waits for the commit."""
    key = f"accreditation-number/{application.program}/{application.track}/{year}"
    w.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    last = w.session.scalar(
        select(func.max(Accreditation.sequence)).where(
            Accreditation.program == application.program,
            Accreditation.track == application.track,
            Accreditation.year == year,
        )
    )
    sequence = (last or 0) + 1
    return desk.track.number_pattern.format(year=year, sequence=sequence), sequence


def _functions(application: Application, desk: Desk) -> list[str]:
    """The services that the body is accredited for, in the order of the vocabulary."""
    areas = desk.loaded.program.service_areas
    if areas is None:
        return []
    claimed, offered = application.facts.get(areas.name), desk.rules.procedure.functions
    chosen = {claimed} if isinstance(claimed, str) else set(claimed or ())
    return [key for key, _ in areas.choices if key in chosen and (not offered or key in offered)]


def _settings(w: Work, application: Application, valid_from: date) -> dict[str, Any]:
    """What the approval was decided under."""
    query = (
        select(Decision.settings)
        .where(Decision.application_id == application.id, Decision.kind == DecisionKind.APPROVED)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    decided: dict[str, Any] | None = w.session.scalar(query)
    return decided or settings_snapshot(
        w, application.program, application.track, application.edition, valid_from
    )


def _tell(w: Work, application: Application, accreditation: Accreditation, desk: Desk) -> None:
    """Write the first line of the timeline, and the message."""
    stage = next(s for s in desk.rules.procedure.stages if s.kind is StageKind.ACCREDITATION)
    direct = application.channel is Channel.DIRECT
    note(
        w,
        accreditation,
        EventKind.ACCREDITED,
        desk.rules.procedure.direct_inclusion if direct else stage.clause,
        accreditation.valid_from.isoformat(),
        stage.title,
        {"number": accreditation.number, "valid_through": accreditation.valid_through.isoformat()},
    )
    event = "application.included" if direct else "application.accredited"
    notify(
        w,
        event,
        key=f"{event}/{application.id}",
        party_id=application.party_id,
        accreditation_id=accreditation.id,
        values={},
    )
