"""Codes: shown once when something was filed, and asked for to see where it stands."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core.domain.errors import NotFound
from core.rules.text import T
from core.services.public import notices
from core.web.forms.fields import Spec, make_form
from core.web.frame.pipeline import complain, reading
from core.web.public.helpers import handed_over, limit_asking

blueprint = Blueprint("follow_up", __name__, url_prefix="/follow-up")

SPECS = (
    Spec(
        "code",
        T("查询码", "Follow-up code"),
        longest=40,
        hint=T(
            "提交异议或投诉时得到的十二位字母和数字，大小写、空格不影响查询",
            "The 12 letters and digits you were given when you submitted; case and spaces do not matter",
        ),
    ),
)
NONE = T(
    "没有此查询码对应的异议或投诉，请核对后再试",
    "No objection or complaint has this code. Check it and try again",
)


@blueprint.route("", methods=["GET", "POST"])
@limit_asking
def form() -> ResponseReturnValue:
    """Where an objection or a complaint stands, by its code."""
    asked = make_form(SPECS)
    found = None
    if request.method == "POST" and asked.validate():
        try:
            found = notices.follow_up(reading(), asked.values()["code"])
        except NotFound:
            complain(NotFound(NONE, field="code"), asked)
    page = render_template("public/follow_up.html", form=asked, found=found)
    return page, 422 if request.method == "POST" and found is None else 200


@blueprint.get("/receipt")
def receipt() -> str:
    """The code of what was just filed: this once, and not again."""
    return render_template("public/receipt.html", receipt=handed_over())
