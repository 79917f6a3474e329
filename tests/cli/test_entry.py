"""What is taken and what is refused: each case of the page, and the page itself."""

from pathlib import Path
from typing import Any

import pytest

from core.cli.pages.cases import REFUSED, SECTIONS, Section

ROOT = Path(__file__).parents[2]
CASES = [(section, written, expected) for section in SECTIONS for written, expected in section.cases]


@pytest.mark.parametrize(
    ("section", "written", "expected"),
    CASES,
    ids=[f"{section.title.en}: {written}" for section, written, _ in CASES],
)
def test_what_is_written_is_taken_for_its_value_or_refused(
    section: Section, written: str, expected: Any
) -> None:
    value, told = section.outcome(written)
    assert (value, type(value) is bool) == (expected, type(expected) is bool)
    if expected is REFUSED:
        assert len(told.zh) > len(written)
        assert told.en != told.zh


def test_every_section_has_both_and_is_in_both_languages() -> None:
    for section in SECTIONS:
        taken = [written for written, expected in section.cases if expected is not REFUSED]
        assert taken, section.title.en
        assert len({written for written, _ in section.cases}) == len(section.cases)


def test_the_committed_page_is_that_of_the_readers(accredit: Any, tmp_path: Path) -> None:
    answer = accredit("docs", "entry", "--out", ROOT / "docs/data-entry.md", "--check")
    assert answer.code == 0, answer.out
    page = tmp_path / "entry.md"
    assert accredit("docs", "entry", "--out", page).code == 0
    page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    again = accredit("docs", "entry", "--out", page, "--check")
    assert (again.code, str(page) in again.out) == (1, True)
