"""`accredit holidays`: a year entered from each source, whole or not at all, and held against what runs."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from core.domain.clock import today
from core.services.settings.holidays import FEWEST_DAYS
from core.storage.engine import session_factory
from core.storage.models import HolidayDay, PublicNotice

YEAR = 2031
NOTICE = """
一、元旦：1月1日至3日放假，共3天。
二、春节：1月22日至29日放假，共8天。1月19日（星期日）、2月1日（星期六）上班。
三、清明节：4月4日至6日放假，共3天。
四、劳动节：5月1日至5日放假，共5天。4月27日（星期日）上班。
五、国庆节：10月1日至7日放假，共7天。
"""


@pytest.fixture
def register(accredit: Any, engine: Any, tmp_path: Path) -> Any:
    """Runs a command on a migrated database of the test's own."""
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments: Any) -> Any:
        given = {"ACCREDIT_DATABASE_URL": url}
        return accredit("holidays", *arguments, "--instance", tmp_path, "--lang", "en", env=given)

    return run


def table(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([("日期", "是否上班", "名称"), *rows]):
            sheet.write_row(line, 0, row)
    path = folder / "year.xlsx"
    path.write_bytes(buffer.getvalue())
    return path


def days(number: int, year: int = YEAR) -> list[tuple[str, str, str]]:
    return [(str(date(year, 5, 1) + timedelta(days=count)), "否", "假日") for count in range(number)]


def test_a_year_comes_from_a_notice_once_and_is_listed(register: Any, tmp_path: Path) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text(NOTICE, encoding="utf-8")
    assert register("list", YEAR).code == 1
    answer = register("import", YEAR, notice)
    assert (answer.code, "2031: 29 days entered" in answer.out) == (0, True), answer.err
    listed = register("list", YEAR)
    assert listed.code == 0
    assert "2031-01-19  day worked" in listed.out
    assert {
        "day": "2031-10-01",
        "working": False,
        "name_zh": "国庆节",
        "name_en": "National Day",
    } in register("list", YEAR, "--json").lines
    years = {row["year"]: row for row in register("list", "--json").lines}
    assert (years[YEAR]["holidays"], years[YEAR]["make_up_days"]) == (26, 3)
    assert "2031  26 days off, 3 worked in exchange" in register("list").out
    again = register("import", YEAR, notice)
    assert (again.code, "loaded already" in again.err) == (1, True)
    assert register("import", YEAR, notice, "--replace").code == 0


@pytest.mark.parametrize(("number", "good"), [(FEWEST_DAYS - 1, False), (FEWEST_DAYS, True)])
def test_a_table_is_a_whole_year_or_nothing(
    register: Any, tmp_path: Path, number: int, *, good: bool
) -> None:
    answer = register("import", YEAR, table(tmp_path, days(number)))
    assert (answer.code == 0) is good, answer.err
    assert (register("list", YEAR).code == 0) is good


def test_what_cannot_be_read_is_told_and_nothing_entered(register: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.txt"
    for content in ("什么也没有".encode(), "二、春节：2月30日放假".encode(), NOTICE.encode("gbk")):
        broken.write_bytes(content)
        answer = register("import", YEAR, broken)
        assert (answer.code, bool(answer.err)) == (1, True)
    broken.write_bytes(b"x" * 100_001)
    assert "larger than 100 kB" in register("import", YEAR, broken).err
    assert "is missing" in register("import", YEAR).err, "no version brings it"
    foreign = register("import", YEAR, table(tmp_path, [*days(FEWEST_DAYS), ("2032-01-01", "否", "元旦")]))
    assert (foreign.code, "is no day of 2031" in foreign.err) == (1, True)
    assert register("list", YEAR).code == 1


def test_the_year_that_this_version_brings_is_told_before_it_is_entered(register: Any) -> None:
    look = register("import", 2024, "--dry-run")
    assert (look.code, "2024-02-04  Sunday  Day worked" in look.out) == (0, True), look.err
    assert "8 worked in exchange" in look.out
    assert "nothing was entered" in look.out
    assert register("list", 2024).code == 1
    assert register("import", 2024).code == 0
    assert "2024-02-04  day worked" in register("list", 2024).out
    refused = register("import", 2024, "--dry-run")
    assert (refused.code, "loaded already" in refused.err) == (1, True)


def test_what_is_missing_or_cut_short_is_told_and_prolonged(register: Any, engine: Any) -> None:
    day = today()
    answer = register("check")
    assert (answer.code, f"The holiday table of {day.year} is missing" in answer.out) == (1, True)
    assert {"missing": day.year} in register("check", "--json").lines
    with session_factory(engine)() as session, session.begin():
        off = [day + timedelta(days=number) for number in range(1, 20)]
        session.add_all(HolidayDay(on=on, working=False) for on in off)
        # A year is known by its days.
        for known in {date(day.year, 1, 1), date(day.year + 1, 12, 31)} - set(off):
            session.add(HolidayDay(on=known, working=False))
        session.add(
            PublicNotice(
                program="hubei",
                title="公示",
                published_on=day,
                closes_on=day + timedelta(days=7),
                working_days=5,
            )
        )
    found = register("check", "--json")
    assert (found.code, [row["prolonged"] for row in found.lines]) == (1, [False])
    done = register("check", "--prolong")
    assert (done.code, f"prolonged to {found.lines[0]['until']}" in done.out) == (0, True)
    assert (register("check").code, register("check").out) == (0, "")
