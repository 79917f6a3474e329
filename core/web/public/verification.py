"""Verification of certificates: a form for the number, and the answer that a QR code opens."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.services.public import bodies
from core.web.frame.paging import typed
from core.web.frame.pipeline import reading
from core.web.public.helpers import limit_looking
from core.web.public.register import service_names

blueprint = Blueprint("verification", __name__)

LONGEST_NUMBER = 100


@blueprint.get("/verify")
@limit_looking
def form() -> ResponseReturnValue:
    """The form; a number given leads to its answer."""
    number = typed("number")
    if number.strip("/ ."):
        return redirect(url_for(".result", number=number), 303)
    return render_template("public/verify.html")


@blueprint.get("/verify/<path:number>")
@limit_looking
def result(number: str) -> ResponseReturnValue:
    """What the number stands for now; never kept by a cache or a search engine."""
    w = reading()
    shown = number[:LONGEST_NUMBER]
    found = bodies.verify(w, shown)
    page = render_template(
        "public/verified.html", found=found, number=shown, at=w.now, names=service_names(w)
    )
    return page, 200 if found is not None else 404, {"X-Robots-Tag": "noindex"}
