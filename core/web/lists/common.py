"""Columns, filters and conditions that many lists share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import request, url_for
from markupsafe import escape
from sqlalchemy import ColumnElement, and_, select

from core.domain.acts import Act
from core.domain.roles import division_prefix
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.naming import accreditation_named
from core.storage.arrays import found_first
from core.storage.models import Accreditation
from core.web.frame.pipeline import current_actor, reading
from core.web.frame.regions import divisions, known, tops_of
from core.web.frame.show import data, program_title, region_name, track_title
from core.web.lists.columns import Column, Filter

PROGRAM, TRACK, REGION = T("项目", "Programme"), T("类别", "Track"), T("地区", "Region")
PARTY, NUMBER, STATE = T("主体", "Party"), T("编号", "Number"), T("状态", "State")
CLAUSE, REASON = T("条款", "Clause"), T("理由", "Reason")


def programs() -> Sequence[tuple[str, T]]:
    """The programmes that the actor has grants for, as choices."""
    return [(key, loaded.program.title) for key, loaded in catalogue().programs.items() if _granted(key)]


def _granted(program: str) -> bool:
    return any(grant.program in (None, program) for grant in current_actor().grants)


def program_col(path: str = "", sort: Any = None) -> Column:
    """The programme's title, read along a path."""
    return Column("program", PROGRAM, lambda row: program_title(follow(row, path).program), sort=sort)


def track_col(path: str = "") -> Column:
    """The track's title, read along a path."""
    return Column("track", TRACK, lambda row: track_title(follow(row, path).program, follow(row, path).track))


def region_col(path: str = "", sort: Any = None) -> Column:
    """The region's name, read along a path."""
    return Column("region", REGION, lambda row: region_name(follow(row, path).region), sort=sort)


def accreditation_columns(path: str = "accreditation") -> list[Column]:
    """Number, party and programme of the accreditation that a row belongs to."""
    return [
        Column(
            "number",
            T("认定编号", "Accreditation number"),
            lambda row: data(follow(row, path).number),
            link=lambda row: url_for("accreditation_case.page", accreditation_id=follow(row, path).id),
        ),
        Column("party", PARTY, lambda row: data(follow(row, path).party.name)),
        program_col(path),
    ]


def follow(row: Any, path: str) -> Any:
    """The attribute that a dotted path leads to."""
    for part in filter(None, path.split(".")):
        row = getattr(row, part)
    return row


def program_filter(column: Any) -> Filter:
    """Narrows to one programme."""
    return Filter("program", PROGRAM, column, choices=programs)


def track_filter(entity: Any) -> Filter:
    """Narrows to one track of a programme."""

    def condition(given: str) -> ColumnElement[bool]:
        program, _, track = given.partition("/")
        return and_(entity.program == program, entity.track == track)

    def choices() -> list[tuple[str, T]]:
        return [
            (
                f"{loaded.program.id}/{track.id}",
                T(
                    f"{loaded.program.title.zh} · {track.title.zh}",
                    f"{loaded.program.title.en} · {track.title.en}",
                ),
            )
            for loaded, track in catalogue().tracks()
            if _granted(loaded.program.id)
        ]

    return Filter("track", TRACK, entity.track, choices=choices, condition=condition)


def region_filter(column: Any, act: Act) -> Filter:
    """Narrows to a division with all below it; offered is what the actor's grants for the act reach."""

    def choices() -> list[tuple[str, str | T]]:
        given = request.args.get("region", "")
        tops = tops_of(current_actor().grants, ACTS[act])
        return [
            (item.code, escape("　" * item.depth + item.name))
            for item in divisions(reading(), given if known(given) else "", tops)
        ]

    def condition(given: str) -> ColumnElement[bool]:
        inside: ColumnElement[bool] = column.startswith(division_prefix(given))
        return inside

    return Filter("region", REGION, column, choices=choices, condition=condition, names=True)


def belongs_to(column: Any) -> Callable[[str], ColumnElement[bool]]:
    """Rows whose accreditation is named so, through the column that refers to it."""
    return lambda text: found_first(column, select(Accreditation.id).where(accreditation_named(text)))
