"""The diary as a table: a template to fill in, its import without anything half-done, and the export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from core.domain.errors import Invalid, MalformedError
from core.domain.lifecycle.states import IN_FORCE
from core.rules.text import T
from core.services.base.access import require_member
from core.services.base.work import Work
from core.services.diary.fields import MODES, Entry, functions_of, parse_entry
from core.services.diary.records import check_all, day_errors, known_entries, place_errors, rows_of
from core.services.files.sheet_errors import says_errors
from core.services.files.sheets import NO_TEMPLATE, WRITTEN_DAY, YES_NO, read_sheet, write_sheet
from core.services.supervision.status import for_party, rules_of
from core.storage.models import Accreditation, Campaign

MOST_ENTRIES = 5000
CERTIFICATES, ENTERPRISES, CAMPAIGN = "certificates", "enterprises", "campaign_id"
COLUMNS: tuple[tuple[str, T], ...] = (
    (CERTIFICATES, T("认定编号", "Certificate numbers")),
    ("service_date", T("服务日期", "Service date")),
    ("title", T("服务名称", "Title")),
    ("function", T("服务类别", "Service")),
    ("mode", T("服务方式", "Mode")),
    ("hours", T("服务时长（小时）", "Hours")),
    ("participants", T("参加人数", "Participants")),
    (ENTERPRISES, T("服务企业", "Enterprises")),
    ("satisfaction_pct", T("满意度（%）", "Satisfaction (%)")),
    ("fee_cny", T("收费（元）", "Fee (CNY)")),
    ("organized_by_authority", T("主管部门组织", "Organized by the authority")),
    ("public_benefit", T("公益性服务", "Public-benefit service")),
    (CAMPAIGN, T("所属活动", "Campaign")),
    ("summary", T("服务内容", "Content")),
)
REQUIRED = ("service_date", "title", "hours")
NOTES = (
    "服务企业：每家之间用分号隔开；有统一社会信用代码的，写作 名称|代码。",
    "Enterprises: parted by semicolons; with a USCC, as name|code.",
    "认定编号：同一服务计入几项认定的，用分号隔开；只有一项认定的可不填。",
    "Certificate numbers: parted by semicolons; may be left out by who has only one.",
    "主管部门组织、公益性服务：填 是 或 否。 / Yes or no.",
)
_PARTS = re.compile(r"[；;\n]")
_CODE = re.compile(r"[|｜]")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import recorded: an entry counts once, its records one for each accreditation."""

    entries: int
    records: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would record."""

    entries: int
    records: int
    hours: Decimal
    enterprises: int
    """Distinct ones."""
    first: date
    last: date
    by_number: tuple[tuple[str, int], ...]
    """Records by the accreditation's number."""


@dataclass(frozen=True, slots=True)
class _Line:
    row: int
    entry: Entry
    entry_id: UUID
    statuses: tuple[Accreditation, ...]


def template(w: Work, party_id: int) -> bytes:
    """An empty table with the columns, and on a second sheet what may stand in them."""
    notes = list(NOTES)
    for status in _of_party(w, party_id):
        known = "；".join(
            label.zh for _, label in functions_of(w.program(status.program), rules_of(w, status))
        )
        notes.append(f"{status.number} 服务类别：{known}")
    notes.append("服务方式：" + "；".join(label.zh for _, label in MODES))
    return write_sheet("服务日记", [title.zh for _, title in COLUMNS], [], notes=notes)


def import_entries(
    w: Work, party_id: int, filename: str, file: IO[bytes], *, submit: bool = True
) -> Imported:
    """Record every row of a filled template, or none: Invalid names each error by row and field."""
    lines = _lines(w, party_id, filename, file)
    records = [
        record
        for line in lines
        for record in rows_of(w, line.entry, line.entry_id, line.statuses, submit=submit)
    ]
    w.session.add_all(records)
    w.session.flush()
    if submit:
        check_all(w, [status for line in lines for status in line.statuses])
    return Imported(len(lines), len(records))


