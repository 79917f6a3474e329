"""Where a party can apply: what is known of it held against every track of its kind at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select

from core.domain.clock import moment
from core.domain.errors import NotFound
from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.domain.profile import AS_KEPT, parse_facts
from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.clauses import ConditionKind, Intake, Track
from core.rules.evaluate import Outcome
from core.rules.report import condition_lacks, condition_sentence
from core.rules.terms import Value
from core.rules.text import T
from core.rules.verdict import Eligibility, Result, judge
from core.rules.walk import needs
from core.services.applications.facts import IDENTITY
from core.services.applications.guards import why_not_again
from core.services.base.access import require_member
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.calls import calls
from core.services.calls.bans import bans_by_program, what_bans
from core.services.granting.starting import OPEN, why_outside
from core.storage.models import Accreditation, Application, Call, Party
from core.storage.one_party import ids_of


class Door(StrEnum):
    """Whether applications to a track are taken."""

    CALL = "call"
    """Under a call that is open."""
    ROLLING = "rolling"
    ANNOUNCED = "announced"
    """A call is announced and opens later."""
    CLOSED = "closed"


DOORS = tuple(Door)


@dataclass(frozen=True, slots=True)
class MatchedClause:
    """A condition held against what is known: what it asks, what it comes to, what is short by how much."""

    clause: str
    kind: ConditionKind
    title: T
    sentence: T
    outcome: Outcome
    waivable: bool
    judged: bool
    """Nothing but an officer's judgement is open."""
    lacks: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Instead:
    """The application that stands where another would begin; a draft can be switched to the other track."""

    application_id: int
    title: T
    draft: bool


@dataclass(frozen=True, slots=True)
class Match:
    """One track for one party."""

    program: str
    program_title: T
    track: str
    title: T
    edition: str
    door: Door
    call: calls.CallView | None
    """The open call that closes first, else the announced one that opens first."""
    opens_at: datetime | None
    outcome: Eligibility
    clauses: tuple[MatchedClause, ...]
    territory: str
    """The division to which the programme is limited, where the party is outside it; else empty."""
    against: tuple[T, ...]
    """Why else the party cannot apply, whatever its profile."""
    application_id: int | None
    """An application to the track that is open already."""
    instead: Instead | None
    """An open application to another track of the programme, under the same call: there is but one."""

    @property
    def startable(self) -> bool:
        """Whether an application can be begun now."""
        taken = self.application_id is not None or self.instead is not None
        return self.door in (Door.CALL, Door.ROLLING) and not self.barred and not taken

    @property
    def barred(self) -> bool:
        """Whether something stands against an application that no profile changes."""
        return bool(self.territory or self.against)

    def number(self, outcome: Outcome, *, judged: bool = False) -> int:
        """How many required conditions come to an outcome; the unknown apart by who has to settle them."""
        required = [item for item in self.clauses if item.kind is ConditionKind.REQUIRED]
        return sum(item.outcome is outcome and item.judged is judged for item in required)

    @property
    def preferred(self) -> int:
        """How many preferred conditions are met."""
        kind = ConditionKind.PREFERRED
        return sum(item.kind is kind and item.outcome is Outcome.MET for item in self.clauses)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a party for all tracks: read once."""

    party: Party
    calls: Mapping[tuple[str, str], Sequence[Call]]
    against: Mapping[str, T]
    held: Mapping[tuple[str, str], Accreditation]
    open: Sequence[Application]


def matches(w: Work, party_id: int) -> list[Match]:
    """Every track of the party's kind: open calls first, then rolling intakes, announced and closed ones."""
    require_member(w, party_id)
    party = w.session.get(Party, party_id)
    if party is None:
        raise NotFound(NOTHING_THERE)
    known = _known(w, party)
    found = [_match(w, loaded, track, known) for loaded, track in w.catalogue.tracks(party.kind)]
    return sorted(found, key=_order)


def _order(match: Match) -> tuple[bool, int, float]:
    closes = match.call.submit_by if match.call is not None and match.door is Door.CALL else match.opens_at
    return match.barred, DOORS.index(match.door), closes.timestamp() if closes is not None else 0


