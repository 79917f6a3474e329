"""A recommender's list as a table: a template to fill in, and its rows taken in."""

from __future__ import annotations

from typing import IO

from core.domain import identifiers
from core.domain.errors import Invalid
from core.rules.text import T
from core.services.base.work import Work
from core.services.files.columns import Column, Table, Tell, empty_table, in_row, read_table, unsaid
from core.services.files.kinds import Code, Day, Text
from core.services.previews.trial import Effects, Look, tried
from core.services.previews.values import values_of
from core.services.recommenders.bodies import LONGEST_NAME, find
from core.services.recommenders.lists import Entry, Imported, put_on

MOST_ENTRIES = 20_000
NAME, CODE, JOINED, LEFT = "name", "uscc", "joined_on", "left_on"
SHEET = T("推荐单位名单", "Recommender's list")
COLUMNS = (
    Column(NAME, T("名称", "Name"), Text(LONGEST_NAME), also=("单位名称", "会员名称")),
    Column(CODE, T("统一社会信用代码", "Unified social credit code"), Code()),
    Column(JOINED, T("加入日期", "Joined on"), Day(), also=("入会日期", "指派日期")),
    Column(LEFT, T("退出日期", "Left on"), Day(), required=False, also=("退会日期",)),
)


def template(language: str = "zh") -> bytes:
    """An empty table with the columns, and on a second sheet what may stand in them."""
    notes = [
        f"每个单位一行，至多 {MOST_ENTRIES} 行；表中没有的单位保持不变。 / "
        f"One row for each body, at most {MOST_ENTRIES}; whoever is not named stays as it is.",
        "退出日期为不再是会员的第一天，仍是会员的不填。 / "
        "Left on is the first day on which it is a member no longer; leave it empty for present members.",
    ]
    return empty_table(SHEET.get(language), COLUMNS, language, notes=notes)


def take_in(w: Work, recommender_id: int, filename: str, file: IO[bytes], *, sheet: str = "") -> Imported:
    """Put the bodies of a filled template on the list.

    Invalid at `file` for what is no table of this kind, else with every error of its rows by `row.field`.
    """
    return _put_on(w, recommender_id, *_read(w, recommender_id, filename, file, sheet))


def look(w: Work, recommender_id: int, filename: str, file: IO[bytes], *, sheet: str = "") -> Look[Imported]:
    """What `take_in` would come to; the same errors, and nothing is put on the list."""
    remarks: list[T] = []
    read = _read(w, recommender_id, filename, file, sheet, remarks.append)
    comes_to = tried(w, lambda: _put_on(w, recommender_id, *read))
    return Look(comes_to, values_of(COLUMNS, read[0].rows), Effects(), remarks)


def _read(
    w: Work, recommender_id: int, filename: str, file: IO[bytes], sheet: str, tell: Tell = unsaid
) -> tuple[Table, list[int], list[Entry]]:
    """The table, and of each body the number of its row and what is to be entered."""
    find(w, recommender_id)
    table = read_table(
        filename, file, COLUMNS, field="file", most_rows=MOST_ENTRIES + 1, sheet=sheet, tell=tell
    )
    errors, seen = table.errors("file"), dict[str, int]()
    rows, given = list[int](), list[Entry]()
    for row in table.rows:
        if row.wrong:
            continue
        code = identifiers.compact(row.values[CODE])
        if code in seen and row.values.get(LEFT) is None:
            first = seen[code]
            why = T(f"与第 {first} 行为同一单位", f"is the body of row {first}")
            errors[f"{row.number}.{CODE}"] = in_row(row.number, table.titles.get(CODE), why)
        seen.setdefault(code, row.number)
        rows.append(row.number)
        given.append(Entry(code, row.values[NAME], row.values[JOINED], row.values.get(LEFT)))
    if errors:
        raise table.refused(errors)
    return table, rows, given


def _put_on(w: Work, recommender_id: int, table: Table, rows: list[int], given: list[Entry]) -> Imported:
    """Put them on; what is wrong with an entry is told by its row."""
    try:
        return put_on(w, recommender_id, given)
    except Invalid as error:
        found = {}
        for key, why in error.errors.items():
            place, _, field = key.partition(".")
            number = rows[int(place)]
            found[f"{number}.{field}"] = in_row(number, table.titles.get(field), why)
        raise table.refused(found) from None
