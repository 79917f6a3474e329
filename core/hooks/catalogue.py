"""The catalogue: the programmes, loaded, checked and frozen; their rules resolve for a date's settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import entry_points
from types import MappingProxyType

import pluggy

from core.hooks import specs
from core.hooks.validation import Problem, check_program
from core.plugin_api import ENTRY_POINT_GROUP, PROJECT
from core.rules.clauses import (
    Article,
    Condition,
    Edition,
    Interpretation,
    Material,
    PartyKind,
    Procedure,
    Program,
    SummaryTable,
    Track,
)
from core.rules.obligations import Duty, ExitRule
from core.rules.walk import Parameter, Settings, parameters, resolve

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


@dataclass(frozen=True, slots=True)
class TrackRules:
    """All clauses of one track in one edition; `resolved` says that readings and overrides are put in."""

    program: str
    track: str
    edition: str
    conditions: tuple[Condition, ...]
    materials: tuple[Material, ...]
    procedure: Procedure
    duties: tuple[Duty, ...]
    exits: tuple[ExitRule, ...]

    def resolved(self, settings: Settings) -> TrackRules:
        """The same clauses under the given settings."""
        return TrackRules(
            self.program,
            self.track,
            self.edition,
            tuple(resolve(item, settings) for item in self.conditions),
            tuple(resolve(item, settings) for item in self.materials),
            resolve(self.procedure, settings),
            tuple(resolve(item, settings) for item in self.duties),
            tuple(resolve(item, settings) for item in self.exits),
        )

    @property
    def clauses(self) -> tuple[Condition | Material | Procedure | Duty | ExitRule, ...]:
        """Every clause of the track."""
        return (*self.conditions, *self.materials, self.procedure, *self.duties, *self.exits)

    def parameters(self) -> tuple[Parameter, ...]:
        """The numbers of the track that the authority can override; a cited one stands once."""
        return tuple(dict.fromkeys(parameter for clause in self.clauses for parameter in parameters(clause)))


@dataclass(frozen=True)
class LoadedProgram:
    """One programme with everything its plugin declared."""

    program: Program
    rules: Mapping[tuple[str, str], TrackRules]
    """By (track, edition), unresolved."""
    interpretations: tuple[Interpretation, ...]
    articles: tuple[Article, ...]
    summary_tables: tuple[SummaryTable, ...]
    source: str
    plugin: object = field(repr=False)

    def edition(self, as_of: date) -> Edition:
        """The edition in force on a date; before the first one's day, the first."""
        current = self.program.editions[0]
        for edition in self.program.editions[1:]:
            if edition.effective_on is not None and edition.effective_on <= as_of:
                current = edition
        return current

    def track_rules(self, track: str, edition: str, settings: Settings | None = None) -> TrackRules:
        """The resolved rules of a track in an edition; without settings, the text's own and the defaults."""
        key = (track, edition)
        if key not in self.rules:
            known = ", ".join(sorted({f"{t}/{e}" for t, e in self.rules}))
            raise KeyError(f"{self.program.id} has no rules for {track}/{edition}; it has {known}")
        given = settings or Settings()
        return self._resolve(
            key, tuple(sorted(given.parameters.items())), tuple(sorted(given.readings.items()))
        )

    @lru_cache(maxsize=256)  # noqa: B019  # programmes live as long as the process
    def _resolve(
        self,
        key: tuple[str, str],
        numbers: tuple[tuple[str, Decimal], ...],
        chosen: tuple[tuple[str, str], ...],
    ) -> TrackRules:
        defaults = {item.id: item.default for item in self.interpretations}
        settings = Settings(dict(numbers), {**defaults, **dict(chosen)})
        return self.rules[key].resolved(settings)

    def __hash__(self) -> int:
        return id(self)


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
    except Exception as error:  # noqa: BLE001  # whatever a third party's hook raises, the rest must run
        return None, [
            Problem(name, "call", "", f"a hook failed: {type(error).__name__}: {error}; mend the hook")
        ]
    return loaded, check_program(name, loaded)


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
    return LoadedProgram(
        declared,
        MappingProxyType(rules),
        tuple(call.interpretations()[0]),
        tuple(call.articles()[0]),
        tuple(call.summary_tables()[0]),
        name,
        plugin,
    )
