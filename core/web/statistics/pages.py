"""The statistics of the staff: a page for each topic, every figure with its table and export."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, render_template, request, url_for

from core.domain.acts import Act
from core.domain.roles import DIVISION_CODE
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.services.statistics import funnel
from core.services.statistics.narrow import SPANS, Narrow
from core.web.exports import sending
from core.web.figures import topics
from core.web.figures.figure import Figure
from core.web.frame import paging
from core.web.frame.language import tr
from core.web.frame.pipeline import reading
from core.web.frame.show import region_name
from core.web.statistics.regions import region_options

blueprint = Blueprint("statistics", __name__, url_prefix="/admin/statistics")

TOPICS: dict[str, T] = {
    "register": T("认定", "Accreditations"),
    "duties": T("履职风险", "Duties at risk"),
    "calls": T("申报过程", "Course of the calls"),
    "services": T("服务与满意度", "Services and satisfaction"),
}
FIRST = "register"
KINDS = ("xlsx", "csv")


def wanted() -> Narrow:
    """What the address asks for; what nothing has is left out."""
    program, region = request.args.get("program", ""), request.args.get("region", "")
    span = paging.asked("months", None)
    return Narrow(
        program if program in catalogue().programs else "",
        region if DIVISION_CODE.fullmatch(region) else "",
        span if span in SPANS else Narrow().months,
    )


def programs(w: Work) -> list[tuple[str, T]]:
    """The programmes that the actor sees accreditations of."""
    seen = {grant.program for grant in w.actor.grants if grant.role in ACTS[Act.ACCREDITATION_VIEW]}
    return [
        (key, loaded.program.title)
        for key, loaded in catalogue().programs.items()
        if None in seen or key in seen
    ]


def figures_of(w: Work, topic: str, narrow: Narrow) -> Sequence[Figure]:
    """The figures of a topic."""
    made: dict[str, Callable[[], Sequence[Figure]]] = {
        "register": lambda: [
            topics.by_track(w, narrow),
            topics.by_region(w, narrow, url_for(".index", topic=topic)),
            topics.by_function(w, narrow),
            topics.by_month(w, narrow),
        ],
        "duties": lambda: topics.at_risk(w, narrow),
        "calls": lambda: topics.stages(w, narrow, paging.chosen("call")),
        "services": lambda: [*topics.volume(w, narrow), *topics.satisfaction(w, narrow)],
    }
    return made[topic]()


@blueprint.get("/", defaults={"topic": FIRST})
@blueprint.get("/<topic>")
def index(topic: str) -> str:
    """The figures of a topic."""
    if topic not in TOPICS:
        abort(404)
    w, narrow = reading(), wanted()
    shown = figures_of(w, topic, narrow)
    return render_template(
        "statistics/page.html",
        topic=topic,
        topics=TOPICS,
        figures=shown,
        narrow=narrow,
        spans=SPANS,
        programs=programs(w),
        regions=region_options(w, narrow),
        calls=funnel.calls(w, narrow) if topic == "calls" else [],
        most=topics.MOST_LISTED,
        kinds=KINDS,
        region_name=region_name,
    )


@blueprint.get("/<topic>/<key>.<kind>")
def export(topic: str, key: str, kind: str) -> Response:
    """The table of one figure as a file."""
    if topic not in TOPICS or kind not in KINDS:
        abort(404)
    found = next((item for item in figures_of(reading(), topic, wanted()) if item.key == key), None)
    if found is None:
        abort(404)
    return sending.send_rows(kind, tr(found.title), found.columns, found.rows)
