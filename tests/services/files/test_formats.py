"""The formats of tables: each is told, and named in both languages wherever a table is asked for."""

import io

import pytest

from core.rules.text import T
from core.services.files.formats import KEPT, TableFormat, field_label, format_of, listed
from core.services.files.sheets import write_sheet

TABLE = write_sheet("Sheet", ["name"], [["one"]])


@pytest.mark.parametrize(
    ("filename", "data", "told"),
    [
        ("a.xlsx", TABLE, TableFormat.XLSX),
        ("A.CSV", b"name\none\n", TableFormat.CSV),
        ("a.csv", TABLE, TableFormat.CSV),
        ("a.txt", b"name\none\n", None),
        ("a.pdf", b"%PDF-1.7", None),
        ("a.pdf", TABLE, None),
        ("csv", b"name\none\n", None),
    ],
)
def test_a_table_is_told_by_its_bytes_and_plain_text_by_its_name(filename, data, told):
    assert format_of(filename, io.BytesIO(data)) is told


def test_every_format_is_named_where_a_table_is_asked_for():
    assert listed() == T("xlsx 或 ods 或 csv", "xlsx or ods or csv")
    assert field_label(T("花名册", "Roster")) == T(
        "花名册（xlsx 或 ods 或 csv）", "Roster (xlsx or ods or csv)"
    )


def test_a_table_that_is_kept_as_an_attachment_is_asked_for_in_what_attachments_are():
    assert field_label(T("汇总表", "Table"), KEPT) == T("汇总表（xlsx）", "Table (xlsx)")
