"""All programmes side by side, condition by condition."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.rules.clauses import PartyKind
from core.services.public import programs
from core.web.frame.pipeline import reading
from core.web.public.helpers import kept_shortly
from core.web.public.programs import KINDS

blueprint = Blueprint("comparison", __name__)

PAIR = 2


@blueprint.get("/programs/compare")
def page() -> Response:
    """All tracks for one kind of party side by side; two of them where two are chosen."""
    w = reading()
    kind = PartyKind.PERSON if request.args.get("kind") == PartyKind.PERSON else PartyKind.ORGANIZATION
    known = [f"{loaded.program.id}/{track.id}" for loaded, track in w.catalogue.tracks(kind)]
    wanted = [name for name in dict.fromkeys(request.args.getlist("track")) if name in known]
    table = programs.comparison(w, kind, wanted if len(wanted) >= PAIR else ())
    return kept_shortly(
        render_template(
            "public/compare.html",
            table=table,
            kind=kind,
            kinds=KINDS,
            tracks=[
                (f"{loaded.program.id}/{item.id}", loaded, item) for loaded, item in w.catalogue.tracks(kind)
            ],
            chosen=(wanted if len(wanted) >= PAIR else known)[:PAIR],
            limited=len(wanted) >= PAIR,
            different=request.args.get("only") == "different",
        )
    )
