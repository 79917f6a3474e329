"""The holiday table a year at a time: its months as calendars, each day one click from its form."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.domain.acts import Act
from core.rules.text import T
from core.services.base.access import allowed
from core.services.settings import holidays
from core.storage.models import HolidayDay
from core.web.frame.pipeline import attempt, reading
from core.web.frame.show import current_day

blueprint = Blueprint("holiday_years", __name__, url_prefix="/admin/holidays/years")

MONTHS = range(1, 13)
SATURDAY = 5


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
    chosen = year or request.args.get("year", current_day().year, type=int)
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


@blueprint.post("/<int:year>/load")
def load(year: int) -> ResponseReturnValue:
    """Load the year as the product brings it; ticked, what was changed by hand is given up."""
    attempt(
        "holiday.load",
        lambda w: holidays.load_year(w, year, replace=request.form.get("replace") == "yes"),
        done=T(f"{year} 年已载入", f"{year} was loaded"),
    )
    return redirect(url_for(".page", year=year), 303)
