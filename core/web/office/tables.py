"""Tables out and in: the texts' summary tables, nomination lists, and the lists of former registers."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import Invalid
from core.domain.lifecycle.states import ApplicationState
from core.hooks.catalogue import catalogue
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.exports.streaming import MEDIA
from core.services.files.formats import field_label
from core.services.granting import libraries, nominations, tables
from core.services.papers import recommending
from core.web.documents.sending import send_paper
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.looked_at import Looked, confirmed, download, keep, seal
from core.web.forms.refused import WHICH, Refused, take_table
from core.web.forms.shared import YEAR_SPEC, year_of
from core.web.frame.pipeline import Done, complain, reading

blueprint = Blueprint("table_pages", __name__, url_prefix="/admin/tables")

FORMER_PAGE = "former"
FORMER_TITLE = T("导入原有名录", "Import a former register")
PASSED = ("program", "first", "last", "year")
"""What the documents are asked for by."""


def _programs(act: Act) -> set[str]:
    """The programmes for which the user holds the act."""
    grants = [grant for grant in reading().actor.grants if grant.role in ACTS[act]]
    return {key for key in catalogue().programs if any(grant.program in (None, key) for grant in grants)}


def _summaries() -> list[tuple[str, T]]:
    reach = _programs(Act.APPLICATION_VIEW)
    return [
        (
            f"{key}/{table.id}",
            T(
                f"{loaded.program.title.zh} · {table.title.zh}",
                f"{loaded.program.title.en} · {table.title.en}",
            ),
        )
        for key, loaded in catalogue().programs.items()
        if key in reach
        for table in loaded.summary_tables
    ]


def _targets() -> list[tuple[str, T]]:
    w = reading()
    found: dict[str, T] = {}
    for loaded, track in catalogue().tracks():
        if loaded.program.id in _programs(Act.NOMINATION_VIEW):
            for target in nominations.targets(w, loaded.program.id, track.id):
                title = T(
                    f"{loaded.program.title.zh} · {target.title.zh}",
                    f"{loaded.program.title.en} · {target.title.en}",
                )
                found[f"{loaded.program.id}|{target.id}"] = title
    return list(found.items())


def _states() -> list[tuple[str, T]]:
    return [(state.value, state.label) for state in ApplicationState if state is not ApplicationState.DRAFT]


def _registers() -> list[tuple[str, T]]:
    reach = _programs(Act.APPLICATION_INCLUDE)
    return [(key, loaded.program.title) for key, loaded in catalogue().programs.items() if key in reach]


def _formats() -> list[tuple[str, T]]:
    return [("xlsx", T("xlsx 表格", "xlsx")), ("docx", T("docx 文档", "docx")), ("pdf", T("PDF", "PDF"))]


def _inspected() -> list[tuple[str, T]]:
    reach = _programs(Act.INSPECTION_VIEW)
    return [(key, loaded.program.title) for key, loaded in catalogue().programs.items() if key in reach]


def _plaqued() -> list[tuple[str, T]]:
    """The programmes that accredit bodies."""
    reach = _programs(Act.ACCREDITATION_VIEW)
    return [
        (key, loaded.program.title)
        for key, loaded in catalogue().programs.items()
        if key in reach and any(track.party is PartyKind.ORGANIZATION for track in loaded.program.tracks)
    ]


FORMAT = Spec("format", T("格式", "Format"), FieldKind.CHOICE, options=_formats, default=lambda: "xlsx")
SUMMARY = (
    Spec("table", T("汇总表", "Summary table"), FieldKind.CHOICE, options=_summaries),
    Spec("state", T("申请状态", "State of the applications"), FieldKind.CHOICE, options=_states),
    FORMAT,
)
PLAQUES = (
    Spec("program", T("项目", "Programme"), FieldKind.CHOICE, options=_plaqued),
    Spec("first", T("授牌日期，自", "Granted from"), FieldKind.DAY, required=False),
    Spec("last", T("授牌日期，至", "Granted until"), FieldKind.DAY, required=False),
    FORMAT,
)
INSPECTIONS = (
    Spec("program", T("项目", "Programme"), FieldKind.CHOICE, options=_inspected),
    YEAR_SPEC,
    FORMAT,
)
NOMINATED = (
    Spec("target", T("推荐去向", "Put forward for"), FieldKind.CHOICE, options=_targets),
    YEAR_SPEC,
)
FORMER = (
    Spec("program", T("项目", "Programme"), FieldKind.CHOICE, options=_registers),
    Spec("sheet", field_label(T("原名录", "The former list")), FieldKind.FILE),
    WHICH,
)


@blueprint.get("/")
def index() -> str:
    """The tables that there are."""
    return _show()


def _show(
    former: PlainForm | None = None,
    imported: Any = None,
    refused: Refused | None = None,
    nominated: PlainForm | None = None,
    inspections: PlainForm | None = None,
) -> str:
    return render_template(
        "office/tables.html",
        summary=make_form(SUMMARY, bind=False) if _summaries() else None,
        nominated=nominated or make_form(NOMINATED, bind=False) if _targets() else None,
        plaques=make_form(PLAQUES, bind=False) if _plaqued() else None,
        inspections=inspections or make_form(INSPECTIONS, bind=False) if _inspected() else None,
        former=former or make_form(FORMER, bind=False) if _registers() else None,
        registers=_registers(),
        imported=imported,
        refused=refused,
    )


@blueprint.get("/summary")
def summary() -> Response:
    """A summary table of the applications within the scope."""
    chosen, state = request.args.get("table", ""), request.args.get("state", "")
    if chosen not in dict(_summaries()) or state not in dict(_states()):
        abort(404)
    program, _, table_id = chosen.partition("/")
    w = reading()
    table = tables.table_of(w, program, table_id)
    ids = tables.listed(w, program, table, ApplicationState(state))
    wanted = request.args.get("format", "xlsx")
    return send_paper(recommending.summary_paper(w, program, table_id, ids, format=wanted))


@blueprint.get("/plaques")
def plaques() -> ResponseReturnValue:
    """On to the list of plaques, in the format chosen."""
    return _document("plaques", {})


@blueprint.get("/inspections")
def inspections() -> ResponseReturnValue:
    """On to the year's inspections, in the format chosen."""
    form = make_form(INSPECTIONS, bind=False, data=request.args.to_dict())
    year = year_of(form)
    return (_show(inspections=form), 422) if year is None else _document("inspections", {"year": str(year)})