def preview_entries(w: Work, party_id: int, filename: str, file: IO[bytes]) -> Preview:
    """What an import of the table would record; the same errors, and nothing is recorded."""
    lines = _lines(w, party_id, filename, file)
    days = [line.entry.service_date for line in lines]
    counts: dict[str, int] = {}
    for line in lines:
        for status in line.statuses:
            counts[status.number] = counts.get(status.number, 0) + 1
    return Preview(
        entries=len(lines),
        records=sum(counts.values()),
        hours=sum((line.entry.hours for line in lines), Decimal(0)),
        enterprises=len({key for line in lines for key in line.entry.enterprise_keys}),
        first=min(days),
        last=max(days),
        by_number=tuple(sorted(counts.items())),
    )


def _lines(w: Work, party_id: int, filename: str, file: IO[bytes]) -> list[_Line]:
    """The rows of a table; Invalid with every error."""
    require_member(w, party_id)
    statuses = {status.number: for_party(w, status.id) for status in _of_party(w, party_id)}
    try:
        rows = read_sheet(filename, file, most_rows=MOST_ENTRIES + 1)
    except MalformedError as error:
        raise Invalid({"file": error.text}) from error
    header, *body = rows or [(1, [])]
    columns = _columns(header[1])
    if not body:
        raise Invalid({"file": T("表中没有数据", "the table has no rows")})
    campaigns = campaigns_of(w, {status.program for status in statuses.values()})
    lines: list[_Line] = []
    errors: dict[str, T] = {}
    for row, cells in body:
        given = {columns[i]: cell for i, cell in enumerate(cells) if i in columns and cell is not None}
        line, found = _line(w, party_id, row, given, statuses, campaigns)
        errors |= {f"{row}.{field}": _at(row, field, why) for field, why in found.items()}
        if line is not None:
            lines.append(line)
    errors |= _repeated(w, lines, list(statuses.values()))
    if not errors:
        errors = day_errors(w, party_id, [line.entry for line in lines])
    if errors:
        raise Invalid(errors)
    return lines


def _of_party(w: Work, party_id: int) -> Sequence[Accreditation]:
    """The accreditations that new records can belong to."""
    query = select(Accreditation).where(Accreditation.party_id == party_id, Accreditation.state.in_(IN_FORCE))
    return w.session.scalars(query.order_by(Accreditation.id)).all()


def campaigns_of(w: Work, programs: set[str]) -> dict[str, int]:
    """The campaigns of programmes, by their title."""
    query = select(Campaign.title, Campaign.id).where(Campaign.program.in_(programs)).order_by(Campaign.id)
    return {row.title: row.id for row in w.session.execute(query)}


def _columns(header: Sequence[object]) -> dict[int, str]:
    """The field of each column, found by its header in either language."""
    names = {title.zh: field for field, title in COLUMNS} | {title.en: field for field, title in COLUMNS}
    columns: dict[int, str] = {}
    errors: dict[str, T] = {}
    for place, cell in enumerate(header):
        if cell is None or says_errors(cell):
            continue
        field = names.get(str(cell))
        if field is None or field in columns.values():
            errors[f"1.{cell}"] = T(
                f"表头“{cell}”不是模板的列，或重复", f"{cell!r} is no column, or stands twice"
            )
        else:
            columns[place] = field
    if not columns:
        raise Invalid({"file": NO_TEMPLATE})
    for field, title in COLUMNS:
        if field in REQUIRED and field not in columns.values():
            errors[f"1.{field}"] = T(f"缺少列“{title.zh}”", f"the column {title.zh} is missing")
    if errors:
        raise Invalid(errors)
    return columns


def _line(
    w: Work,
    party_id: int,
    row: int,
    given: Mapping[str, object],
    statuses: Mapping[str, Accreditation],
    campaigns: Mapping[str, int],
) -> tuple[_Line | None, dict[str, T]]:
    errors: dict[str, T] = {}
    chosen = _chosen(given.get(CERTIFICATES), statuses, errors)
    data = {field: value for field, value in given.items() if field != CERTIFICATES}
    _understand(w, data, chosen, campaigns, errors)
    reading = parse_entry(data)
    errors = {**place_errors(w, reading.values, chosen), **reading.errors, **errors}
    if errors:
        return None, errors
    entry = reading.entry()
    # The same row gives the same entry: importing a file twice is noticed, not counted twice.
    return _Line(row, entry, uuid5(NAMESPACE_URL, f"diary/{party_id}/{entry!r}"), tuple(chosen)), {}


