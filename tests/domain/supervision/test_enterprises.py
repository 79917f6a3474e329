"""One enterprise served counts once, with and without its USCC, however its name is written."""

import pytest

from core.domain.errors import MalformedError
from core.domain.supervision.enterprises import enterprise_keys, number_served

ONE, OTHER = "91350100M000100Y43", "91370102MA3C0AAA0N"


def served(*named: tuple[str, str] | str) -> int:
    given = [item if isinstance(item, str) else {"name": item[0], "uscc": item[1]} for item in named]
    return number_served(enterprise_keys(given))


@pytest.mark.parametrize(
    ("named", "number"),
    [
        ((), 0),
        (("甲公司",), 1),
        (("甲公司", "甲 公司", "甲公司\u200b"), 1),
        ((("甲公司", ONE),), 1),
        (("甲公司", ("甲公司", ONE)), 1),
        (("甲公司（聊城）", ("甲公司(聊城)", ONE)), 1),
        ((("甲公司", ONE), ("乙公司", ONE)), 1),
        (("甲公司", ("甲公司", ONE), ("乙公司", ONE), "乙公司"), 1),
        (("甲公司", ("乙公司", ONE)), 2),
        ((("甲公司", ONE), ("甲公司", OTHER)), 2),
        (("甲公司", ("甲公司", ONE), ("甲公司", OTHER)), 2),
        (("丙公司", "甲公司", ("甲公司", ONE), ("甲公司", OTHER)), 3),
        ((("", ONE), "甲公司"), 2),
    ],
)  # fmt: skip
def test_each_enterprise_counts_once(named: tuple[tuple[str, str] | str, ...], number: int) -> None:
    assert served(*named) == number
    assert served(*reversed(named)) == number


def test_one_without_name_and_code_is_none() -> None:
    with pytest.raises(MalformedError, match="no name"):
        enterprise_keys([{"name": " ", "uscc": None}])
    with pytest.raises(MalformedError, match="check digit"):
        enterprise_keys([{"name": "甲公司", "uscc": ONE[:-1] + "4"}])
