"""The catalogue: the programmes, loaded, checked and frozen; their rules resolve for a date's settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from types import MappingProxyType

import pluggy

from core.hooks import specs
from core.hooks.loaded import LoadedProgram, TrackRules
from core.hooks.validation import Problem, check_program
from core.plugin_api import ENTRY_POINT_GROUP, PROJECT
from core.rules.clauses import (
    Interpretation,
    PartyKind,
    Program,
    Stated,
    Track,
)
from core.rules.terms import Fact

REQUIRED_HOOKS = (
    "program",
    "eligibility",
    "required_materials",
    "procedure",
    "duties",
    "exit_rules",
    "interpretations",
    "articles",
    "summary_tables",
)


@dataclass(frozen=True)
class Catalogue:
    """The loaded programmes by id, and what was wrong with those left out."""

    programs: Mapping[str, LoadedProgram]
    problems: tuple[Problem, ...] = ()

    def __getitem__(self, program_id: str) -> LoadedProgram:
        """The programme of that id; KeyError names the ones there are."""
        if program_id not in self.programs:
            raise KeyError(f"no programme {program_id!r}; there are {', '.join(self.programs)}")
        return self.programs[program_id]

    def extra_facts(self) -> tuple[Fact, ...]:
        """The facts that programmes add to the vocabulary."""
        return tuple(fact for loaded in self.programs.values() for fact in loaded.program.extra_facts)

    def tracks(self, party: PartyKind | None = None) -> tuple[tuple[LoadedProgram, Track], ...]:
        """Every track of every programme, for one kind of party if given."""
        return tuple(
            (loaded, track)
            for loaded in self.programs.values()
            for track in loaded.program.tracks
            if party is None or track.party is party
        )


def load_catalogue(plugins: Iterable[tuple[str, object]] | None = None) -> Catalogue:
    """Load, check and freeze the programmes of the installed entry points, or of the given (name, plugin)s.

    A plugin that cannot be loaded or fails a check is left out and reported in `problems`; the others work.
    """
    programs: dict[str, LoadedProgram] = {}
    problems: list[Problem] = []
    for name, plugin in plugins if plugins is not None else _installed(problems):
        loaded, found = _load(name, plugin)
        if loaded is not None and not found and loaded.program.id in programs:
            other = programs[loaded.program.id].source
            found = [
                Problem(
                    name, "program", "", f"the id {loaded.program.id!r} is taken by {other}; choose another"
                )
            ]
        if loaded is None or found:
            problems.extend(found)
        else:
            programs[loaded.program.id] = loaded
    return Catalogue(MappingProxyType(programs), tuple(problems))


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of this process, loaded once."""
    return load_catalogue()


def _installed(problems: list[Problem]) -> Iterable[tuple[str, object]]:
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda item: item.name):
        try:
            plugin = entry.load()
        except Exception as error:  # noqa: BLE001  # whatever a third party's import raises, the rest must run
            problems.append(
                Problem(
                    entry.name,
                    "import",
                    "",
                    f"{entry.value} cannot be imported: {error}; mend or uninstall it",
                )
            )
        else:
            yield entry.name, plugin


def _load(name: str, plugin: object) -> tuple[LoadedProgram | None, list[Problem]]:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specs)
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        return None, [
            Problem(name, "registration", "", f"{error}; the hooks are: {', '.join(REQUIRED_HOOKS)}, notify")
        ]
    implemented = {caller.name for caller in manager.get_hookcallers(plugin) or ()}
    missing = [hook for hook in REQUIRED_HOOKS if hook not in implemented]
    if missing:
        return None, [
            Problem(name, hook, "", f"the hook is missing: add @hookimpl def {hook}(…)") for hook in missing
        ]
    try:
        loaded = _collect(name, plugin, manager)
        return loaded, check_program(name, loaded)
    except Exception as error:  # noqa: BLE001  # whatever a third party's hook raises, the rest must run
        return None, [
            Problem(name, "call", "", f"a hook failed: {type(error).__name__}: {error}; mend the hook")
        ]


def _collect(name: str, plugin: object, manager: pluggy.PluginManager) -> LoadedProgram:
    call = manager.hook
    declared: Program = call.program()[0]
    rules: dict[tuple[str, str], TrackRules] = {}
    for track in declared.tracks:
        for edition in declared.editions:
            where = {"track": track.id, "edition": edition.id}
            rules[track.id, edition.id] = TrackRules(
                declared.id,
                track.id,
                edition.id,
                tuple(call.eligibility(**where)[0]),
                tuple(call.required_materials(**where)[0]),
                call.procedure(**where)[0],
                tuple(call.duties(**where)[0]),
                tuple(call.exit_rules(**where)[0]),
            )
    read = tuple(call.interpretations()[0])
    return LoadedProgram(
        declared,
        MappingProxyType(rules),
        tuple(item for item in read if isinstance(item, Interpretation)),
        tuple(item for item in read if isinstance(item, Stated)),
        tuple(call.articles()[0]),
        tuple(call.summary_tables()[0]),
        name,
        plugin,
    )
