"""The table of divisions: how new it is, and what was added to it here."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.domain.divisions import REVIEWED_ON
from core.rules.phrases import SAVED
from core.rules.text import T
from core.services.base import regions
from core.web.forms.fields import PlainForm, Spec, make_form
from core.web.frame.pipeline import attempt, reading
from core.web.frame.show import forget_regions

blueprint = Blueprint("divisions", __name__, url_prefix="/admin/divisions")

SPECS = (
    Spec(
        "code",
        T("行政区划代码", "Division code"),
        longest=20,
        hint=T("六位数字；已有的代码将改用新名称", "six digits; one that is there gets the new name"),
    ),
    Spec("name", T("名称", "Name"), longest=regions.LONGEST_NAME),
    Spec("name_en", T("英文名称", "English name"), required=False, longest=regions.LONGEST_NAME),
)


@blueprint.get("/")
def page() -> str:
    """What was added, and the form to add one."""
    return _show()


def _show(form: PlainForm | None = None) -> str:
    return render_template(
        "system/divisions.html",
        added=regions.added(reading()),
        reviewed_on=REVIEWED_ON,
        form=form or make_form(SPECS, bind=False),
    )


@blueprint.post("/")
def add() -> ResponseReturnValue:
    """Add one, or rename one."""
    form = make_form(SPECS)
    if form.validate():
        values = form.values()
        done = attempt(
            "division.add",
            lambda w: regions.add(w, values["code"], values["name"], values["name_en"] or ""),
            done=SAVED,
            form=form,
        )
        if done is not None:
            forget_regions()
            return redirect(url_for(".page"), 303)
    return _show(form), 422
