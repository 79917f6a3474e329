"""What waits for a recommender's word, in its own territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager

from core.domain.lifecycle.moves import Feature
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.services.review import recommenders_queue
from core.services.todo.waiting import tracks_with
from core.storage.models import Application, Call, Party
from core.web.frame import paging
from core.web.frame.pipeline import reading
from core.web.lists.common import party_named

blueprint = Blueprint("recommending", __name__, url_prefix="/admin/recommending")

SOON_DAYS = 7
SORTS = {
    "deadline": recommenders_queue.DEADLINE,
    "submitted": Application.submitted_at,
    "party": Party.name,
}
DUE = {
    "soon": T(f"{SOON_DAYS} 天内截止", f"due within {SOON_DAYS} days"),
    "over": T("已过推荐期限", "past the deadline"),
    "none": T("没有期限", "no deadline"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    tracks: Sequence[tuple[str, T]]
    calls: Sequence[Call]


def narrowed(w: Work) -> Select[Any]:
    """The queue under the filters of the request."""
    query = recommenders_queue.queue(w)
    text = paging.typed("search")
    if text:
        query = query.where(party_named(text))
    program, _, track = request.args.get("track", "").partition("/")
    if program and track:
        query = query.where(Application.program == program, Application.track == track)
    call = request.args.get("call", 0, type=int)
    if 0 < call < 2**63:
        query = query.where(Application.call_id == call)
    due = _due(w, request.args.get("due", ""))
    return query if due is None else query.where(due)


def _due(w: Work, wish: str) -> ColumnElement[bool] | None:
    last = recommenders_queue.DEADLINE
    match wish:
        case "soon":
            return last.between(w.now, w.now + timedelta(days=SOON_DAYS))
        case "over":
            return last < w.now
        case "none":
            return last.is_(None)
    return None


def ordered(query: Select[Any]) -> Select[Any]:
    """In the order that the request asks for; what is due first comes first."""
    wish = request.args.get("sort", "")
    column = SORTS.get(wish, recommenders_queue.DEADLINE)
    down = request.args.get("desc") == "1"
    first = column.desc().nulls_last() if down else column.asc().nulls_last()
    return query.order_by(first, Application.id)


def with_all(query: Select[Any]) -> Select[Any]:
    """With what a row of the list shows."""
    return query.options(contains_eager(Application.party), contains_eager(Application.call))


@blueprint.get("/")
def index() -> str:
    """The queue."""
    w = reading()
    page = paging.paged(w.session, with_all(ordered(narrowed(w))))
    return render_template(
        "recommending/queue.html",
        page=page,
        rows=recommenders_queue.describe(w, page.rows),
        choices=_choices(w),
        due=DUE,
        link=paging.link,
        filtered=paging.filtered(),
        most=recommenders_queue.MOST_AT_ONCE,
    )


def _choices(w: Work) -> Choices:
    reach = {grant.program for grant in w.actor.grants if grant.role in ACTS["application.recommend"]}
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
    ids = recommenders_queue.queue(w).with_only_columns(Application.call_id).distinct()
    calls = w.session.scalars(select(Call).where(Call.id.in_(ids)).order_by(Call.id.desc()).limit(100))
    return Choices(tracks, list(calls))
