"""Coverage: what encodes an article, under which readings, over all tracks and editions."""

from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import get_args

import pytest

from core.hooks.catalogue import load_catalogue
from core.hooks.coverage import Citation, Clause, citations, coverage_rows, within
from core.rules import clauses, obligations
from core.rules.clauses import Article, Coverage, Interpretation, Stated


@pytest.fixture(scope="module")
def programs():
    return load_catalogue()


def row(programs, program, article):
    (found,) = (item for item in coverage_rows(programs[program]) if item.article == article)
    return found


def test_the_rows_follow_the_text(programs):
    rows = coverage_rows(programs["jilin"])
    assert [item.article for item in rows] == [str(number) for number in range(1, 16)]
    assert [item.coverage for item in rows[:2]] == [Coverage.INFORMATIONAL, Coverage.ENCODED]


def test_a_row_names_what_encodes_it_once_for_both_tracks(programs):
    assert row(programs, "jilin", "8").encoded_by == (
        "material 8(2)",
        "procedure 8(1)",
        "stage 8(2)",
        "stage 8(4)",
        "stage 8(5)",
        "material 8(3)",
        "stage 8(3)",
    )


def test_a_row_names_the_readings_of_its_rules(programs):
    found = row(programs, "jilin", "11")
    assert "exit rule 11(1)" in found.encoded_by
    assert "withdrawal 11(4)" in found.encoded_by
    assert set(found.interpretations) == {"jilin.year_basis", "jilin.mode"}
    assert found.stated == ("jilin.served",)
    assert found.coverage is Coverage.INTERPRETED


def test_a_number_that_an_exit_cites_does_not_encode_the_duty_twice(programs):
    assert row(programs, "jilin", "10").encoded_by == (
        "term 10(1)",
        "extension 10(3)",
        "duty 10(1)",
        "duty 10(2)",
    )


def test_what_stands_in_no_rule_says_why(programs):
    found = row(programs, "jilin", "13")
    assert (found.encoded_by, found.interpretations) == ((), ())
    assert found.why.zh
    assert found.why.en
    assert (
        row(programs, "jilin", "5").why.en
        == "A county center sees, evaluates and supervises its own territory only."
    )


@pytest.mark.parametrize(
    ("program", "article", "encoded"),
    [
        ("miit_volunteer", "N2", "direct inclusion N2"),
        ("miit_volunteer", "N3", "intake window N3"),
        ("miit_volunteer", "N3", "mobile number N3"),
        ("miit_volunteer", "A1.14", "nomination A1.14"),
        ("miit_volunteer", "A3", "summary table A3"),
        ("liaocheng", "8", "relaxation 8(last)"),
        ("liaocheng", "9", "condition 9(5)"),
        ("hubei", "5", "waiver 5(last)"),
        ("hubei", "17", "exit proposal 17"),
        ("hubei", "21", "own recommendation refused 21"),
    ],
)
def test_everything_that_cites_a_clause_is_found(programs, program, article, encoded):
    assert encoded in row(programs, program, article).encoded_by


def test_a_reading_inside_a_clause_is_found_with_the_clause_it_stands_in(programs):
    rules = programs["jilin"].rules["expert", "interim"]
    assert Citation("7(2)4", interpretation="jilin.expert_preference") in set(citations(rules))


@pytest.mark.parametrize(
    ("clause", "article", "inside"),
    [
        ("10(1)", "10", True),
        ("10(1)", "1", False),
        ("A1.15", "A1.1", False),
        ("A1.5(3)", "A1.5", True),
        ("8", "8", True),
        ("8", "8(1)", False),
        ("2.1(1)", "2.1", True),
    ],
)
def test_within_an_article(clause, article, inside):
    assert within(clause, article) is inside


def with_a_clause(module: ModuleType) -> set[type]:
    kinds = {item for item in vars(module).values() if isinstance(item, type) and is_dataclass(item)}
    return {kind for kind in kinds if "clause" in {field.name for field in fields(kind)}}


def test_every_kind_of_clause_can_encode_an_article():
    """One that is not named would be walked through, and its article count as encoded by nothing."""
    of_the_text_itself = {Article, Interpretation, Stated}
    assert set(get_args(Clause)) == (with_a_clause(clauses) | with_a_clause(obligations)) - of_the_text_itself
