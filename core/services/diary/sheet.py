"""The diary as a table: a template to fill in, its import without anything half-done, and the export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from core.domain.folding import folded, number_key
from core.domain.lifecycle.states import IN_FORCE
from core.domain.quantities import HOURS, MONEY
from core.rules.text import T
from core.services.base.access import require_member
from core.services.base.work import Work
from core.services.diary.fields import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MODES,
    Entry,
    functions_under,
    parse_entry,
)
from core.services.diary.records import check_all, day_errors, known_entries, place_errors, rows_of
from core.services.diary.served import as_written, each_served
from core.services.files.columns import Column, Row, Tell, empty_table, in_row, read_table, unsaid
from core.services.files.kinds import BY_LINE, Amount, Choice, Day, Percent, Several, Text, Whole, YesNo
from core.services.people.accepted_codes import accepted
from core.services.supervision.locking import lock_own
from core.services.supervision.status import Status
from core.storage.models import Accreditation, Campaign

MOST_ENTRIES = 5000
CERTIFICATES, ENTERPRISES, CAMPAIGN = "certificates", "enterprises", "campaign_id"
ASKED = T("应填写“是”或“否”", "give yes or no")
COLUMNS = (
    Column(CERTIFICATES, T("认定编号", "Accreditation numbers"), Several(Text(), BY_LINE), required=False),
    Column("service_date", T("服务日期", "Service date"), Day()),
    Column("title", T("服务名称", "Service title"), Text(LONGEST_TITLE)),
    Column("function", T("服务类别", "Service category"), Text(LONGEST_TITLE), required=False),
    Column("mode", T("服务方式", "Mode of service"), Choice.among(MODES), required=False),
    Column("hours", T("服务时长（小时）", "Hours of service"), Amount(0, unit=HOURS)),
    Column("participants", T("参加人数", "Participants"), Whole(0, unit="人"), required=False),
    Column(ENTERPRISES, T("服务企业", "Enterprises served"), Several(Text(), each_served), required=False),
    Column("satisfaction_pct", T("满意度（%）", "Satisfaction (%)"), Percent(), required=False),
    Column("fee_cny", T("收费（元）", "Fee (CNY)"), Amount(0, unit=MONEY), required=False),
    Column(
        "organized_by_authority",
        T("主管部门组织", "Organised by the authority"),
        YesNo(ASKED),
        required=False,
    ),
    Column("public_benefit", T("公益性服务", "Public-benefit service"), YesNo(ASKED), required=False),
    Column(CAMPAIGN, T("所属活动", "Part of campaign"), Text(), required=False),
    Column("summary", T("服务内容", "Service content"), Text(LONGEST_SUMMARY), required=False),
)
NOTES = (
    "服务企业：每家用分号隔开或另起一行；有统一社会信用代码的，写作 名称|代码 或 名称 代码，代码也可换行写。",
    "Enterprises: parted by semicolons or lines; a USCC as name|code, name code, or on the next line.",
    "认定编号：同一服务计入几项认定的，用分号隔开；只有一项认定的可不填。",
    "Certificate numbers: parted by semicolons; may be left out by who has only one.",
    "主管部门组织、公益性服务：填 是 或 否。 / Yes or no.",
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import recorded: an entry counts once, its records one for each accreditation."""

    entries: int
    records: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its entry, and the accreditations that it counts for."""

    row: Row
    entry: Entry
    entry_id: UUID
    statuses: tuple[Status, ...]


def template(w: Work, party_id: int) -> bytes:
    """An empty table with the columns, and on a second sheet what may stand in them."""
    notes = list(NOTES)
    for item in _of_party(w, party_id):
        known = "；".join(label.zh for label in functions_under(Status(w, item)).values())
        notes.append(f"{item.number} 服务类别：{known}")
    notes.append("服务方式：" + "；".join(label.zh for _, label in MODES))
    return empty_table("服务日记", COLUMNS, notes=notes)


def import_entries(
    w: Work, party_id: int, filename: str, file: IO[bytes], *, submit: bool = True, sheet: str = ""
) -> Imported:
    """Record every row of a filled template, or none: Invalid names each error by row and field."""
    return record_lines(w, read_lines(w, party_id, filename, file, sheet), submit=submit)


def record_lines(w: Work, lines: Sequence[Line], *, submit: bool = True) -> Imported:
    """Record the rows of a table, with what they bring about at once."""
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


def read_lines(
    w: Work, party_id: int, filename: str, file: IO[bytes], sheet: str = "", tell: Tell = unsaid
) -> list[Line]:
    """The rows of a table; Invalid with every error."""
    require_member(w, party_id)
    statuses = {number_key(item.number): lock_own(w, item.id) for item in _of_party(w, party_id)}
    table = read_table(
        filename, file, COLUMNS, field="file", most_rows=MOST_ENTRIES + 1, sheet=sheet, tell=tell
    )
    if table.heading:
        at = table.header_row
        raise table.refused({f"{at}.{key}": in_row(at, None, why) for key, why in table.heading.items()})
    titled = campaigns_of(w, {status.accreditation.program for status in statuses.values()})
    campaigns = {folded(title): number for title, number in titled.items()}
    lines = [line for row in table.rows if (line := _line(w, party_id, row, statuses, campaigns)) is not None]
    _refuse_repeated(w, lines, list(statuses.values()))
    errors = table.errors("file") or day_errors(w, party_id, [line.entry for line in lines])
    if errors:
        raise table.refused(errors)
    return lines


def _of_party(w: Work, party_id: int) -> Sequence[Accreditation]:
    """The accreditations that new records can belong to."""
    query = select(Accreditation).where(Accreditation.party_id == party_id, Accreditation.state.in_(IN_FORCE))
    return w.session.scalars(query.order_by(Accreditation.id)).all()


def campaigns_of(w: Work, programs: set[str]) -> dict[str, int]:
    """The campaigns of programmes, by their title."""
    query = select(Campaign.title, Campaign.id).where(Campaign.program.in_(programs)).order_by(Campaign.id)
    return {row.title: row.id for row in w.session.execute(query)}


def _line(
    w: Work,
    party_id: int,
    row: Row,
    statuses: Mapping[str, Status],
    campaigns: Mapping[str, int],
) -> Line | None:
    """The entry of a row; None with what is wrong told at the row."""
    errors: dict[str, T] = {}
    chosen = _chosen(row, statuses, errors)
    data = {field: value for field, value in row.values.items() if field != CERTIFICATES}
    _understand(data, chosen, campaigns, errors)
    reading = parse_entry(data, accepted(w))
    # What the reader of the table said of a cell stands: for all others that cell was empty.
    row.wrong.update({**place_errors(w, reading.values, chosen), **reading.errors, **errors, **row.wrong})
    if row.wrong:
        return None
    entry = reading.entry()
    if entry.enterprises:
        row = replace(row, values={**row.values, ENTERPRISES: tuple(map(as_written, entry.enterprises))})
    # The same row gives the same entry: importing a file twice is noticed, not counted twice.
    return Line(row, entry, uuid5(NAMESPACE_URL, f"diary/{party_id}/{entry!r}"), tuple(chosen))


def _chosen(row: Row, statuses: Mapping[str, Status], errors: dict[str, T]) -> list[Status]:
    numbers = row.values.get(CERTIFICATES) or ()
    if not numbers and len(statuses) != 1:
        errors[CERTIFICATES] = T("请填写认定编号", "give the certificate number")
        return []
    unknown = [number for number in numbers if number_key(number) not in statuses]
    if unknown:
        listed = "、".join(unknown)
        errors[CERTIFICATES] = T(
            f"没有有效的认定 {listed}", f"you hold no accreditation {', '.join(unknown)}"
        )
    keys = dict.fromkeys(map(number_key, numbers)) or statuses
    return [statuses[key] for key in keys if key in statuses]


def _understand(
    data: dict[str, object],
    chosen: Sequence[Status],
    campaigns: Mapping[str, int],
    errors: dict[str, T],
) -> None:
    """Turn what only the register knows of a row into the values of an entry."""
    if "function" in data:
        data["function"] = _function(str(data["function"]), chosen)
    if CAMPAIGN in data:
        title = str(data.pop(CAMPAIGN))
        if folded(title) in campaigns:
            data[CAMPAIGN] = campaigns[folded(title)]
        else:
            errors[CAMPAIGN] = T(f"没有名为“{title}”的活动", f"no campaign is called {title!r}")


def _function(word: str, chosen: Sequence[Status]) -> str:
    for status in chosen:
        known = Choice.among(functions_under(status).items())
        if folded(word) in known.words:
            return known.read(word)
    return word


def _refuse_repeated(w: Work, lines: Sequence[Line], statuses: Sequence[Status]) -> None:
    """Tell of rows that say the same as another one, or as what is recorded already."""
    seen: dict[UUID, int] = {}
    recorded = known_entries(w, statuses, [line.entry_id for line in lines])
    for line in lines:
        before = seen.setdefault(line.entry_id, line.row.number)
        if before != line.row.number:
            line.row.wrong["row"] = T(f"与第 {before} 行相同", f"says the same as row {before}")
        elif line.entry_id in recorded:
            line.row.wrong["row"] = T("已登记过", "has been recorded already")
