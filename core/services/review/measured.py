"""What a recommender measured beside what the applicant claims: by how much, and whether it matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.rules.evaluate import Outcome
from core.rules.numbers import HUNDRED
from core.rules.terms import Fact
from core.rules.text import T
from core.rules.verdict import Eligibility
from core.services.applications.case import Case
from core.services.applications.guards import to_measure
from core.services.applications.statements import effective
from core.services.applications.verdicts import CaseVerdict
from core.storage.models import FactEntry
from core.storage.models.applications import Provenance


@dataclass(frozen=True, slots=True)
class Effect:
    """A condition that comes out otherwise than it would on the claims."""

    clause: str
    title: T
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact: the claim, the measurement with its note, and the difference; None where one is missing."""

    fact: Fact
    required: bool
    """A recommendation needs it measured."""
    claimed: Any
    measured: Any
    difference: Decimal | None
    percent: Decimal | None
    note: str
    by: str
    at: datetime | None
    effects: tuple[Effect, ...]

    @property
    def differs(self) -> bool:
        """Whether both words are there and are not the same."""
        return self.measured is not None and self.claimed is not None and self.measured != self.claimed


@dataclass(frozen=True, slots=True)
class Comparison:
    """An application's measured facts beside its claims, and the verdict on either."""

    rows: tuple[Compared, ...]
    claimed: Eligibility
    measured: Eligibility
    verdict: CaseVerdict
    """On what holds now."""

    @property
    def differing(self) -> tuple[Compared, ...]:
        """The facts measured otherwise than claimed."""
        return tuple(row for row in self.rows if row.differs)


def comparison_of(case: Case) -> Comparison:
    """The comparison of an application that the caller may see."""
    entries = case.entries
    claims = _latest(entries, Provenance.CLAIMED)
    measured = _latest(entries, Provenance.VERIFIED)
    desk, now = case.desk, case.verdict
    before = _unmeasured(case) if measured else now
    demanded = to_measure(desk)
    names = [*demanded, *(name for name in measured if name not in demanded)]
    return Comparison(
        tuple(
            _compared(
                desk.vocabulary[name],
                claims.get(name),
                measured.get(name),
                _effects(name, before, now) if name in measured else (),
                required=name in demanded,
            )
            for name in names
            if name in desk.vocabulary
        ),
        before.outcome,
        now.outcome,
        now,
    )


def _unmeasured(case: Case) -> CaseVerdict:
    """The case as it would stand had nobody measured: everything else holds on both sides."""
    holding = effective(item for item in case.entries if item.provenance is not Provenance.VERIFIED)
    return case.verdict_with(case.desk.values({name: value for name, (value, _) in holding.items()}))


def _latest(entries: list[FactEntry], provenance: Provenance) -> dict[str, FactEntry]:
    """The last word of a provenance on each fact, where it was not taken back."""
    words = {item.name: item for item in entries if item.provenance is provenance}
    return {name: item for name, item in words.items() if item.value is not None}


def _compared(
    fact: Fact,
    claim: FactEntry | None,
    word: FactEntry | None,
    effects: tuple[Effect, ...],
    *,
    required: bool,
) -> Compared:
    claimed = claim.value if claim is not None else None
    measured = word.value if word is not None else None
    difference = percent = None
    if fact.kind.is_number and claimed is not None and measured is not None:
        difference = Decimal(str(measured)) - Decimal(str(claimed))
        if Decimal(str(claimed)) != 0:
            percent = round(HUNDRED * difference / abs(Decimal(str(claimed))), 1)
    return Compared(
        fact,
        required,
        claimed,
        measured,
        difference,
        percent,
        word.note if word is not None else "",
        str(word.by) if word is not None and word.by is not None else "",
        word.at if word is not None else None,
        effects,
    )


def _effects(name: str, before: CaseVerdict, now: CaseVerdict) -> tuple[Effect, ...]:
    """The conditions that read the fact and come out otherwise now."""
    then = {row.key: row.outcome for row in before.rows}
    return tuple(
        Effect(row.clause, row.title, then[row.key], row.outcome)
        for row in now.rows
        if row.outcome is not then[row.key]
        and any(item.name == name for part in row.parts for item in part.observed)
    )
