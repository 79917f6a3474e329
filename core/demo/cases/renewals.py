"""Those who apply again: where a term knows no extension, a new application follows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from core.demo.cases.fates import GOOD
from core.demo.cases.plan import Case, Wave
from core.demo.lives.years import Lives
from core.demo.world import World
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.storage.models import Accreditation

MOST = 3
"""Of each track and wave."""


def again(world: World, lives: Lives, wave: Wave, day: date) -> Iterator[Case]:
    """Further cases of a wave: bodies that did well, whose term is over or ends in a year that allows it."""
    ongoing = [case for case in wave.cases if case.stop is not None]
    for track in wave.loaded.program.tracks:
        rules = world.rules(wave.program, track.id, day)
        if rules.procedure.term.extension is not None:
            continue
        with world.factory() as session:
            query = select(Accreditation).where(
                Accreditation.program == wave.program,
                Accreditation.track == track.id,
                Accreditation.state.in_((AccreditationState.ACTIVE, AccreditationState.EXPIRED)),
            )
            held = session.scalars(query.order_by(Accreditation.id)).all()
        ended = [item for item in held if item.ended_on is not None]
        if rules.procedure.term.reapply_in_final_year:
            ended += [item for item in held if item.ended_on is None and item.valid_through.year == day.year]
        following = 0
        for item in ended:
            case = lives.cases.get(item.id)
            if (
                case is None
                or case.body is None
                or case.fate is not GOOD
                or case.followed
                or following >= MOST
            ):
                continue
            case.followed = True
            following += 1
            stop = ApplicationState.UNDER_REVIEW if ongoing else None
            yield Case(case.body, wave.program, track.id, stop=stop, party_id=item.party_id)
