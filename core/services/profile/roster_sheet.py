"""The staff roster as a table: a template to fill in, and its rows read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from core.domain.errors import Invalid, MalformedError
from core.domain.facts import education, title_level
from core.domain.identifiers import id_number, mask_id_number, shorten
from core.rules.terms import LevelFact
from core.rules.text import T
from core.services.base.words import unwritten
from core.services.files.sheet_errors import says_errors
from core.services.files.sheets import NO_TEMPLATE, WRITTEN_DAY, YES_NO, read_sheet, write_sheet

MOST_PEOPLE = 5000
LONGEST_NAME = 200
FULL_TIME, EXPERIENCED = "full_time", "field_experienced"
NAME, NUMBER, SINCE = "name", "id_number", "since"
COLUMNS: tuple[tuple[str, T], ...] = (
    (NAME, T("姓名", "Name")),
    (NUMBER, T("身份证号", "ID number")),
    (education.name, T("学历", "Education")),
    (title_level.name, T("专业技术职称", "Professional title")),
    (EXPERIENCED, T("有本专业领域工作经验", "Experienced in the field")),
    (FULL_TIME, T("专职", "Full-time")),
    (SINCE, T("到岗日期", "Since")),
)
OPTIONAL = (SINCE,)
SHEET = T("员工花名册", "Staff roster")
_ALSO: Mapping[str, Mapping[str, str]] = {
    education.name: {
        "专科": "college",
        "大学专科": "college",
        "大学本科": "bachelor",
        "硕士研究生": "master",
        "博士研究生": "doctor",
    },
    title_level.name: {"助理级": "junior", "副高": "associate_senior", "正高": "senior"},
}
"""Words that rosters use beside those of the vocabulary."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a roster that could be read."""

    name: str
    id_number: str
    attributes: Mapping[str, Any]
    since: date | None

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
    return write_sheet(SHEET.get(language), [title.get(language) for _, title in COLUMNS], [], notes=notes)


def read_roster(filename: str, file: IO[bytes], today: date) -> tuple[Line, ...]:
    """The people of a filled template.

    Invalid at `file` for what is no table of this kind, else with every error of its rows by `row.field`.
    """
    try:
        rows = read_sheet(filename, file, most_rows=MOST_PEOPLE + 1)
    except MalformedError as error:
        raise Invalid({"file": error.text}) from error
    header, *body = rows or [(1, [])]
    columns = _columns(header[1])
    if not body:
        raise Invalid({"file": T("表中没有数据", "the table has no rows")})
    lines: list[Line] = []
    errors: dict[str, T] = {}
    seen: dict[str, int] = {}
    for row, cells in body:
        given = {columns[place]: cell for place, cell in enumerate(cells) if place in columns}
        line, wrong = _line(given, today)
        number = line.id_number if line is not None else ""
        if number in seen:
            wrong[NUMBER] = T(
                f"与第 {seen[number]} 行为同一人（身份证号相同）",
                f"is the person of row {seen[number]}: same ID number",
            )
        elif number:
            seen[number] = row
        errors |= {
            f"{row}.{field}": T(f"第 {row} 行，{why.zh}", f"row {row}, {why.en}")
            for field, why in wrong.items()
        }
        if line is not None:
            lines.append(line)
    if errors:
        raise Invalid(errors)
    return tuple(lines)


def _columns(header: Sequence[object]) -> dict[int, str]:
    """The field of each column by its header in either language; a column of errors is passed over."""
    names = {title.get(language): field for field, title in COLUMNS for language in ("zh", "en")}
    columns: dict[int, str] = {}
    errors: list[T] = []
    for place, cell in enumerate(header):
        text = "" if cell is None else str(cell).strip()
        if not text or says_errors(text):
            continue
        field = names.get(text)
        if field is None or field in columns.values():
            shown = shorten(text)
            errors.append(
                T(
                    f"表头“{shown}”不是模板的列，或重复",
                    f"{shown!r} is no column of the template, or stands twice",
                )
            )
        else:
            columns[place] = field
    if not columns:
        raise Invalid({"file": NO_TEMPLATE})
    for field, title in COLUMNS:
        if field not in columns.values() and field not in OPTIONAL:
            errors.append(T(f"缺少列“{title.zh}”", f"the column {title.en} is missing"))
    if errors:
        zh, en = "；".join(text.zh for text in errors), "; ".join(text.en for text in errors)
        raise Invalid({"file": T(zh, en)})
    return columns


def _line(given: Mapping[str, object], today: date) -> tuple[Line | None, dict[str, T]]:
    values: dict[str, Any] = {}
    wrong: dict[str, T] = {}
    readers: dict[str, Callable[[object], Any]] = {
        NAME: _name,
        NUMBER: lambda cell: id_number(str(cell), today),
        education.name: lambda cell: _level(education, cell),
        title_level.name: lambda cell: _level(title_level, cell),
        EXPERIENCED: _flag,
        FULL_TIME: _flag,
        SINCE: lambda cell: _day(cell, today),
    }
    for field, title in COLUMNS:
        cell = given.get(field)
        if cell is None and field in OPTIONAL:
            continue
        try:
            if cell is None:
                raise MalformedError(T("请填写", "this must be given"))
            values[field] = readers[field](cell)
        except MalformedError as error:
            wrong[field] = T(f"{title.zh}：{error.text.zh}", f"{title.en}: {error.text.en}")
    if wrong:
        return None, wrong
    attributes = {name: values[name] for name in (education.name, title_level.name, EXPERIENCED, FULL_TIME)}
    return Line(values[NAME], values[NUMBER], attributes, values.get(SINCE)), {}


def _name(cell: object) -> str:
    wrong = unwritten(str(cell), NAME, longest=LONGEST_NAME)
    if wrong:
        raise MalformedError(wrong[NAME])
    return str(cell).strip()


def _level(fact: LevelFact, cell: object) -> str:
    words = {
        word: key
        for key, label in fact.choices
        for word in (key, label.zh, label.zh.split("（")[0], label.en, label.en.split(" (")[0])
    }
    known = {word.casefold(): key for word, key in {**words, **_ALSO.get(fact.name, {})}.items()}
    key = known.get(str(cell).strip().casefold())
    if key is None:
        zh, en = (
            "、".join(label.zh for _, label in fact.choices),
            ", ".join(label.en for _, label in fact.choices),
        )
        shown = shorten(str(cell))
        raise MalformedError(T(f"“{shown}”不在可选项中：{zh}", f"{shown!r} is not one of {en}"))
    return key


def _flag(cell: object) -> bool:
    if isinstance(cell, bool):
        return cell
    word = YES_NO.get(str(cell).strip().casefold())
    if word is None:
        raise MalformedError(T("请填 是 或 否", "write yes or no"))
    return word


def _day(cell: object, today: date) -> date:
    if not isinstance(cell, date):
        match = WRITTEN_DAY.fullmatch(str(cell).strip())
        try:
            cell = date(*(int(part) for part in match.groups())) if match is not None else None
        except ValueError:
            cell = None
    if not isinstance(cell, date):
        raise MalformedError(T("日期应写作 2024-02-29", "write the date as 2024-02-29"))
    if cell > today.replace(year=today.year + 1, day=min(today.day, 28)):
        raise MalformedError(T("日期过晚", "is too late"))
    return cell
