"""A track's rules held against a profile that differs from a good one in a few facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import import_module

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.replay import Happening, Life, Record
from core.domain.supervision.standing import SupervisionRules
from core.hooks.catalogue import Catalogue, load_catalogue
from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.clauses import ConditionKind
from core.rules.evaluate import Outcome, all_outcomes
from core.rules.terms import Value
from core.rules.verdict import Eligibility, Verdict, judge
from core.rules.walk import Settings

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
ELIGIBLE, INELIGIBLE, UNDETERMINED = Eligibility.ELIGIBLE, Eligibility.INELIGIBLE, Eligibility.UNDETERMINED

Changes = Mapping[str, Value | None]


@cache
def loaded(program: str) -> LoadedProgram:
    """The programme alone, as the catalogue loads it."""
    found: Catalogue = load_catalogue([(program, import_module(f"plugins.{program}"))])
    assert found.problems == ()
    return found[program]


@dataclass(frozen=True)
class Bench:
    """A track with a profile that meets all of it."""

    program: str
    track: str
    edition: str
    as_of: date
    base: Mapping[str, Value] = field(repr=False)

    def rules(
        self, readings: Mapping[str, str] | None = None, numbers: Mapping[str, int] | None = None
    ) -> TrackRules:
        """The track's rules, resolved under the readings and numbers given."""
        overrides = {name: Decimal(number) for name, number in (numbers or {}).items()}
        return loaded(self.program).track_rules(self.track, self.edition, Settings(overrides, readings or {}))

    def verdict(
        self,
        changes: Changes | None = None,
        readings: Mapping[str, str] | None = None,
        numbers: Mapping[str, int] | None = None,
    ) -> Verdict:
        """The verdict on the good profile with the changes made; None takes a fact away."""
        facts = {**self.base, **(changes or {})}
        values = {name: value for name, value in facts.items() if value is not None}
        return judge(self.rules(readings, numbers).conditions, values, self.as_of)

    def __str__(self) -> str:
        return f"{self.program}-{self.track}"


def by_clause(verdict: Verdict) -> dict[str, Outcome]:
    """One outcome a clause: not met if a condition fails, unknown if none fails and one is unknown."""
    found: dict[str, list[Outcome]] = {}
    for result in verdict.results:
        assert result.condition.kind is ConditionKind.REQUIRED
        found.setdefault(result.condition.clause, []).append(result.outcome)
    return {clause: all_outcomes(outcomes) for clause, outcomes in found.items()}


def short(verdict: Verdict) -> dict[str, Outcome]:
    """The clauses that are not met or unknown."""
    return {clause: outcome for clause, outcome in by_clause(verdict).items() if outcome is not MET}


def waivable(verdict: Verdict) -> set[str]:
    """The clauses of which every failing condition may be set aside."""
    failing = [result for result in verdict.results if result.outcome is NOT_MET]
    return {result.condition.clause for result in failing} - {
        result.condition.clause for result in failing if not result.waivable
    }


def service(
    on: date,
    satisfaction: str | None = None,
    *,
    by_authority: bool = False,
    public_benefit: bool = True,
    fee: int = 0,
) -> Happening:
    """A counted service record of two hours for one enterprise."""
    record = Record(
        on,
        Decimal(2),
        frozenset({"企业001"}),
        satisfaction=None if satisfaction is None else Decimal(satisfaction),
        fee=Decimal(fee),
        by_authority=by_authority,
        public_benefit=public_benefit,
    )
    return Happening(on, "service", {"record": record})


def life(
    bench: Bench,
    accredited_on: date,
    until: date,
    *happenings: Happening,
    readings: Mapping[str, str] | None = None,
    reminders: bool = False,
) -> list[tuple[date, str, str]]:
    """What supervision does in an accreditation's life: (day, what, clause), without the reminders."""
    rules = bench.rules(readings)
    calendar = WorkingCalendar({}, frozenset(range(2000, 2100)))
    supervised = SupervisionRules(rules.procedure.term, rules.duties, rules.exits, calendar)
    timeline = Life(supervised, accredited_on, objection_days=5).live(happenings, until)
    return [
        (entry.on, entry.what, entry.clause) for entry in timeline if reminders or entry.what != "reminder"
    ]
