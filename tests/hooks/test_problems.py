"""Every way in which a plugin can be wrong is told with hook, clause and mend."""

from dataclasses import replace
from typing import Any

import pytest

from core.hooks import catalogue as module
from core.hooks.catalogue import load_catalogue
from core.plugin_api import (
    Absence,
    Accumulation,
    Article,
    Condition,
    ConditionKind,
    Coverage,
    Effect,
    ExitRule,
    FindingKind,
    Intake,
    Interpretation,
    Kind,
    OnFinding,
    OnRequest,
    PaidService,
    PartyKind,
    ReportOverdue,
    ServiceDuty,
    SetFact,
    Silence,
    Span,
    StageKind,
    Stated,
    SummaryTable,
    T,
    Track,
    Window,
    YearlyTest,
    all_of,
    by_reading,
    facts,
    metrics,
)
from tests.hooks.broken import GOOD, JILIN, TITLE, broken, complaints


def program(**changes):
    return {"program": lambda: replace(JILIN.program(), **({"id": "other", "extra_facts": ()} | changes))}


def closing(clause: str, *functions: str) -> dict[str, Any]:
    """A window that leaves functions out."""
    window = Window(
        "8",
        "2024-01-01T00:00:00",
        "2024-02-01T00:00:00",
        closed_clause=clause,
        closed_functions=functions,
    )
    return {"procedure": lambda track: replace(JILIN.procedure(track), intake=Intake.CALL, window=window)}


def stages(change):
    """The procedure of both tracks with its stages changed."""

    def procedure(track):
        declared = JILIN.procedure(track)
        return replace(declared, stages=change(declared.stages))

    return {"procedure": procedure}


def measuring(*found):
    """The procedure of both tracks with what its recommenders measure."""
    return {"procedure": lambda track: replace(JILIN.procedure(track), measured=found)}


def conditions(*more):
    return {"eligibility": lambda track: (*JILIN.eligibility(track), *more)}


def exits(*more):
    return {"exit_rules": lambda: (*JILIN.exit_rules(), *more)}


STRAY_FACT = SetFact("jilin_service_areas", Kind.SET, TITLE)
NEW = Condition("7(1)1", TITLE, facts.good_prospects.holds())
OPEN = Condition(
    "7(1)1",
    TITLE,
    all_of(by_reading("other.unheard", yes=facts.good_prospects.holds(), no=facts.good_prospects.fails())),
)
HALF_READ = Condition(
    "7(1)1", TITLE, all_of(by_reading("jilin.mode", automatic=facts.good_prospects.holds()))
)
REVOKE = Effect.REVOKE


