"""What waits for a recommender's word, in its own territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from core.domain.acts import Act
from core.domain.lifecycle.moves import Feature
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.services.review import recommenders_queue
from core.services.review.recommenders_queue import ORDERS, SOON_DAYS, Due, Narrow
from core.services.todo.waiting import tracks_with
from core.storage.models import Call
from core.web.frame import paging
from core.web.frame.pipeline import reading

blueprint = Blueprint("recommending", __name__, url_prefix="/admin/recommending")

DUE = {
    Due.SOON: T(f"{SOON_DAYS} 天内截止", f"due within {SOON_DAYS} days"),
    Due.OVER: T("已过推荐期限", "past the deadline"),
    Due.NONE: T("没有期限", "no deadline"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    tracks: Sequence[tuple[str, T]]
    calls: Sequence[Call]


def narrow() -> Narrow:
    """The filters and the order of the request; what is unknown narrows nothing."""
    program, _, track = request.args.get("track", "").partition("/")
    due, by = request.args.get("due", ""), request.args.get("sort", "")
    return Narrow(
        text=paging.typed("search"),
        program=program,
        track=track,
        call_id=paging.chosen("call"),
        due=Due(due) if due in set(Due) else None,
        by=by if by in ORDERS else "deadline",
        down=request.args.get("desc") == "1",
    )


@blueprint.get("/")
def index() -> str:
    """The queue."""
    w = reading()
    page = recommenders_queue.queue(w, narrow(), paging.wish())
    return render_template(
        "recommending/queue.html",
        page=page,
        rows=recommenders_queue.describe(w, page.rows),
        choices=_choices(w),
        due=DUE,
        filtered=paging.filtered(),
        most=recommenders_queue.MOST_AT_ONCE,
    )


def _choices(w: Work) -> Choices:
    reach = {grant.program for grant in w.actor.grants if grant.role in ACTS[Act.APPLICATION_RECOMMEND]}
    known = catalogue().programs
    tracks = [
        (
            f"{program}/{track}",
            T(
                f"{known[program].program.title.zh} · {known[program].program.track(track).title.zh}",
                f"{known[program].program.title.en} · {known[program].program.track(track).title.en}",
            ),
        )
        for program, track in tracks_with(w, Feature.RECOMMENDATION)
        if reach & {None, program}
    ]
    return Choices(tracks, recommenders_queue.calls_waiting(w))
