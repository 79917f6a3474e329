"""The staff roster as a table: a template to fill in, and its rows read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from core.domain.errors import MalformedError
from core.domain.facts import education, title_level
from core.domain.folding import repaired
from core.domain.identifiers import id_number, mask_id_number
from core.rules.terms import LevelFact
from core.rules.text import T
from core.services.files.columns import Column, Row, Tell, empty_table, read_table, unsaid
from core.services.files.kinds import Choice, Code, Day, Text, YesNo, shown
from core.services.previews.values import Values

MOST_PEOPLE = 5000
MOST_NAMED = 20
LONGEST_NAME = 200
FULL_TIME, EXPERIENCED = "full_time", "field_experienced"
NAME, NUMBER, SINCE = "name", "id_number", "since"
SHEET = T("员工花名册", "Staff roster")
# Words that rosters use beside those of the vocabulary.
EDUCATIONS = {
    "专科": "college",
    "大学专科": "college",
    "大学本科": "bachelor",
    "硕士研究生": "master",
    "博士研究生": "doctor",
}
TITLES = {"助理级": "junior", "副高": "associate_senior", "正高": "senior"}
COLUMNS = (
    Column(NAME, T("姓名", "Name"), Text(LONGEST_NAME)),
    Column(NUMBER, T("身份证号", "ID number"), Code(), also=("身份证号码", "公民身份号码")),
    Column(education.name, T("学历", "Education"), Choice.among(education.choices, EDUCATIONS)),
    Column(
        title_level.name, T("专业技术职称", "Professional title"), Choice.among(title_level.choices, TITLES)
    ),
    Column(EXPERIENCED, T("有本专业领域工作经验", "Experienced in the field"), YesNo()),
    Column(FULL_TIME, T("专职", "Full-time"), YesNo()),
    Column(SINCE, T("到岗日期", "In post since"), Day(), required=False),
)
ATTRIBUTES = (education.name, title_level.name, EXPERIENCED, FULL_TIME)


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a roster that could be read."""

    name: str
    id_number: str
    attributes: Mapping[str, Any]
    since: date | None
    row: int = field(default=0, compare=False)
    """As a spreadsheet numbers it."""

    @property
    def id_masked(self) -> str:
        """The number as it is kept."""
        return mask_id_number(self.id_number)


def template(language: str = "zh") -> bytes:
    """An empty table with the columns, and on a second sheet what may stand in them."""

    def listed(fact: LevelFact) -> str:
        return "；".join(f"{label.zh} / {label.en}" for _, label in fact.choices)

    notes = [
        f"每人一行，至多 {MOST_PEOPLE} 人。 / One row for each person, at most {MOST_PEOPLE}.",
        f"学历 Education：{listed(education)}",
        f"专业技术职称 Professional title：{listed(title_level)}",
        "有本专业领域工作经验、专职：填 是 或 否。 / Experienced in the field, Full-time: yes or no.",
        "到岗日期可不填，写作 2024-02-29。 / Since may be left out; write it as 2024-02-29.",
        "身份证号只用于识别同一人，系统不保存完整号码。 / The ID number only tells that two rows are one "
        "person; it is not kept whole.",
    ]
    return empty_table(SHEET.get(language), COLUMNS, language, notes=notes)


def read_roster(
    filename: str, file: IO[bytes], today: date, *, sheet: str = "", tell: Tell = unsaid
) -> tuple[Line, ...]:
    """The people of a filled template.

    Invalid at `file` for what is no table of this kind, else with every error of its rows by `row.field`.
    """
    table = read_table(
        filename, file, COLUMNS, field="file", most_rows=MOST_PEOPLE + 1, sheet=sheet, tell=tell
    )
    lines: list[Line] = []
    twice: dict[str, T] = {}
    seen: dict[str, int] = {}
    last = today.replace(year=today.year + 1, day=min(today.day, 28))
    for row in table.rows:
        number = _number(row, today)
        if number in seen:
            twice[f"{row.number}.{NUMBER}"] = T(
                f"第 {row.number} 行，与第 {seen[number]} 行为同一人（身份证号相同）",
                f"row {row.number}, is the person of row {seen[number]}: same ID number",
            )
        elif number is not None:
            seen[number] = row.number
        since = row.values.get(SINCE)
        if since is not None and since > last:
            row.wrong[SINCE] = T(f"{since} 过晚；不晚于 {last}", f"{since} is too late; not after {last}")
        if number is not None and not row.wrong:
            lines.append(_line(row, number))
    errors = table.errors("file") | twice
    if errors:
        raise table.refused(errors)
    _ask_about_later(lines, today, tell)
    return tuple(lines)


def _ask_about_later(lines: Sequence[Line], today: date, tell: Tell) -> None:
    """Who is to come only later is said: it may be a slip, and counts from that day on."""
    later = [line for line in lines if line.since is not None and line.since > today]
    if later:
        rows = ", ".join(str(line.row) for line in later[:MOST_NAMED]) + ("…" if later[MOST_NAMED:] else "")
        tell(
            T(
                f"到岗日期晚于 {today} 的有 {len(later)} 人（第 {rows} 行）：到岗后才计入人数，请核对",
                f"{len(later)} come after {today} (rows {rows}): they count from that day on; look again",
            )
        )


def _number(row: Row, today: date) -> str | None:
    """The ID number of a row, where it is one as of today."""
    given = row.values.get(NUMBER)
    try:
        return id_number(given, today) if given is not None else None
    except MalformedError as error:
        row.wrong[NUMBER] = error.text
        return None


def _line(row: Row, number: str) -> Line:
    given = row.values
    return Line(
        repaired(given[NAME]),
        number,
        {name: given[name] for name in ATTRIBUTES},
        given.get(SINCE),
        row.number,
    )


def values(lines: Sequence[Line]) -> Values:
    """What was read, with the ID numbers as they are kept."""
    kinds = {column.key: column.kind for column in COLUMNS}
    rows = [
        (
            line.row,
            [
                line.name,
                line.id_masked,
                *(shown(kinds[name], line.attributes.get(name)) for name in ATTRIBUTES),
                line.since,
            ],
        )
        for line in lines
    ]
    return Values([column.title for column in COLUMNS], rows)
