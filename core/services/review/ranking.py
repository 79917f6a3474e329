"""The ranking of applications by their panels: means, ties by the call's own rules, and where the quota ends.

Means count as they are shown, to two decimals. What still ties under every rule shares its rank and is shown
so: nothing that no rule orders is ever ordered silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

from core.domain.lifecycle.states import ApplicationState
from core.rules.text import T
from core.services.applications.case import Case, verdicts_of
from core.services.applications.verdicts import CaseVerdict
from core.services.base.work import Work
from core.services.calls.score_sheet import BY_DEFAULT, PREFERRED, SPREAD, SUBMITTED
from core.services.review.reviews import Panel, panels_of
from core.storage.models import Application

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Ranked:
    """One application with what its panel came to; `rank` is None until every reviewer has scored."""

    application_id: int
    party: str
    track: str
    state: ApplicationState
    submitted_at: datetime | None
    verdict: CaseVerdict
    panel: Panel
    mean: Decimal | None
    spread: Decimal | None
    deviation: Decimal | None
    preferred: tuple[T, ...]
    rank: int | None
    tied: bool
    wide: bool
    """The scores are further apart than the setting allows without a mark."""


def tie_break_of(applications: Sequence[Application]) -> tuple[str, ...]:
    """The rules that order equal means: those of the call, where all are of one call that sets some."""
    calls = {item.call_id for item in applications}
    call = applications[0].call if len(calls) == 1 else None
    return tuple(call.tie_break) if call is not None and call.tie_break else BY_DEFAULT


def ranking(
    w: Work, cases: Sequence[Case], verdicts: Mapping[int, CaseVerdict] | None = None
) -> list[Ranked]:
    """The applications, best first; those whose panel has not finished come last without a rank."""
    if not cases:
        return []
    known = verdicts if verdicts is not None else verdicts_of(w, cases)
    applications = [case.application for case in cases]
    panels = panels_of(w, applications)
    rules = tie_break_of(applications)
    widest = w.operation("review_spread")
    keyed = [
        (
            _key(
                case.application,
                panels[case.id],
                known[case.id],
                rules,
                scored=case.desk.rules.procedure.is_scored,
            ),
            case.application,
        )
        for case in cases
    ]
    keyed.sort(key=lambda pair: (pair[0], pair[1].id))
    found: list[Ranked] = []
    for key, group in groupby(keyed, key=lambda pair: pair[0]):
        members = [item for _, item in group]
        rank = None if _unfinished(key) else len(found) + 1
        found += [
            _ranked(item, panels[item.id], known[item.id], rank, widest, tied=len(members) > 1)
            for item in members
        ]
    return found


def _unfinished(key: tuple[Any, ...]) -> bool:
    return bool(key[0])


def _key(
    application: Application, panel: Panel, verdict: CaseVerdict, rules: Sequence[str], *, scored: bool
) -> tuple[Any, ...]:
    """What orders an application: whole panels first, then the mean, then each rule in turn."""
    waiting = panel.asked != panel.finished or (panel.asked == 0 and scored)
    parts: list[Any] = [waiting, -(_cents(panel.mean) or Decimal(0))]
    for rule in rules:
        if rule == PREFERRED:
            parts.append(-len(verdict.preferred))
        elif rule == SPREAD:
            parts.append(_cents(panel.spread) or Decimal(0))
        elif rule == SUBMITTED:
            parts.append(application.submitted_at.timestamp() if application.submitted_at else 0.0)
        else:
            parts.append(-(_cents(panel.by_criterion.get(rule)) or Decimal(0)))
    return tuple(parts)


def _ranked(
    application: Application,
    panel: Panel,
    verdict: CaseVerdict,
    rank: int | None,
    widest: Decimal,
    *,
    tied: bool,
) -> Ranked:
    spread = _cents(panel.spread)
    return Ranked(
        application.id,
        application.party.name,
        application.track,
        application.state,
        application.submitted_at,
        verdict,
        panel,
        _cents(panel.mean),
        spread,
        _cents(panel.deviation),
        tuple(row.title for row in verdict.preferred),
        rank,
        tied and rank is not None,
        spread is not None and spread > widest,
    )


def _cents(number: float | None) -> Decimal | None:
    # Scores have two decimals and weights few: what is beyond the twelfth digit is the computer's.
    return None if number is None else Decimal(repr(round(number, 9))).quantize(CENT, ROUND_HALF_UP)
