"""The public register: search with filters, a page per accredited body, and its look-up."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.roles import DIVISION_CODE
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.work import Work
from core.services.public import bodies, register
from core.services.public.formers import former_names
from core.services.public.register import Search, Sort
from core.services.public.state import PublicState
from core.web.frame import paging
from core.web.frame.headers import unlisted
from core.web.frame.paging import typed
from core.web.frame.pipeline import reading
from core.web.frame.regions import divisions
from core.web.frame.show import place_name
from core.web.public.helpers import limit_looking

blueprint = Blueprint("register", __name__)

E = TypeVar("E", bound=StrEnum)
ALL = "all"
SORTS = (
    (Sort.NEWEST, T("最新认定在前", "Newest first")),
    (Sort.NAME, T("名称", "Name")),
    (Sort.ENDING, T("先到期的在前", "Ending soonest")),
)


@blueprint.get("/register")
@limit_looking
def search() -> str:
    """The search with its results."""
    w = reading()
    wanted = _wanted(w)
    found = register.search(w, wanted, paging.wish())
    if any(row.kind is PartyKind.PERSON for row in found.rows):
        unlisted()
    return render_template(
        "public/register.html",
        wanted=wanted,
        page=found,
        formerly=former_names(w, {row.party_id for row in found.rows}),
        programs=[(key, loaded.program.title) for key, loaded in w.catalogue.programs.items()],
        tracks=_tracks(w, wanted.program),
        functions=_functions(w, wanted.program),
        divisions=divisions(w, wanted.region),
        states=tuple(PublicState),
        sorts=SORTS,
        narrowed=any((wanted.text, wanted.region, wanted.program, wanted.track, wanted.function)),
        names=service_names(w),
    )


@blueprint.get("/bodies/<int:party_id>")
@limit_looking
def body(party_id: int) -> ResponseReturnValue:
    """A body with all that it was accredited for; one that was merged leads to the one that is left."""
    w = reading()
    page = bodies.body_page(w, party_id, paging.wish(), paging.wish(name="notices"))
    if page.id != party_id:
        return redirect(url_for(".body", party_id=page.id))
    if page.kind is PartyKind.PERSON:
        unlisted()
    return render_template("public/body.html", page=page, names=service_names(w))


@blueprint.get("/bodies/lookup")
@limit_looking
def lookup() -> Response:
    """Accredited bodies whose name contains what was typed, for a field that refers to one."""
    unlisted()
    found = register.look_up_bodies(reading(), typed("query"))
    return jsonify([[item.id, f"{item.name}（{place_name(item.region)}）"] for item in found])


def service_names(w: Work) -> dict[str, dict[str, T]]:
    """The names of services and fields by programme."""
    found = {}
    for key, loaded in w.catalogue.programs.items():
        areas = loaded.program.service_areas
        found[key] = dict(areas.choices) if areas is not None else {}
    return found


def _wanted(w: Work) -> Search:
    program = request.args.get("program", "")
    program = program if program in w.catalogue.programs else ""
    track = request.args.get("track", "")
    function = request.args.get("function", "")
    region = request.args.get("region", "")
    state = request.args.get("state", "")
    sort = request.args.get("sort", "")
    return Search(
        text=typed("q"),
        region=region if DIVISION_CODE.fullmatch(region) else "",
        program=program,
        track=track if track in dict(_tracks(w, program)) else "",
        function=function if function in dict(_functions(w, program)) else "",
        state=None if state == ALL else _member(PublicState, state, PublicState.IN_FORCE),
        sort=_member(Sort, sort, Sort.NEWEST),
    )


def _member(kind: type[E], given: str, otherwise: E) -> E:
    """The member of that value, or what stands where nothing known was given."""
    return kind(given) if given in {str(member.value) for member in kind} else otherwise


def _tracks(w: Work, program: str) -> Sequence[tuple[str, T]]:
    if not program:
        return ()
    return [(track.id, track.title) for track in w.program(program).program.tracks]


def _functions(w: Work, program: str) -> Sequence[tuple[str, T]]:
    """The services that can be asked for: of one programme, or of all with each name once."""
    found: dict[str, T] = {}
    for key, names in service_names(w).items():
        if program in ("", key):
            for function, title in names.items():
                found.setdefault(function, title)
    return list(found.items())
