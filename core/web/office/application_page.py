"""The page of one application, its facts form, its documents, and the steps on it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.lifecycle.states import what_follows
from core.rules.phrases import SAVED
from core.services.applications import changes, facts, materials
from core.services.messaging.writing import foreseen
from core.services.review.gaps import gaps_of
from core.storage.models.applications import Provenance
from core.web.cases.application import ApplicationCase, load
from core.web.cases.application_steps import STEPS
from core.web.cases.fact_groups import as_known, fact_form, groups_of
from core.web.documents.looking import send_uploaded
from core.web.forms import fact_fields
from core.web.forms.steps import MOVE
from core.web.frame.bound import files
from core.web.frame.pipeline import attempt, reading, run

blueprint = Blueprint("application_case", __name__, url_prefix="/admin/applications")

ANCHORS = {"conditions": "verdict", "files": "materials"}


@blueprint.get("/<int:application_id>")
def page(application_id: int) -> str:
    """The page."""
    return _show(load(reading(), application_id))


@blueprint.post("/<int:application_id>/do/<name>")
def take(application_id: int, name: str) -> ResponseReturnValue:
    """A step; refused, the page comes again with what was typed."""
    case = load(reading(), application_id)
    if STEPS.take(case, name) is None:
        anew = load(reading(), application_id)
        anew.failed = case.failed
        offer = STEPS.named(anew, name) if name.startswith(MOVE) else None
        return _check(anew, name) if offer is not None and offer.step.ahead else _show(anew), 422
    step = STEPS.by_name.get(name)
    anchor = ANCHORS.get(step.part, step.part) if step is not None and step.part else "main"
    return redirect(url_for(".page", application_id=application_id, _anchor=anchor), 303)


@blueprint.get("/<int:application_id>/check/<name>")
def check(application_id: int, name: str) -> str:
    """What a decision meets before it is taken: what is left open, and what is sent to whom."""
    return _check(load(reading(), application_id), name)


def _check(case: ApplicationCase, name: str) -> str:
    offer = STEPS.named(case, name)
    if offer is None or not offer.step.ahead:
        abort(404)
    move = next(item.move for item in case.moves if f"{MOVE}{item.move.action}" == name)
    return render_template(
        "office/check.html",
        case=case,
        item=case.application,
        offer=offer,
        move=move,
        gaps=gaps_of(case.unit, [case.case], {case.id: case.verdict})[case.id],
        letters=foreseen(
            case.unit, move.message, case.application.party_id, case.program, case.application.track
        ),
        follows=what_follows(move.target),
    )


def _show(case: ApplicationCase) -> str:
    since = changes.changes_since(case.case) if case.application.return_reason else None
    return render_template(
        "office/application.html", case=case, item=case.application, steps=STEPS, since=since
    )


@blueprint.route("/<int:application_id>/facts", methods=["GET", "POST"])
def fill(application_id: int) -> ResponseReturnValue:
    """The form of the facts that the rules read, grouped by clause."""
    case = load(reading(), application_id)
    asked = [
        item.fact for item in case.asked if not item.fact.judged and item.fact.name not in facts.IDENTITY
    ]
    form = fact_form(case, asked)
    if request.method == "POST" and form.validate():
        given = fact_fields.read(asked, form.values())
        changed = {name: value for name, value in given.items() if value != as_known(case, name)}
        done = attempt(
            "facts.save",
            lambda w: facts.save_facts(w, application_id, changed, Provenance.CLAIMED),
            done=SAVED,
            form=form,
        )
        if done is not None:
            target = ".fill" if request.form.get("then") == "stay" else ".page"
            return redirect(url_for(target, application_id=application_id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template(
        "office/facts.html", case=case, item=case.application, form=form, groups=groups_of(case, form)
    ), status


@blueprint.get("/<int:application_id>/facts/<name>")
def history(application_id: int, name: str) -> str:
    """Every word on one fact."""
    case = load(reading(), application_id)
    return render_template(
        "case/history.html", case=case, item=case.application, name=name, page=case.history(name)
    )


@blueprint.get("/materials/<int:file_id>")
def material(file_id: int) -> ResponseReturnValue:
    """A document as a download, or to look at."""
    with run("material.open") as unit:
        view, stream = materials.open_file(unit, file_id, files())
    return send_uploaded(view.filename, view.content_type, stream)
