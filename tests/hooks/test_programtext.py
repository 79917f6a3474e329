"""What a track says, in the shape in which it is read."""

from core.hooks.catalogue import catalogue
from core.hooks.programtext import ConditionText, followers, track_text


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


def test_a_waiver_says_who_may_set_a_condition_aside_and_on_what_ground() -> None:
    found = conditions("hubei", "comprehensive", catalogue()["hubei"].program.editions[-1].id)
    eased = [item for item in found.values() if item.waiver.zh]
    assert {item.clause for item in eased} == {"5(1)", "5(2)", "5(3)", "5(4)", "5(5)", "5(6)"}
    assert eased[0].waiver.zh.endswith("可由认定机关书面说明理由后放宽（5末段）")
    assert not any(item.waiver.zh for item in conditions("jilin", "provider", "interim").values())


def test_the_procedure_names_what_the_text_provides_for() -> None:
    edition = catalogue()["miit_volunteer"].program.editions[-1].id
    lines = track_text(catalogue()["miit_volunteer"].track_rules("workstation", edition)).procedure
    assert [(line.clause, line.title.zh) for line in lines] == [
        ("A1.5", "按申报通知集中受理"),
        ("N3", "2023-01-01 00:00 至 2023-03-12 23:59；推荐截止 2023-03-12 23:59"),
        ("A1.12", "有效期 3 年；经申请可延续 3 年（期满前 90 天至期满后 90 天内提出，A1.12）"),
        ("N2", "受托机构汇总表直接纳入"),
        ("N3", "提交时须有有效手机号码"),
        ("A1.14", "优秀工作站表彰名单"),
    ]


def test_the_procedure_names_what_a_year_leaves_out_and_how_often_one_is_called() -> None:
    lines = track_text(catalogue()["shanghai"].track_rules("specialized", "2017")).procedure
    assert [line.title.zh for line in lines if line.clause == "2.2(2)"] == ["当年不受理：法律服务"]
    yearly = track_text(catalogue()["liaocheng"].track_rules("specialized", "measures")).procedure
    assert "申报每年开展一次" in [line.title.zh for line in yearly if line.clause == "15"]


def test_an_interpretation_names_the_clauses_that_change_with_it() -> None:
    assert followers(catalogue()["jilin"]) == {
        "jilin.year_basis": ("10(1)", "11(1)"),
        "jilin.mode": ("11(1)",),
        "jilin.expert_preference": ("7(2)4",),
    }
    assert followers(catalogue()["miit_volunteer"])["miit.mode"] == ("A1.15", "A2.13")
