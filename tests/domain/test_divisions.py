"""Divisions without a database: those there are, those that are no more, and those that never were."""

import pytest

from core.domain import facts
from core.domain.divisions import division, former_regions, parent, supplied
from core.domain.errors import MalformedError
from core.domain.profile import Known, parse_facts
from core.rules.text import T


def test_a_division_that_there_is_is_taken_however_it_is_written():
    assert division(" 330１05 ") == "330105"
    assert supplied()["330105"] == "拱墅区"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("330103", "330103 was 下城区, which is no more; it is 拱墅区 330105 now"),
        ("999999", "no division 999999"),
    ],
)
def test_one_that_is_none_leads_to_its_successor_or_to_a_mend(code, said):
    with pytest.raises(MalformedError, match=said):
        division(code)
    read = parse_facts({"region": code}, known=Known(division))
    assert said in read.errors["region"].en
    # Without a table of divisions a code is held against its form alone.
    assert parse_facts({"region": code}).values == {"region": code}
    assert facts.ALL["region"].name == "region"


def test_who_knows_better_says_how_to_mend_it():
    with pytest.raises(MalformedError) as caught:
        division("999999", T("请添加", "add it"))
    assert caught.value.mend.en == "add it"


def test_every_former_division_leads_to_one_that_there_is():
    for code, (name, successor) in former_regions().items():
        assert code not in supplied(), name
        assert division(successor) == successor


def test_what_lies_above():
    codes = {"330000", "330100"}
    assert [parent(code, codes) for code in ("330000", "330100", "330105", "429004")] == [
        None, "330000", "330100", "420000",
    ]  # fmt: skip
