"""Readers of clauses: needs, parameters, readings and resolution."""

from decimal import Decimal

import pytest
from hypothesis import given

from core.domain import facts
from core.domain.supervision import metrics
from core.rules.clauses import Actor, Condition, Extension, Relaxation, Stage, StageKind, ValidityTerm, Waiver
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import Accumulation, Effect, ExitRule, Mode, Silence, Span, YearlyTest
from core.rules.terms import Op, all_of, any_of, at_least, by_reading, grown_by, none_of, union_share
from core.rules.text import T
from core.rules.walk import (
    Parameter,
    Settings,
    UnknownReadingError,
    chosen,
    needs,
    parameters,
    readings,
    resolve,
    rewrite,
    with_numbers,
)
from tests.rules.strategies import AS_OF, full_profiles, terms

TITLE = T("条款", "Clause")

RESULTS = Condition(
    "8(3)",
    TITLE,
    all_of(
        facts.smes_served_last_year.at_least(80),
        grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=10),
        facts.industry_influence.holds(),
    ),
)
PROFESSIONALS = union_share(
    facts.staff_college_plus,
    facts.staff_mid_title_plus,
    both=facts.staff_college_plus_and_mid_title,
    whole=facts.staff_full_time,
    percent=80,
)
SHORTFALL = ExitRule(
    "A1.15",
    TITLE,
    YearlyTest(
        by_reading(
            "miit.shortfall",
            both=all_of(metrics.service_hours.less_than(60), metrics.enterprises_served.less_than(150)),
            either=any_of(metrics.service_hours.less_than(60), metrics.enterprises_served.less_than(150)),
        )
    ),
    Effect.REVOKE,
    mode=by_reading("miit.mode", automatic=Mode.AUTOMATIC, confirm=Mode.CONFIRM),
)
READINGS = {"miit.shortfall": "both", "miit.mode": "automatic"}


def numbers(clause):
    return {parameter.id: parameter.default for parameter in parameters(clause)}


def test_needs_are_in_reading_order_each_once():
    assert needs(RESULTS.test) == (
        facts.smes_served_last_year,
        facts.smes_served_prior_year,
        facts.industry_influence,
    )
    assert needs(PROFESSIONALS) == (
        facts.staff_college_plus,
        facts.staff_mid_title_plus,
        facts.staff_college_plus_and_mid_title,
        facts.staff_full_time,
    )


@given(terms, full_profiles())
def test_a_term_is_decided_by_what_it_needs(term, full):
    known = {fact.name: full[fact.name] for fact in needs(term)}
    assert evaluate(term, known, AS_OF) == evaluate(term, full, AS_OF)
    assert evaluate(term, known, AS_OF).outcome is not Outcome.UNKNOWN


def test_parameters_are_named_by_clause_and_subject():
    assert numbers(RESULTS) == {"8(3).smes_served_last_year": 80, "8(3).smes_served_last_year_growth": 10}
    professionals = Condition("8(7)", TITLE, all_of(facts.staff_full_time.at_least(15), PROFESSIONALS))
    assert numbers(professionals) == {"8(7).staff_full_time": 15, "8(7).staff_college_plus_share": 80}


def test_a_second_number_of_one_subject_is_numbered():
    hours = metrics.service_hours
    test = any_of(hours.at_least(12), all_of(hours.at_least(6), metrics.services.at_least(3)))
    assert numbers(Condition("10(1)", TITLE, test)) == {
        "10(1).service_hours": 12,
        "10(1).service_hours#2": 6,
        "10(1).services": 3,
    }


def test_a_group_with_its_own_clause_names_its_numbers():
    test = at_least(
        4,
        all_of(facts.info_events.at_least(4), clause="9(1)", title=TITLE),
        all_of(facts.tech_events.at_least(4), clause="9(2)", title=TITLE),
    )
    assert parameters(Condition("10(1)", TITLE, test)) == (
        Parameter("10(1).at_least", "10(1)", Decimal(4)),
        Parameter("9(1).info_events", "9(1)", Decimal(4)),
        Parameter("9(2).tech_events", "9(2)", Decimal(4)),
    )


def test_a_number_tells_the_fact_that_it_bounds_by_itself():
    test = all_of(facts.staff_full_time.at_least(15), PROFESSIONALS, facts.established_on.elapsed(years=2))
    bounded = {item.id: item.fact for item in parameters(Condition("8(7)", TITLE, test))}
    assert bounded == {
        "8(7).staff_full_time": facts.staff_full_time,
        "8(7).staff_college_plus_share": None,
        "8(7).established_on": facts.established_on,
    }


def test_parameters_of_every_reading_count_and_keep_their_ids():
    assert list(numbers(SHORTFALL)) == [
        "A1.15.service_hours",
        "A1.15.enterprises_served",
        "A1.15.service_hours#2",
        "A1.15.enterprises_served#2",
    ]


def test_numbers_outside_of_terms_are_parameters_where_the_text_sets_them():
    stage = Stage(StageKind.NOTICE, "13", TITLE, Actor.AUTHORITY, working_days=5)
    assert numbers(stage) == {"13.working_days": 5}
    assert numbers(Stage(StageKind.REVIEW, "13", TITLE, Actor.AUTHORITY)) == {}
    term = ValidityTerm("10(1)", 2, "11(4)", Extension("10(3)", 2))
    assert numbers(term) == {
        "10(1).years": 2,
        "10(3).years": 2,
        "10(3).days_before": 90,
        "10(3).days_after": 90,
        "10(1).first_reminder": 90,
        "10(1).second_reminder": 30,
        "10(1).last_reminder": 7,
    }
    assert numbers(ValidityTerm("6", 1, "7", last_reminder=0))["6.last_reminder"] == 0
    silence = ExitRule("N5", TITLE, Silence(6), Effect.WARN, ban_years=3)
    assert numbers(silence) == {"N5.ban_years": 3, "N5.months": 6}


