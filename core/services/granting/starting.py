"""An applicant's side of a case, and every move by its name: start, submit, correct, withdraw, perform."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.roles import within
from core.rules.clauses import Intake, PartyKind, Program
from core.rules.text import EMPTY, T
from core.services.applications import corrections
from core.services.applications.case import Case, lock
from core.services.applications.facts import prefill
from core.services.applications.guards import Inputs, why_in_force
from core.services.applications.handling import Desk, another_open, desk_of
from core.services.applications.moving import advance, tell
from core.services.base.access import require
from core.services.base.words import NOTHING_THERE, unwritten
from core.services.base.work import Work
from core.services.calls.bans import require_not_banned
from core.services.calls.calls import open_calls, why_not_submitted
from core.services.granting import accreditations, decisions
from core.services.people.accepted_codes import require_accepted
from core.services.people.parties import lock_party
from core.services.people.vouched import require_going_on
from core.services.profile.roster import apply_roster
from core.services.review import recommendations, reviews
from core.storage.models import Application, Call, Party
from core.storage.models.applications import Channel

OPEN = tuple(state for state in ApplicationState if state.is_open)
KINDS = {PartyKind.ORGANIZATION: T("机构", "organisations"), PartyKind.PERSON: T("个人", "persons")}


def start(w: Work, program: str, track: str, party_id: int, call_id: int | None = None) -> int:
    """Begin an application of a party, filled in with what is known of it. Returns its id.

    Refused to a banned party (with the day on which it may apply), to the holder of one in force, outside the
    programme's territory and its calls, and where an application is open already (with its number).
    """
    party = lock_party(w, party_id)
    if party_id not in w.actor.parties:
        require(w, Act.APPLICATION_DRAFT, program, party.region)
    case = draft(w, program, track, party, call_id)
    prefill(case, party.profile, "沿用主体资料 / from the party's data")
    apply_roster(case)
    return case.id


def draft(
    w: Work,
    program: str,
    track: str,
    party: Party,
    call_id: int | None = None,
    channel: Channel = Channel.OWN,
    *,
    wait_for_call: bool = False,
) -> Case:
    """An empty draft of a locked party that nothing stands against; `wait_for_call`: also before a call."""
    case = _made(w, program, track, party, call_id, channel, wait_for_call=wait_for_call)
    w.session.add(case.application)
    w.session.flush()
    return case


def why_not_started(w: Work, program: str, track: str, party: Party) -> T | None:
    """Why a party cannot begin an application now, its conditions aside; None where it can."""
    try:
        _made(w, program, track, party, None, Channel.OWN, wait_for_call=False)
    except Refused as error:
        return error.text
    return None


def switch(w: Work, application_id: int, track: str, *, version: int | None = None) -> None:
    """Take a draft to another track of its programme, with the facts and files that it has.

    Refused where a new one would be, and once it was submitted: it is withdrawn first.
    """
    case = lock(w, application_id, version=version)
    application = case.application
    party = lock_party(w, application.party_id)
    if application.party_id not in w.actor.parties:
        require(w, Act.APPLICATION_DRAFT, application.program, party.region)
    if application.state is not ApplicationState.DRAFT:
        raise Refused(
            T(
                f"申请 #{application.id} 已不是草稿（{application.state.label.zh}），不能改报其他类别",
                f"application #{application.id} is no draft any more ({application.state.label.en})",
            ),
            mend=T("先撤回该申请，再申报另一类别", "withdraw it, then apply to the other track"),
        )
    call = application.call
    made = _made(
        *(w, application.program, track, party),
        call.id if call is not None and track in call.tracks else None,
        application.channel,
        wait_for_call=True,
        instead_of=case.id,
    ).application
    application.track, application.edition = made.track, made.edition
    application.call_id, application.region = made.call_id, made.region
    w.session.flush()
    w.session.refresh(application, ["call"])
    case.changed(edition=True)
    more = {name: value for name, value in party.profile.items() if name not in application.facts}
    prefill(case, more, "沿用主体资料 / from the party's data")
    apply_roster(case)


def _made(
    w: Work,
    program: str,
    track: str,
    party: Party,
    call_id: int | None,
    channel: Channel,
    *,
    wait_for_call: bool,
    instead_of: int | None = None,
) -> Case:
    """The draft that nothing stands against, not stored yet; `instead_of`: the draft that it will replace."""
    desk = _desk(w, program, track)
    require_going_on(party)
    require_accepted(w, party)
    _require_fit(desk, party)
    require_not_banned(w, party.id, program, w.today)
    call = _call(w, desk, call_id, wait_for_call=wait_for_call)
    if call is not None and call.edition != desk.rules.edition:
        desk = _desk(w, program, track, call.edition)
    application = Application(
        program=program,
        track=track,
        edition=desk.rules.edition,
        party_id=party.id,
        call_id=call.id if call is not None else None,
        region=party.region,
        channel=channel,
        state=ApplicationState.DRAFT,
        facts={},
        created_at=w.now,
    )
    case = Case(w, application)
    case.desk = desk
    standing = why_in_force(case, w.today)
    if standing is not None:
        raise Refused(standing)
    _require_first(w, application, desk, instead_of)
    return case


def submit(w: Work, application_id: int, *, version: int | None = None) -> None:
    """Submit a draft; a draft made before its call was announced goes to the call that is open now."""
    case = lock(w, application_id, version=version)
    application = case.application
    if application.state is ApplicationState.DRAFT:
        party = lock_party(w, application.party_id)
        require_accepted(w, party)
        application.region = party.region
        if application.call_id is None:
            calls = open_calls(w, application.program, application.track)
            if calls:
                application.call_id, application.edition = calls[0].id, calls[0].edition
                w.session.flush()
                w.session.refresh(application, ["call"])
                case.changed(edition=True)
        apply_roster(case)
    move = advance(case, Action.SUBMIT)
    application.submitted_at = w.now
    tell(case, move.message)


def resubmit(w: Work, application_id: int, *, version: int | None = None) -> None:
    """Submit a returned application again."""
    case = lock(w, application_id, version=version)
    if case.application.state is ApplicationState.RETURNED:
        apply_roster(case)
    move = advance(case, Action.RESUBMIT)
    case.application.submitted_at = w.now
    tell(case, move.message)


def return_for_correction(
    w: Work,
    application_id: int,
    reason: str,
    marks: Collection[corrections.Mark] = (),
    *,
    version: int | None = None,
) -> None:
    """Give a submitted application back to its party, saying what to correct; `marks` name single items."""
    case = lock(w, application_id, version=version)
    move = advance(case, Action.RETURN, Inputs(reason=reason))
    names = corrections.known(case) if marks else {}
    errors = unwritten(reason, "reason") | corrections.problems(names, marks)
    if errors:
        raise Invalid(errors)
    case.application.return_reason = reason.strip()
    marked = corrections.keep(case, names, marks)
    tell(case, move.message, reason=reason.strip(), marked=marked)


def withdraw(w: Work, application_id: int, *, version: int | None = None) -> None:
    """Take an open application back, at any stage."""
    case = lock(w, application_id, version=version)
    tell(case, advance(case, Action.WITHDRAW).message)


def perform(w: Work, application_id: int, action: Action, **inputs: Any) -> None:
    """Make a move by its action; `inputs` are those of the function behind it (reason, dates, version)."""
    make = _MOVES.get(action)
    if make is None:
        raise Refused(T(f"{action} 不由人办理", f"{action} is not made by hand"), field="action")
    make(w, application_id, **inputs)


_MOVES: Mapping[Action, Callable[..., object]] = {
    Action.SUBMIT: submit,
    Action.RESUBMIT: resubmit,
    Action.RETURN: return_for_correction,
    Action.WITHDRAW: withdraw,
    Action.RECOMMEND: recommendations.recommend,
    Action.DECLINE: recommendations.decline,
    Action.TURN: recommendations.turn,
    Action.ACCEPT: reviews.accept,
    Action.START_REVIEW: reviews.start_review,
    Action.APPROVE: decisions.approve,
    Action.REJECT: decisions.reject,
    Action.SIGN: accreditations.sign_agreement,
}


def _desk(w: Work, program: str, track: str, edition: str | None = None) -> Desk:
    loaded = w.catalogue.programs.get(program)
    if loaded is None or track not in {item.id for item in loaded.program.tracks}:
        raise NotFound(T(f"没有项目或类别 {program}/{track}", f"there is no track {program}/{track}"))
    return desk_of(w, program, track, edition=edition)


def _require_fit(desk: Desk, party: Party) -> None:
    """Refuse a party of the other kind, or from outside the territory."""
    if party.kind is not desk.track.party:
        kind = KINDS[desk.track.party]
        raise Refused(
            T(
                f"“{desk.track.title.zh}”只受理{kind.zh}的申请",
                f"{desk.track.title.en} takes applications of {kind.en} only",
            )
        )
    outside = why_outside(desk.loaded.program, party.region)
    if outside is not None:
        raise Refused(outside)


def why_outside(program: Program, region: str) -> T | None:
    """Why a party of a region cannot apply to a programme; None where it is of its territory."""
    territory, title = program.region, program.title
    if not territory or within(region, territory):
        return None
    return T(
        f"“{title.zh}”只受理辖区（{territory}）内主体的申请，该主体登记在 {region}",
        f"{title.en} is for its territory ({territory}); the party is in {region}",
    )


def _call(w: Work, desk: Desk, call_id: int | None, *, wait_for_call: bool) -> Call | None:
    """The call that an application goes to: the one named, else the open one that closes first."""
    if desk.rules.procedure.intake is Intake.ROLLING:
        return None
    if call_id is None:
        calls = open_calls(w, desk.rules.program, desk.rules.track)
        call_id = calls[0].id if calls else None
    call = w.session.get(Call, call_id) if call_id is not None else None
    if call_id is not None and (
        call is None or call.program != desk.rules.program or desk.rules.track not in call.tracks
    ):
        raise NotFound(NOTHING_THERE)
    if call is None and wait_for_call:
        return None
    why = why_not_submitted(w, Application(call=call), desk.rules.procedure)
    if why is not None:
        raise Refused(why)
    return call


def _require_first(w: Work, application: Application, desk: Desk, besides: int | None) -> None:
    """Refuse a second open application of the party to the programme under the call, and name the first."""
    first = another_open(w, application, besides=besides)
    if first is None:
        return
    state, mend = first.state.label, T("请继续办理该申请，或先撤回", "go on with it, or withdraw it first")
    title = EMPTY
    if first.track != application.track:
        name = desk.loaded.program.track(first.track).title
        title = T(f"“{name.zh}”", f" to “{name.en}”")
        if first.state is ApplicationState.DRAFT:
            mend = T(
                "请将该草稿改报本类别，或先撤回", "switch that draft to this track, or withdraw it first"
            )
    raise Refused(
        T(
            f"已有在办的{title.zh}申请 #{first.id}（{state.zh}）",
            f"application #{first.id}{title.en} is open already ({state.en})",
        ),
        mend=mend,
    )
