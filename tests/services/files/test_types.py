"""What a file is by its bytes, and how large a table really is."""

import io
import zipfile

import pytest

from core.domain.errors import MalformedError
from core.services.files import types
from core.services.files.sheet_limits import require_small, within
from core.services.files.types import clean_name, identify_bytes

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


def packed(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", b"%PDF-1.4\n", types.PDF),
        ("A.PDF", b"%PDF-2.0\n", types.PDF),
        ("图.tif", b"II*\x00....", types.TIFF),
        ("图.tiff", b"MM\x00*....", types.TIFF),
        ("a.xlsx", packed(xl__workbook_xml="x"), types.XLSX),
        ("a.pptx", packed(ppt__presentation_xml="x"), types.PPTX),
        ("版式.ofd", packed(OFD_xml="x"), types.OFD),
        ("a.doc", OLE, types.DOC),
        ("a.xls", OLE, types.XLS),
    ],
)
def test_known_types(name, data, kind):
    assert identify_bytes(name, data) is kind


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", packed(readme_xml="x")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.exe", OLE),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.xlsm", packed(xl__workbook_xml="x", xl__vbaProject_bin="x")),
        ("", b"%PDF-1.4"),
    ],
)
def test_other_files_and_other_endings_are_refused(name, data):
    with pytest.raises(MalformedError):
        identify_bytes(name, data)


def test_a_container_that_unpacks_to_far_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(types, "MOST_UNPACKED", 10_000)
    with pytest.raises(MalformedError, match="unknown"):
        identify_bytes("a.docx", packed(word__document_xml="x" * 10_001))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\temp\\执照.pdf", "执照.pdf"),
        ("../../etc/执照.pdf", "执照.pdf"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ("‮fdp.exe", "fdp.exe"),
        (" .htaccess", "htaccess"),
        ("", "file"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_names_are_kept_without_folders_and_tricks(given, kept):
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"/></row><row r="10"><c r="CV10"/></row>',
        "<x:row><x:c/><x:c/></x:row>" * 10,
        "<row>" + "<c/>" * 100 + "</row>",
    ],
)
def test_a_table_at_the_limits_is_read(rows):
    assert within(f"<x:sheetData>{rows}</x:sheetData>".encode(), 10)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="11"><c r="A11"/></row>',
        '<row r="1"><c r="A1"/></row><row><c r=\'A1048576\'/></row>',
        '<row r="1"><c r = "CW1"/></row>',
        '<row r="1"><c r="XFD1"/></row>',
        "<row/>" * 11,
        "<x:row>" + "<x:c/>" * 101 + "</x:row>",
    ],
)
def test_a_table_beyond_the_limits_is_not(rows):
    assert not within(f"<x:sheetData>{rows}</x:sheetData>".encode(), 10)


@pytest.mark.parametrize(
    "rows",
    ['<row r="1"><c r="&#88;FD1"/></row>', '<row r="1"><c r="AAAA1"/></row>', '<row r="123456789"/>'],
)
def test_a_cell_that_stands_nowhere_is_refused(rows):
    with pytest.raises(MalformedError, match="irregular"):
        within(f"<x:sheetData>{rows}</x:sheetData>".encode(), 10)


def test_large_and_hidden_contents_are_refused_before_they_are_read(monkeypatch):
    utf16 = packed(xl__workbook_xml="<w/>", other='<row r="99999999"/>'.encode("utf-16"))
    doctype = packed(other=b'<!DOCTYPE x [<!ENTITY a "1048576">]><row r="&a;"/>')
    for data in (utf16, doctype, b"PK\x03\x04 broken"):
        with pytest.raises(MalformedError):
            require_small(io.BytesIO(data))
    monkeypatch.setattr("core.services.files.sheet_limits.MOST_UNPACKED", 1_000)
    with pytest.raises(MalformedError, match="too large"):
        require_small(io.BytesIO(packed(a="x" * 600, b="x" * 600)))
    monkeypatch.setattr("core.services.files.sheet_limits.MOST_BYTES", 10)
    with pytest.raises(MalformedError, match="too large"):
        require_small(io.BytesIO(packed(a="x")))
