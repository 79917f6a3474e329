"""A programme as its plugin declared it, and the clauses of one track: what the catalogue hands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from core.rules.clauses import (
    Article,
    Condition,
    Edition,
    Interpretation,
    Material,
    Procedure,
    Program,
    Stated,
    SummaryTable,
)
from core.rules.obligations import Duty, ExitRule
from core.rules.walk import Parameter, Settings, parameters, resolve


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
    stated: tuple[Stated, ...]
    articles: tuple[Article, ...]
    summary_tables: tuple[SummaryTable, ...]
    source: str
    plugin: object = field(repr=False)

    @property
    def asked(self) -> tuple[Interpretation | Stated, ...]:
        """Every question about the text, open or not."""
        return (*self.interpretations, *self.stated)

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
