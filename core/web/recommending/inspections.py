"""Inspections of the accredited: planned for several at once, recorded, and summed up at the year's end."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound
from core.hooks.catalogue import catalogue
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.paging import page_in
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.duties import inspection_plans, inspections
from core.services.duties.inspection_plans import HandedOver, Kind, Narrow
from core.storage.models import Inspection
from core.web.cases.accreditation import AccreditationCase, load
from core.web.cases.accreditation_steps import STEPS
from core.web.exports.sending import send_rows
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.shared import YEAR_SPEC, year_of
from core.web.frame import paging
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading
from core.web.frame.show import current_day, data, region_name
from core.web.lists.columns import Column

blueprint = Blueprint("inspecting", __name__, url_prefix="/admin/recommending/inspections")

TABS = {
    Kind.PLANNED: T("待检查", "To be inspected"),
    Kind.OPEN: T("本年未安排", "Not planned this year"),
    Kind.AGAIN: T("应复核", "Re-verification due"),
    Kind.HELD: T("已检查", "Inspected"),
}
RECORD = "record-inspection"


@blueprint.get("/")
def index() -> str:
    """What is planned, overdue, still to plan, and to verify again."""
    return _show(reading(), None)


def _show(w: Work, form: PlainForm | None) -> str:
    wish, program = request.args.get("show", ""), request.args.get("program", "")
    tab = Kind(wish) if wish in set(Kind) else Kind.PLANNED
    narrow = Narrow(program if program in catalogue().programs else "", paging.typed("search"))
    page = inspection_plans.listed(w, tab, narrow, paging.wish())
    departed = inspection_plans.departed(w) if tab is Kind.PLANNED else []
    return render_template(
        "recommending/inspections.html",
        tab=tab,
        tabs=TABS,
        page=page,
        programs=_programs(w),
        form=form or make_form(_plan_specs(w), bind=False),
        departed=departed,
        people=inspection_plans.inspectors(w) if departed else [],
    )


def _programs(w: Work) -> Sequence[tuple[str, T]]:
    reach = {grant.program for grant in w.actor.grants if grant.role in ACTS[Act.INSPECTION_EDIT]}
    return [(key, item.program.title) for key, item in catalogue().programs.items() if reach & {None, key}]


def _plan_specs(w: Work) -> tuple[Spec, ...]:
    people = [(str(user.id), str(user)) for user in inspection_plans.inspectors(w)]
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
    ticked = paging.ticked()
    form = make_form(_plan_specs(w))
    if not form.validate() or not ticked:
        return _show(w, form), 422
    values = form.values()

    def change(unit: Work) -> int:
        for number in sorted(ticked):
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


@blueprint.post("/hand-over/<int:user_id>")
def hand_over(user_id: int) -> ResponseReturnValue:
    """Give what somebody who left had planned to another; what that one cannot take says why."""
    wish = paging.number_of(request.form.get("inspector"))

    def change(unit: Work) -> list[HandedOver]:
        if wish is None:
            raise Invalid({"inspector": FILL_IN})
        return inspection_plans.hand_over(unit, user_id, wish)

    done = attempt("inspection.hand_over", change)
    if done is not None:
        moved = sum(row.why_not is None for row in done.value)
        flash(tr(T(f"已移交 {moved} 项检查", f"{moved} inspections were handed over")), "success")
        for row in done.value:
            if row.why_not is not None:
                why = row.why_not
                flash(tr(T(f"{row.number}：{why.zh}", f"{row.number}: {why.en}")), "warning")
    return redirect(url_for(".index"), 303)


def _of(w: Work, inspection_id: int) -> tuple[Inspection, AccreditationCase]:
    found = inspection_plans.inspection(w, inspection_id)
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
    page = render_template(
        "recommending/inspection.html",
        item=item,
        case=case,
        offer=offer,
        inspector=inspection_plans.inspector_of(case.unit, item),
    )
    return page, status


YEAR_COLUMNS = (
    Column("number", T("认定编号", "Accreditation number"), lambda row: data(row.number)),
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


def _program(programs: Sequence[tuple[str, T]]) -> str:
    """The programme that was asked for, else the first of the user's; empty where it has none."""
    wish = request.args.get("program", "")
    return wish if wish in dict(programs) else next((key for key, _ in programs), "")


def _year() -> tuple[PlainForm, int | None]:
    """The input with what was typed, and the year, this one unless one was asked for; None for no year."""
    if not request.args.get("year"):
        return make_form((YEAR_SPEC,), bind=False), current_day().year
    form = make_form((YEAR_SPEC,), bind=False, data=request.args.to_dict())
    return form, year_of(form)


@blueprint.get("/year")
def year() -> ResponseReturnValue:
    """The year-end summary, for the user's territory."""
    return _show_year()


def _show_year() -> ResponseReturnValue:
    w = reading()
    programs = _programs(w)
    program, (form, chosen) = _program(programs), _year()
    summary = inspections.year_summary(w, program, chosen) if program and chosen is not None else None
    page = render_template(
        "recommending/year.html",
        programs=programs,
        program=program,
        form=form,
        year=chosen,
        summary=summary,
        page=page_in(summary.rows, paging.wish()) if summary else None,
    )
    return page, 422 if chosen is None else 200


@blueprint.get("/year.xlsx")
def year_sheet() -> ResponseReturnValue:
    """The year's inspections as a sheet."""
    w = reading()
    program, (_, chosen) = _program(_programs(w)), _year()
    if chosen is None:
        return _show_year()
    if not program:
        raise NotFound(NOTHING_THERE)
    summary = inspections.year_summary(w, program, chosen)
    title = tr(T(f"{chosen} 年检查情况", f"Inspections of {chosen}"))
    return send_rows("xlsx", title, YEAR_COLUMNS, summary.rows)
