"""The programmes, written from their rules."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.rules.clauses import ConditionKind, PartyKind
from core.rules.text import T
from core.services.base.paging import Wish
from core.services.public import programs, register
from core.web.frame import paging
from core.web.frame.pipeline import reading
from core.web.public.helpers import kept_shortly

blueprint = Blueprint("public_programs", __name__, url_prefix="/programs")

FEW = 3
"""Calls of each programme that the list of them names."""
KINDS = (
    (PartyKind.ORGANIZATION, T("机构", "Organisations")),
    (PartyKind.PERSON, T("个人专家", "Experts")),
)
GROUPS = (
    (ConditionKind.REQUIRED, T("必备条件", "Required conditions")),
    (ConditionKind.PREFERRED, T("优先条件", "Preferred conditions")),
)


@blueprint.get("")
def index() -> Response:
    """The list of programmes."""
    w = reading()
    figures = register.in_force_by_program(w)
    rolling = {(loaded.program.id, track.id) for loaded, track in programs.rolling(w)}
    return kept_shortly(
        render_template(
            "public/programs.html",
            programs=[
                (
                    loaded,
                    w.authority(key),
                    figures.get(key, 0),
                    programs.calls(w, Wish(size=FEW), program=key),
                )
                for key, loaded in w.catalogue.programs.items()
            ],
            rolling=rolling,
        )
    )


@blueprint.get("/<program>")
def program(program: str) -> Response:
    """A programme: whose it is, its tracks, its calls."""
    w = reading()
    loaded = programs.program(w, program)
    return kept_shortly(
        render_template(
            "public/program.html",
            loaded=loaded,
            authority=w.authority(program),
            formerly=w.former_authorities(program),
            edition=loaded.edition(w.today),
            figure=register.in_force_by_program(w).get(program, 0),
            calls=programs.calls(w, paging.wish(name="calls"), program=program),
            tracks=[programs.track_page(w, program, track.id) for track in loaded.program.tracks],
            kinds=dict(KINDS),
        )
    )


@blueprint.get("/<program>/<track>")
def track(program: str, track: str) -> Response:
    """A track: conditions, materials, procedure, duties, exits, readings and numbers."""
    w = reading()
    page = programs.track_page(w, program, track, request.args.get("edition", ""))
    return kept_shortly(
        render_template(
            "public/track.html",
            page=page,
            calls=programs.calls(w, paging.wish(name="calls"), program=program, track=track),
            groups=GROUPS,
            kinds=dict(KINDS),
        )
    )
