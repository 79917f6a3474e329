"""Complaints about accredited bodies: first the body, then what it did."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.public import bodies, notices, register
from core.services.public.register import Entry
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.frame import paging
from core.web.frame.bound import files
from core.web.frame.headers import unlisted
from core.web.frame.language import tr
from core.web.frame.paging import typed
from core.web.frame.pipeline import attempt, reading
from core.web.frame.show import track_title
from core.web.public.helpers import FILES, hand_over, limit_filing, limit_looking, sent_files

blueprint = Blueprint("public_complaints", __name__, url_prefix="/complaints")


@blueprint.get("/new")
@limit_looking
def file() -> ResponseReturnValue:
    """Look for the body."""
    chosen = request.args.get("body", "")
    if chosen.isascii() and chosen.isdigit():
        return redirect(url_for(".about", party_id=int(chosen)), 303)
    text = typed("body-text")
    return render_template(
        "public/complaint_body.html", text=text, page=register.find_bodies(reading(), text, paging.wish())
    )


@blueprint.route("/new/<int:party_id>", methods=["GET", "POST"])
@limit_filing
def about(party_id: int) -> ResponseReturnValue:
    """The complaint about a body, under one of its accreditations."""
    w = reading()
    body, held = bodies.body_page(w, party_id), bodies.all_of(w, party_id)
    if body.kind is PartyKind.PERSON:
        unlisted()
    form = make_form(_specs(held), data=_start(held))
    if request.method == "POST" and form.validate():
        values = form.values()
        number, sent = values.pop("number"), sent_files(values)
        done = attempt(
            "complaint.file",
            lambda w: notices.file_complaint(w, number, **values, files=sent, store=files()),
            form=form,
        )
        if done is not None:
            hand_over("complaint", done.value)
            return redirect(url_for("follow_up.receipt"), 303)
    page = render_template("public/complaint.html", body=body, form=form)
    return page, 422 if request.method == "POST" else 200


def _specs(held: Sequence[Entry]) -> tuple[Spec, ...]:
    options = [
        (item.number, f"{track_title(item.program, item.track)} · {item.number} · {tr(item.state.label)}")
        for item in held
    ]
    return (
        Spec("number", T("涉及的认定", "Which accreditation"), FieldKind.CHOICE, options=lambda: options),
        Spec(
            "content",
            T("投诉内容", "What happened"),
            FieldKind.AREA,
            longest=8000,
            hint=T(
                "请写明时间、地点、经过和依据",
                "Say when and where it happened, what happened, and what evidence there is",
            ),
        ),
        Spec(
            "complainant",
            T("您的姓名或单位名称", "Your name, or that of your organisation"),
            longest=200,
        ),
        Spec(
            "contact",
            T("联系方式", "Contact details"),
            longest=200,
            hint=T(
                "电话或电子邮箱，核实时使用",
                "A telephone number or e-mail address, used to check facts with you",
            ),
        ),
        FILES,
    )


def _start(held: Sequence[Entry]) -> dict[str, str]:
    """The accreditation that the visitor came from, else the newest."""
    wish = request.args.get("number", "")
    known = [item.number for item in held]
    return {"number": wish if wish in known else known[0]}
