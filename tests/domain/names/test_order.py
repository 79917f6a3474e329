"""Lists of names stand as people expect them: by pinyin, with the readings that places and surnames have."""

import random

import hypothesis
import pytest
from hypothesis import strategies

from core.domain.folding import folded
from core.domain.names.order import sort_key
from core.domain.names.readings import ALONE, PLACES, SURNAMES


@pytest.mark.parametrize(
    "expected",
    [
        # Places that the dictionary reads otherwise.
        ["长治市中心", "冠县中心", "涡阳县中心", "洪洞县中心", "珲春市中心", "乐陵市中心", "六合区中心"],
        ["乐陵市协会", "李集镇协会", "六合区协会", "洛阳市协会", "单县协会", "什邡市协会"],
        # Surnames.
        ["缪昌文", "仇和", "单雄信", "解晓东", "曾国藩", "翟志刚"],
        # One character after the other, and those that sound alike apart.
        ["李安", "李白", "里程", "力公司", "两江", "林白"],
        # Numbers by their size; letters among syllables; marks do not count.
        ["第2服务站", "第10服务站", "第100服务站"],
        ["阿依努尔·买买提", "ABC咨询", "ａｃ咨询", "安徽"],
        # What nobody can read comes last.
        ["中心", "专家", "𱍊中心"],
    ],
)
def test_names_stand_as_people_expect(expected: list[str]) -> None:
    mixed = random.Random(1).sample(expected, len(expected))  # noqa: S311  # an order, no secret
    assert sorted(mixed, key=lambda name: sort_key(name).encode()) == expected


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单县", "shan4单xian4县"),
        ("单杰", "shan4单jie2杰"),
        ("简单", "jian3简dan1单"),
        ("在单县的中心站", "zai4在shan4单xian4县de5的zhong1中xin1心zhan4站"),
        ("长孙无忌", "zhang3长sun1孙wu2无ji4忌"),
        ("长宁", "chang2长ning2宁"),
        ("村长", "cun1村zhang3长"),
        ("第007站（聊城）", "di4第0017zhan4站liao2聊cheng2城"),
        ("第000站", "di4第000zhan4站"),
        ("聊城", "liao2聊cheng2城"),
        (" \u200b", ""),
    ],
)
def test_a_key_has_each_ideograph_behind_its_reading(name: str, key: str) -> None:
    assert sort_key(name) == key


def test_the_tables_have_a_syllable_for_each_character() -> None:
    for word, reading in {**PLACES, **ALONE, **SURNAMES}.items():
        assert len(reading.split()) == len(word), word


@hypothesis.given(strategies.text(max_size=40))
def test_names_that_are_one_stand_in_one_place(name: str) -> None:
    assert sort_key(name) == sort_key(folded(name))
