"""A body that is reorganised: the page on which an administrator passes its roles on, by date."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.text import T
from core.services.people import keyed
from core.services.people.succession import pass_on
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt

blueprint = Blueprint("succession", __name__, url_prefix="/admin/system/succession")

SPECS = (
    Spec("old", T("原单位的统一社会信用代码", "USCC of the former body"), longest=30),
    Spec("new", T("承接单位的统一社会信用代码", "USCC of its successor"), longest=30),
    Spec(
        "on",
        T("自（日期）", "From (day)"),
        FieldKind.DAY,
        hint=T("原单位的角色至前一日止", "The former body's roles end the day before"),
    ),
)
HEADING = T("单位改组：移交推荐职责", "A body is reorganised: pass its roles on")


@blueprint.route("/", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Pass the roles of a body on to its successor, from a day on."""
    form = make_form(SPECS)
    if request.method == "POST" and form.validate():
        values = form.values()
        done = attempt(
            "user.succession",
            lambda w: pass_on(
                w,
                keyed.registered(w, values["old"], "old"),
                keyed.registered(w, values["new"], "new"),
                values["on"],
            ),
            done=T("已按日期移交，已通知有关人员", "Passed on, by date; those concerned are told"),
            form=form,
        )
        if done is not None:
            return redirect(url_for("grants.index_view"), 303)
    shown = render_template(
        "parts/form_page.html",
        form=form,
        heading=HEADING,
        advice=T(
            "人员、项目和地区不变，在办事项继续由其办理；自该日起以承接单位名义。",
            "People, programmes and territories stay, and so does what waits for them; from that day on they "
            "act in the successor's name.",
        ),
        back=url_for("grants.index_view"),
        submit=tr(T("移交", "Hand over")),
    )
    return shown, 422 if request.method == "POST" else 200
