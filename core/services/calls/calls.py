"""Calls for applications: window, quota and score sheet, kept to the second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from core.domain.acts import Act
from core.domain.clock import SHANGHAI, local_date, moment
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.folding import repaired
from core.domain.wording import named_functions
from core.hooks.loaded import LoadedProgram
from core.rules.clauses import Intake, Procedure
from core.rules.text import T
from core.services.base.access import ACTS, require
from core.services.base.words import NOTHING_THERE, home, unwritten
from core.services.base.work import Work
from core.services.calls.options import closed_by_text, closed_errors, repeat_errors
from core.services.calls.score_sheet import sheet_errors, tie_errors
from core.storage.models import Application, Call, ReviewAssignment, Score

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Window:
    """When applications are taken and recommended; None where the text sets no such moment."""

    opens_at: datetime
    submit_by: datetime
    recommend_by: datetime | None


@dataclass(frozen=True, slots=True)
class CallView:
    """A call as everyone may see it."""

    id: int
    program: str
    edition: str
    tracks: tuple[str, ...]
    title: str
    opens_at: datetime
    submit_by: datetime
    recommend_by: datetime | None
    quota: int | None
    closed_functions: tuple[str, ...]
    open: bool

    @property
    def closed(self) -> T:
        """The service functions that it does not take, in words; empty where it takes all."""
        return named_functions(self.closed_functions)


def default_window(w: Work, program: str, track: str) -> Window | None:
    """The window that the text itself sets, for a new call's form."""
    set_by_text = w.rules(program, track, w.today).procedure.window
    if set_by_text is None:
        return None
    last = moment(set_by_text.recommend_by) if set_by_text.recommend_by else None
    return Window(moment(set_by_text.opens_at), moment(set_by_text.submit_by), last)


def save_call(
    w: Work,
    *,
    program: str,
    tracks: Sequence[str],
    title: str,
    opens_at: datetime | None = None,
    submit_by: datetime | None = None,
    recommend_by: datetime | None = None,
    quota: int | None = None,
    score_sheet: Sequence[Mapping[str, Any]] = (),
    tie_break: Sequence[str] = (),
    edition: str | None = None,
    closed_functions: Sequence[str] | None = None,
    repeat_reason: str = "",
    call_id: int | None = None,
) -> int:
    """Announce a call, or change one; moments left out are those of the text. Returns its id.

    `closed_functions`: what of the text's service functions it does not take; left out, what the text closes
    in the year of its own window. A second call of a year gives its reason where the text has one a year.
    """
    require(w, Act.CALL_EDIT, program, home(w, program))
    loaded = w.program(program)
    call = _existing(w, call_id, program) if call_id is not None else Call(program=program, tracks=[])
    offered = {track.id for track in loaded.program.tracks}
    given = next((default_window(w, program, track) for track in tracks if track in offered), None)
    if given is not None:
        # The text's last day to recommend belongs to its own last day to submit.
        recommend_by = recommend_by or (given.recommend_by if submit_by is None else None)
        opens_at, submit_by = opens_at or given.opens_at, submit_by or given.submit_by
    errors = _track_errors(w, loaded, tracks) | _title_errors(w, program, title, call_id)
    errors |= _window_errors(opens_at, submit_by, recommend_by) | sheet_errors(score_sheet)
    errors |= tie_errors(tie_break, score_sheet)
    procedures = [w.rules(program, track, w.today).procedure for track in tracks if track in offered]
    closed = list(closed_by_text(procedures, opens_at) if closed_functions is None else closed_functions)
    errors |= closed_errors(procedures, closed)
    if opens_at is not None and not errors.keys() & {"opens_at", "tracks"}:
        errors |= repeat_errors(w, program, tracks, opens_at, repeat_reason, call_id)
    if quota is not None and quota < 1:
        errors["quota"] = T(
            "名额应不少于 1，或留空表示不限", "give 1 or more, or leave it empty for no limit"
        )
    known = {item.id for item in loaded.program.editions}
    if edition is not None and edition not in known:
        errors["edition"] = T(f"没有版本 {edition}", f"there is no edition {edition}")
    sheet = [dict(item) for item in score_sheet]
    if call.id is not None:
        errors |= _change_errors(w, call, tracks, sheet, list(tie_break), edition)
    if errors or opens_at is None or submit_by is None:
        raise Invalid(errors)
    call.tracks, call.title = list(dict.fromkeys(tracks)), repaired(title)
    call.opens_at, call.submit_by, call.recommend_by = opens_at, submit_by, recommend_by
    call.quota, call.score_sheet, call.tie_break = quota, sheet, list(tie_break)
    call.closed_functions, call.repeat_reason = closed, repaired(repeat_reason)
    call.edition = edition or call.edition or loaded.edition(local_date(opens_at)).id
    if call.closed_at is not None and (recommend_by or submit_by) >= w.now:
        call.closed_at = None
    w.session.add(call)
    w.session.flush()
    return call.id


