"""The decisions that wait to be issued, with the time that is left, and their recall."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.rules.text import T
from core.services.deciding import pending
from core.web.frame import paging
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("issuing", __name__, url_prefix="/admin/decisions")


@blueprint.get("/waiting")
def page() -> str:
    """The queue, the next to be issued first."""
    w = reading()
    return render_template("office/issuing.html", page=pending.queue(w, paging.wish()), now=w.now)


@blueprint.post("/<int:pending_id>/recall")
def recall(pending_id: int) -> ResponseReturnValue:
    """Take one back."""
    attempt(
        "decision.recall",
        lambda w: pending.recall(w, pending_id),
        done=T("决定已收回，没有产生任何效力", "The decision is recalled, and had no effect"),
    )
    return redirect(url_for(".page"), 303)
