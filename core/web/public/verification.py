"""Verification of certificates: a form for the number, and the answer that a QR code opens."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.services.public import bodies
from core.web.frame.headers import unlisted
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


@blueprint.get("/verify.json")
@limit_looking
def result_json() -> tuple[Response, int]:
    """The answer for programs: what `?number=` stands for now, with every former name of its holder."""
    w = reading()
    number = typed("number")[:LONGEST_NUMBER]
    found = bodies.verify(w, number)
    unlisted()
    told = _told(found) if found is not None else {"number": number, "state": None}
    return jsonify(told | {"as_of": w.now.isoformat(timespec="seconds")}), 200 if found is not None else 404


def _told(found: bodies.Verified) -> dict[str, Any]:
    item = found.entry
    return {
        "number": item.number,
        "state": item.state.value,
        "holder": item.name or None,
        "former_names": [
            {"name": old.value, "from": _day(old.since), "until": _day(old.until)} for old in found.formers
        ],
        "uscc": item.uscc or None,
        "employer": item.employer or None,
        "region": item.region,
        "program": item.program,
        "track": item.track,
        "started_on": _day(item.started_on),
        "valid_through": _day(item.valid_through),
        "ended_on": _day(item.ended_on),
        "certificates": [
            {"issued_on": _day(issue.on), "name": issue.name, "replaced_on": _day(issue.replaced_on)}
            for issue in found.issues
        ],
        "holder_ended_on": _day(found.fate.closed_on),
        "successors": [
            {"name": other.name, "uscc": other.uscc, "on": _day(turn.on), "how": turn.kind.value}
            for turn in found.fate.after
            for other in turn.others
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


@blueprint.get("/verify/<path:number>")
@limit_looking
def result(number: str) -> ResponseReturnValue:
    """What the number stands for now; never kept by a cache or a search engine."""
    w = reading()
    shown = number[:LONGEST_NUMBER]
    found = bodies.verify(w, shown)
    unlisted()
    page = render_template(
        "public/verified.html", found=found, number=shown, at=w.now, names=service_names(w)
    )
    return page, 200 if found is not None else 404
