"""Inspections of the accredited: planned for several at once, recorded, and summed up at the year's end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from core.domain.errors import NotFound
from core.domain.lifecycle.states import IN_FORCE
from core.domain.roles import Role, division_prefix
from core.hooks.catalogue import catalogue
from core.rules.text import T
from core.services.base.access import ACTS, scope
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.duties import inspections
from core.storage.models import Accreditation, Grant, Inspection, RegisterEvent, User
from core.web.cases.accreditation import AccreditationCase, load
from core.web.cases.accreditation_steps import STEPS
from core.web.exports.sending import send_rows
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.frame import paging
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading
from core.web.frame.show import current_day, data, region_name
from core.web.lists.columns import Column
from core.web.lists.common import accreditation_named

blueprint = Blueprint("inspecting", __name__, url_prefix="/admin/recommending/inspections")

PLANNED, HELD, OPEN, AGAIN = "planned", "held", "open", "again"
TABS = {
    PLANNED: T("待检查", "Planned"),
    OPEN: T("本年未安排", "Not planned this year"),
    AGAIN: T("应复核", "To verify again"),
    HELD: T("已检查", "Held"),
}
RECORD = "record-inspection"
INSPECTOR = aliased(User)


def _reach(w: Work, act: str) -> ColumnElement[bool]:
    return scope(w.actor, act, Accreditation.program, Accreditation.region)


def _program() -> ColumnElement[bool] | None:
    wish = request.args.get("program", "")
    return Accreditation.program == wish if wish in catalogue().programs else None


def _inspections(w: Work, *, held: bool) -> Select[Any, Any]:
    query = (
        select(Inspection, INSPECTOR)
        .join(Inspection.accreditation)
        .join(Accreditation.party)
        .outerjoin(INSPECTOR, Inspection.inspector_id == INSPECTOR.id)
        .options(contains_eager(Inspection.accreditation).contains_eager(Accreditation.party))
        .where(_reach(w, "inspection.edit"))
    )
    if held:
        return query.where(Inspection.held_on.is_not(None)).order_by(Inspection.held_on.desc(), Inspection.id)
    return query.where(Inspection.held_on.is_(None)).order_by(Inspection.planned_on, Inspection.id)


def _not_planned(w: Work) -> Select[Any, Any]:
    """Accreditations in force without an inspection planned or held this year, with the last one's day."""
    first = date(w.today.year, 1, 1)
    when = func.coalesce(Inspection.held_on, Inspection.planned_on)
    this_year = exists().where(
        Inspection.accreditation_id == Accreditation.id, or_(when >= first, Inspection.held_on.is_(None))
    )
    last = (
        select(func.max(Inspection.held_on))
        .where(Inspection.accreditation_id == Accreditation.id)
        .scalar_subquery()
    )
    return (
        select(Accreditation, last.label("last"))
        .join(Accreditation.party)
        .options(contains_eager(Accreditation.party))
        .where(_reach(w, "inspection.edit"), Accreditation.state.in_(IN_FORCE), ~this_year)
        .order_by(last.asc().nulls_first(), Accreditation.id)
    )


def _to_verify(w: Work) -> Select[Any, Any]:
    """Records to be verified again, with the inspection that is planned for it."""
    planned = (
        select(func.min(Inspection.planned_on))
        .where(
            Inspection.accreditation_id == RegisterEvent.accreditation_id,
            Inspection.clause == RegisterEvent.clause,
            Inspection.held_on.is_(None),
        )
        .scalar_subquery()
    )
    return (
        select(RegisterEvent, planned.label("planned"))
        .join(RegisterEvent.accreditation)
        .join(Accreditation.party)
        .options(contains_eager(RegisterEvent.accreditation).contains_eager(Accreditation.party))
        .where(*inspections.open_reverifications(), _reach(w, "inspection.edit"))
        .order_by(RegisterEvent.happened_on, RegisterEvent.id)
    )


def _query(w: Work, tab: str) -> Select[Any, Any]:
    made = {
        PLANNED: lambda: _inspections(w, held=False),
        HELD: lambda: _inspections(w, held=True),
        OPEN: lambda: _not_planned(w),
        AGAIN: lambda: _to_verify(w),
    }
    query = made[tab]()
    chosen = _program()
    if chosen is not None:
        query = query.where(chosen)
    text = paging.typed("search")
    return query.where(accreditation_named(text)) if text else query


@blueprint.get("/")
def index() -> str:
    """What is planned, overdue, still to plan, and to verify again."""
    return _show(reading(), None)


def _show(w: Work, form: PlainForm | None) -> str:
    wish = request.args.get("show", PLANNED)
    tab = wish if wish in TABS else PLANNED
    page = paging.paged(w.session, _query(w, tab))
    return render_template(
        "recommending/inspections.html",
        tab=tab,
        tabs=TABS,
        page=page,
        programs=_programs(w),
        form=form or make_form(_plan_specs(w), bind=False),
        link=paging.link,
    )


def _programs(w: Work) -> Sequence[tuple[str, T]]:
    reach = {grant.program for grant in w.actor.grants if grant.role in ACTS["inspection.edit"]}
    return [(key, item.program.title) for key, item in catalogue().programs.items() if reach & {None, key}]