def _known(w: Work, party: Party) -> _Known:
    live = (
        Call.submit_by >= w.now.replace(microsecond=0),
        or_(Call.closed_at.is_(None), Call.closed_at > w.now),
    )
    by_track: dict[tuple[str, str], list[Call]] = {}
    for call in w.session.scalars(select(Call).where(*live).order_by(Call.submit_by, Call.id)):
        for track in call.tracks:
            by_track.setdefault((call.program, track), []).append(call)
    against = {
        program: why
        for program, bans in bans_by_program(w, party.id).items()
        if (why := what_bans(bans, w.today)) is not None
    }
    held = select(Accreditation).where(
        Accreditation.party_id.in_(ids_of(party.id)), Accreditation.state.in_(IN_FORCE)
    )
    begun = select(Application).where(Application.party_id.in_(ids_of(party.id)), Application.state.in_(OPEN))
    return _Known(
        party,
        by_track,
        against,
        {(item.program, item.track): item for item in w.session.scalars(held)},
        w.session.scalars(begun.order_by(Application.id)).all(),
    )


def _match(w: Work, loaded: LoadedProgram, track: Track, known: _Known) -> Match:
    key = (loaded.program.id, track.id)
    announced = known.calls.get(key, ())
    is_open = next((call for call in announced if calls.is_open(w, call)), None)
    coming = min((call for call in announced if call.opens_at > w.now), key=_opening, default=None)
    call = is_open or coming
    rules = w.rules(*key, w.today, edition=call.edition if call is not None else None)
    door, opens_at = _door(w, rules, is_open, coming)
    facts = {
        **known.party.profile,
        **{name: getattr(known.party, name) for name in IDENTITY if getattr(known.party, name)},
    }
    values = parse_facts(facts, track.party, loaded.program.extra_facts, known=AS_KEPT).values
    verdict = judge(rules.conditions, values, w.today)
    current = known.held.get(key)
    outside = why_outside(loaded.program, known.party.region) is not None
    against = [
        known.against.get(loaded.program.id),
        why_not_again(current, rules.procedure.term, w.today) if current is not None else None,
    ]
    return Match(
        *(loaded.program.id, loaded.program.title, track.id, track.title, rules.edition),
        door,
        calls.view(w, call) if call is not None else None,
        opens_at,
        verdict.outcome,
        tuple(_clause(result, values, w) for result in verdict.results),
        loaded.program.region if outside else "",
        tuple(why for why in against if why is not None),
        next((item.id for item in reversed(known.open) if (item.program, item.track) == key), None),
        _instead(loaded, track, known.open, is_open.id if is_open is not None else None),
    )


def _instead(
    loaded: LoadedProgram, track: Track, begun: Sequence[Application], call_id: int | None
) -> Instead | None:
    program = loaded.program
    for item in begun:
        if item.program == program.id and item.track != track.id and item.call_id == call_id:
            return Instead(item.id, program.track(item.track).title, item.state is ApplicationState.DRAFT)
    return None


def _opening(call: Call) -> datetime:
    return call.opens_at


def _door(
    w: Work, rules: TrackRules, is_open: Call | None, coming: Call | None
) -> tuple[Door, datetime | None]:
    """Whether applications are taken, and when that begins where it is known."""
    if rules.procedure.intake is Intake.ROLLING:
        return Door.ROLLING, None
    if is_open is not None:
        return Door.CALL, is_open.opens_at
    if coming is not None:
        return Door.ANNOUNCED, coming.opens_at
    window = rules.procedure.window
    opens = moment(window.opens_at) if window is not None else None
    return Door.CLOSED, opens if opens is not None and opens > w.now else None


def _clause(result: Result, values: Mapping[str, Value], w: Work) -> MatchedClause:
    condition = result.condition
    return MatchedClause(
        condition.clause,
        condition.kind,
        condition.title,
        condition_sentence(condition),
        result.outcome,
        result.waivable,
        result.outcome is Outcome.UNKNOWN and only_judged(result, values),
        condition_lacks(result, values, w.today),
    )


def only_judged(result: Result, values: Mapping[str, Value]) -> bool:
    """Whether all that is not known of a condition is what only an officer judges."""
    condition = result.condition
    read = [*needs(condition.test)]
    read += needs(condition.only_if) if condition.only_if is not None else ()
    missing: Iterable[bool] = [fact.judged for fact in read if fact.name not in values]
    return all(missing)
