"""Public notices, and objections to what stands on them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.public import notices
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.frame import paging
from core.web.frame.bound import files
from core.web.frame.headers import unlisted
from core.web.frame.pipeline import attempt, reading
from core.web.public.helpers import FILES, hand_over, limit_filing, sent_files

blueprint = Blueprint("public_notices", __name__, url_prefix="/notices")

SPECS = (
    Spec(
        "objector",
        T("您的姓名或单位名称", "Your name, or that of your organisation"),
        longest=200,
    ),
    Spec(
        "contact",
        T("联系方式", "Contact details"),
        longest=200,
        hint=T(
            "电话或电子邮箱，核实时使用", "A telephone number or e-mail address, used to check facts with you"
        ),
    ),
    Spec(
        "content",
        T("异议内容", "Text of the objection"),
        FieldKind.AREA,
        longest=4000,
        hint=T("请写明具体事实，并说明依据", "State the specific facts and what they are based on"),
    ),
    FILES,
)


@blueprint.get("")
def index() -> str:
    """The notices that run, and one page of those that are over."""
    w = reading()
    program = request.args.get("program", "")
    program = program if program in w.catalogue.programs else ""
    return render_template(
        "public/notices.html",
        running=notices.running(w, paging.wish(name="running")),
        past=notices.past(w, program, paging.wish()),
        program=program,
        programs=[(key, loaded.program.title) for key, loaded in w.catalogue.programs.items()],
    )


@blueprint.get("/<int:notice_id>")
def page(notice_id: int) -> str:
    """A notice."""
    found = notices.notice_page(reading(), notice_id, paging.wish(notices.ITEMS_PAGE.size))
    if any(item.kind is PartyKind.PERSON for item in found.items.rows):
        unlisted()
    return render_template("public/notice.html", page=found)


@blueprint.route("/<int:notice_id>/objections/<int:application_id>", methods=["GET", "POST"])
@limit_filing
def object_to(notice_id: int, application_id: int) -> ResponseReturnValue:
    """An objection to one application: taken while the notice runs, then refused with the reason."""
    w = reading()
    notice = notices.notice_page(w, notice_id)
    item = notices.one_item(w, notice_id, application_id)
    if item.kind is PartyKind.PERSON:
        unlisted()
    form = make_form(SPECS)
    if request.method == "POST" and form.validate():
        values = form.values()
        sent = sent_files(values)
        done = attempt(
            "notice.object",
            lambda u: notices.object_to(u, notice_id, application_id, **values, files=sent, store=files()),
            form=form,
        )
        if done is not None:
            hand_over("objection", done.value)
            return redirect(url_for("follow_up.receipt"), 303)
    shown = render_template("public/objection.html", notice=notice, item=item, form=form)
    return shown, 422 if request.method == "POST" else 200
