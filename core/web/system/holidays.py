"""The holiday table a year at a time: its months as calendars, each day one click from its form."""

from __future__ import annotations

import io
from calendar import Calendar
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.domain.errors import DomainError, NotAllowed, NotFound
from core.domain.holiday_notice import FIELD
from core.rules.text import T
from core.services.base.access import allowed
from core.services.base.work import Work
from core.services.files.columns import Tell, unsaid
from core.services.files.formats import field_label
from core.services.files.types import XLSX
from core.services.settings import holidays, running_periods
from core.services.settings.year_preview import look_at_year
from core.storage.models import HolidayDay
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.forms.looked_at import Looked, confirmed, download, keep, seal
from core.web.forms.refused import WHICH
from core.web.frame import paging
from core.web.frame.language import language, tr
from core.web.frame.pipeline import attempt, complain, reading, run
from core.web.frame.show import current_day

blueprint = Blueprint("holiday_years", __name__, url_prefix="/admin/holidays/years")

MONTHS = range(1, 13)
SATURDAY = 5
LONGEST_NOTICE = 8000


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month's calendar; one of another month is only there to fill its week."""

    on: date
    inside: bool
    working: bool
    special: HolidayDay | None


@blueprint.get("/", defaults={"year": None})
@blueprint.get("/<int:year>")
def page(year: int | None) -> str:
    """One year."""
    w = reading()
    years = holidays.years(w)
    chosen = year or paging.asked("year", current_day().year)
    if not MINYEAR <= chosen < MAXYEAR:
        abort(404)
    special = holidays.days_of(w, chosen)
    found = next((item for item in years if item.year == chosen), None)
    return render_template(
        "system/holidays.html",
        year=chosen,
        # The coming year too: that it is not known yet is what one comes to see.
        years=sorted({item.year for item in years} | {current_day().year, current_day().year + 1, chosen}),
        found=found,
        months=[_month(chosen, month, special) for month in MONTHS] if special else [],
        may_edit=allowed(w.actor, Act.HOLIDAY_EDIT, None, None),
        shortened=len(running_periods.shortened(w)),
    )


