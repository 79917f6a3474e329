"""The catalogue: a broken plugin is left out with a message to mend it by, and the others work."""

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from core.hooks import catalogue as module
from core.hooks.catalogue import REQUIRED_HOOKS, load_catalogue
from core.plugin_api import (
    ENTRY_POINT_GROUP,
    Edition,
    PartyKind,
)
from core.rules.walk import Settings, UnknownReadingError
from tests.hooks.broken import GOOD, JILIN, TITLE, broken, complaints


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
