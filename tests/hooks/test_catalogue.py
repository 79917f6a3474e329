"""The catalogue: a broken plugin is left out with a message to mend it by, and the others work."""

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace

import pytest

import plugins.jilin
from core.hooks import catalogue as module
from core.hooks.catalogue import REQUIRED_HOOKS, load_catalogue
from core.plugin_api import (
    ENTRY_POINT_GROUP,
    Accumulation,
    Article,
    Condition,
    ConditionKind,
    Coverage,
    Edition,
    Effect,
    ExitRule,
    Interpretation,
    Kind,
    PartyKind,
    ReportOverdue,
    SetFact,
    Span,
    StageKind,
    SummaryTable,
    T,
    Track,
    Window,
    all_of,
    by_reading,
    facts,
    hookimpl,
    metrics,
)
from core.rules.walk import Settings, UnknownReadingError

JILIN = plugins.jilin
GOOD = ("good", JILIN)
TITLE = T("条件", "Condition")


def broken(**hooks):
    """The Jilin plugin under another id, with the given hooks instead of its own (None: none)."""
    parts = {hook: getattr(JILIN, hook) for hook in REQUIRED_HOOKS}
    parts["program"] = hookimpl(lambda: replace(JILIN.program(), id="other", extra_facts=()))
    for name, hook in hooks.items():
        parts[name] = hook and hookimpl(hook)
    return SimpleNamespace(**{name: hook for name, hook in parts.items() if hook is not None})


def complaints(**hooks):
    """What is said about a plugin broken so; the plugin beside it must work."""
    found = load_catalogue([("broken", broken(**hooks)), GOOD])
    assert list(found.programs) == ["jilin"]
    assert found.problems
    assert {problem.plugin for problem in found.problems} == {"broken"}
    return [str(problem) for problem in found.problems]


def test_the_plugin_under_test_is_sound_until_broken():
    found = load_catalogue([("other", broken()), GOOD])
    assert found.problems == ()
    assert list(found.programs) == ["other", "jilin"]


@pytest.fixture(scope="module")
def installed():
    return load_catalogue()


def test_the_installed_programmes_have_no_problems(installed):
    assert [str(problem) for problem in installed.problems] == []
    assert sorted(installed.programs) == ["hubei", "jilin", "liaocheng", "miit_volunteer", "shanghai"]


def test_tracks_of_one_kind_of_party(installed):
    persons = [(loaded.program.id, track.id) for loaded, track in installed.tracks(PartyKind.PERSON)]
    assert persons == [("jilin", "expert"), ("miit_volunteer", "expert")]
    assert len(installed.tracks()) == 10
    assert len(installed.tracks(PartyKind.ORGANIZATION)) == 8


def test_an_unknown_name_is_answered_with_the_known_ones(installed):
    with pytest.raises(KeyError, match=r"no programme 'jlin'; there are .*jilin"):
        installed["jlin"]
    with pytest.raises(KeyError, match="jilin has no track 'experts'; it has provider, expert"):
        installed["jilin"].program.track("experts")
    with pytest.raises(KeyError, match=r"jilin has no rules for expert/2030; it has expert/interim"):
        installed["jilin"].track_rules("expert", "2030")


def test_the_catalogue_of_the_process_is_loaded_once():
    assert module.catalogue() is module.catalogue()


def test_numbers_and_readings_are_put_in_once_and_kept(installed):
    jilin = installed["jilin"]
    settings = Settings({"7(1)5.satisfaction_pct": Decimal(95)}, {"jilin.mode": "confirm"})
    rules = jilin.track_rules("provider", "interim", settings)
    assert jilin.track_rules("provider", "interim", settings) is rules
    assert jilin.track_rules("provider", "interim") is not rules
    assert rules.exits[0].mode == "confirm"
    (number,) = (item for item in rules.parameters() if item.id == "7(1)5.satisfaction_pct")
    assert number.default == 95
    with pytest.raises(UnknownReadingError, match=r"jilin\.mode has no reading 'maybe'"):
        jilin.track_rules("provider", "interim", Settings({}, {"jilin.mode": "maybe"}))


