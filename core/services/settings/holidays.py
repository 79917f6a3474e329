"""The holiday table: loaded a year at a time, corrected by hand; a year without it is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from sqlalchemy import extract, select
from sqlalchemy.exc import IntegrityError

from core.domain.acts import Act
from core.domain.calendar import CalendarUnknownError
from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.folding import repaired
from core.domain.holiday_notice import FIELD, read_notice
from core.domain.holidays import from_chinesecalendar, known_years
from core.rules.phrases import RELOAD_TO_RETRY, at_most_characters
from core.rules.text import T
from core.services.base.access import require, require_anywhere
from core.services.base.work import Work
from core.services.files.columns import Column, Tell, empty_table, read_table, unsaid
from core.services.files.kinds import Day, Text, YesNo
from core.services.supervision.hearing import date_waiting
from core.services.supervision.last_days import look_again
from core.storage.models import HolidayDay
from core.storage.seed import load_holidays

FEWEST_DAYS = 20
"""Fewer special days are no year's table: holidays, their bridges and the make-up days come to more."""
LONGEST_NAME = 100
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """A year as the list shows it: its special days, and whether the product brings its table."""

    year: int
    holidays: int
    make_up_days: int
    supplied: bool


def years(w: Work) -> list[HolidayYear]:
    """The years whose table is loaded or can be, in order."""
    require_anywhere(w, Act.HOLIDAY_VIEW)
    counts: dict[int, list[int]] = {}
    for day, working in w.session.execute(select(HolidayDay.on, HolidayDay.working)):
        counts.setdefault(day.year, [0, 0])[working] += 1
    supplied = known_years()
    found = []
    for year in sorted(supplied | counts.keys()):
        holidays, make_up = counts.get(year, (0, 0))
        found.append(HolidayYear(year, holidays, make_up, year in supplied))
    return found


def days_of(w: Work, year: int) -> dict[date, HolidayDay]:
    """The special days of a year."""
    query = select(HolidayDay).where(extract("year", HolidayDay.on) == year)
    return {row.on: row for row in w.session.scalars(query)}


def find(w: Work, day: date) -> HolidayDay | None:
    """What the table says of a day; None where its weekday decides."""
    return w.session.get(HolidayDay, day)


def load_year(w: Work, year: int, *, replace: bool = False) -> int:
    """Load a year's table as the product brings it; `replace` gives up what was changed by hand."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    try:
        rows = from_chinesecalendar([year])
    except CalendarUnknownError as error:
        raise Refused(
            T(f"尚无 {year} 年的放假安排", f"The holiday table of {year} is missing"),
            field="year",
            mend=T(
                "请更新软件，或粘贴国务院办公厅通知录入整年",
                "update, or enter the whole year from the notice",
            ),
        ) from error
    known_on = _clear(w, year, replace=replace)
    for row in rows:
        day = HolidayDay(on=row.day, working=row.is_working, name_zh=row.name.zh, name_en=row.name.en)
        day.known_on = known_on
        w.session.add(day)
    _changed(w)
    return len(rows)


def take_up_supplied(w: Work) -> int:
    """Load every year that this version brings and that has no day yet: how many days were written.

    Called where a newer version starts; what waited for such a year goes on.
    """
    written = load_holidays(w.session, w.today)
    if written:
        _go_on(w)
    return written


def enter_year(w: Work, year: int, days: Sequence[Mapping[str, object]], *, replace: bool = False) -> int:
    """Enter a year's whole table: {"day", "working", "name_zh", "name_en"} for each special day."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    errors: dict[str, T] = {}
    rows: dict[date, HolidayDay] = {}
    for number, item in enumerate(days, start=1):
        day, working = item.get("day"), item.get("working")
        if not isinstance(day, date) or day.year != year:
            errors[f"{number}.day"] = T(
                f"第 {number} 行：不是 {year} 年的日期", f"row {number}: no day of {year}"
            )
        elif day in rows:
            errors[f"{number}.day"] = T(f"第 {number} 行：日期重复", f"row {number}: the day stands twice")
        elif not isinstance(working, bool):
            errors[f"{number}.working"] = T(f"第 {number} 行：须填是否上班", f"row {number}: worked or not?")
        else:
            names = [str(item.get(name) or "")[:LONGEST_NAME] for name in ("name_zh", "name_en")]
            rows[day] = HolidayDay(on=day, working=working, name_zh=names[0], name_en=names[1])
    if len(days) < FEWEST_DAYS and not errors:
        errors["days"] = T(
            f"一年的安排不会少于 {FEWEST_DAYS} 天；请一次录入整年",
            f"a year has at least {FEWEST_DAYS} such days; enter the whole year at once",
        )
    if errors:
        raise Invalid(errors)
    known_on = _clear(w, year, replace=replace)
    for row in rows.values():
        row.known_on = known_on
    w.session.add_all(rows.values())
    _changed(w)
    return len(rows)


