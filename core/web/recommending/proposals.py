"""Proposals to end an accreditation, where the text lets its recommender make them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import false, select
from sqlalchemy.orm import contains_eager

from core.domain.errors import NotFound
from core.domain.lifecycle.states import IN_FORCE
from core.services.base.access import scope
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.storage.models import Accreditation, ExitCase, Party
from core.storage.models.supervision import ExitState
from core.web.cases.accreditation import AccreditationCase, load
from core.web.cases.accreditation_steps import STEPS
from core.web.frame import paging
from core.web.frame.pipeline import reading
from core.web.lists.common import accreditation_named

blueprint = Blueprint("proposing", __name__, url_prefix="/admin/recommending/exits")

PROPOSE = "propose-exit"
FOUND = 20


def programs(w: Work) -> list[str]:
    """The programmes whose text lets a recommender propose an exit."""
    return [
        loaded.program.id
        for loaded in w.catalogue.programs.values()
        if any(
            w.rules(loaded.program.id, track.id, w.today).procedure.exit_proposal
            for track in loaded.program.tracks
        )
    ]


@blueprint.get("/")
def index() -> str:
    """What was proposed, and a search for the accreditation that a proposal is about."""
    w = reading()
    reach = scope(w.actor, "exit.propose", Accreditation.program, Accreditation.region)
    ours = (reach, Accreditation.program.in_(programs(w)))
    query = (
        select(ExitCase)
        .join(ExitCase.accreditation)
        .join(Accreditation.party)
        .options(contains_eager(ExitCase.accreditation).contains_eager(Accreditation.party))
        .where(*ours, ExitCase.proposed_by_id.is_not(None))
        .order_by(ExitCase.id.desc())
    )
    state = request.args.get("state", "")
    if state in {item.value for item in ExitState}:
        query = query.where(ExitCase.state == ExitState(state))
    text = paging.typed("search")
    found = (
        select(Accreditation)
        .join(Accreditation.party)
        .options(contains_eager(Accreditation.party))
        .where(*ours, Accreditation.state.in_(IN_FORCE), accreditation_named(text) if text else false())
        .order_by(Party.name)
        .limit(FOUND)
    )
    return render_template(
        "recommending/proposals.html",
        page=paging.paged(w.session, query),
        found=list(w.session.scalars(found)) if text else None,
        states=list(ExitState),
        link=paging.link,
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
    if case.program not in programs(w):
        raise NotFound(NOTHING_THERE)
    return case
