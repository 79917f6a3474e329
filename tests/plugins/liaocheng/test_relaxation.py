"""Article 8, last paragraph: lower assets and fewer staff where the sponsor and the results are there."""

import pytest

from core.rules.evaluate import Outcome, all_outcomes
from tests.plugins.judging import (
    ELIGIBLE,
    INELIGIBLE,
    MET,
    NOT_MET,
    UNDETERMINED,
    UNKNOWN,
    Changes,
    by_clause,
    short,
)
from tests.plugins.liaocheng.profile import COMPREHENSIVE, SPECIALIZED

SPONSOR = {
    "public_institution": MET,
    "social_organization": MET,
    "enterprise": NOT_MET,
    "private_non_enterprise": NOT_MET,
    "partnership": NOT_MET,
    "law_firm": NOT_MET,
    "partnership_law_firm": NOT_MET,
    "other": NOT_MET,
    None: UNKNOWN,
}
STRENGTHS = {True: MET, False: NOT_MET, None: UNKNOWN}


def people(total: int) -> Changes:
    return {
        "staff_full_time": total,
        "staff_college_plus": total,
        "staff_mid_title_plus": total,
        "staff_college_plus_and_mid_title": total,
        "staff_field_experienced": total,
    }


@pytest.mark.parametrize("legal_form", SPONSOR)
@pytest.mark.parametrize("strengths", STRENGTHS)
@pytest.mark.parametrize(
    ("clause", "changes", "enough"),
    [
        ("8(1)", {"total_assets_cny": 2_000_000}, "always"),
        ("8(1)", {"total_assets_cny": 1_999_999}, "relaxed"),
        ("8(1)", {"total_assets_cny": 1_000_000}, "relaxed"),
        ("8(1)", {"total_assets_cny": 999_999}, "never"),
        ("8(7)", people(15), "always"),
        ("8(7)", people(14), "relaxed"),
        ("8(7)", people(10), "relaxed"),
        ("8(7)", people(9), "never"),
    ],
)
def test_the_relaxed_number_holds_where_sponsor_and_strengths_are_there(
    legal_form: str | None, strengths: bool | None, clause: str, changes: Changes, enough: str
) -> None:
    ground = all_outcomes((SPONSOR[legal_form], STRENGTHS[strengths]))
    expected: Outcome = {"always": MET, "relaxed": ground, "never": NOT_MET}[enough]
    verdict = COMPREHENSIVE.verdict({"legal_form": legal_form, "distinctive_strengths": strengths, **changes})
    assert by_clause(verdict)[clause] is expected
    overall = {MET: ELIGIBLE, NOT_MET: INELIGIBLE, UNKNOWN: UNDETERMINED}
    assert verdict.outcome is overall[expected]


GROUND: Changes = {"legal_form": "public_institution", "distinctive_strengths": True}


def test_the_figure_unknown_stays_unknown_under_the_ground() -> None:
    assert short(COMPREHENSIVE.verdict({**GROUND, "total_assets_cny": None})) == {"8(1)": UNKNOWN}
    # Without the number of staff no share can be judged either.
    assert short(SPECIALIZED.verdict({**GROUND, "staff_full_time": None})) == {
        "8(7)": UNKNOWN,
        "10(2)": UNKNOWN,
    }


def test_nothing_else_of_the_two_items_is_relaxed() -> None:
    for fact in ("independent_legal_person", "finances_sound", "good_prospects"):
        changes: Changes = {**GROUND, "total_assets_cny": 1_000_000, fact: False}
        assert short(COMPREHENSIVE.verdict(changes)) == {"8(1)": NOT_MET}
    few = {**GROUND, **people(10)}
    assert short(COMPREHENSIVE.verdict({**few, "leader_qualified": False})) == {"8(7)": NOT_MET}
    seven = {"staff_college_plus": 7, "staff_mid_title_plus": 0, "staff_college_plus_and_mid_title": 0}
    assert short(COMPREHENSIVE.verdict({**few, **seven})) == {"8(7)": NOT_MET}


def test_both_relaxations_hold_together() -> None:
    assert COMPREHENSIVE.verdict({**GROUND, **people(10), "total_assets_cny": 1_000_000}).outcome is ELIGIBLE


def test_an_override_of_another_number_holds_under_the_relaxation_too() -> None:
    changes: Changes = {**GROUND, "total_assets_cny": 1_000_000}
    assert short(COMPREHENSIVE.verdict(changes, numbers={"8(1).operating_since": 9})) == {"8(1)": NOT_MET}
    assert short(COMPREHENSIVE.verdict(changes, numbers={"8(last).total_assets_cny": 1_000_001})) == {
        "8(1)": NOT_MET
    }


def test_a_relaxed_number_is_no_waiver() -> None:
    verdict = COMPREHENSIVE.verdict({"total_assets_cny": 1})
    assert not any(result.waivable for result in verdict.results)
    assert all(result.condition.waiver is None for result in verdict.results)
