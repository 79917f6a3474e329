"""Verdicts as JSON and in words."""

import json
from datetime import date
from decimal import Decimal

import pytest

from core.domain import facts
from core.hooks.catalogue import load_catalogue
from core.rules.clauses import Condition, Relaxation
from core.rules.evaluate import Explanation, Outcome, evaluate
from core.rules.report import (
    UNKNOWN,
    TrackReport,
    condition_keys,
    condition_sentence,
    json_value,
    leaves,
    shown,
)
from core.rules.terms import all_of, any_of
from core.rules.text import T
from core.rules.verdict import judge

AS_OF = date(2024, 5, 20)
TITLE = T("标题", "Title")
STAFF = Condition("1(1)", T("人员", "Staff"), facts.staff_full_time.at_least(8))


def test_a_verdict_is_what_the_command_line_promises():
    verdict = judge([STAFF], {"staff_full_time": 7}, AS_OF)
    found = TrackReport("p", "t", "e", [STAFF], "en").json(AS_OF, verdict)
    assert json.loads(json.dumps(found)) == {
        "program": "p",
        "track": "t",
        "edition": "e",
        "as_of": "2024-05-20",
        "outcome": "ineligible",
        "results": [
            {
                "clause": "1(1)",
                "kind": "required",
                "outcome": "not_met",
                "waivable": False,
                "title": "Staff",
                "sentence": "Full-time staff who serve SMEs: at least 8 people",
                "observed": [{"staff_full_time": 7}],
            }
        ],
    }


def test_an_unknown_fact_is_null_and_chinese_is_the_language():
    found = TrackReport("p", "t", "e", [STAFF]).json(AS_OF, judge([STAFF], {}, AS_OF))
    (result,) = found["results"]
    assert (found["outcome"], result["outcome"]) == ("undetermined", "unknown")
    assert result["observed"] == [{"staff_full_time": None}]
    assert (result["title"], result["sentence"]) == ("人员", "从事中小企业服务的专职人员数不少于 8 人")


def test_a_track_s_report_serves_many_verdicts():
    report = TrackReport("p", "t", "e", [STAFF], "en")
    outcomes = [
        report.json(AS_OF, judge([STAFF], {"staff_full_time": n}, AS_OF))["outcome"] for n in (7, 8, 9)
    ]
    assert outcomes == ["ineligible", "eligible", "eligible"]


def test_a_condition_s_sentence_says_when_it_applies_and_what_is_easier():
    condition = Condition(
        "8(1)",
        TITLE,
        facts.total_assets_cny.at_least(2_000_000),
        only_if=facts.fixed_premises.holds(),
        relaxed=Relaxation(
            "8(last)",
            facts.legal_form.one_of("public_institution"),
            facts.total_assets_cny.at_least(1_000_000),
        ),
    )
    text = condition_sentence(condition)
    assert text.zh == (
        "如有固定的经营服务场所：资产总额不少于 200 万元；"
        "或（8末段）机构性质为事业单位的，资产总额不少于 100 万元"
    )
    assert text.en.startswith("if ")
    assert "or (8, last paragraph), given " in text.en


def test_conditions_of_one_clause_have_names_of_their_own():
    other = Condition("2", TITLE, facts.fixed_premises.holds())
    assert condition_keys([STAFF, other, STAFF, STAFF]) == ["1(1)", "2", "1(1)#2", "1(1)#3"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, True),
        (3, 3),
        (Decimal("3.00"), 3),
        (Decimal("91.5"), 91.5),
        (Decimal("0.12345678901234567890"), "0.12345678901234567890"),
        (date(2024, 2, 29), "2024-02-29"),
        (frozenset({"b", "a"}), ["a", "b"]),
        ("never", "never"),
    ],
)
def test_values_are_json_that_reads_back(value, written):
    assert json.loads(json.dumps(json_value(value))) == written


@pytest.mark.parametrize(
    ("fact", "value", "zh"),
    [
        (facts.staff_full_time, None, UNKNOWN.zh),
        (facts.staff_full_time, 12, "12 人"),
        (facts.total_assets_cny, Decimal(2_000_000), "200 万元"),
        (facts.satisfaction_pct, Decimal("91.50"), "91.5%"),
        (facts.fixed_premises, True, "是"),
        (facts.fixed_premises, False, "否"),
        (facts.operating_since, date(2024, 2, 29), "2024-02-29"),
        (facts.last_penalty_on, "never", "从未有过"),
        (facts.last_penalty_on, date(2024, 2, 29), "2024-02-29"),
        (facts.legal_form, "enterprise", "企业"),
        (facts.service_functions, frozenset({"legal", "information"}), "信息服务、法律服务"),
        (facts.service_functions, frozenset(), "无"),
        (facts.employer, "吉林大学", "吉林大学"),
        (facts.mobile, "13800138000", "138****8000"),
        (facts.id_number, "11010519491231002X", "110***********002X"),
    ],
)
def test_a_value_is_shown_in_words(fact, value, zh):
    assert shown(fact, value).zh == zh


def test_the_leaves_of_an_explanation_in_reading_order():
    term = all_of(facts.fixed_premises.holds(), any_of(facts.management_system.holds(), STAFF.test))
    found = list(leaves(evaluate(term, {"staff_full_time": 8}, AS_OF)))
    assert [item.outcome for item in found] == [Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.MET]
    assert all(isinstance(item, Explanation) for item in found)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_condition_of_every_programme_has_a_sentence(language):
    for loaded in load_catalogue().programs.values():
        for track, edition in loaded.rules:
            for condition in loaded.track_rules(track, edition).conditions:
                text = condition_sentence(condition).get(language)
                assert text.strip()
                assert "ByReading" not in text
