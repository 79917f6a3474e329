"""One page that says whether an application is complete, and drafts what to write when it goes back."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.domain.lifecycle.states import Action
from core.rules.text import T
from core.services.deciding import pending
from core.services.review import completeness
from core.web.cases.application import ApplicationCase, load
from core.web.cases.marking import marks_spec
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form, seen_version, version_spec
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading

blueprint = Blueprint("completeness", __name__, url_prefix="/admin/applications")

ROWS = 10


def _form(case: ApplicationCase, found: completeness.Completeness, *, bind: bool) -> PlainForm:
    specs = (
        Spec("reason", T("需补正的内容", "What to correct"), FieldKind.AREA, default=tr(found.reason)),
        marks_spec(case),
        version_spec(case.application.version),
    )
    form = make_form(specs, bind=bind)
    form._fields["reason"].render_kw["rows"] = ROWS
    return form


@blueprint.get("/<int:application_id>/completeness")
def page(application_id: int) -> str:
    """What is there and what is missing."""
    case, found = _load(application_id)
    return _show(case, found, _form(case, found, bind=False))


@blueprint.post("/<int:application_id>/completeness")
def give_back(application_id: int) -> ResponseReturnValue:
    """Return the application with the list of what to correct."""
    case, found = _load(application_id)
    form = _form(case, found, bind=True)
    if form.validate():
        values = form.values()
        seen = seen_version(values)
        done = attempt(
            "application.return",
            lambda w: pending.perform(
                w,
                application_id,
                Action.RETURN,
                reason=values["reason"],
                marks=values["marks"],
                version=seen,
            ),
            done=(
                T(
                    "已决定退回补正，发出前可以收回",
                    "Decided to return it; it can be recalled until it is issued",
                )
                if case.delay
                else T("已退回补正", "The application was returned for correction")
            ),
            form=form,
        )
        if done is not None:
            return redirect(url_for("application_case.page", application_id=application_id), 303)
        case, found = _load(application_id)
    return _show(case, found, form), 422


def _load(application_id: int) -> tuple[ApplicationCase, completeness.Completeness]:
    case = load(reading(), application_id)
    return case, completeness.check(case.case)


def _show(case: ApplicationCase, found: completeness.Completeness, form: PlainForm) -> str:
    move = case.move(Action.RETURN)
    return render_template(
        "office/completeness.html",
        case=case,
        item=case.application,
        found=found,
        form=form,
        move=move,
    )
