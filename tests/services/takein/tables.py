"""Tables of a take-in, for its tests."""

import io
from collections.abc import Sequence
from datetime import date

from core.hooks.catalogue import catalogue
from core.services.files.sheets import write_sheet
from core.services.takein.columns import status_columns, year_columns
from core.services.takein.plan import Fate, Plan
from core.services.takein.reading import Source
from tests.services.factory import uscc

AT = "2024-06-03T09:00"
COLUMNS, YEARS = status_columns(catalogue()["hubei"]), year_columns()
HEADERS = [column.title.zh for column in COLUMNS]
BODY = uscc()
ORDER = {"order_clause": "18（1）", "ordered_on": date(2024, 5, 20), "deadline": date(2024, 6, 20)}


def row(**given: object) -> list[object]:
    usual = {
        "number": "鄂严选〔2023〕17号", "track": "specialized", "name": "武汉某某服务中心", "uscc": BODY,
        "region": "420106", "started_on": date(2023, 3, 20), "valid_through": date(2026, 3, 20),
    }  # fmt: skip
    return [{**usual, **given}.get(column.key) for column in COLUMNS]


def table(*rows: Sequence[object], name: str = "旧名录.xlsx") -> Source:
    content = write_sheet("名录", [column.title.zh for column in COLUMNS], rows)
    return Source(name, io.BytesIO(content), "ab" * 32)


def years(*rows: dict[str, object]) -> Source:
    usual = {"number": "鄂严选〔2023〕17号", "enterprises": 0, "services": 0, "hours": 0}
    lines = [[{**usual, **given}.get(column.key) for column in YEARS] for given in rows]
    headers = [column.title.zh for column in YEARS]
    return Source("历年.xlsx", io.BytesIO(write_sheet("历年", headers, lines)))


def fates(found: Plan) -> list[Fate]:
    return [item.fate for item in found.rows]


def said(found: Plan) -> str:
    return "".join(text.zh for item in found.rows for text in item.said) + "".join(t.zh for t in found.beside)
