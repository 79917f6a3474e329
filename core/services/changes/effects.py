"""What follows from a change that is granted: the register, supervision, statuses and open applications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from core.domain.lifecycle.change_table import ChangeKind
from core.domain.lifecycle.states import AccreditationState, Action, ApplicationState
from core.domain.roles import Place, within
from core.domain.supervision.replay import extension_open
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.applications.case import Case
from core.services.applications.moving import advance as advance_application
from core.services.applications.moving import tell
from core.services.base.work import Work
from core.services.changes.telling import tell_concerned
from core.services.messaging.writing import notify
from core.services.people import succession
from core.services.people.keyed import by_uscc
from core.services.people.vouched import take_over
from core.services.supervision.guards import CLOSURE_PERIOD
from core.services.supervision.living_through import check_now
from core.services.supervision.moving import CLOSURE_CLAUSE, advance
from core.services.supervision.status import Status
from core.services.supervision.timeline import note
from core.storage.models import Accreditation, Application, ChangeRequest, Party
from core.storage.models.changes import Vouched


@dataclass(frozen=True, slots=True)
class Granted:
    """A request that was granted, with all that it touches, locked."""

    w: Work
    request: ChangeRequest
    party: Party
    """The registration that it was asked for."""
    registrations: tuple[Party, ...]
    """All that stand for the party, that one among them: what is granted holds for each."""
    statuses: tuple[Status, ...]
    cases: tuple[Case, ...]
    """The applications that are open."""
    changes: Mapping[str, T]

    @property
    def held(self) -> list[Accreditation]:
        """The statuses in force."""
        return [item.accreditation for item in self.statuses if item.accreditation.state.in_force]


def carry_out(granted: Granted) -> None:
    """Let a granted change take effect today."""
    match granted.request.kind:
        case ChangeKind.DETAILS:
            _change(granted)
        case ChangeKind.NUMBER:
            granted.party.uscc = granted.request.uscc
            _note_each(granted)
        case ChangeKind.CLOSURE | ChangeKind.MERGER | ChangeKind.SPLIT:
            if granted.request.ends_party:
                _end(granted)
            else:
                _note_each(granted)
                tell_concerned(granted.w, granted.request, granted.party.name, _places(granted))
        case _:
            assert_never(granted.request.kind)


def stays_behind(w: Work, program: str, region: str) -> bool:
    """Whether a new division lies outside a programme's territory: its supervision cannot move there."""
    loaded = w.catalogue.programs.get(program)
    territory = loaded.program.region if loaded is not None else ""
    return bool(territory) and not within(region, territory)


def _pass_roles_on(granted: Granted) -> None:
    """Who recommended for a party that is no more does so for its successor, or no longer after a closure.

    Where several take its place, or one that is not registered yet, an administrator passes the roles on.
    """
    w, request, party = granted.w, granted.request, granted.party
    if request.kind is ChangeKind.CLOSURE:
        succession.end_all(w, party.id, w.today)
    elif len(request.successors) == 1:
        heir = by_uscc(w, request.successors[0].uscc)
        if heir is not None:
            succession.carry_over(w, party.id, heir, w.today)


def _change(granted: Granted) -> None:
    request, party = granted.request, granted.party
    new = {field: value for field in Vouched if (value := getattr(request, field.value)) is not None}
    name = party.name
    for one in granted.registrations:
        differs = {field: value for field, value in new.items() if getattr(one, field.value) != value}
        take_over(granted.w, one, differs, request.id)
    if Vouched.REGION in new:
        for item in _movable(granted):
            if not stays_behind(granted.w, item.program, new[Vouched.REGION]):
                item.region = new[Vouched.REGION]
    _note_each(granted)
    # Who supervises from today on is told, and who did until today has the case no more.
    tell_concerned(granted.w, request, name, _places(granted))


def _movable(granted: Granted) -> Iterator[Accreditation | Application]:
    """What its division is looked after in: statuses that are held or can be extended, open applications."""
    today = granted.w.today
    for item in granted.statuses:
        held = item.accreditation
        extended = held.state is AccreditationState.EXPIRED and extension_open(
            item.clauses, held.valid_through, today
        )
        if held.state.in_force or extended:
            yield held
    yield from (case.application for case in granted.cases)


def _places(granted: Granted) -> list[Place]:
    sought = (
        case.application for case in granted.cases if case.application.state is not ApplicationState.DRAFT
    )
    held = [item.place for item in granted.held]
    return held + [item.place for item in sought]


def _note_each(granted: Granted) -> None:
    for held in granted.held:
        for field, said in granted.changes.items():
            note(granted.w, held, EventKind.CHANGED, "", f"change/{granted.request.id}/{field}", said)


def _end(granted: Granted) -> None:
    """End every status in force, take back every open application; nothing passes on by itself."""
    w, request, party = granted.w, granted.request, granted.party
    places = _places(granted)
    (said,) = granted.changes.values()
    for held in granted.held:
        move = advance(w, held, Action.CEASE, by_itself=True)
        note(w, held, EventKind.CEASED, CLOSURE_CLAUSE, f"{CLOSURE_PERIOD}{request.id}", said)
        notify(
            w,
            move.message,
            key=f"ceased/{held.id}/{request.id}",
            accreditation_id=held.id,
            values={"what": request.kind.label},
        )
        check_now(w, held.id)
    own = {one.id for one in granted.registrations}
    helper = replace(w, actor=replace(w.actor, parties=w.actor.parties | own))
    for case in granted.cases:
        theirs = Case(helper, case.application)
        tell(theirs, advance_application(theirs, Action.WITHDRAW).message)
    for one in granted.registrations:
        one.closed_on = one.closed_on or w.today
    w.session.flush()
    _pass_roles_on(granted)
    tell_concerned(w, request, party.name, places)
