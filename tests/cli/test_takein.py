"""`accredit takein`: every row's fate first, then the statuses, each once."""

import pytest
from sqlalchemy import select

from core.services.files.sheets import write_sheet
from core.storage.engine import session_factory
from core.storage.models import Attachment
from tests.services.books import book
from tests.services.factory import uscc
from tests.services.journey import PDF
from tests.services.takein.tables import HEADERS, row


@pytest.fixture
def register(accredit, engine, tmp_path):
    """Runs a command on a migrated database of the test's own."""
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments):
        return accredit(*arguments, "--instance", tmp_path, env={"ACCREDIT_DATABASE_URL": url})

    return run


def test_a_table_is_looked_at_taken_in_and_not_taken_in_twice(register, tmp_path):
    table = tmp_path / "旧名录.xlsx"
    table.write_bytes(write_sheet("名录", HEADERS, [row(), row(number="甲-2", uscc="123")]))
    refused = register("takein", "hubei", table)
    assert refused.code == 1
    assert "第 3 行“统一社会信用代码”" in refused.out
    assert "已导入 0" in refused.out
    table.write_bytes(write_sheet("名录", HEADERS, [row()]))
    dry = register("takein", "hubei", table, "--dry-run", "--json")
    assert [(line["row"], line["fate"]) for line in dry.lines if "row" in line] == [(2, "new")]
    done = register("takein", "hubei", table)
    assert done.code == 0, done.err
    assert "已导入 1" in done.out
    again = register("takein", "hubei", table, "--lang", "en")
    assert again.code == 0
    assert "There already, equal 1" in again.out
    assert "taken in 0" in again.out
    number = "鄂严选〔2023〕17号"
    listed = register("takein", "hubei", table, "--dry-run")
    [line] = [line for line in listed.out.splitlines() if line.startswith(f"2\t{number}")]
    assert line.endswith("已在册，一致"), "what is there already has its line, too"


def test_of_two_sheets_one_is_named_and_how_it_was_read_is_told(register, tmp_path):
    table = tmp_path / "旧名录.xlsx"
    table.write_bytes(book(旧=[HEADERS, row()], 新=[[*HEADERS, "其他"], [*row(number="甲-2"), "x"]]))
    asked = register("takein", "hubei", table)
    assert (asked.code, "旧、新" in asked.err) == (1, True)
    dry = register("takein", "hubei", table, "--sheet", "新", "--dry-run", "--json")
    assert [line["remark"] for line in dry.lines if "remark" in line] == [
        "读取的是工作表“新”",
        "下列各列不是模板的列，未读入：其他",
    ]
    done = register("takein", "hubei", table, "--sheet", "新")
    assert (done.code, "未读入：其他" in done.out, "已导入 1" in done.out) == (0, True, True)


def test_documents_of_a_folder_are_kept_beside_their_statuses(register, engine, tmp_path):
    number = "鄂严选〔2023〕17号"
    table, folder = tmp_path / "旧名录.xlsx", tmp_path / "scans"
    table.write_bytes(write_sheet("名录", HEADERS, [row(), row(number="甲-2", uscc=uscc())]))
    (folder / "甲-2").mkdir(parents=True)
    (folder / f"{number}.pdf").write_bytes(PDF)
    (folder / f"{number} 决定.pdf").write_bytes(PDF + b"\n")
    (folder / "甲-2" / "证书.pdf").write_bytes(PDF)
    (folder / "别的.pdf").write_bytes(PDF)
    (folder / "甲-2" / "坏.exe").write_bytes(b"MZ")
    refused = register("takein", "hubei", table, "--documents", folder)
    assert refused.code == 1
    assert "别的.pdf\t文件名不是表中任何一项认定的编号" in refused.out
    assert "坏.exe" in refused.out
    assert "已导入 0" in refused.out, "nothing is taken in while a document is refused"
    (folder / "别的.pdf").unlink()
    (folder / "甲-2" / "坏.exe").unlink()
    dry = register("takein", "hubei", table, "--documents", folder, "--dry-run", "--json")
    listed = {line["number"]: line["documents"] for line in dry.lines if "documents" in line}
    assert listed == {number: [f"{number} 决定.pdf", f"{number}.pdf"], "甲-2": ["证书.pdf"]}
    for taken in (2, 0):
        done = register("takein", "hubei", table, "--documents", folder)
        assert done.code == 0, done.err
        assert f"已导入 {taken}" in done.out
        with session_factory(engine)() as session:
            names = session.scalars(select(Attachment.filename).order_by(Attachment.filename)).all()
        assert sorted(names) == sorted([f"{number} 决定.pdf", f"{number}.pdf", "证书.pdf"])


def test_a_document_is_found_by_its_number_however_it_was_typed(register, tmp_path):
    table, folder = tmp_path / "旧名录.xlsx", tmp_path / "scans"
    numbers = ["鄂服-2024-07", "鄂严选〔2023〕17号", "甲-2", "甲-2-1"]
    table.write_bytes(write_sheet("名录", HEADERS, [row(number=item, uscc=uscc()) for item in numbers]))
    mine = {
        "鄂服-2024-07": ["鄂服 2024 07 决定.pdf", "鄂服—2024—07.pdf", "鄂服２０２４０７（1）.pdf"],
        "鄂严选〔2023〕17号": ["鄂严选(2023)17号_证书.pdf", "鄂严选【2023】 17 号.pdf"],
        "甲-2": ["甲2.pdf", "甲 2 决定.pdf"],
        "甲-2-1": ["甲 2 1.pdf"],
    }
    folder.mkdir()
    for name in (name for names in mine.values() for name in names):
        (folder / name).write_bytes(PDF)
    dry = register("takein", "hubei", table, "--documents", folder, "--dry-run", "--json")
    listed = {line["number"]: line["documents"] for line in dry.lines if "documents" in line}
    assert listed == {number: sorted(names) for number, names in mine.items()}
    for name in ("甲 2 1 决定.pdf", "甲-22.pdf", "鄂服 2024.pdf"):
        (folder / name).write_bytes(PDF)
    refused = register("takein", "hubei", table, "--documents", folder)
    assert (refused.code, "已导入 0" in refused.out) == (1, True)
    assert "甲 2 1 决定.pdf\t文件名可能是几项认定的编号：甲-2、甲-2-1" in refused.out
    assert "甲-22.pdf\t文件名不是表中任何一项认定的编号" in refused.out
    assert "鄂服 2024.pdf\t文件名不是表中任何一项认定的编号" in refused.out


def test_templates_and_what_is_asked_wrong(accredit, tmp_path):
    answer = accredit("takein", "hubei", "--template", tmp_path / "empty")
    assert sorted(path.name for path in (tmp_path / "empty").iterdir()) == ["历年服务.xlsx", "既有认定.xlsx"]
    assert answer.code == 0
    assert "no programme atlantis" in accredit("takein", "atlantis", "--template", tmp_path).err
    assert "--template" in accredit("takein", "hubei").err
