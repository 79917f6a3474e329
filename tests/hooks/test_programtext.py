"""What a track says, in the shape in which it is read."""

from core.hooks.catalogue import catalogue
from core.hooks.programtext import ConditionText, track_text


def conditions(program: str, track: str, edition: str) -> dict[str, ConditionText]:
    rules = catalogue()[program].track_rules(track, edition)
    return {item.title.zh: item for item in track_text(rules).conditions}


def test_a_condition_of_several_parts_is_a_list_and_one_with_an_easier_way_a_sentence() -> None:
    edition = catalogue()["liaocheng"].program.editions[-1].id
    found = conditions("liaocheng", "comprehensive", edition)
    served = found["服务业绩"]
    assert served.head.zh == ""
    assert "；".join(item.zh for item in served.items) == served.sentence.zh
    functions = found["四项以上服务功能"]
    assert functions.head.zh == "下列 7 项中至少满足 4 项："
    assert len(functions.items) == 7
    assert functions.sentence.zh.startswith(functions.head.zh + functions.items[0].zh)
    assert found["资产总额"].items == ()
    assert found["已获认定"].items == ()