def close_call(w: Work, call_id: int) -> None:
    """Close a call before its time: nothing more is submitted or recommended under it."""
    found = w.session.get(Call, call_id, with_for_update=True)
    if found is None:
        raise NotFound(NOTHING_THERE)
    require(w, Act.CALL_EDIT, found.program, home(w, found.program))
    if found.closed_at is not None:
        raise Refused(T("该申报通知已截止", "this call is closed already"))
    found.closed_at = w.now


def open_calls(w: Work, program: str | None = None, track: str | None = None) -> list[CallView]:
    """The calls under which an application can be submitted at this moment."""
    query = select(Call).where(Call.opens_at <= w.now).order_by(Call.submit_by, Call.id)
    if program is not None:
        query = query.where(Call.program == program)
    calls = [call for call in w.session.scalars(query) if is_open(w, call)]
    return [view(w, call) for call in calls if track is None or track in call.tracks]


def find(w: Work, call_id: int) -> Call:
    """The call, for staff of its programme; NotFound for all others."""
    found = w.session.get(Call, call_id)
    programs = {grant.program for grant in w.actor.grants if grant.role in ACTS[Act.CALL_VIEW]}
    if found is None or not programs & {None, found.program}:
        raise NotFound(T("没有这个通知", "There is no such call"))
    return found


def view(w: Work, call: Call) -> CallView:
    """The call in plain values."""
    return CallView(
        call.id,
        call.program,
        call.edition,
        tuple(call.tracks),
        call.title,
        call.opens_at,
        call.submit_by,
        call.recommend_by,
        call.quota,
        tuple(call.closed_functions),
        is_open(w, call),
    )


def is_open(w: Work, call: Call) -> bool:
    """Whether applications are taken under the call now; the second of the deadline is the last."""
    return call.opens_at <= w.now and not _past(w, call.submit_by) and not _closed(w, call)


def why_not_submitted(w: Work, application: Application, procedure: Procedure) -> T | None:
    """Why an application cannot be submitted now; None where it can."""
    if procedure.intake is Intake.ROLLING:
        return None
    call = application.call
    if call is None:
        return T(
            "目前没有受理申报的通知；请等待申报通知", "no call takes applications now; wait for the next one"
        )
    if call.opens_at > w.now:
        return T(
            f"申报尚未开始，{stamp(call.opens_at)} 起受理", f"applications open at {stamp(call.opens_at)}"
        )
    extended = application.deadline_extended_to
    if extended is not None and not _past(w, extended):
        return None
    if _past(w, call.submit_by) or _closed(w, call):
        last = max(call.submit_by, extended) if extended is not None else call.submit_by
        return T(
            f"申报已于 {stamp(last)} 截止；确有理由的，请联系认定机关延长期限",
            f"the deadline was {stamp(last)}; with good reason, ask the authority to extend it",
        )
    return None


def why_not_recommended(w: Work, application: Application) -> T | None:
    """Why the application cannot be recommended now: the time for it is over; None where it can."""
    call, extended = application.call, application.deadline_extended_to
    if call is None or (extended is not None and not _past(w, extended)):
        return None
    return why_call_over(w, call)