@pytest.mark.parametrize(
    ("hooks", "where", "what"),
    [
        (program(id="Jilin!"), "hook program", "must be lower-case letters, digits and underscores"),
        (program(tracks=()), "hook program", "there is no track: add at least one"),
        (program(editions=()), "hook program", "there is no edition: add at least one"),
        (
            program(tracks=(Track("provider", TITLE, PartyKind.ORGANIZATION, "JL-{serial}"),)),
            "hook program, clause provider",
            "use only {year} and {sequence}",
        ),
        (program(extra_facts=(STRAY_FACT,)), "hook program", "must begin with other_"),
        (
            measuring(STRAY_FACT),
            "hook procedure, clause 8(1)",
            "jilin_service_areas is measured, and is no fact of track",
        ),
        (
            conditions(Condition("", TITLE, facts.good_prospects.holds())),
            "hook eligibility",
            "Condition has no clause: name the clause of the text",
        ),
        (
            conditions(replace(NEW, title=T("只有中文", ""))),
            "hook eligibility, clause 7(1)1",
            "the title needs a Chinese and an English text",
        ),
        (
            conditions(OPEN),
            "hook eligibility, clause 7(1)1",
            "interpretation 'other.unheard' is not declared: add it to interpretations()",
        ),
        (
            conditions(replace(NEW, follows=("other.unheard",))),
            "hook eligibility, clause 7(1)1",
            "interpretation 'other.unheard' is not declared",
        ),
        (
            conditions(HALF_READ),
            "hook eligibility, clause 7(1)1",
            "jilin.mode: the readings must be automatic, confirm",
        ),
        (
            conditions(replace(NEW, clause="99(1)")),
            "hook articles, clause 99(1)",
            "no article of the list holds it: add the article",
        ),
        (
            conditions(Condition("7(1)5", TITLE, facts.satisfaction_pct.at_least(95))),
            "hook eligibility, clause 7(1)5",
            "the parameter 7(1)5.satisfaction_pct stands in eligibility too",
        ),
        (
            {"eligibility": lambda track: (replace(NEW, kind=ConditionKind.PREFERRED),)},
            "hook eligibility",
            "there is no required condition",
        ),
        (
            {"required_materials": lambda track: JILIN.required_materials(track) * 2},
            "hook required_materials, clause application_form",
            "'application_form' stands 2 times: each may stand once",
        ),
        (
            stages(lambda declared: declared + declared[-1:]),
            "hook procedure, clause accreditation",
            "stands 2 times",
        ),
        (
            stages(lambda declared: declared[:-1]),
            "hook procedure, clause 8(1)",
            f"the stage {StageKind.ACCREDITATION} is missing",
        ),
        (
            stages(lambda declared: declared[::-1]),
            "hook procedure, clause 8(1)",
            "the stages are not in the order of StageKind",
        ),
        (
            stages(lambda declared: (replace(declared[0], clause="88"), *declared[1:])),
            "hook articles, clause 88",
            "add the article",
        ),
        (
            {
                "procedure": lambda track: replace(
                    JILIN.procedure(track), window=Window("8", "2024-01-01T00:00:00", "2024-02-01T00:00:00")
                )
            },
            "hook procedure, clause 8(1)",
            "a rolling intake has no window: remove it or use Intake.CALL",
        ),
        (
            closing("N2", "gardening"),
            "hook procedure, clause N2",
            "closed_functions names ['gardening'], which the procedure's functions do not have",
        ),
        (
            closing("", "training"),
            "hook procedure, clause 8",
            "closed_functions and closed_clause go together",
        ),
        (
            closing("N2"),
            "hook procedure, clause 8",
            "closed_functions and closed_clause go together",
        ),
        (
            {"procedure": lambda track: replace(JILIN.procedure(track), direct_inclusion="N2")},
            "hook articles, clause N2",
            "add the article",
        ),
        (
            exits(ExitRule("11(5)", TITLE, ReportOverdue("17"), REVOKE)),
            "hook exit_rules, clause 11(5)",
            "there is no report duty with clause '17' in duties",
        ),
        (
            exits(
                ExitRule(
                    "11(2)",
                    TITLE,
                    Accumulation(metrics.verified_complaints.at_least(3), Span.TERM),
                    Effect.RECTIFY,
                )
            ),
            "hook exit_rules, clause 11(2)",
            "an order to rectify needs a deadline: set rectify_days",
        ),
        (
            exits(
                ExitRule(
                    "11(2)",
                    TITLE,
                    Accumulation(metrics.verified_complaints.at_least(3), Span.TERM),
                    Effect.WARN,
                )
            ),
            "hook exit_rules, clause 11(2)",
            "an accumulation can order to rectify or revoke",
        ),
        (
            exits(ExitRule("11(3)", TITLE, OnFinding(("violations",)), REVOKE)),
            "hook exit_rules, clause 11(3)",
            "'violations' is no kind of finding; choose from administrative_sanction, judicial_penalty",
        ),
        (
            exits(ExitRule("11(3)", TITLE, OnFinding((FindingKind.VIOLATION,)), Effect.WARN)),
            "hook exit_rules, clause 11(3)",
            "a finding can revoke: set effect to REVOKE",
        ),
        (
            exits(ExitRule("11(4)", TITLE, OnRequest(), REVOKE)),
            "hook exit_rules, clause 11(4)",
            "the party's own request can end the status: set effect to WITHDRAW",
        ),
        (
            exits(ExitRule("11(1)", TITLE, YearlyTest(metrics.services.less_than(1)), Effect.OPEN_FINDING)),
            "hook exit_rules, clause 11(1)",
            "a yearly test can warn or order to rectify or revoke: set effect to WARN or RECTIFY or REVOKE",
        ),
        (
            exits(ExitRule("11(1)", TITLE, ReportOverdue("10(1)"), Effect.WITHDRAW)),
            "hook exit_rules, clause 11(1)",
            "an overdue report can warn or order to rectify or revoke",
        ),
        (
            exits(ExitRule("11(1)", TITLE, Silence(6), REVOKE)),
            "hook exit_rules, clause 11(1)",
            "silence can warn: set effect to WARN",
        ),
        (
            exits(ExitRule("11(1)", TITLE, Absence(12), Effect.RECTIFY, rectify_days=30)),
            "hook exit_rules, clause 11(1)",
            "absence can revoke: set effect to REVOKE",
        ),
        (
            exits(ExitRule("11(1)", TITLE, PaidService(), REVOKE)),
            "hook exit_rules, clause 11(1)",
            "a paid service can open a finding: set effect to OPEN_FINDING",
        ),
        (
            exits(ExitRule("11(1)", TITLE, "on a full moon", REVOKE)),
            "hook call",
            "on a full moon",
        ),
        (
            exits(
                ExitRule(
                    "11(2)", TITLE, Accumulation(metrics.verified_complaints.at_least(3), Span.TERM), REVOKE
                ),
                ExitRule(
                    "11(2)", TITLE, Accumulation(metrics.verified_complaints.at_least(4), Span.TERM), REVOKE
                ),
            ),
            "hook exit_rules, clause 11(2)",
            "the parameter 11(2).verified_complaints stands in exit_rules too",
        ),
        (
            {"interpretations": lambda: JILIN.interpretations() * 2},
            "hook interpretations, clause jilin.mode",
            "'jilin.mode' stands 2 times",
        ),
        (
            {
                "interpretations": lambda: (
                    *JILIN.interpretations(),
                    Interpretation("other.x", "7", TITLE, (("a", TITLE),), "b", TITLE),
                )
            },
            "hook interpretations, clause 7",
            "other.x: the default 'b' is none of its values",
        ),
        (
            {
                "interpretations": lambda: (
                    *JILIN.interpretations(),
                    Interpretation("other.x", "7", TITLE, (("a", TITLE),), "a", TITLE),
                )
            },
            "hook interpretations, clause 7",
            "other.x leaves nothing to choose: give it a second value, or make it a Stated",
        ),
        (
            {
                "interpretations": lambda: (
                    *JILIN.interpretations(),
                    Stated("jilin.mode", "7", TITLE, TITLE, TITLE),
                )
            },
            "hook interpretations, clause jilin.mode",
            "'jilin.mode' stands 2 times",
        ),
        (
            {"articles": lambda: (*JILIN.articles(), Article("16", TITLE, Coverage.INTERPRETED, TITLE))},
            "hook articles, clause 16",
            "no interpretation is about it: it is encoded",
        ),
        (
            {"articles": lambda: tuple(item for item in JILIN.articles() if item.clause != "11")},
            "hook articles, clause 11(1)",
            "a rule cites this clause, but no article of the list holds it: add the article",
        ),
        (
            {"articles": lambda: (*JILIN.articles(), Article("15", TITLE, Coverage.ENCODED, TITLE))},
            "hook articles, clause 15",
            "'15' stands 2 times",
        ),
        (
            {"articles": lambda: (*JILIN.articles(), Article("16", TITLE, Coverage.INFORMATIONAL))},
            "hook articles, clause 16",
            "say in `by` why nothing is encoded",
        ),
        (
            {"articles": lambda: (*JILIN.articles(), Article("16", TITLE, Coverage.ENCODED))},
            "hook articles, clause 16",
            "no rule has a clause of this article: encode it, or say in `by` what does",
        ),
        (
            {"summary_tables": lambda: (SummaryTable("A1", "8", "nobody", TITLE, ()),)},
            "hook summary_tables, clause 8",
            "there is no track 'nobody'; name one of the programme's",
        ),
    ],
)
def test_a_broken_plugin_is_left_out_with_hook_clause_and_mend(hooks, where, what):
    messages = complaints(**hooks)
    assert any(message.startswith(f"plugin broken, {where}:") and what in message for message in messages), (
        messages
    )


