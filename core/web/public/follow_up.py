"""Codes: shown once when something was filed, and asked for to see where it stands."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core.domain.errors import NotFound, TooMany
from core.rules.text import T
from core.services.public import notices
from core.storage.models.accounts import GuessKind
from core.web.forms.fields import Spec, make_form
from core.web.frame.bound import guessed
from core.web.frame.headers import unlisted
from core.web.frame.pipeline import complain, reading
from core.web.public.helpers import handed_over

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


def _standing(code: str) -> notices.FollowUp | None:
    try:
        return notices.follow_up(reading(), code)
    except NotFound:
        return None


@blueprint.route("", methods=["GET", "POST"])
def form() -> ResponseReturnValue:
    """Where an objection or a complaint stands, by its code."""
    asked = make_form(SPECS)
    found = None
    if request.method == "POST" and asked.validate():
        try:
            found = guessed(GuessKind.FOLLOW_UP, lambda: _standing(asked.values()["code"]))
        except TooMany as refused:
            complain(refused, asked)
        else:
            if found is None:
                complain(NotFound(NONE, field="code"), asked)
    unlisted()
    page = render_template("public/follow_up.html", form=asked, found=found)
    return page, 422 if request.method == "POST" and found is None else 200


@blueprint.get("/receipt")
def receipt() -> str:
    """The code of what was just filed: this once, and not again."""
    unlisted()
    return render_template("public/receipt.html", receipt=handed_over())
