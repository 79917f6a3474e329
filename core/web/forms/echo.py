"""What a number that was typed is taken for, said beside its input: "= 2,000,000 元"."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, Flask, request, url_for
from markupsafe import Markup

from core.domain import reading
from core.domain.errors import MalformedError
from core.domain.quantities import SHARE, said
from core.web.frame.language import tr

LONGEST = 100
blueprint = Blueprint("echo", __name__, url_prefix="/echo")


def init_app(app: Flask) -> None:
    """Answer inputs while they are typed."""
    app.register_blueprint(blueprint)


def echo(typed: object, unit: str) -> str:
    """How a number is understood; "" for none, and where it goes without saying."""
    text = str(typed or "").strip()
    if not text:
        return ""
    try:
        number = understood(text, unit)
    except MalformedError:
        return ""
    return f"= {tr(said(number, unit))}" if unit or text != f"{number:f}" else ""


def understood(typed: str, unit: str) -> Decimal:
    """The number as its input reads it; MalformedError with what is wrong."""
    return reading.percent(typed) if unit == SHARE else reading.number(typed, unit=unit)


def beside(field_id: str, typed: object, unit: str) -> Markup:
    """The place beside an input, with what stands there at first; a script asks for the rest."""
    return Markup('<output class="form-hint echo" for="{id}" data-echo="{url}">{said}</output>').format(
        id=field_id, url=url_for("echo.number", unit=unit), said=echo(typed, unit)
    )


@blueprint.get("/number")
def number() -> str:
    """What is typed, as it will be read, or why it cannot be."""
    typed, unit = request.args.get("typed", "")[:LONGEST].strip(), request.args.get("unit", "")[:LONGEST]
    if not typed:
        return ""
    try:
        understood(typed, unit)
    except MalformedError as error:
        return str(Markup.escape(tr(error.text)))
    return str(Markup.escape(echo(typed, unit)))
