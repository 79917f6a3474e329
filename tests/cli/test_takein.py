"""`accredit takein`: every row's fate first, then the statuses, each once."""

import pytest

from core.services.files.sheets import write_sheet
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


def test_templates_and_what_is_asked_wrong(accredit, tmp_path):
    answer = accredit("takein", "hubei", "--template", tmp_path / "empty")
    assert sorted(path.name for path in (tmp_path / "empty").iterdir()) == ["历年服务.xlsx", "既有认定.xlsx"]
    assert answer.code == 0
    assert "no programme atlantis" in accredit("takein", "atlantis", "--template", tmp_path).err
    assert "--template" in accredit("takein", "hubei").err
