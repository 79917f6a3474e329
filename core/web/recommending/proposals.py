"""Proposals to end an accreditation, where the text lets its recommender make them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.errors import NotFound
from core.services.base.words import NOTHING_THERE
from core.services.endings import proposals
from core.storage.models.exits import ExitState
from core.web.cases.accreditation import AccreditationCase, load
from core.web.cases.accreditation_steps import STEPS
from core.web.frame import paging
from core.web.frame.pipeline import reading

blueprint = Blueprint("proposing", __name__, url_prefix="/admin/recommending/exits")

PROPOSE = "propose-exit"


@blueprint.get("/")
def index() -> str:
    """What was proposed, and a search for the accreditation that a proposal is about."""
    w = reading()
    state, text = request.args.get("state", ""), paging.typed("search")
    return render_template(
        "recommending/proposals.html",
        page=proposals.made(w, ExitState(state) if state in set(ExitState) else None, paging.wish()),
        found=proposals.can_be_made(w, text, paging.wish(name="found")) if text else None,
        states=list(ExitState),
    )


@blueprint.route("/<int:accreditation_id>", methods=["GET", "POST"])
def propose(accreditation_id: int) -> ResponseReturnValue:
    """The form of a proposal; the authority decides it."""
    case = _case(accreditation_id)
    status = 200
    if request.method == "POST":
        if STEPS.take(case, PROPOSE) is not None:
            return redirect(url_for(".index"), 303)
        failed = case.failed
        case = _case(accreditation_id)
        case.failed, status = failed, 422
    offer = STEPS.offer(case, STEPS.by_name[PROPOSE])
    return render_template(
        "recommending/proposal.html", case=case, item=case.accreditation, offer=offer
    ), status


def _case(accreditation_id: int) -> AccreditationCase:
    w = reading()
    case = load(w, accreditation_id)
    if case.program not in proposals.programs(w):
        raise NotFound(NOTHING_THERE)
    return case