def test_sets_dates_and_shares_have_parameters_too():
    test = all_of(
        facts.service_functions.counts(Op.AT_LEAST, 2),
        facts.operating_since.elapsed(years=1),
        facts.staff_field_experienced.share_of(facts.staff_full_time, percent=80),
        facts.education.at_least("bachelor"),
    )
    assert numbers(Condition("1", TITLE, test)) == {
        "1.service_functions": 2,
        "1.operating_since": 1,
        "1.staff_field_experienced_share": 80,
    }


def test_resolving_without_settings_changes_nothing():
    assert resolve(RESULTS, Settings()) is RESULTS


def test_an_override_replaces_one_number():
    resolved = resolve(RESULTS, Settings({"8(3).smes_served_last_year": Decimal(100)}))
    assert numbers(resolved) == {"8(3).smes_served_last_year": 100, "8(3).smes_served_last_year_growth": 10}
    assert numbers(RESULTS)["8(3).smes_served_last_year"] == 80
    assert resolve(RESULTS, Settings({"8(3).smes_served_last_year": Decimal(80)})) is RESULTS


def test_an_override_keeps_the_type_of_its_number():
    age = Condition("1", TITLE, facts.operating_since.elapsed(years=1))
    resolved = resolve(age, Settings({"1.operating_since": Decimal(3)}))
    assert resolved.test == facts.operating_since.elapsed(years=3)
    assert type(resolved.test.bound) is int


def test_overrides_reach_relaxations_and_waivers():
    condition = Condition(
        "8(7)",
        TITLE,
        facts.staff_full_time.at_least(15),
        relaxed=Relaxation("8", facts.distinctive_strengths.holds(), facts.staff_full_time.at_least(10)),
        waiver=by_reading("x.in_principle", firm=None, waivable=Waiver("5", TITLE)),
    )
    settings = Settings({"8.staff_full_time": Decimal(11)}, {"x.in_principle": "firm"})
    resolved = resolve(condition, settings)
    assert resolved.relaxed.test == facts.staff_full_time.at_least(11)
    assert resolved.waiver is None
    waivable = resolve(condition, Settings(readings={"x.in_principle": "waivable"}))
    assert waivable.waiver == Waiver("5", TITLE)
    assert waivable.relaxed is condition.relaxed


def test_a_reading_is_chosen():
    resolved = resolve(SHORTFALL, Settings(readings=READINGS))
    assert resolved.mode is Mode.AUTOMATIC
    assert resolved.trigger.test == SHORTFALL.trigger.test.values[0][1]
    assert list(readings(resolved)) == []


def test_an_override_of_the_other_reading_does_not_move():
    override = {"A1.15.service_hours#2": Decimal(50)}
    both = resolve(SHORTFALL, Settings(override, READINGS))
    assert both == resolve(SHORTFALL, Settings({}, READINGS))
    either = resolve(SHORTFALL, Settings(override, READINGS | {"miit.shortfall": "either"}))
    assert either.trigger.test.terms[0] == metrics.service_hours.less_than(50)


@pytest.mark.parametrize("selected", [{"miit.mode": "automatic"}, READINGS | {"miit.shortfall": "neither"}])
def test_a_missing_or_unknown_reading_names_the_ones_there_are(selected):
    with pytest.raises(UnknownReadingError, match=r"A1\.15: interpretation miit\.shortfall .* both, either"):
        resolve(SHORTFALL, Settings(readings=selected))


def test_readings_inside_readings_are_found():
    low = by_reading(
        "x.low",
        below=metrics.record_satisfaction_pct.less_than(80),
        at=metrics.record_satisfaction_pct.at_most(80),
    )
    span = by_reading("x.span", term=Span.TERM, year=Span.CALENDAR_YEAR)
    inner = by_reading("x.inner", no=none_of(facts.fixed_premises.holds()), yes=all_of(low))
    rule = Accumulation(metrics.low_satisfaction_events.at_least(3), span, low)
    assert [choice.interpretation for choice in readings(rule)] == ["x.span", "x.low"]
    assert [choice.interpretation for choice in readings((inner, span))] == ["x.inner", "x.low", "x.span"]


def test_other_numbers_leave_every_reading_open():
    lighter = with_numbers(SHORTFALL, {"A1.15.service_hours#2": Decimal(50)})
    assert [choice.interpretation for choice in readings(lighter)] == ["miit.shortfall", "miit.mode"]
    assert numbers(lighter) == numbers(SHORTFALL) | {"A1.15.service_hours#2": 50}
    assert with_numbers(SHORTFALL, {}) == SHORTFALL


def test_a_clause_is_rewritten_part_by_part():
    def shout(node):
        return T(node.zh, node.en.upper()) if isinstance(node, T) else node

    (loud,) = rewrite((RESULTS,), shout)
    assert loud.title == T("条款", "CLAUSE")
    assert loud.test.terms[0].fact.label.en == "SMES SERVED LAST YEAR"
    assert numbers(loud) == numbers(RESULTS)
    assert rewrite(RESULTS, lambda node: node) is RESULTS


def test_a_choice_must_be_resolved_before_it_is_used():
    assert chosen(Mode.CONFIRM) is Mode.CONFIRM
    with pytest.raises(UnknownReadingError, match=r"miit\.mode is not resolved yet"):
        chosen(SHORTFALL.mode)
