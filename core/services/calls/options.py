"""What a call settles for its year: functions that it leaves out, and why it is a second one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import array

from core.domain.clock import SHANGHAI, local_date, moment
from core.domain.wording import named_functions
from core.rules.clauses import Procedure
from core.rules.terms import Value
from core.rules.text import T
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.storage.models import Call

LONGEST_REASON = 500


def why_function_closed(call: Call | None, procedure: Procedure, claimed: Value | None) -> T | None:
    """Why the call does not take what is applied for; None where it takes any of the functions.

    A comprehensive body has a closed function among others; the clause is named in the year that it closes.
    """
    if call is None or not isinstance(claimed, frozenset) or not claimed:
        return None
    if not claimed.issubset(call.closed_functions):
        return None
    window, names = procedure.window, named_functions(sorted(claimed))
    said = claimed.issubset(closed_by_text([procedure], call.opens_at))
    clause = f"（{window.closed_clause}）" if window is not None and said else ""
    return T(
        f"《{call.title}》不受理{names.zh}{clause}；请改选其他类别，或等待下次申报",
        f"“{call.title}” does not take {names.en}{clause}; choose another, or wait for the next call",
    )


def closed_by_text(procedures: Sequence[Procedure], opens_at: datetime | None) -> tuple[str, ...]:
    """What the text leaves out of its own window, for a call of that year."""
    if opens_at is None or opens_at.tzinfo is None:
        return ()
    windows = [item.window for item in procedures if item.window is not None]
    year = local_date(opens_at).year
    of_year = (window for window in windows if moment(window.submit_by).astimezone(SHANGHAI).year == year)
    return next((window.closed_functions for window in of_year), ())


def closed_errors(procedures: Sequence[Procedure], closed: Sequence[str]) -> dict[str, T]:
    """What is wrong with the functions that a call leaves out."""
    offered = {function for item in procedures for function in item.functions}
    foreign = [function for function in closed if function not in offered]
    if foreign:
        listed = named_functions(sorted(offered))
        return {
            "closed_functions": T(
                f"{'、'.join(foreign)} 不是该文本的服务功能；可选：{listed.zh}",
                f"{', '.join(foreign)} is no service function of the text; choose from {listed.en}",
            )
        }
    if closed and offered == set(closed):
        return {"closed_functions": T("至少保留一类受理", "leave at least one that is taken")}
    return {}


def repeat_errors(
    w: Work, program: str, tracks: Sequence[str], opens_at: datetime, reason: str, call_id: int | None
) -> dict[str, T]:
    """A second call of a year for a track asks for its reason, where the text has one a year."""
    rules = [w.rules(program, track, w.today).procedure.once_a_year for track in tracks]
    clause = next((clause for clause in rules if clause), "")
    if not clause:
        return {}
    # Whoever announces another call of the programme meanwhile waits, and meets this one.
    key = f"call/{program}"
    w.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    year = local_date(opens_at).year
    before = select(Call).where(
        Call.program == program,
        Call.tracks.has_any(array(list(tracks))),
        Call.opens_at >= moment(f"{year}-01-01T00:00:00"),
        Call.opens_at < moment(f"{year + 1}-01-01T00:00:00"),
    )
    if call_id is not None:
        before = before.where(Call.id < call_id)
    first = w.session.scalar(before.order_by(Call.opens_at, Call.id).limit(1))
    if first is None:
        return {}
    if reason.strip():
        return unwritten(reason, "repeat_reason", longest=LONGEST_REASON)
    return {
        "repeat_reason": T(
            f"{year} 年已有《{first.title}》，第 {clause} 条规定每年开展一次；确需再次开展的，请写明理由",
            f"{year} had “{first.title}”; clause {clause} has one call a year: give the reason for another",
        )
    }
