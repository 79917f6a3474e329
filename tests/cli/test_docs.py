"""The pages of the programmes are what the rules say."""

from pathlib import Path

import pytest

from core.hooks.catalogue import catalogue
from core.rules.report import condition_sentence

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(catalogue().programs)


def test_the_committed_pages_are_those_that_the_rules_give(accredit):
    answer = accredit("docs", "programs", "--out", ROOT / "docs/programs", "--check")
    assert answer.code == 0, answer.out


def test_a_page_that_is_not_up_to_date_is_named(accredit, tmp_path):
    assert accredit("docs", "programs", "--out", tmp_path).code == 0
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted([*PROGRAMS, "README"])
    page = tmp_path / f"{PROGRAMS[0]}.md"
    page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    answer = accredit("docs", "programs", "--out", tmp_path, "--check")
    assert answer.code == 1
    assert str(page) in answer.out
    assert len(answer.out.splitlines()) == 1


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_page_has_every_clause_parameter_reading_and_article(program):
    page = (ROOT / f"docs/programs/{program}.md").read_text(encoding="utf-8")
    loaded = catalogue()[program]
    for track, edition in loaded.rules:
        rules = loaded.track_rules(track, edition)
        for condition in rules.conditions:
            text = condition_sentence(condition)
            assert text.zh in page
            assert text.en in page
        for item in (*rules.materials, *rules.duties, *rules.exits, *rules.procedure.stages):
            assert item.clause in page
            assert item.title.zh in page
            assert item.title.en in page
        for parameter in loaded.rules[track, edition].parameters():
            assert f"`{parameter.id}`" in page
    for reading in loaded.interpretations:
        assert f"### `{reading.id}`" in page
        assert f"**默认 default** `{reading.default}`" in page
    for article in loaded.articles:
        assert f"| {article.clause} |" in page
    assert "stateDiagram-v2" in page


def test_the_lists_of_the_index_lead_to_the_pages():
    index = (ROOT / "docs/programs/README.md").read_text(encoding="utf-8")
    assert all(f"({program}.md)" in index for program in PROGRAMS)
