"""What an application comes to under the rules: condition by condition, with waivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from core.rules.clauses import ConditionKind, Waiver
from core.rules.evaluate import Explanation, Outcome, evaluate
from core.rules.report import (
    OUTCOMES,
    condition_keys,
    condition_lacks,
    condition_sentence,
    json_value,
    leaves,
    shown,
)
from core.rules.sentence import sentence
from core.rules.terms import Fact, Value
from core.rules.text import T
from core.rules.verdict import Eligibility, Result, judge, overall
from core.rules.walk import needs
from core.services.applications.handling import Desk
from core.services.base.work import Work
from core.storage.models import Decision, DecisionCorrection
from core.storage.models.applications import Provenance
from core.storage.models.deciding import CorrectedKind
from core.storage.models.decisions import DecisionKind


@dataclass(frozen=True, slots=True)
class Observed:
    """A fact as a condition read it; `provenance` is None while it is unknown."""

    name: str
    label: T
    value: Any
    shown: T
    judged: bool
    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a condition asks, with its bound in the sentence; `relaxed`: of the easier test."""

    sentence: T
    outcome: Outcome
    relaxed: bool
    observed: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class Waived:
    """A condition that a person set aside."""

    reason: str
    by: str
    at: datetime
    decision_id: int = 0
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One condition on the case page; `key` names it, since a clause can hold several."""

    key: str
    clause: str
    kind: ConditionKind
    title: T
    sentence: T
    outcome: Outcome
    waivable: bool
    """The failure may be set aside now: the text allows it, and its ground is there."""
    waiver: T | None
    waived: Waived | None
    parts: tuple[Part, ...]
    lacks: tuple[T, ...]
    """What is short, and by how much."""
    barring: bool
    """The text says that who fails it cannot apply."""

    @property
    def bars(self) -> bool:
        """Whether nothing can be submitted because of it."""
        failed = self.barring and self.outcome is Outcome.NOT_MET
        return failed and not self.waivable and self.waived is None

    @property
    def stands(self) -> bool:
        """Whether the condition is no obstacle: met, not applicable, preferred only, or set aside."""
        settled = self.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE) or self.waived is not None
        return settled or self.kind is ConditionKind.PREFERRED

    @property
    def awaits_judgement(self) -> bool:
        """Whether all that is not known of it is what only an officer judges."""
        missing = [seen for part in self.parts for seen in part.observed if seen.value is None]
        return self.outcome is Outcome.UNKNOWN and bool(missing) and all(seen.judged for seen in missing)


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """The verdict of an application; `outcome` counts what was set aside as met, `unwaived` does not."""

    program: str
    track: str
    edition: str
    as_of: date
    outcome: Eligibility
    unwaived: Eligibility
    rows: tuple[Row, ...]

    @property
    def obstacles(self) -> tuple[Row, ...]:
        """The required conditions that stand in the way."""
        return tuple(row for row in self.rows if not row.stands)

    @property
    def preferred(self) -> tuple[Row, ...]:
        """The preferred conditions that are met: for ranking."""
        kind, met = ConditionKind.PREFERRED, Outcome.MET
        return tuple(row for row in self.rows if row.kind is kind and row.outcome is met)

    def why_not(self) -> T:
        """The obstacles in one line."""
        zh = "、".join(f"{row.clause} {row.title.zh}（{OUTCOMES[row.outcome].zh}）" for row in self.obstacles)
        en = ", ".join(f"{row.clause} {row.title.en} ({OUTCOMES[row.outcome].en})" for row in self.obstacles)
        return T(zh, en)

    def to_json(self) -> dict[str, Any]:
        """The verdict as a decision keeps it."""
        return {
            "outcome": self.outcome.value,
            "unwaived": self.unwaived.value,
            "results": [
                {
                    "key": row.key,
                    "clause": row.clause,
                    "kind": row.kind.value,
                    "outcome": row.outcome.value,
                    "waivable": row.waivable,
                    "waived": row.waived is not None,
                    "title": row.title.to_json(),
                    "sentence": row.sentence.to_json(),
                    "observed": {o.name: o.value for part in row.parts for o in part.observed},
                }
                for row in self.rows
            ],
        }


def waivers_by(w: Work, application_ids: Sequence[int]) -> dict[int, dict[str, Waived]]:
    """What was set aside of several applications."""
    row = DecisionCorrection
    corrected = exists().where(row.kind == CorrectedKind.WAIVER, row.subject_id == Decision.id)
    query = (
        select(Decision, corrected)
        .options(joinedload(Decision.by))
        .where(Decision.application_id.in_(application_ids), Decision.kind == DecisionKind.WAIVED)
        .order_by(Decision.id)
    )
    found: dict[int, dict[str, Waived]] = {number: {} for number in application_ids}
    for item, undone in w.session.execute(query):
        if undone:
            # With it goes what was said of the condition before: it was the last word.
            found[item.application_id].pop(item.clause, None)
            continue
        by = str(item.by) if item.by is not None else ""
        found[item.application_id][item.clause] = Waived(item.reason, by, item.at, item.id, item.by_id)
    return found


def settings_snapshot(w: Work, program: str, track: str, edition: str, as_of: date) -> dict[str, Any]:
    """Every number and reading of a track in force on a day, defaults included."""
    loaded, given = w.program(program), w.settings(program, track, as_of)
    numbers = {item.id: item.default for item in loaded.rules[track, edition].parameters()}
    readings = {item.id: item.default for item in loaded.interpretations}
    return {
        "parameters": {name: str(given.parameters.get(name, number)) for name, number in numbers.items()},
        "readings": {name: given.readings.get(name, default) for name, default in readings.items()},
    }


def judged(
    desk: Desk,
    values: Mapping[str, Value],
    as_of: date,
    waivers: Mapping[str, Waived],
    origin: Mapping[str, Provenance],
) -> CaseVerdict:
    """What the facts come to under the rules of a desk, with what was set aside and where they are from."""
    conditions = desk.rules.conditions
    verdict = judge(conditions, values, as_of)
    rows = tuple(
        _row(key, result, waivers.get(key), values, as_of, origin)
        for key, result in zip(condition_keys(conditions), verdict.results, strict=True)
    )
    counted = [result for result, row in zip(verdict.results, rows, strict=True) if row.waived is None]
    return CaseVerdict(
        desk.rules.program,
        desk.rules.track,
        desk.rules.edition,
        as_of,
        overall(counted),
        verdict.outcome,
        rows,
    )


def _row(
    key: str,
    result: Result,
    waived: Waived | None,
    values: Mapping[str, Value],
    as_of: date,
    origin: Mapping[str, Provenance],
) -> Row:
    condition = result.condition
    waiver = condition.waiver if isinstance(condition.waiver, Waiver) else None
    grounded = waiver is not None and (
        waiver.ground is None or evaluate(waiver.ground, values, as_of).outcome is Outcome.MET
    )
    waivable = result.waivable and grounded
    parts = [*_parts(result.explanation, values, origin, relaxed=False)]
    if result.relaxed is not None:
        parts += _parts(result.relaxed, values, origin, relaxed=True)
    return Row(
        key,
        condition.clause,
        condition.kind,
        condition.title,
        condition_sentence(condition),
        result.outcome,
        waivable,
        waiver.title if waiver is not None else None,
        waived if waivable else None,
        tuple(parts),
        condition_lacks(result, values, as_of),
        condition.bars,
    )


def _parts(
    explanation: Explanation,
    values: Mapping[str, Value],
    origin: Mapping[str, Provenance],
    *,
    relaxed: bool,
) -> Iterator[Part]:
    for leaf in leaves(explanation):
        seen = tuple(_observe(fact, values.get(fact.name), origin) for fact in needs(leaf.term))
        yield Part(sentence(leaf.term), leaf.outcome, relaxed, seen)


def _observe(fact: Fact, value: Value | None, origin: Mapping[str, Provenance]) -> Observed:
    return Observed(
        fact.name,
        fact.label,
        None if value is None else json_value(value),
        shown(fact, value),
        fact.judged,
        None if value is None else origin.get(fact.name),
    )
