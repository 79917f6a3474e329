"""A case as a zip: each file once under a safe name, with its hash."""

import hashlib
import io
import zipfile
from datetime import date
from pathlib import PurePosixPath

import pytest

from core.documents.archive import SUMS, Archive, entry_name
from core.documents.indexpage import Entry, index_page

DAY = date(2024, 3, 1)


def packed(*files: tuple[str, bytes]) -> zipfile.ZipFile:
    archive = Archive(DAY)
    for name, content in files:
        archive.add(name, content)
    with archive.close() as stream:
        return zipfile.ZipFile(io.BytesIO(stream.read()))


def test_files_are_as_they_were_and_the_hashes_say_so():
    found = packed(("材料/甲.pdf", b"one"), ("乙.txt", b"two"))
    assert found.read("材料/甲.pdf") == b"one"
    expected = {name: hashlib.sha256(found.read(name)).hexdigest() for name in ("材料/甲.pdf", "乙.txt")}
    lines = found.read(SUMS).decode().splitlines()
    assert {line.partition("  ")[2]: line.partition("  ")[0] for line in lines} == expected


def test_two_of_one_name_stand_beside_each_other():
    found = packed(("a/甲.pdf", b"1"), ("a/甲.pdf", b"2"), ("a/甲.PDF", b"3"))
    assert found.namelist() == ["a/甲.pdf", "a/甲 (2).pdf", "a/甲 (3).PDF", SUMS]


def test_the_same_files_give_the_same_bytes():
    def once() -> bytes:
        archive = Archive(DAY)
        archive.add("甲", io.BytesIO(b"x" * 3_000_000))
        with archive.close() as stream:
            return stream.read()

    assert once() == once()


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "a/../b",
        "C:\\x",
        "a\x00b",
        "",
        "  ",
        "x" * 300 + ".pdf",
        "con<>|?*.pdf",
        "/abs",
    ],
)
def test_no_name_leads_out_of_the_zip(name):
    entry = PurePosixPath(entry_name("材料", name))
    assert entry.parts[0] == "材料"
    assert len(entry.parts) == 2
    assert ".." not in entry.parts
    assert len(entry.name) <= 80
    assert not set('<>:"\\|?*\x00') & set(entry.name)


def test_a_long_name_keeps_its_ending():
    assert entry_name("某" * 200 + ".docx").endswith(".docx")


def test_the_index_links_to_each_file_and_escapes_what_people_typed():
    page = index_page(
        "案卷",
        "zh",
        {"名称": "<b>公司</b>"},
        ("类别", "文件"),
        [
            Entry(("材料",), "图 & 表", "材料/100% 甲#1.pdf", "", 3, "ab" * 32),
            Entry(("材料",), "没了", None, "（已不在存储中）", 3, "cd" * 32),
        ],
    )
    assert "&lt;b&gt;公司&lt;/b&gt;" in page
    assert "%E6%9D%90%E6%96%99/100%25%20%E7%94%B2%231.pdf" in page
    assert "图 &amp; 表" in page
    assert "没了 （已不在存储中）" in page