def _document(target: str, read: Mapping[str, str]) -> ResponseReturnValue:
    given = {name: value for name, value in request.args.items() if name in PASSED and value}
    wanted = request.args.get("format", "")
    if wanted not in dict(_formats()):
        abort(404)
    return redirect(url_for(f"documents.{target}", format=wanted, **{**given, **read}))  # type: ignore[arg-type]  # texts


@blueprint.get("/nominations")
def nominated() -> ResponseReturnValue:
    """A nomination list of a year."""
    program, bar, target = request.args.get("target", "").partition("|")
    if f"{program}{bar}{target}" not in dict(_targets()):
        abort(404)
    form = make_form(NOMINATED, bind=False, data=request.args.to_dict())
    year = year_of(form)
    if year is None:
        return _show(nominated=form), 422
    return _download(nominations.nomination_xlsx(reading(), program, target, year), f"推荐名单{year}")


@blueprint.get("/former/<program>.xlsx")
def template(program: str) -> Response:
    """An empty list with the columns of a programme's former register."""
    if program not in dict(_registers()):
        abort(404)
    tracks = [(track.id, track.title) for track in catalogue()[program].program.tracks]
    return _download(libraries.template(tracks), "原名录模板")


def _download(content: bytes, name: str) -> Response:
    file = io.BytesIO(content)
    return send_file(file, mimetype=MEDIA["xlsx"], as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.post("/former")
def former() -> ResponseReturnValue:
    """Look at a former register's list, or with every error by row not at all; confirmed, it is entered."""
    if (looked := confirmed(FORMER_PAGE, url_for(".index"))) is not None:
        kept, given = looked.kept["sheet"], looked.given
        done = take_table(
            "register.import",
            lambda w: libraries.import_sheet(
                w, given["program"], kept.name, io.BytesIO(kept.read()), sheet=given["worksheet"]
            ),
            make_form(FORMER, bind=False),
            filename=kept.name,
            data=kept.read(),
        )
        if isinstance(done, Done):
            return _show(imported=done.value)
        return _show(refused=done), 422
    form = make_form(FORMER)
    refused: Refused | None = None
    if form.validate():
        values = form.values()
        try:
            kept = keep("sheet", values["sheet"])
        except Invalid as error:
            complain(error, form)
            return _show(form), 422
        found = take_table(
            "register.look",
            lambda w: libraries.look_at_sheet(
                w, values["program"], kept.name, io.BytesIO(kept.read()), sheet=values["worksheet"]
            ),
            form,
            filename=kept.name,
            data=kept.read(),
        )
        if isinstance(found, Done):
            looked = Looked({"sheet": kept}, {"program": values["program"], "worksheet": values["worksheet"]})
            return render_template(
                "parts/look_page.html",
                heading=FORMER_TITLE,
                look=found.value,
                fates=_came(found.value.comes_to),
                confirm=T("确认导入", "Confirm the import"),
                back=url_for(".index"),
                token_value=seal(FORMER_PAGE, looked),
                download=download(found.value.values, kept.name) if found.value.values.more else None,
            )
        refused = found
    return _show(form, refused=refused), 422


def _came(rows: Sequence[libraries.ImportedRow]) -> list[tuple[T, int]]:
    """How many rows come to what."""
    counts = Counter(row.came for row in rows)
    return [(came.label, counts[came]) for came in libraries.Came]
