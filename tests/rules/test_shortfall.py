"""What a term lacks: in words with the figure, and as the change that would just meet it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain import facts
from core.rules.clauses import Condition, Relaxation
from core.rules.evaluate import Outcome, evaluate
from core.rules.report import condition_lacks
from core.rules.shortfall import shortfall, shortfalls
from core.rules.terms import (
    Count,
    Op,
    Share,
    Term,
    Value,
    all_of,
    any_of,
    at_least,
    grown_by,
    none_of,
    union_share,
)
from core.rules.text import T
from core.rules.verdict import judge_condition
from core.rules.walk import needs
from tests.rules.strategies import AS_OF, full_profiles, leaves, profiles, terms

STAFF = facts.staff_full_time
EITHER = union_share(
    facts.staff_college_plus,
    facts.staff_mid_title_plus,
    both=facts.staff_college_plus_and_mid_title,
    whole=STAFF,
    percent=70,
)
FUNCTIONS = facts.service_functions


def says(term: Term, **values: Value) -> tuple[str, str]:
    """The sentence, in both languages."""
    found = shortfall(term, values, AS_OF)
    assert found is not None
    return found.said.zh, found.said.en


@pytest.mark.parametrize(
    ("term", "values", "zh", "en"),
    [
        (STAFF.at_least(10), {"staff_full_time": 8}, "还差 2 人", "2 people short"),
        (STAFF.at_least(10), {"staff_full_time": 9}, "还差 1 人", "1 person short"),
        (STAFF.more_than(10), {"staff_full_time": 10}, "还差 1 人", "1 person short"),
        (STAFF.at_least(Decimal("9.5")), {"staff_full_time": 9}, "还差 1 人", "1 person short"),
        (STAFF.at_most(10), {"staff_full_time": 12}, "超出 2 人", "2 people over"),
        (STAFF.less_than(10), {"staff_full_time": 10}, "超出 1 人", "1 person over"),
        (
            facts.premises_area_m2.more_than(80),
            {"premises_area_m2": Decimal(80)},
            "还差 0.01 平方米",
            "0.01 m² short",
        ),
        (
            facts.registered_capital_cny.at_least(100_000),
            {"registered_capital_cny": Decimal(80_000)},
            "注册资本还差 2 万元",
            "CNY 20,000 short",
        ),
        (
            facts.satisfaction_pct.at_least(80),
            {"satisfaction_pct": Decimal("77.5")},
            "用户满意度还差 2.5 个百分点",
            "2.5 percentage points short",
        ),
        (
            facts.staff_field_experienced.share_of(STAFF, percent=80),
            {"staff_full_time": 9, "staff_field_experienced": 5},
            "按现有 9 人计还差 3 人",
            "3 people short of 9 people",
        ),
        (
            facts.staff_field_experienced.share_of(STAFF, percent=80),
            {"staff_full_time": 0, "staff_field_experienced": 0},
            "专职人员数为 0，无从计算占比",
            "is 0, so there is no share",
        ),
        (
            EITHER,
            {
                "staff_full_time": 10,
                "staff_college_plus": 5,
                "staff_mid_title_plus": 3,
                "staff_college_plus_and_mid_title": 2,
            },
            "还差 1 人",
            "1 person short of 10 people",
        ),
        (
            EITHER,
            {
                "staff_full_time": 0,
                "staff_college_plus": 0,
                "staff_mid_title_plus": 0,
                "staff_college_plus_and_mid_title": 0,
            },
            "无从计算占比",
            "no share",
        ),
        (
            grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=10),
            {"smes_served_last_year": 80, "smes_served_prior_year": 80},
            "还差 8 家",
            "8 SMEs short",
        ),
        (
            grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=10),
            {"smes_served_last_year": 0, "smes_served_prior_year": 0},
            "还差 1 家",
            "1 SME short",
        ),
        (
            facts.finances_sound.holds(),
            {"finances_sound": False},
            "尚不具备：财务收支状况良好",
            "not the case yet",
        ),
        (
            facts.adverse_credit_record.fails(),
            {"adverse_credit_record": True},
            "不应存在：有不良信用记录",
            "stands against it",
        ),
        (
            facts.education.at_least("master"),
            {"education": "bachelor"},
            "学历为本科，须达到硕士及以上",
            "Education: bachelor's degree; master's degree or above is needed",
        ),
        (
            facts.legal_form.one_of("law_firm", "partnership_law_firm"),
            {"legal_form": "enterprise"},
            "现为企业",
            "it is enterprise",
        ),
        (
            FUNCTIONS.contains("legal"),
            {"service_functions": frozenset({"training"})},
            "服务功能中没有法律服务",
            "is missing",
        ),
        (
            FUNCTIONS.counts(Op.AT_LEAST, 2),
            {"service_functions": frozenset({"legal"})},
            "还差 1 项",
            "1 short",
        ),
        (
            FUNCTIONS.counts(Op.MORE_THAN, 1, within=("legal", "training")),
            {"service_functions": frozenset({"legal", "market"})},
            "还差 1 项",
            "1 short",
        ),
        (
            FUNCTIONS.counts(Op.LESS_THAN, 2),
            {"service_functions": frozenset({"legal", "market", "training"})},
            "超出 2 项",
            "2 too many",
        ),
        (
            FUNCTIONS.counts(Op.AT_MOST, 1),
            {"service_functions": frozenset({"legal", "market", "training"})},
            "超出 2 项",
            "2 too many",
        ),
        (
            facts.established_on.elapsed(years=2),
            {"established_on": AS_OF.replace(year=AS_OF.year - 2) + timedelta(days=10)},
            "成立日期还差 10 天满 2 年",
            "10 days short of 2 years",
        ),
        (
            facts.last_penalty_on.clear_for(years=1),
            {"last_penalty_on": date(2024, 1, 1)},
            "2025-01-02 起不再计入",
            "no longer counts from 2025-01-02",
        ),
        (STAFF.at_least(10), {}, "尚未填报：从事中小企业服务的专职人员数", "not given yet"),
        (facts.good_health.holds(), {}, "由认定机关判断：身心健康", "judged by the authority"),
    ],
)
def test_each_term_says_by_how_much(term: Term, values: dict[str, Value], zh: str, en: str) -> None:
    found = says(term, **values)
    assert zh in found[0]
    assert en in found[1]


def test_what_is_met_lacks_nothing() -> None:
    assert shortfall(STAFF.at_least(10), {"staff_full_time": 10}, AS_OF) is None
    assert shortfalls(evaluate(STAFF.at_least(10), {"staff_full_time": 10}, AS_OF), {}, AS_OF) == ()


def test_a_group_tells_what_its_parts_lack_and_no_more() -> None:
    values: dict[str, Value] = {"staff_full_time": 8, "finances_sound": True, "adverse_credit_record": True}
    short, sound = STAFF.at_least(10), facts.finances_sound.holds()
    assert says(all_of(short, sound), **values)[0].endswith("还差 2 人")
    one = says(any_of(short, facts.adverse_credit_record.fails()), **values)
    assert one[0].startswith("下列任一项：")
    assert "；或不应存在" in one[0]
    assert one[1].startswith("one of these: ")
    assert says(any_of(short), **values)[0].endswith("还差 2 人")
    unknown = says(any_of(facts.good_prospects.holds(), sound))
    assert unknown[0].startswith("尚未填报：")
    against = says(none_of(facts.adverse_credit_record.holds(), facts.good_prospects.holds()), **values)
    assert "不应有：有不良信用记录" in against[0]
    assert "尚未填报" in against[0]
    more = says(at_least(2, short, sound, facts.good_prospects.holds()), **values)
    assert more[0].startswith("下列各项中还须满足 1 项：")
    assert more[1].startswith("1 more of these: ")


def test_of_ways_with_names_the_long_ones_say_how_much_is_missing() -> None:
    sound, premises = facts.finances_sound.holds(), facts.fixed_premises.holds()
    short = all_of(STAFF.at_least(10), sound, clause="9(1)", title=T("信息服务", "Information"))
    long = all_of(
        STAFF.at_least(10), sound, premises, clause="9(2)", title=T("技术服务", "Technical services")
    )
    values: dict[str, Value] = {"staff_full_time": 8, "finances_sound": False}
    zh, en = says(at_least(1, short, long), **values)
    assert "信息服务（从事中小企业服务的专职人员数还差 2 人；尚不具备：财务收支状况良好）" in zh
    assert "技术服务（还缺 3 项）" in zh
    assert "Technical services (3 missing)" in en


def test_things_asked_beside_each_other_stand_apart() -> None:
    unknown = facts.finances_sound.holds(), facts.good_health.holds(), facts.operations_standardized.holds()
    term = all_of(STAFF.at_least(10), all_of(*unknown), facts.fixed_premises.holds())
    values: dict[str, Value] = {"staff_full_time": 8, "fixed_premises": False}
    found = shortfalls(evaluate(term, values, AS_OF), values, AS_OF)
    assert [text.zh[:5] for text in found] == ["从事中小企", "尚不具备：", "尚未填报："]
    assert found[-1].zh == "尚未填报：财务收支状况良好、经营规范；由认定机关判断：身心健康"


def test_of_one_whose_overlap_is_unknown_the_least_is_told() -> None:
    values: dict[str, Value] = {"staff_full_time": 10, "staff_college_plus": 3, "staff_mid_title_plus": 3}
    assert "还差 1 人" in says(EITHER, **values)[0]
    assert "尚未填报：兼有" in says(EITHER, **(values | {"staff_college_plus": 6}))[0]


def possible(term: Term) -> bool:
    """Whether any profile could meet the term."""
    match term:
        case Count():
            offered = len(term.within or FUNCTIONS.choices)
            low = term.bound + (term.op is Op.MORE_THAN)
            return (
                low <= offered
                if term.op in (Op.AT_LEAST, Op.MORE_THAN)
                else term.op is Op.AT_MOST or term.bound > 0
            )
        case _:
            return True


@given(leaves, full_profiles())
def test_the_shortfall_added_to_the_fact_meets_the_term(term: Any, profile: dict[str, Value]) -> None:
    assume(possible(term))
    found = shortfall(term, profile, AS_OF)
    assert (found is None) == (evaluate(term, profile, AS_OF).outcome is Outcome.MET)
    if found is None:
        return
    if found.on is not None:
        assert evaluate(term, profile, found.on).outcome is Outcome.MET
        assert evaluate(term, profile, found.on - timedelta(days=1)).outcome is Outcome.NOT_MET
    if found.change:
        assert set(found.change) <= {fact.name for fact in needs(term)}
        assert evaluate(term, {**profile, **found.change}, AS_OF).outcome is Outcome.MET
    assert found.change or found.on is not None


@given(st.integers(0, 30), st.sampled_from(Op), st.integers(0, 300))
def test_the_shortfall_of_a_number_is_the_least_one(value: int, op: Op, tenths: int) -> None:
    term = STAFF.at_least(1).__class__(STAFF, op, Decimal(tenths) / 10)
    found = shortfall(term, {"staff_full_time": value}, AS_OF)
    if found is None:
        return
    wanted = found.change["staff_full_time"]
    assert isinstance(wanted, int)
    nearer = wanted - 1 if wanted > value else wanted + 1
    assert evaluate(term, {"staff_full_time": wanted}, AS_OF).outcome is Outcome.MET
    assert evaluate(term, {"staff_full_time": nearer}, AS_OF).outcome is Outcome.NOT_MET


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 100))
def test_one_person_fewer_would_not_do_for_a_share(whole: int, part: int, percent: int) -> None:
    assume(part <= whole)
    term: Share = facts.staff_field_experienced.share_of(STAFF, percent=percent)
    values: dict[str, Value] = {"staff_full_time": whole, "staff_field_experienced": part}
    found = shortfall(term, values, AS_OF)
    if found is None:
        return
    wanted = found.change["staff_field_experienced"]
    assert isinstance(wanted, int)
    assert wanted <= whole
    fewer = {**values, "staff_field_experienced": wanted - 1}
    assert evaluate(term, fewer, AS_OF).outcome is Outcome.NOT_MET


@given(terms, profiles())
def test_every_term_that_is_not_met_says_something_in_both_languages(
    term: Term, profile: dict[str, Value]
) -> None:
    explanation = evaluate(term, profile, AS_OF)
    found = shortfall(term, profile, AS_OF)
    assert (found is None) == (explanation.outcome is Outcome.MET)
    if found is not None:
        assert isinstance(found.said.zh, str)
        assert isinstance(found.said.en, str)
    for text in shortfalls(explanation, profile, AS_OF):
        assert text.zh
        assert text.en


def test_a_condition_tells_its_own_lack_and_that_of_the_easier_test() -> None:
    relaxed = Relaxation(clause="8(last)", ground=facts.good_prospects.holds(), test=STAFF.at_least(10))
    condition = Condition(
        clause="8(7)",
        title=T("从业人数", "Number of staff"),
        test=STAFF.at_least(15),
        only_if=FUNCTIONS.contains("legal"),
        relaxed=relaxed,
    )
    values: dict[str, Value] = {"staff_full_time": 8}
    lacks = condition_lacks(judge_condition(condition, values, AS_OF), values, AS_OF)
    assert lacks[0].zh.endswith("还差 7 人")
    assert lacks[1].zh.startswith("或按放宽标准（8末段）：从事中小企业服务的专职人员数还差 2 人；尚未填报")
    assert lacks[1].en.startswith("or, relaxed under 8, last paragraph: ")
    assert lacks[2].zh.startswith("尚未填报：申报的服务功能")
    met: dict[str, Value] = {"staff_full_time": 15, "service_functions": frozenset({"legal"})}
    assert condition_lacks(judge_condition(condition, met, AS_OF), met, AS_OF) == ()
    other: dict[str, Value] = {"staff_full_time": 1, "service_functions": frozenset({"training"})}
    assert condition_lacks(judge_condition(condition, other, AS_OF), other, AS_OF) == ()
