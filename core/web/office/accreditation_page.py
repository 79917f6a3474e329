"""The page of one accreditation and the steps on it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.web.cases.accreditation import AccreditationCase, load
from core.web.cases.accreditation_steps import STEPS
from core.web.frame.pipeline import reading

blueprint = Blueprint("accreditation_case", __name__, url_prefix="/admin/accreditations")

ANCHORS = {
    "add-record": "records",
    "submit-report": "reports",
    "file-complaint": "complaints",
    "open-finding": "findings",
    "plan-inspection": "inspections",
    "propose-exit": "exits",
    "request-extension": "extensions",
    "nominate": "nominations",
}
"""Where a step on the whole case leaves its trace on the page."""


@blueprint.get("/<int:accreditation_id>")
def page(accreditation_id: int) -> str:
    """The page."""
    return _show(load(reading(), accreditation_id))


@blueprint.post("/<int:accreditation_id>/do/<name>")
def take(accreditation_id: int, name: str) -> ResponseReturnValue:
    """A step; refused, the page comes again with what was typed."""
    case = load(reading(), accreditation_id)
    if STEPS.take(case, name) is None:
        return _show(load_again(case)), 422
    step = STEPS.by_name[name]
    anchor = step.part or ANCHORS.get(name, "main")
    return redirect(url_for(".page", accreditation_id=accreditation_id, _anchor=anchor), 303)


def load_again(case: AccreditationCase) -> AccreditationCase:
    """The case as it now stands, with the form that was refused."""
    anew = load(reading(), case.id)
    anew.failed = case.failed
    return anew


def _show(case: AccreditationCase) -> str:
    return render_template("office/accreditation.html", case=case, item=case.accreditation, steps=STEPS)
