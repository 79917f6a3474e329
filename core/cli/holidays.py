"""`accredit holidays`: the holiday table listed, entered a year at a time, and held against what runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from core.cli.common import emit, language_option
from core.cli.register import acting, instance_option
from core.rules.text import T
from core.services.base.work import Work
from core.services.files.columns import Tell
from core.services.settings import holidays as tables
from core.services.settings.running_periods import Shortened, prolong_all, shortened
from core.services.settings.year_preview import PLAIN, YearLook, look_at_year
from core.services.todo.holiday_tables import missing

NOTICE = ".txt"
MOST_BYTES = 100_000
"""Of a notice: those of the State Council have some two thousand."""


@click.group()
def holidays() -> None:
    """The State Council's holidays, by which working days are counted."""


@holidays.command("list")
@click.argument("year", type=click.IntRange(1, 9998), required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@language_option
@instance_option
def list_command(year: int | None, language: str, instance: Path, *, as_json: bool) -> None:
    """List the years with their number of days, or the days of one year; 1 where that year has none."""
    with acting(instance, "holiday.list", language) as w:
        if year is None:
            _list_years(w, language, as_json=as_json)
            return
        rows = sorted(tables.days_of(w, year).items())
        for day, row in rows:
            if as_json:
                told = {"day": day.isoformat(), "working": row.working}
                emit({**told, "name_zh": row.name_zh, "name_en": row.name_en})
            else:
                kind = T("上班", "day worked") if row.working else T("休息", "day off")
                name = T(row.name_zh, row.name_en or row.name_zh)
                _say(f"{day}  {kind.get(language)}  {name.get(language)}".rstrip())
    raise SystemExit(0 if rows else 1)


def _list_years(w: Work, language: str, *, as_json: bool) -> None:
    for item in tables.years(w):
        if as_json:
            days = {"holidays": item.holidays, "make_up_days": item.make_up_days}
            emit({"year": item.year, **days, "supplied": item.supplied})
        elif item.holidays or item.make_up_days:
            said = T(
                f"放假 {item.holidays} 天，调休上班 {item.make_up_days} 天",
                f"{item.holidays} days off, {item.make_up_days} worked in exchange",
            )
            _say(f"{item.year}  {said.get(language)}")
        else:
            _say(
                f"{item.year}  {T('未载入，本版本自带', 'not loaded; comes with this version').get(language)}"
            )


@holidays.command("import")
@click.argument("year", type=click.IntRange(1, 9998))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--sheet", default="", help="The sheet of the table, where several could be meant.")
@click.option("--replace", is_flag=True, help="Give up what is there, with what was changed by hand.")
@click.option("--dry-run", is_flag=True, help="Tell its days, what it cuts short and whom it tells.")
@language_option
@instance_option
def import_command(
    year: int, file: Path | None, sheet: str, language: str, instance: Path, *, replace: bool, dry_run: bool
) -> None:
    """Enter a whole year: from a table, from the text of the notice (.txt), or as this version brings it.

    With one error nothing is entered. What waited for the year goes on with it.
    """
    remarks: list[T] = []

    def enter() -> int:
        return _import(w, year, file, sheet, remarks.append, replace=replace)

    with acting(instance, "holiday.look" if dry_run else "holiday.import", language) as w:
        found = look_at_year(w, year, enter) if dry_run else enter()
    for remark in remarks:
        _say(remark.get(language))
    if isinstance(found, YearLook):
        _say_look(found, year, language)
        return
    number = found
    _say(T(f"{year} 年已录入 {number} 天", f"{year}: {number} days entered").get(language))
    _say(
        T(
            "缩短的期限见 accredit holidays check",
            "accredit holidays check tells the running periods that it shortens",
        ).get(language)
    )


def _say_look(look: YearLook, year: int, language: str) -> None:
    for _, (day, weekday, kind, name, before) in look.values.rows:
        words = [part.get(language) for part in (weekday, kind, name) if part is not None]
        differs = before not in (kind, PLAIN)
        was = T(f"（现为{before.zh}）", f" (now: {before.en})").get(language) if differs else ""
        _say(f"{day}  {'  '.join(words)}{was}")
    _say_periods(look.shortened, language)
    for told, parties in (
        (T("录入后即通知", "told as soon as it is entered"), look.told),
        (T("顺延时通知", "told when they are prolonged"), look.told_later),
    ):
        for party in parties:
            _say(f"{told.get(language)}  {party}")
    said = T(
        f"{year} 年：休息 {look.off} 天，调休上班 {look.worked} 天，将确定 {look.dated} 个异议截止日，"
        f"缩短 {len(look.shortened)} 个期限；未录入",
        f"{year}: {look.off} days off, {look.worked} worked in exchange; {look.dated} last days to object "
        f"would be known, {len(look.shortened)} running periods shortened; nothing was entered",
    )
    _say(said.get(language))


def _import(w: Work, year: int, file: Path | None, sheet: str, tell: Tell, *, replace: bool) -> int:
    if file is None:
        return tables.load_year(w, year, replace=replace)
    if file.suffix.lower() != NOTICE:
        with file.open("rb") as stream:
            return tables.enter_table(w, year, file.name, stream, replace=replace, sheet=sheet, tell=tell)
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException(f"{file} is larger than {MOST_BYTES // 1000} kB: no notice is")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8: save it so, and try again") from error
    return tables.enter_notice(w, year, text, replace=replace)


@holidays.command()
@click.option("--prolong", is_flag=True, help="Give each its working days, and tell whom it concerns.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@language_option
@instance_option
def check(language: str, instance: Path, *, prolong: bool, as_json: bool) -> None:
    """Tell the years that are missing, and the running periods that the table cuts short; 1 where any is."""
    with acting(instance, "holiday.prolong" if prolong else "holiday.check", language) as w:
        years = missing(w)
        found = prolong_all(w) if prolong else shortened(w)
    for year in years:
        if as_json:
            emit({"missing": year})
        else:
            _say(T(f"尚无 {year} 年的放假安排", f"The holiday table of {year} is missing").get(language))
    if as_json:
        for item in found:
            emit(_told(item, language, prolonged=prolong))
    else:
        _say_periods(found, language, prolonged=prolong)
    raise SystemExit(1 if years or (found and not prolong) else 0)


def _say_periods(periods: Iterable[Shortened], language: str, *, prolonged: bool = False) -> None:
    done = T("顺延至", "prolonged to") if prolonged else T("应至", "should run to")
    for item in periods:
        title = item.title.get(language)
        _say(f"{item.program}  {title}  {item.ends} {done.get(language)} {item.until}")


def _told(item: Shortened, language: str, *, prolonged: bool) -> dict[str, object]:
    days = {"ends": item.ends.isoformat(), "until": item.until.isoformat()}
    about = {"kind": item.kind, "id": item.id, "program": item.program, "title": item.title.get(language)}
    return {**about, **days, "prolonged": prolonged}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