def enter_notice(w: Work, year: int, text: str, *, replace: bool = False) -> int:
    """Enter a year's table out of the State Council's notice; Invalid names what cannot be read."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    days = [
        {"day": row.day, "working": row.is_working, "name_zh": row.name.zh, "name_en": row.name.en}
        for row in read_notice(text, year)
    ]
    try:
        return enter_year(w, year, days, replace=replace)
    except Invalid as error:
        raise Invalid({FIELD: next(iter(error.errors.values()))}) from error


COLUMNS = (
    Column("day", T("日期", "Date"), Day()),
    Column("working", T("是否上班", "Worked or not"), YesNo(), also=("上班", "班/休")),
    Column("name", T("名称", "Name"), Text(LONGEST_NAME), required=False, also=("节日",)),
)
"""Of a year's table as it is handed in."""
FILE = "file"


def enter_table(
    w: Work,
    year: int,
    filename: str,
    file: IO[bytes],
    *,
    replace: bool = False,
    sheet: str = "",
    tell: Tell = unsaid,
) -> int:
    """Enter a year's table out of a spreadsheet: a row for each day off, and for each worked in exchange."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    table = read_table(filename, file, COLUMNS, field=FILE, most_rows=MOST_ROWS, sheet=sheet, tell=tell)
    rows: list[tuple[int, dict[str, object]]] = []
    for row in table.rows:
        given = dict(row.values)
        day = given.get("day")
        if isinstance(day, date) and day.year != year:
            row.wrong["day"] = T(f"{day} 不是 {year} 年的日期", f"{day} is no day of {year}")
        elif any(day == other["day"] for _, other in rows):
            row.wrong["day"] = T(f"{day} 重复", f"{day} stands twice")
        name = given.get("name") or ""
        rows.append((row.number, {"day": day, "working": given.get("working"), "name_zh": name}))
    if errors := table.errors(FILE):
        raise table.refused(errors)
    try:
        return enter_year(w, year, [given for _, given in rows], replace=replace)
    except Invalid as error:
        raise Invalid({FILE: next(iter(error.errors.values()))}) from error


def template(language: str = "zh") -> bytes:
    """An empty table to fill in."""
    note = "每天一行：放假的填“否”，调休上班的填“是”。 / A row a day: no for a day off, yes for one worked."
    return empty_table(
        T("全年放假安排", "Holidays of the year").get(language), COLUMNS, language, notes=[note]
    )


def set_day(w: Work, day: date, *, working: bool, name: str = "", name_en: str = "") -> None:
    """Correct a day of a year that is loaded: a holiday, or a day that is worked."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    _loaded(w, day.year)
    if len(name) > LONGEST_NAME or len(name_en) > LONGEST_NAME:
        raise Invalid({"name": at_most_characters(LONGEST_NAME)})
    found = w.session.get(HolidayDay, day, with_for_update=True)
    if found is None:
        found = HolidayDay(on=day, known_on=w.calendar.known_on.get(day.year))
        w.session.add(found)
    found.working = working
    found.name_zh, found.name_en = repaired(name), repaired(name_en)
    _changed(w)


def remove_day(w: Work, day: date) -> None:
    """Let a day be what its weekday says."""
    require(w, Act.HOLIDAY_EDIT, None, None)
    found = w.session.get(HolidayDay, day, with_for_update=True)
    if found is None:
        raise NotFound(T(f"{day} 不在表中", f"{day} is not in the table"))
    others = select(HolidayDay.on).where(extract("year", HolidayDay.on) == day.year, HolidayDay.on != day)
    if w.session.scalar(others.limit(1)) is None:
        raise Refused(T("不能删除该年的最后一天", "The last day of a year's table cannot be removed"))
    w.session.delete(found)
    _changed(w)


def _clear(w: Work, year: int, *, replace: bool) -> date | None:
    """Take a year's table away for another one; since when the year is known."""
    known_on = w.calendar.known_on.get(year) if year in w.calendar.years else w.today
    present = w.session.scalars(
        select(HolidayDay).where(extract("year", HolidayDay.on) == year).with_for_update()
    ).all()
    if present and not replace:
        raise Conflict(
            T(f"{year} 年的安排已载入", f"The table of {year} is loaded already"),
            mend=T(
                "如需覆盖手工修改，请选择替换", "choose to replace it, if what was changed by hand may go"
            ),
        )
    for row in present:
        w.session.delete(row)
    w.session.flush()
    return known_on


def _loaded(w: Work, year: int) -> None:
    if year not in w.calendar.years:
        raise Refused(
            T(f"{year} 年的安排尚未载入", f"The table of {year} is not loaded"),
            mend=T("请先载入或录入整年", "load or enter the whole year first"),
        )


def _changed(w: Work) -> None:
    try:
        w.session.flush()
    except IntegrityError as error:
        raise Conflict(
            T(
                "他人刚刚修改了放假安排，您的操作没有生效",
                "Someone else has just changed the table; nothing was done",
            ),
            mend=RELOAD_TO_RETRY,
        ) from error
    _go_on(w)


def _go_on(w: Work) -> None:
    """Let what depends on the table go on: times to object, and the last days of other periods."""
    w.forget_settings()
    date_waiting(w)
    look_again(w)