@blueprint.get("/template.xlsx")
def template() -> ResponseReturnValue:
    """The empty table of a year."""
    content = io.BytesIO(holidays.template(language()))
    name = tr(T("全年放假安排", "Holidays of the year"))
    return send_file(content, mimetype=XLSX.media, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.route("/periods", methods=["GET", "POST"])
def periods() -> ResponseReturnValue:
    """The running periods that the table cuts short; confirmed, each gets its working days."""
    if request.method == "POST":
        done = attempt("holiday.prolong", running_periods.prolong_all)
        if done is not None:
            number = len(done.value)
            words = T(
                f"已顺延 {number} 个期限并通知当事人",
                f"{number} were prolonged, and whom it concerns is told",
            )
            flash(tr(words), "success")
        return redirect(url_for(".periods"), 303)
    w = reading()
    return render_template(
        "system/periods.html",
        rows=running_periods.shortened(w),
        may_edit=allowed(w.actor, Act.HOLIDAY_EDIT, None, None),
    )


def _month(year: int, month: int, special: dict[date, HolidayDay]) -> list[list[Day]]:
    weeks = Calendar().monthdatescalendar(year, month)
    return [
        [
            Day(
                on,
                on.month == month,
                special[on].working if on in special else on.weekday() < SATURDAY,
                special.get(on),
            )
            for on in week
        ]
        for week in weeks
    ]


@blueprint.route("/<int:year>/enter", methods=["GET", "POST"])
def enter(year: int) -> ResponseReturnValue:
    """Enter the year out of the State Council's notice, pasted, or of a table: looked at, then entered."""
    w = reading()
    if not MINYEAR <= year < MAXYEAR:
        abort(404)
    stands = _stands(w, year)
    form = make_form(_specs(known=bool(stands)), data={"stands": stands})
    sure = confirmed(_page(year, stands), url_for(".enter", year=year))
    if sure is not None:
        done = attempt(
            "holiday.enter",
            lambda unit: _enter(unit, year, sure),
            done=T(f"{year} 年已录入，请核对日历", f"{year} was entered; look the calendar over"),
        )
        return redirect(url_for(".page" if done else ".enter", year=year), 303)
    if request.method == "POST" and form.validate():
        values = form.values()
        sent = values[holidays.FILE]
        try:
            kept = {holidays.FILE: keep(holidays.FILE, sent)} if sent is not None and sent.filename else {}
            given = {name: values[name] or "" for name in (FIELD, WHICH.name)}
            looked = Looked(kept, {**given, "replace": bool(values.get("replace"))})
            return _looked_at(year, stands, looked, url_for(".enter", year=year))
        except DomainError as error:
            if isinstance(error, NotAllowed | NotFound):
                raise
            complain(error, form)
    shown = render_template("system/holiday_notice.html", form=form, year=year)
    return shown, 422 if request.method == "POST" else 200


@blueprint.post("/<int:year>/load")
def load(year: int) -> ResponseReturnValue:
    """Look at the year as the product brings it; ticked, what was changed by hand is given up with it."""
    looked = Looked({}, {"supplied": True, "replace": request.form.get("replace") == "yes"})
    try:
        return _looked_at(year, _stands(reading(), year), looked, url_for(".page", year=year))
    except DomainError as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        complain(error)
    return redirect(url_for(".page", year=year), 303)


def _stands(w: Work, year: int) -> list[list[object]]:
    """The year as it stands; what was looked at is confirmed only while it stands so."""
    return sorted(
        [row.on, row.working, row.name_zh, row.name_en] for row in holidays.days_of(w, year).values()
    )


def _page(year: int, stands: list[list[object]]) -> str:
    return f"holidays-{year}-{stands}"


def _looked_at(year: int, stands: list[list[object]], looked: Looked, back: str) -> str:
    """The year before it is entered; `back` leads to where it is given up."""
    remarks = list[T]()
    with run("holiday.look") as unit:
        look = look_at_year(unit, year, lambda: _enter(unit, year, looked, remarks.append))
    return render_template(
        "system/holiday_look.html",
        year=year,
        look=look,
        remarks=remarks,
        back=back,
        token_value=seal(_page(year, stands), looked),
        download=download(look.values, str(year)) if look.values.more else None,
    )


def _specs(*, known: bool) -> list[Spec]:
    specs = [
        Spec(
            FIELD,
            T("放假通知正文", "Text of the holiday notice"),
            FieldKind.AREA,
            longest=LONGEST_NOTICE,
            required=False,
            anew=True,
            hint=T(
                "粘贴“一、元旦……”至最后一项，可连同前后文字", "Paste all items, with what stands around them"
            ),
        ),
        Spec(
            holidays.FILE,
            field_label(T("或上传全年表格", "Or a table of the year")),
            FieldKind.FILE,
            required=False,
            anew=True,
        ),
        replace(WHICH, anew=True),
    ]
    if known:
        label = T("替换已有的安排，放弃手工修改", "Replace what is there; changes by hand are given up")
        specs.append(Spec("replace", label, FieldKind.FLAG, required=False, anew=True))
    return specs


def _enter(w: Work, year: int, looked: Looked, tell: Tell = unsaid) -> int:
    """The year as the product brings it, out of the table that was sent, or else out of the pasted notice."""
    given, anew = looked.given, bool(looked.given["replace"])
    if given.get("supplied"):
        return holidays.load_year(w, year, replace=anew)
    sent = looked.kept.get(holidays.FILE)
    if sent is None:
        return holidays.enter_notice(w, year, given[FIELD], replace=anew)
    table, sheet = io.BytesIO(sent.read()), given[WHICH.name]
    return holidays.enter_table(w, year, sent.name, table, replace=anew, sheet=sheet, tell=tell)