def _inspectors(w: Work) -> list[tuple[str, str]]:
    """The user, and those who recommend or decide within its own programmes and regions."""
    near = [grant for grant in w.actor.grants if grant.role in ACTS["inspection.edit"]]
    regions = [
        Grant.region.startswith(division_prefix(grant.region)) for grant in near if grant.region is not None
    ]
    query = (
        select(User)
        .join(Grant)
        .where(User.active, Grant.role == Role.RECOMMENDER)
        .where(
            or_(*(Grant.program == grant.program for grant in near if grant.program), Grant.program.is_(None))
        )
        .distinct()
        .order_by(User.id)
        .limit(100)
    )
    if regions and all(grant.region for grant in near):
        query = query.where(or_(*regions))
    own = w.session.get(User, w.actor.user_id)
    people = {user.id: str(user) for user in ([own] if own else [])}
    people |= {user.id: str(user) for user in w.session.scalars(query)}
    return [(str(key), name) for key, name in people.items()]


def _plan_specs(w: Work) -> tuple[Spec, ...]:
    people = _inspectors(w)
    return (
        Spec("planned_on", T("计划日期", "Planned for"), FieldKind.DAY, default=current_day),
        Spec(
            "inspector",
            T("检查人员", "Inspector"),
            FieldKind.CHOICE,
            options=lambda: people,
            default=str(w.actor.user_id),
        ),
    )


@blueprint.post("/plan")
def plan() -> ResponseReturnValue:
    """Plan an inspection of each that is ticked: all of them, or with one refusal none."""
    w = reading()
    ticked = request.form.getlist("rowid")
    form = make_form(_plan_specs(w))
    if any(not (item.isascii() and item.isdigit() and int(item) < 2**63) for item in ticked):
        raise NotFound(NOTHING_THERE)
    if not form.validate() or not ticked:
        return _show(w, form), 422
    values = form.values()

    def change(unit: Work) -> int:
        for number in sorted({int(item) for item in ticked}):
            clause = request.form.get(f"clause-{number}", "")
            inspections.plan(
                unit, number, values["planned_on"], clause, inspector_id=int(values["inspector"])
            )
        return len(ticked)

    done = attempt(
        "inspection.plan",
        change,
        done=T(f"已安排 {len(ticked)} 项检查", f"{len(ticked)} inspections were planned"),
        form=form,
    )
    return redirect(url_for(".index"), 303) if done is not None else (_show(reading(), form), 422)


def _of(w: Work, inspection_id: int) -> tuple[Inspection, AccreditationCase]:
    found = w.session.get(Inspection, inspection_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found, load(w, found.accreditation_id)


@blueprint.route("/<int:inspection_id>", methods=["GET", "POST"])
def record(inspection_id: int) -> ResponseReturnValue:
    """What an inspection found, or the form for it."""
    item, case = _of(reading(), inspection_id)
    status = 200
    if request.method == "POST":
        if STEPS.take(case, RECORD) is not None:
            return redirect(url_for(".index"), 303)
        failed = case.failed
        item, case = _of(reading(), inspection_id)
        case.failed, status = failed, 422
    offer = STEPS.offer(case, STEPS.by_name[RECORD], item)
    inspector = case.unit.session.get(User, item.inspector_id) if item.inspector_id else None
    page = render_template(
        "recommending/inspection.html", item=item, case=case, offer=offer, inspector=inspector
    )
    return page, status


YEAR_COLUMNS = (
    Column("number", T("认定编号", "Number"), lambda row: data(row.number)),
    Column("party", T("主体", "Party"), lambda row: data(row.party)),
    Column("region", T("地区", "Region"), lambda row: region_name(row.region)),
    Column("clause", T("条款", "Clause"), "clause"),
    Column("planned_on", T("计划日期", "Planned for"), "planned_on"),
    Column("held_on", T("检查日期", "Held on"), "held_on"),
    Column("quality", T("服务质量", "Quality"), lambda row: data(row.quality) if row.quality else None),
    Column("fees", T("收费情况", "Fees"), lambda row: data(row.fees) if row.fees else None),
    Column("satisfaction", T("满意度（%）", "Satisfaction (%)"), "satisfaction_pct"),
    Column("passed", T("通过", "Passed"), "passed"),
)


def _year(w: Work) -> tuple[list[tuple[str, T]], str, int]:
    programs = list(_programs(w))
    wish = request.args.get("program", "")
    program = wish if wish in dict(programs) else (programs[0][0] if programs else "")
    year = request.args.get("year", current_day().year, type=int)
    return programs, program, year if 2000 <= year <= 2100 else current_day().year  # noqa: PLR2004  # years


@blueprint.get("/year")
def year() -> str:
    """The year-end summary, for the user's territory."""
    w = reading()
    programs, program, chosen = _year(w)
    summary = inspections.year_summary(w, program, chosen) if program else None
    return render_template(
        "recommending/year.html", programs=programs, program=program, year=chosen, summary=summary
    )


@blueprint.get("/year.xlsx")
def year_sheet() -> Response:
    """The year's inspections as a sheet."""
    w = reading()
    _, program, chosen = _year(w)
    if not program:
        raise NotFound(NOTHING_THERE)
    summary = inspections.year_summary(w, program, chosen)
    title = tr(T(f"{chosen} 年检查情况", f"Inspections of {chosen}"))
    return send_rows("xlsx", title, YEAR_COLUMNS, summary.rows)
