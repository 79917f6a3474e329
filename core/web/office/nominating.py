"""Putting the accredited forward: candidates ranked by what they did in a year, several at once."""

from __future__ import annotations

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.paging import page_in
from core.services.base.work import Work
from core.services.exports.streaming import MEDIA, XLSX
from core.services.granting import commendations
from core.services.granting.commendations import Choice
from core.web.forms.fields import PlainForm, make_form, reason
from core.web.frame import paging
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, current_actor, reading
from core.web.frame.show import current_day

blueprint = Blueprint("nominating", __name__, url_prefix="/admin/candidates")

FIRST_YEAR, LAST_YEAR = 2000, 2100
SHOWN_REFUSALS = 10
PAGE = 50


def listed() -> bool:
    """Whether a programme of the actor puts anybody forward, by its texts alone: every menu asks."""
    seen = {grant.program for grant in current_actor().grants if grant.role in ACTS[Act.NOMINATION_VIEW]}
    return any(
        rules.procedure.nomination
        for key, loaded in catalogue().programs.items()
        if seen & {None, key}
        for rules in loaded.rules.values()
    )


def _wanted(w: Work) -> tuple[list[Choice], Choice | None, int, str]:
    """The choices, the one that the address asks for or the first, the year, and the track."""
    known = commendations.choices(w)
    program, _, target = request.values.get("target", "").partition("|")
    chosen = next((item for item in known if (item.program, item.target) == (program, target)), None)
    year = paging.sent("year") or paging.asked("year", current_day().year)
    year = year if FIRST_YEAR <= year <= LAST_YEAR else current_day().year
    chosen = chosen or (known[0] if known else None)
    track = request.values.get("track", "")
    return known, chosen, year, track if chosen is not None and track in chosen.tracks else ""


@blueprint.get("/")
def index() -> str:
    """The candidates for one title in one year."""
    return _show(make_form((reason(),), bind=False))


def _show(form: PlainForm, ticked: frozenset[int] = frozenset()) -> str:
    w = reading()
    known, chosen, year, track = _wanted(w)
    rows = commendations.candidates(w, chosen.program, chosen.target, year, track) if chosen else []
    return render_template(
        "office/candidates.html",
        choices=known,
        chosen=chosen,
        year=year,
        track=track,
        page=page_in(rows, paging.wish(PAGE)),
        form=form,
        ticked=ticked,
        years=range(current_day().year, current_day().year - 5, -1),
        may_nominate=current_actor().has(*ACTS[Act.NOMINATION_EDIT]),
        present=year == current_day().year,
    )


@blueprint.post("/")
def nominate() -> ResponseReturnValue:
    """Put those forward that are ticked; who is refused is named, the others are done."""
    _, chosen, _, track = _wanted(reading())
    ticked = paging.ticked()
    form = make_form((reason(),))
    target = chosen.target if chosen is not None else ""
    if form.validate():
        done = attempt(
            "nomination.make",
            lambda w: commendations.put_forward(w, ticked, target, form.values()["reason"]),
            form=form,
        )
        if done is not None:
            refused = [item.why_not for item in done.value if item.why_not is not None]
            made = len(done.value) - len(refused)
            if made:
                flash(tr(T(f"已推荐 {made} 家", f"{made} put forward")), "success")
            for why in refused[:SHOWN_REFUSALS]:
                flash(tr(why), "danger")
            return redirect(_back(track), 303)
    return _show(form, frozenset(ticked)), 422


def _back(track: str) -> str:
    return url_for(".index", target=request.form.get("target"), track=track or None)


@blueprint.get("/ranking.xlsx")
def ranking() -> ResponseReturnValue:
    """The ranking as a table."""
    w = reading()
    _, chosen, year, track = _wanted(w)
    if chosen is None:
        return redirect(url_for(".index"))
    made = commendations.ranking_xlsx(w, chosen.program, chosen.target, year, track)
    name = f"{chosen.title.zh}-{year}.xlsx"
    return send_file(io.BytesIO(made), mimetype=MEDIA[XLSX], as_attachment=True, download_name=name)