def test_the_edition_in_force_is_the_last_one_that_has_begun():
    editions = (
        Edition("first", TITLE),
        Edition("second", TITLE, date(2024, 1, 1)),
        Edition("third", TITLE, date(2026, 1, 1)),
    )
    plugin = broken(program=lambda: replace(JILIN.program(), id="other", extra_facts=(), editions=editions))
    loaded = load_catalogue([("other", plugin)])["other"]
    assert loaded.edition(date(1999, 1, 1)).id == "first"
    assert loaded.edition(date(2023, 12, 31)).id == "first"
    assert loaded.edition(date(2024, 1, 1)).id == "second"
    assert loaded.edition(date(2030, 1, 1)).id == "third"


def entry(name, value):
    return EntryPoint(name, value, ENTRY_POINT_GROUP)


def test_a_plugin_that_cannot_be_imported_is_left_out(monkeypatch):
    found = [entry("gone", "no_such_package.plugin"), entry("jilin", "plugins.jilin")]
    monkeypatch.setattr(module, "entry_points", lambda group: found)
    catalogue = load_catalogue()
    assert list(catalogue.programs) == ["jilin"]
    (problem,) = catalogue.problems
    assert str(problem).startswith("plugin gone, hook import: no_such_package.plugin cannot be imported")
    assert "mend or uninstall it" in str(problem)


def test_a_plugin_that_fails_while_it_is_imported_is_left_out(monkeypatch, tmp_path):
    (tmp_path / "exploding_plugin.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    found = [entry("exploding", "exploding_plugin"), entry("jilin", "plugins.jilin")]
    monkeypatch.setattr(module, "entry_points", lambda group: found)
    catalogue = load_catalogue()
    assert list(catalogue.programs) == ["jilin"]
    assert "division by zero" in str(catalogue.problems[0])


def test_a_misspelt_hook_is_named_with_the_hooks_there_are():
    (message,) = complaints(eligibilty=lambda track: ())
    assert message.startswith("plugin broken, hook registration: unknown hook 'eligibilty'")
    assert "the hooks are: program, eligibility, required_materials" in message


def test_a_misspelt_argument_is_refused_at_registration():
    (message,) = complaints(eligibility=lambda trak: ())
    assert "hook registration" in message
    assert "trak" in message


@pytest.mark.parametrize("hook", REQUIRED_HOOKS)
def test_a_missing_hook_is_named_with_what_to_add(hook):
    assert complaints(**{hook: None}) == [
        f"plugin broken, hook {hook}: the hook is missing: add @hookimpl def {hook}(…)"
    ]


def test_a_plugin_without_any_hook_lacks_them_all():
    found = load_catalogue([("empty", ModuleType("empty")), GOOD])
    assert list(found.programs) == ["jilin"]
    assert [problem.hook for problem in found.problems] == list(REQUIRED_HOOKS)


def test_a_hook_that_raises_is_reported_with_its_error():
    (message,) = complaints(duties=lambda: {}["nothing"])
    assert message == "plugin broken, hook call: a hook failed: KeyError: 'nothing'; mend the hook"


def test_an_id_is_taken_once():
    found = load_catalogue([GOOD, ("twin", JILIN)])
    assert list(found.programs) == ["jilin"]
    assert [str(problem) for problem in found.problems] == [
        "plugin twin, hook program: the id 'jilin' is taken by good; choose another"
    ]


def program(**changes):
    return {"program": lambda: replace(JILIN.program(), **({"id": "other", "extra_facts": ()} | changes))}


def stages(change):
    """The procedure of both tracks with its stages changed."""

    def procedure(track):
        declared = JILIN.procedure(track)
        return replace(declared, stages=change(declared.stages))

    return {"procedure": procedure}


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


def test_a_problem_says_where_and_what():
    problem = module.Problem("x", "duties", "10(1)", "set it")
    assert str(problem) == "plugin x, hook duties, clause 10(1): set it"
    assert str(replace(problem, clause="")) == "plugin x, hook duties: set it"