def why_call_over(w: Work, call: Call) -> T | None:
    """Why nothing more can be recommended under a call; None where it can, also where it sets no last day."""
    last, ended = call.recommend_by, call.closed_at
    early = ended is not None and ended <= w.now and ended < (last or call.submit_by)
    if early or (last is not None and _past(w, last)):
        at = stamp(ended if early and ended is not None else last or call.submit_by)
        return T(f"推荐已于 {at} 截止；请联系认定机关", f"recommendations closed at {at}; ask the authority")
    return None


def _existing(w: Work, call_id: int, program: str) -> Call:
    found = w.session.get(Call, call_id, with_for_update=True)
    if found is None or found.program != program:
        raise NotFound(NOTHING_THERE)
    return found


def _past(w: Work, deadline: datetime) -> bool:
    """Whether the second of the deadline is over."""
    return w.now.replace(microsecond=0) > deadline


def _closed(w: Work, call: Call) -> bool:
    return call.closed_at is not None and call.closed_at <= w.now


def stamp(when: datetime) -> str:
    """A moment as a deadline is told: to the second, in China."""
    return f"{when.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _track_errors(w: Work, loaded: LoadedProgram, tracks: Sequence[str]) -> dict[str, T]:
    offered = {track.id for track in loaded.program.tracks}
    foreign = [track for track in tracks if track not in offered]
    if not tracks or foreign:
        listed = ", ".join(sorted(offered))
        return {"tracks": T(f"请从下列类别中选择：{listed}", f"choose tracks from {listed}")}
    rolling = [t for t in tracks if w.rules(loaded.program.id, t, w.today).procedure.intake is Intake.ROLLING]
    if rolling:
        return {
            "tracks": T(
                f"{'、'.join(rolling)} 常年受理，无需申报通知",
                f"{', '.join(rolling)}: applications are taken at any time, without a call",
            )
        }
    return {}


def _title_errors(w: Work, program: str, title: str, call_id: int | None) -> dict[str, T]:
    errors = unwritten(title, "title", longest=LONGEST_TITLE)
    same = exists().where(Call.program == program, Call.title == repaired(title), Call.id != (call_id or 0))
    if not errors and w.session.scalar(select(same)):
        errors["title"] = T("已有同名的申报通知", "there is a call of this title already")
    return errors


def _window_errors(
    opens_at: datetime | None, submit_by: datetime | None, recommend_by: datetime | None
) -> dict[str, T]:
    given = {"opens_at": opens_at, "submit_by": submit_by, "recommend_by": recommend_by}
    errors = {
        name: T("请给出时间", "give a moment") for name in ("opens_at", "submit_by") if given[name] is None
    }
    errors |= {
        name: T("请给出带时区的时间", "give a moment with its time zone")
        for name, when in given.items()
        if when is not None and when.tzinfo is None
    }
    if errors or opens_at is None or submit_by is None:
        return errors
    if submit_by <= opens_at:
        errors["submit_by"] = T("截止应晚于开始", "the deadline comes after the opening")
    if recommend_by is not None and recommend_by < submit_by:
        errors["recommend_by"] = T(
            "推荐截止不得早于申报截止", "recommendations end no earlier than submissions"
        )
    return errors


def _change_errors(
    w: Work,
    call: Call,
    tracks: Sequence[str],
    sheet: list[dict[str, Any]],
    tie_break: list[str],
    edition: str | None,
) -> dict[str, T]:
    """What cannot change any more once there are applications, or scores."""
    of_call = Application.call_id == call.id
    errors: dict[str, T] = {}
    used = set(w.session.scalars(select(Application.track).where(of_call).distinct()))
    if used - set(tracks):
        errors["tracks"] = T(
            "已有该类别的申请，不能移除", "there are applications to a track that is left out"
        )
    if used and edition is not None and edition != call.edition:
        errors["edition"] = T("已有申请，不能更换版本", "there are applications; the edition stays")
    scored = exists().where(
        Score.assignment_id == ReviewAssignment.id, ReviewAssignment.application_id == Application.id, of_call
    )
    if (sheet, tie_break) != (call.score_sheet, call.tie_break) and w.session.scalar(select(scored)):
        name = "score_sheet" if sheet != call.score_sheet else "tie_break"
        errors[name] = T(
            "已有评分，不能更改评分表和并列规则", "reviewers have scored; sheet and tie rules stay"
        )
    return errors
