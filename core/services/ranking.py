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

from core.domain.errors import Invalid
from core.domain.states import ApplicationState
from core.rules.text import T
from core.services.intake import desk_of
from core.services.reviews import Panel, panels_of
from core.services.verdicts import CaseVerdict, verdicts_of
from core.services.work import Work
from core.storage.models import Application

PREFERRED, SPREAD, SUBMITTED = "preferred", "spread", "submitted"
BY_DEFAULT = (PREFERRED,)
"""Preferred conditions rank, where a call says nothing else."""
RULES: dict[str, T] = {
    PREFERRED: T("满足的优先条件多者在前", "more preferred conditions met comes first"),
    SPREAD: T("专家分差小者在前", "the smaller spread of scores comes first"),
    SUBMITTED: T("提交时间早者在前", "the earlier submission comes first"),
}
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


def rule_title(rule: str, sheet: Sequence[Mapping[str, Any]]) -> T:
    """A tie rule in words; a criterion's by its title."""
    if rule in RULES:
        return RULES[rule]
    title = next((title_of(item) for item in sheet if str(item["key"]) == rule), T(rule, rule))
    return T(f"“{title.zh}”得分高者在前", f"the higher score for {title.en} comes first")


def title_of(criterion: Mapping[str, Any], part: str = "title") -> T:
    """A criterion's title or hint in both languages."""
    given = criterion.get(part) or ""
    if isinstance(given, Mapping):
        zh, en = str(given.get("zh", "")), str(given.get("en", ""))
        return T(zh or en, en or zh)
    return T(str(given), str(given))


def require_rules(rules: Sequence[str], sheet: Sequence[Mapping[str, Any]]) -> None:
    """Refuse tie rules that are none, or come twice."""
    known = {*RULES, *(str(item.get("key", "")) for item in sheet)}
    foreign = [rule for rule in rules if rule not in known]
    if foreign or len(set(rules)) != len(rules):
        listed = ", ".join(foreign or rules)
        raise Invalid(
            {"tie_break": T(f"并列规则无效或重复：{listed}", f"tie rules unknown or given twice: {listed}")}
        )


def ranking(
    w: Work, applications: Sequence[Application], verdicts: Mapping[int, CaseVerdict] | None = None
) -> list[Ranked]:
    """The applications, best first; those whose panel has not finished come last without a rank."""
    if not applications:
        return []
    known = verdicts if verdicts is not None else verdicts_of(w, applications)
    panels = panels_of(w, applications)
    rules = tie_break_of(applications)
    widest = w.operation("review_spread")
    keyed = [
        (_key(item, panels[item.id], known[item.id], rules, scored=is_scored(w, item)), item)
        for item in applications
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


def is_scored(w: Work, application: Application) -> bool:
    """Whether the application's procedure has reviewers score it."""
    return any(stage.scored for stage in desk_of(w, application).rules.procedure.stages)


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