def _chosen(
    given: object, statuses: Mapping[str, Accreditation], errors: dict[str, T]
) -> list[Accreditation]:
    numbers = [part.strip() for part in _PARTS.split(str(given)) if part.strip()] if given else list(statuses)
    if not given and len(statuses) != 1:
        errors[CERTIFICATES] = T("请填写认定编号", "give the certificate number")
        return []
    unknown = [number for number in numbers if number not in statuses]
    if unknown:
        listed = "、".join(unknown)
        errors[CERTIFICATES] = T(
            f"没有有效的认定 {listed}", f"you hold no accreditation {', '.join(unknown)}"
        )
    return [statuses[number] for number in dict.fromkeys(numbers) if number in statuses]


def _understand(
    w: Work,
    data: dict[str, object],
    chosen: Sequence[Accreditation],
    campaigns: Mapping[str, int],
    errors: dict[str, T],
) -> None:
    """Turn the words of a table into the values of an entry."""
    day = WRITTEN_DAY.fullmatch(str(data.get("service_date", "")))
    if day is not None:
        data["service_date"] = f"{int(day[1]):04d}-{int(day[2]):02d}-{int(day[3]):02d}"
    for field in ("organized_by_authority", "public_benefit"):
        if field in data:
            word = str(data[field])
            data[field] = YES_NO.get(word.casefold(), data[field])
            if not isinstance(data[field], bool):
                errors[field] = T(f"“{word}”应填写“是”或“否”", f"{word!r}: give yes or no")
    words = {label.get(language): key for key, label in MODES for language in ("zh", "en")}
    if "mode" in data:
        word = str(data["mode"])
        data["mode"] = words.get(word, data["mode"])
        if word not in words and word not in words.values():
            # As the table has it, not as the register keeps it.
            listed = "、".join(label.zh for _, label in MODES), ", ".join(label.en for _, label in MODES)
            errors["mode"] = T(
                f"“{word}”不在可选项中；可选：{listed[0]}", f"{word!r} is no choice; give one of {listed[1]}"
            )
    if "function" in data:
        data["function"] = _function(w, str(data["function"]), chosen)
    for field in ("title", "summary"):
        if field in data:
            data[field] = str(data[field])
    if ENTERPRISES in data:
        pieces = [part for part in _PARTS.split(str(data[ENTERPRISES])) if part.strip()]
        named = [[*(piece.strip() for piece in _CODE.split(part, maxsplit=1)), ""] for part in pieces]
        data[ENTERPRISES] = [{"name": parts[0], "uscc": parts[1]} for parts in named]
    if CAMPAIGN in data:
        title = str(data.pop(CAMPAIGN))
        if title in campaigns:
            data[CAMPAIGN] = campaigns[title]
        else:
            errors[CAMPAIGN] = T(f"没有名为“{title}”的活动", f"no campaign is called {title!r}")


def _function(w: Work, word: str, chosen: Sequence[Accreditation]) -> str:
    for status in chosen:
        for key, label in functions_of(w.program(status.program), rules_of(w, status)):
            if word in (key, label.zh, label.en):
                return key
    return word


def _repeated(w: Work, lines: Sequence[_Line], statuses: Sequence[Accreditation]) -> dict[str, T]:
    """Rows that say the same as another one, or as what is recorded already."""
    errors: dict[str, T] = {}
    seen: dict[UUID, int] = {}
    recorded = known_entries(w, statuses, [line.entry_id for line in lines])
    for line in lines:
        if line.entry_id in seen:
            why = T(f"与第 {seen[line.entry_id]} 行相同", f"says the same as row {seen[line.entry_id]}")
            errors[f"{line.row}.row"] = _at(line.row, "", why)
        elif line.entry_id in recorded:
            errors[f"{line.row}.row"] = _at(line.row, "", T("已登记过", "has been recorded already"))
        seen.setdefault(line.entry_id, line.row)
    return errors


def _at(row: int, field: str, why: T) -> T:
    titles = dict(COLUMNS)
    column = field.split(".")[0]
    if column not in titles:
        return T(f"第 {row} 行：{why.zh}", f"row {row}: {why.en}")
    title = titles[column]
    return T(f"第 {row} 行“{title.zh}”：{why.zh}", f"row {row}, {title.en}: {why.en}")