def test_all_problems_are_told_at_once():
    messages = complaints(
        **conditions(OPEN, replace(NEW, title=T("", ""))),
        **exits(ExitRule("77", TITLE, ReportOverdue("17"), REVOKE)),
    )
    assert sorted(message.split(":")[0] for message in messages) == [
        "plugin broken, hook articles, clause 77",
        "plugin broken, hook eligibility, clause 7(1)1",
        "plugin broken, hook eligibility, clause 7(1)1",
        "plugin broken, hook exit_rules, clause 77",
    ]


def test_a_number_that_an_exit_cites_from_a_duty_is_one_setting():
    rules = load_catalogue([GOOD])["jilin"].track_rules("expert", "interim")
    ids = [parameter.id for parameter in rules.parameters()]
    assert len(ids) == len(set(ids))
    assert {"10(1).service_hours", "10(1).enterprises_served"} <= set(ids)


def problems(*duties):
    """What is said of Jilin's plugin with duties added."""
    made = broken(duties=lambda: (*JILIN.duties(), *duties))
    return [str(problem) for problem in load_catalogue([("broken", made)]).problems]


@pytest.mark.parametrize(("days", "wrong"), [(-1, True), (0, False), (364, False), (365, True)])
def test_a_reminder_comes_within_its_year(days, wrong):
    served = metrics.service_hours.at_least(5)
    told = problems(ServiceDuty("9(1)", TITLE, served, duty_reminder=days))
    where = "plugin broken, hook duties, clause 9(1)"
    expected = f"{where}: 9(1).duty_reminder is {days}: give 0 (no reminder) to 364 days"
    assert told == ([expected] if wrong else [])


def test_duties_of_one_clause_share_their_reminder_or_have_another_clause():
    hours, number = metrics.service_hours.at_least(5), metrics.enterprises_served.at_least(5)
    first = ServiceDuty("9(1)", TITLE, hours, duty_reminder=60)
    assert problems(first, ServiceDuty("9(1)", TITLE, number, duty_reminder=60)) == []
    told = problems(first, ServiceDuty("9(1)", TITLE, number, duty_reminder=61))
    assert len(told) == len(JILIN.PROGRAM.tracks)
    assert all("the parameter 9(1).duty_reminder stands in duties too" in problem for problem in told)


def test_a_problem_says_where_and_what():
    problem = module.Problem("x", "duties", "10(1)", "set it")
    assert str(problem) == "plugin x, hook duties, clause 10(1): set it"
    assert str(replace(problem, clause="")) == "plugin x, hook duties: set it"
