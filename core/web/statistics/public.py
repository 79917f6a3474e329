"""The public figures: who holds a status by programme, region and function, and what was granted by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, Response, abort, render_template, url_for

from core.hooks.catalogue import catalogue
from core.services.base.work import Work
from core.services.statistics.narrow import Narrow
from core.services.statistics.register import by_track
from core.web.exports import sending
from core.web.figures import topics
from core.web.figures.figure import Figure, Series
from core.web.frame.language import tr
from core.web.frame.pipeline import reading
from core.web.frame.show import program_title, region_name, track_title
from core.web.lists.columns import Column
from core.web.statistics.pages import KINDS, wanted
from core.web.statistics.regions import region_options

blueprint = Blueprint("statistics_public", __name__, url_prefix="/statistics")


def _figures(w: Work, narrow: Narrow) -> Sequence[Figure]:
    return [
        _by_track(w, narrow),
        topics.by_region(w, narrow, url_for(".index")),
        topics.by_function(w, narrow),
        topics.by_month(w, narrow),
    ]


def _by_track(w: Work, narrow: Narrow) -> Figure:
    rows = [row for row in by_track(w, narrow) if row.in_force]
    return Figure(
        "tracks",
        topics.HELD_BY_TRACK,
        [
            Column("program", topics.PROGRAM, lambda row: program_title(row.program)),
            Column("track", topics.TRACK, lambda row: track_title(row.program, row.track)),
            Column("in_force", topics.IN_FORCE),
        ],
        rows,
        kind="across",
        categories=topics.track_names(rows),
        series=[Series(topics.IN_FORCE, [row.in_force for row in rows])],
        unit=topics.PIECES,
    )


def _wanted() -> Narrow:
    return replace(wanted(), everyone=True)


@blueprint.get("/")
def index() -> str:
    """The figures."""
    w, narrow = reading(), _wanted()
    return render_template(
        "statistics/public.html",
        figures=_figures(w, narrow),
        narrow=narrow,
        programs=[(key, loaded.program.title) for key, loaded in catalogue().programs.items()],
        regions=region_options(w, narrow),
        kinds=KINDS,
        region_name=region_name,
    )


@blueprint.get("/<key>.<kind>")
def export(key: str, kind: str) -> Response:
    """The table of one figure as a file."""
    found = next((item for item in _figures(reading(), _wanted()) if item.key == key), None)
    if found is None or kind not in KINDS:
        abort(404)
    return sending.send_rows(kind, tr(found.title), found.columns, found.rows)
