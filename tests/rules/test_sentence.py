"""Terms as sentences: exact wording of each kind, and no gap in any."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given

from core.domain import facts
from core.domain.supervision import metrics
from core.rules.sentence import plain, quantity, sentence
from core.rules.terms import Fact, Op, Term, all_of, any_of, at_least, grown_by, none_of, union_share
from core.rules.text import EMPTY, T
from tests.rules.strategies import terms

SERVED = facts.smes_served_last_year.at_least(80)
PREMISES = facts.fixed_premises.holds()
RULES = facts.management_system.holds()

EXAMPLES = [
    (SERVED, "上年服务中小企业数不少于 80 家", "SMEs served last year: at least 80 SMEs"),
    (
        facts.staff_full_time.more_than(8),
        "从事中小企业服务的专职人员数超过 8 人",
        "Full-time staff who serve SMEs: more than 8 people",
    ),
    (
        facts.total_assets_cny.at_least(2_000_000),
        "资产总额不少于 200 万元",
        "Total assets: at least CNY 2,000,000",
    ),
    (facts.total_assets_cny.at_most(9_999), "资产总额不超过 9999 元", "Total assets: at most CNY 9,999"),
    (
        metrics.record_satisfaction_pct.less_than(80),
        "单次服务满意度低于 80%",
        "Satisfaction with one service: less than 80%",
    ),
    (metrics.verified_complaints.at_least(3), "查实的投诉数不少于 3 件", "Verified complaints: at least 3"),
    (
        facts.staff_field_experienced.share_of(facts.staff_full_time, percent=80),
        "具有本专业领域相关工作经验的专职人员数占从事中小企业服务的专职人员数不低于 80%",
        "Staff with work experience in the field served: at least 80% of Full-time staff who serve SMEs",
    ),
    (
        union_share(
            facts.staff_college_plus,
            facts.staff_mid_title_plus,
            both=facts.staff_college_plus_and_mid_title,
            whole=facts.staff_full_time,
            percent=80,
        ),
        "大专及以上学历的专职人员数或中级及以上技术职称的专职人员数（每人只计一次）"
        "占从事中小企业服务的专职人员数不低于 80%",
        "Staff with a college diploma or above or Staff with an intermediate title or above, each once: "
        "at least 80% of Full-time staff who serve SMEs",
    ),
    (
        grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=Decimal("7.50")),
        "上年服务中小企业数比再上一年服务中小企业数增长不少于 7.5%",
        "SMEs served last year: grown by at least 7.5% over SMEs served in the year before last",
    ),
    (PREMISES, "有固定的经营服务场所", "Fixed service premises"),
    (
        facts.adverse_credit_record.fails(),
        "没有不良信用记录",
        "No adverse credit record",
    ),
    (facts.good_health.holds(), "身心健康（由人判定）", "In good health (judged by a person)"),
    (facts.education.at_least("bachelor"), "学历为本科及以上", "Education: bachelor's degree or above"),
    (facts.legal_form.one_of("partnership"), "机构性质为合伙制机构", "Legal form: partnership"),
    (
        facts.legal_form.one_of("enterprise", "partnership", "other"),
        "机构性质为企业、合伙制机构或其他",
        "Legal form: enterprise, partnership or other",
    ),
    (
        facts.service_functions.contains("legal"),
        "申报的服务功能包括法律服务",
        "Service functions claimed include legal services",
    ),
    (
        facts.service_functions.counts(Op.AT_LEAST, 2),
        "申报的服务功能不少于 2 项",
        "Service functions claimed: at least 2",
    ),
    (
        facts.service_functions.counts(Op.AT_LEAST, 1, within=("legal", "training")),
        "申报的服务功能不少于 1 项（限于法律服务、人才和培训服务）",
        "Service functions claimed: at least 1 (among legal services and talent and training)",
    ),
    (
        facts.operating_since.elapsed(years=1),
        "自开始运营日期起满 1 年",
        "at least 1 year since: Start of operation",
    ),
    (
        facts.last_penalty_on.clear_for(years=3),
        "近 3 年内没有受过行政处罚",
        "no administrative penalty within the last 3 years",
    ),
    (
        all_of(SERVED, PREMISES),
        "上年服务中小企业数不少于 80 家；有固定的经营服务场所",
        "SMEs served last year: at least 80 SMEs; Fixed service premises",
    ),
    (
        all_of(SERVED, clause="9(1)", title=T("信息服务", "Information")),
        "信息服务（上年服务中小企业数不少于 80 家）",
        "Information (SMEs served last year: at least 80 SMEs)",
    ),
    (
        any_of(all_of(PREMISES, RULES), all_of(SERVED, title=T("业绩", "Results")), none_of(PREMISES)),
        "（有固定的经营服务场所；有健全的管理制度、经营制度），"
        "或业绩（上年服务中小企业数不少于 80 家），或没有固定的经营服务场所",
        "(Fixed service premises; Complete rules of management and operation), "
        "or Results (SMEs served last year: at least 80 SMEs), or not the case: Fixed service premises",
    ),
    (
        at_least(1, PREMISES, RULES),
        "下列 2 项中至少满足 1 项：有固定的经营服务场所；有健全的管理制度、经营制度",
        "at least 1 of these 2: Fixed service premises; Complete rules of management and operation",
    ),
]


DENIED = [
    (SERVED, "上年服务中小企业数低于 80 家", "SMEs served last year: less than 80 SMEs"),
    (
        facts.staff_full_time.more_than(8),
        "从事中小企业服务的专职人员数不超过 8 人",
        "Full-time staff who serve SMEs: at most 8 people",
    ),
    (facts.total_assets_cny.at_most(9_999), "资产总额超过 9999 元", "Total assets: more than CNY 9,999"),
    (
        metrics.record_satisfaction_pct.less_than(80),
        "单次服务满意度不少于 80%",
        "Satisfaction with one service: at least 80%",
    ),
    (
        metrics.public_benefit_services.share_of(metrics.services, percent=10),
        "公益性服务次数占服务次数低于 10%",
        "Public-benefit services: less than 10% of Services",
    ),
    (
        grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=5),
        "上年服务中小企业数比再上一年服务中小企业数增长低于 5%",
        "SMEs served last year: grown by less than 5% over SMEs served in the year before last",
    ),
    (PREMISES, "没有固定的经营服务场所", "not the case: Fixed service premises"),
    (
        facts.good_health.holds(),
        "不符合：身心健康（由人判定）",
        "not the case: In good health (judged by a person)",
    ),
    (facts.adverse_credit_record.fails(), "有不良信用记录", "Adverse credit record"),
    (facts.education.at_least("bachelor"), "学历低于本科", "Education: below bachelor's degree"),
    (
        facts.legal_form.one_of("enterprise", "partnership"),
        "机构性质不是企业或合伙制机构",
        "Legal form: not enterprise or partnership",
    ),
    (
        facts.service_functions.contains("legal"),
        "申报的服务功能不包括法律服务",
        "Service functions claimed do not include legal services",
    ),
    (
        facts.service_functions.counts(Op.AT_LEAST, 2),
        "申报的服务功能低于 2 项",
        "Service functions claimed: less than 2",
    ),
    (
        facts.operating_since.elapsed(years=1),
        "自开始运营日期起不满 1 年",
        "less than 1 year since: Start of operation",
    ),
    (
        facts.last_penalty_on.clear_for(years=3),
        "近 3 年内有此记录：最近一次行政处罚的日期",
        "one within the last 3 years: Date of the last administrative penalty",
    ),
    (
        all_of(any_of(SERVED, PREMISES), clause="9(1)", title=T("年服务要求", "the yearly duty")),
        "未达到年服务要求（上年服务中小企业数不少于 80 家，或有固定的经营服务场所）",
        "the yearly duty not met (SMEs served last year: at least 80 SMEs, or Fixed service premises)",
    ),
    (
        all_of(PREMISES, RULES),
        "未同时满足：有固定的经营服务场所；有健全的管理制度、经营制度",
        "not all of these: Fixed service premises; Complete rules of management and operation",
    ),
    (
        any_of(PREMISES, SERVED),
        "没有固定的经营服务场所；上年服务中小企业数低于 80 家",
        "not the case: Fixed service premises; SMEs served last year: less than 80 SMEs",
    ),
    (none_of(PREMISES, SERVED), sentence(any_of(PREMISES, SERVED)).zh, sentence(any_of(PREMISES, SERVED)).en),
    (
        at_least(2, PREMISES, SERVED),
        "下列 2 项中满足的不足 2 项：有固定的经营服务场所；上年服务中小企业数不少于 80 家",
        "fewer than 2 of these 2: Fixed service premises; SMEs served last year: at least 80 SMEs",
    ),
]


@pytest.mark.parametrize(("term", "zh", "en"), DENIED)
def test_what_none_may_hold_is_said_as_what_does_not_hold(term, zh, en):
    assert sentence(none_of(term)) == T(zh, en)


def test_every_kind_of_term_is_denied():
    assert {type(term) for term, _, _ in DENIED} == set(get_args(Term))


def test_several_that_may_not_hold_stand_in_brackets_beside_another_way():
    assert sentence(any_of(RULES, none_of(PREMISES, SERVED))) == T(
        "有健全的管理制度、经营制度，或（没有固定的经营服务场所；上年服务中小企业数低于 80 家）",
        "Complete rules of management and operation, "
        "or (not the case: Fixed service premises; SMEs served last year: less than 80 SMEs)",
    )


@pytest.mark.parametrize(("term", "zh", "en"), EXAMPLES)
def test_wording(term, zh, en):
    assert sentence(term) == T(zh, en)


def test_every_kind_of_term_has_an_example():
    def kinds(term):
        yield type(term)
        for part in getattr(term, "terms", ()):
            yield from kinds(part)

    assert {kind for term, _, _ in EXAMPLES for kind in kinds(term)} == set(get_args(Term))


@given(terms)
def test_no_sentence_has_a_gap(term):
    text = sentence(term)
    assert re.search(r"[一-鿿]", text.zh)
    assert re.search(r"[A-Za-z]{2}", text.en)
    for one in (text.zh, text.en):
        assert one == one.strip()
        assert "None" not in one
        assert "  " not in one
        assert "E+" not in one


@pytest.mark.parametrize("fact", [*facts.ALL.values(), *facts.PERSON.values(), *metrics.METRICS.values()])
def test_every_fact_and_choice_is_labelled_in_both_languages(fact):
    for label in (fact.label, *(label for _, label in fact.choices)):
        assert re.search(r"[一-鿿]", label.zh), fact.name
        assert re.search(r"[A-Za-z]", label.en), fact.name


def test_numbers_are_written_plainly():
    assert [plain(n) for n in (Decimal("1E+3"), Decimal("0.50"), Decimal("10.0"), 7)] == [
        "1000",
        "0.5",
        "10",
        "7",
    ]


def test_money_is_written_by_size():
    capital = facts.registered_capital_cny
    assert quantity(capital, 150_000_000) == T("15000 万元", "CNY 150,000,000")
    assert quantity(capital, 10_000) == T("1 万元", "CNY 10,000")
    assert quantity(capital, 0) == T("0 元", "CNY 0")
    assert quantity(capital, Decimal("12345.60")) == T("12,345.6 元", "CNY 12,345.6")


@pytest.mark.parametrize(
    ("fact", "one", "two"),
    [
        (facts.staff_full_time, "1 person", "2 people"),
        (facts.smes_served_last_year, "1 SME", "2 SMEs"),
        (facts.premises_area_m2, "1 m²", "2 m²"),
    ],
)
def test_one_of_a_unit_is_written_in_the_singular(fact: Fact, one: str, two: str) -> None:
    assert quantity(fact, 1).en == one
    assert quantity(fact, 2).en == two


def test_a_date_without_words_for_its_lack_is_told_by_its_label() -> None:
    unworded = replace(facts.last_penalty_on, denied=EMPTY)
    label = unworded.label
    assert sentence(unworded.clear_for(years=3)) == T(
        f"近 3 年内无此记录：{label.zh}", f"none within the last 3 years: {label.en}"
    )
