"""The daily check on a page: asked for, and followed from the queue to its end."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.rules.text import T
from core.services.base.access import allowed
from core.services.daily_check import asked
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading
from core.web.system.job_words import job_lines

blueprint = Blueprint("checking", __name__, url_prefix="/admin/daily-check")

QUEUED = T("已排入队列，进展见下", "It is in the queue; see below how it goes")
THERE = T("每日检查已在队列中或进行中，不再重复", "A daily check is in the queue or under way; one is enough")


@blueprint.get("/")
def page() -> str:
    """How the last run went and what comes next; it looks again by itself while a run is under way."""
    w = reading()
    return render_template(
        "system/daily_check.html",
        now=asked.standing(w),
        may_run=allowed(w.actor, Act.JOB_RUN, None, None),
        job_lines=job_lines,
    )


@blueprint.post("/run")
def run() -> ResponseReturnValue:
    """Put a check of today into the queue, unless one is there or goes on."""
    done = attempt("job.run", asked.ask)
    if done is not None:
        flash(tr(QUEUED if done.value else THERE), "success" if done.value else "info")
    return redirect(url_for(".page"), 303)
