"""Tracks side by side: which row a rule stands in, what its cell says, and where tracks differ."""

from dataclasses import replace

import pytest

from core.hooks.catalogue import catalogue
from core.hooks.comparison import CLAIMED, OTHER, Comparison, Row, Said, compare
from core.plugin_api import (
    Accumulation,
    Condition,
    ConductDuty,
    Effect,
    ExitRule,
    Kind,
    NumberFact,
    OnRequest,
    PartyKind,
    Silence,
    Span,
    T,
    at_least,
    facts,
    metrics,
)

TITLE = T("标题", "Title")


def table(kind: PartyKind) -> Comparison:
    columns = [
        loaded.track_rules(track.id, loaded.program.editions[-1].id)
        for loaded, track in catalogue().tracks(kind)
    ]
    return compare(kind, columns)


@pytest.fixture(scope="module")
def bodies() -> Comparison:
    return table(PartyKind.ORGANIZATION)


@pytest.fixture(scope="module")
def persons() -> Comparison:
    return table(PartyKind.PERSON)


def row(found: Comparison, section: str, label: str) -> Row:
    (rows,) = (item.rows for item in found.sections if item.title.zh == section)
    return next(item for item in rows if item.label.zh == label)


def cell(found: Comparison, section: str, label: str, track: str) -> list[tuple[str, str]]:
    at = [f"{rules.program}/{rules.track}" for rules in found.columns].index(track)
    return [(said.clause, said.text.zh) for said in row(found, section, label).cells[at]]


def test_one_fact_is_one_row_with_each_tracks_bound(bodies: Comparison) -> None:
    staff = ("场所与人员", "从事中小企业服务的专职人员数")
    assert cell(bodies, *staff, "hubei/comprehensive") == [("5(2)", "不少于 8 人")]
    assert cell(bodies, *staff, "shanghai/specialized") == [("2.1(2)", "不少于 10 人")]
    assert cell(bodies, *staff, "jilin/provider") == []


def test_rows_differ_unless_every_track_says_the_same(persons: Comparison) -> None:
    assert not row(persons, "专业能力", "学历").differs
    assert row(persons, "专业能力", "擅长领域").differs


def test_an_easier_test_stands_in_the_cell_with_its_ground(bodies: Comparison) -> None:
    said = row(bodies, "场所与人员", "从事中小企业服务的专职人员数").cells[3]
    assert [(item.clause, item.text.zh) for item in said] == [
        ("8(7)", "不少于 15 人"),
        ("8(last)", "不少于 10 人"),
    ]
    assert said[0].when.zh == ""
    assert said[1].when.zh.startswith("机构性质为事业单位")


def test_what_only_ranks_is_marked(persons: Comparison) -> None:
    (said,) = row(persons, "专业能力", "专业技术职称").cells[0]
    assert said.preferred
    (asked,) = row(persons, "专业能力", "学历").cells[0]
    assert not asked.preferred


def test_what_each_function_asks_is_limited_to_those_who_claim_it(bodies: Comparison) -> None:
    (said,) = row(bodies, "法律服务", "有法律服务热线").cells[3]
    assert (said.clause, said.when) == ("9(7)", CLAIMED)
    functions = cell(bodies, "服务能力", "申报的服务功能", "liaocheng/comprehensive")
    assert functions[0][0] == "10(1)"
    assert functions[0][1].startswith("下列 7 类中至少 4 类达到要求：信息服务")


def test_the_procedure_has_its_rows(bodies: Comparison) -> None:
    section = "程序和有效期"
    assert cell(bodies, section, "受理方式", "jilin/provider") == [("8(1)", "常年受理")]
    assert cell(bodies, section, "公示", "jilin/provider") == []
    assert cell(bodies, section, "公示", "hubei/specialized") == [("12", "认定机关，5 个工作日")]
    assert cell(bodies, section, "程序", "jilin/provider") == [("8(1)", "申报 → 推荐 → 评审 → 认定")]
    assert cell(bodies, section, "有效期", "liaocheng/specialized") == [("18", "有效期 3 年；期满重新申报")]


def test_materials_are_counted(persons: Comparison) -> None:
    assert cell(persons, "程序和有效期", "申报材料", "jilin/expert") == [("8(3)", "必交 3 项，共 3 项")]


def test_duties_stand_by_what_kind_they_are(bodies: Comparison) -> None:
    section = "认定后的义务"
    report = cell(bodies, section, "年度报告", "jilin/provider")
    assert report == [("10(1)", "每个认定年度结束前一份；逾期警告")]
    assert cell(bodies, section, "复核", "jilin/provider") == [("10(2)", "每满 2 年复核一次")]
    assert ("17", "接受社会监督") in cell(bodies, section, "其他义务", "liaocheng/comprehensive")
    service = cell(bodies, section, "年度服务要求", "miit_volunteer/workstation")
    assert service == [("A1.7(2)", "每个认定年度：服务时长不少于 60 小时，或服务企业数不少于 150 家")]


def test_exit_rules_stand_in_one_order_whatever_track_has_them(bodies: Comparison) -> None:
    (rows,) = (item.rows for item in bodies.sections if item.title.zh == "警告、整改与退出")
    assert [item.label.zh for item in rows] == [
        "查实的问题",
        "年度考核不达标",
        "逾期不报年度报告",
        "长期没有服务活动",
        "不参加主管部门活动",
        "累计次数",
        "违规收费",
        "自愿退出",
    ]
    (request,) = row(bodies, "警告、整改与退出", "自愿退出").cells[2]
    assert request == Said(
        "11(4)",
        T(
            "本人（机构）申请退出：本人申请 → 主动退出",
            "Release at the party's own request: at the party's own request → withdrawal",
        ),
    )


def test_a_track_with_its_own_fact_and_without_materials_is_compared_too() -> None:
    loaded = catalogue()["jilin"]
    own = NumberFact("seaport_berths", Kind.INTEGER, T("泊位数", "Berths"))
    rules = replace(
        loaded.track_rules("provider", loaded.program.editions[-1].id),
        conditions=(
            Condition("1", TITLE, own.at_least(2), only_if=facts.independent_legal_person.holds()),
            Condition("2", TITLE, at_least(1, facts.satisfaction_pct.at_least(90), own.at_least(3))),
        ),
        materials=(),
        duties=(ConductDuty("3", TITLE), ConductDuty("3", TITLE)),
        exits=(
            ExitRule("4", TITLE, OnRequest(), Effect.WITHDRAW),
            ExitRule("5", TITLE, Silence(6), Effect.WARN),
            ExitRule(
                "6",
                TITLE,
                Accumulation(metrics.verified_complaints.at_least(3), Span.TERM),
                Effect.REVOKE,
            ),
        ),
    )
    found = compare(PartyKind.ORGANIZATION, [rules])
    (said,) = row(found, OTHER.zh, "泊位数").cells[0]
    assert (said.clause, said.when.zh) == ("1", "如具有独立法人资格")
    assert cell(found, "程序和有效期", "申报材料", "jilin/provider") == [("8(1)", "必交 0 项，共 0 项")]
    assert cell(found, "认定后的义务", "其他义务", "jilin/provider") == [("3", "标题")]
    (exits,) = (item.rows for item in found.sections if item.title.zh == "警告、整改与退出")
    assert [item.cells[0][0].clause for item in exits] == ["5", "6", "4"]
