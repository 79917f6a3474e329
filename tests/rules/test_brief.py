"""What stands in a cell of the comparison: the bound alone, in Chinese and English."""

from datetime import date

import pytest

from core.domain import facts
from core.rules.brief import brief, topic
from core.rules.clauses import Condition, Relaxation
from core.rules.evaluate import Outcome
from core.rules.report import condition_lacks
from core.rules.sentence import sentence
from core.rules.terms import Op, Term, all_of, any_of, at_least, grown_by, union_share
from core.rules.text import T
from core.rules.verdict import judge

ON = date(2024, 5, 20)
STAFF, LEGAL = facts.staff_full_time, facts.independent_legal_person
NAMED = [
    all_of(LEGAL.holds(), title=T("法人", "Legal person")),
    all_of(STAFF.at_least(8), title=T("人员", "Staff")),
]


@pytest.mark.parametrize(
    ("term", "zh", "en"),
    [
        (STAFF.at_least(8), "不少于 8 人", "at least 8 people"),
        (LEGAL.holds(), "是", "yes"),
        (facts.under_investigation.fails(), "否", "no"),
        (
            facts.legal_form.one_of("enterprise", "partnership"),
            "企业或合伙制机构",
            "enterprise or partnership",
        ),
        (facts.education.at_least("bachelor"), "本科及以上", "bachelor's degree or above"),
        (facts.service_functions.contains("legal"), "包括法律服务", "includes legal services"),
        (facts.service_functions.counts(Op.AT_LEAST, 2), "不少于 2 项", "at least 2"),
        (
            facts.staff_college_plus.share_of(STAFF, percent=70),
            "不低于 70%：大专及以上学历的专职人员数",
            "at least 70%: Staff with a college diploma or above",
        ),
        (
            union_share(
                facts.staff_college_plus,
                facts.staff_mid_title_plus,
                both=facts.staff_college_plus_and_mid_title,
                whole=STAFF,
                percent=80,
            ),
            "不低于 80%：大专及以上学历的专职人员数或中级及以上技术职称的专职人员数",
            "at least 80%: Staff with a college diploma or above or "
            "Staff with an intermediate title or above",
        ),
        (
            grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=10),
            "不少于 10%",
            "at least 10%",
        ),
        (
            any_of(LEGAL.holds(), STAFF.at_least(8)),
            "具有独立法人资格，或从事中小企业服务的专职人员数不少于 8 人",
            "Independent legal person, or Full-time staff who serve SMEs: at least 8 people",
        ),
        (facts.established_on.elapsed(years=1), "已满 1 年", "at least 1 year ago"),
        (facts.established_on.elapsed(years=2), "已满 2 年", "at least 2 years ago"),
        (facts.last_penalty_on.clear_for(years=1), "近 1 年内没有", "none within the last 1 year"),
        (facts.last_penalty_on.clear_for(years=3), "近 3 年内没有", "none within the last 3 years"),
        (
            at_least(1, *NAMED),
            "下列 2 类中至少 1 类达到要求：法人、人员",
            "at least 1 of these 2: Legal person, Staff",
        ),
    ],
)
def test_a_bound_stands_alone(term: Term, zh: str, en: str) -> None:
    assert brief(term) == T(zh, en)


def test_a_choice_of_unnamed_parts_is_told_whole() -> None:
    term = at_least(1, LEGAL.holds(), STAFF.at_least(8))
    assert brief(term) == sentence(term)
    assert topic(term).key == LEGAL.name


def test_shares_of_one_whole_stand_in_one_row_and_growth_in_one_of_its_own() -> None:
    share = topic(facts.staff_college_plus.share_of(STAFF, percent=70))
    assert (share.key, share.label.zh) == (
        "share/staff_full_time",
        "占从事中小企业服务的专职人员数的比例",
    )
    grown = topic(grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=10))
    assert (grown.key, grown.label.zh) == ("growth/smes_served_last_year", "上年服务中小企业数的增长")


def lacks_of(condition: Condition, **values: object) -> tuple[Outcome, list[str]]:
    """The outcome of the condition, and what it lacks in Chinese."""
    result = judge([condition], values, ON).results[0]
    return result.outcome, [text.zh for text in condition_lacks(result, values, ON)]


def test_the_relaxed_bound_is_told_beside_the_full_one() -> None:
    easier = Relaxation("5(last)", LEGAL.holds(), STAFF.at_least(6))
    condition = Condition("5(1)", T("人员", "Staff"), STAFF.at_least(10), relaxed=easier)
    outcome, lacks = lacks_of(condition, staff_full_time=5, independent_legal_person=True)
    assert outcome is Outcome.NOT_MET
    assert len(lacks) == 2
    assert "5 人" in lacks[0]
    assert lacks[1].startswith("或按放宽标准（5末段）")
    assert "1 人" in lacks[1]
    assert lacks_of(condition, staff_full_time=6, independent_legal_person=True) == (Outcome.MET, [])


def test_what_decides_whether_it_applies_is_asked_too() -> None:
    condition = Condition("5(1)", T("人员", "Staff"), STAFF.at_least(10), only_if=LEGAL.holds())
    outcome, lacks = lacks_of(condition)
    assert outcome is Outcome.UNKNOWN
    assert any(LEGAL.label.zh in text for text in lacks)
    assert any(STAFF.label.zh in text for text in lacks)
    assert lacks_of(condition, independent_legal_person=False) == (Outcome.NOT_APPLICABLE, [])
