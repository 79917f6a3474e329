"""What a grant covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.acts import FRESH_FACTOR, Act
from core.domain.roles import DECIDING, Grant, Role, covers, division_prefix, within

codes = st.integers(100000, 999999).map(str)


@pytest.mark.parametrize(
    ("division", "inside", "outside"),
    [
        ("370000", ["370000", "371500", "371502"], ["420000", "130000"]),
        ("371500", ["371500", "371502", "371581"], ["370000", "371400", "371402"]),
        ("371502", ["371502"], ["371500", "371503", "370000"]),
        ("441900", ["441900"], ["441800", "440000"]),
    ],
)
def test_a_division_holds_what_lies_below_it(division, inside, outside):
    assert all(within(code, division) for code in inside)
    assert not any(within(code, division) for code in outside)
    assert not within(None, division)
    assert not within("", division)


@pytest.mark.parametrize("code", ["", "3715", "37150A", "000000", "0715000", "３７１５００"])
def test_only_a_division_code_limits_a_grant(code):
    with pytest.raises(ValueError, match="division code"):
        division_prefix(code)
    with pytest.raises(ValueError, match="division code"):
        Grant(Role.RECOMMENDER, "liaocheng", code)


def test_an_empty_program_is_no_limit_by_accident():
    with pytest.raises(ValueError, match="program"):
        Grant(Role.OFFICER, "")


def test_programme_and_region_both_limit():
    grant = Grant(Role.RECOMMENDER, "liaocheng", "371500")
    assert covers(grant, "liaocheng", "371502")
    assert not covers(grant, "hubei", "371502")
    assert not covers(grant, "liaocheng", "371402")
    assert not covers(grant, "liaocheng", None)
    assert not covers(grant, None, "371502")


def test_of_several_recommenders_only_the_one_that_a_case_goes_through_reaches_it():
    territory, association = (
        Grant(Role.RECOMMENDER, "hubei", "420100"),
        Grant(Role.RECOMMENDER, "hubei", None, 7),
    )
    assert covers(territory, "hubei", "420100")
    assert not covers(territory, "hubei", "420100", 7)
    assert covers(association, "hubei", "429004", 7)
    assert not covers(association, "hubei", "429004", 8)
    assert not covers(association, "hubei", "429004")
    # Whom it goes through is nothing to who decides.
    assert covers(Grant(Role.OFFICER, "hubei", "420000"), "hubei", "420100", 7)


@given(st.one_of(st.none(), st.just("hubei")), st.one_of(st.none(), codes))
def test_none_covers_everything(program, region):
    assert covers(Grant(Role.AUDITOR), program, region)


@given(codes, codes)
def test_a_grant_above_covers_what_a_grant_below_covers(division, code):
    if within(code, division):
        for above in (division[:2] + "0000", division[:4] + "00"):
            assert within(code, above)


def test_of_every_act_it_is_said_whether_it_asks_for_a_fresh_factor():
    assert set(FRESH_FACTOR) == set(Act)


def test_every_role_is_labelled_and_few_decide():
    assert all(role.label.zh and role.label.en for role in Role)
    assert {Role.OFFICER, Role.LEAD} == DECIDING
