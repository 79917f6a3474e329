"""A decision judged again, from the facts, edition and settings that it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.domain.errors import NotFound
from core.hooks.loaded import LoadedProgram
from core.rules.text import T
from core.rules.walk import Settings
from core.services.applications.case import find
from core.services.applications.handling import Desk
from core.services.applications.verdicts import Waived, judged
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.storage.models import Decision
from core.storage.verify import Fault

OTHERWISE = T(
    "依其保存的事实和设置重新判断，结论不同", "judged anew from what it keeps, it comes out otherwise"
)


def settings_from(snapshot: Mapping[str, Any]) -> Settings:
    """The settings that a snapshot holds."""
    numbers = {name: Decimal(number) for name, number in snapshot.get("parameters", {}).items()}
    return Settings(numbers, dict(snapshot.get("readings", {})))


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision's verdict, computed anew from what it keeps; `same` where it comes out as it did."""

    same: bool
    kept: dict[str, Any]
    anew: dict[str, Any]


def reevaluate(w: Work, decision_id: int) -> Replayed:
    """Judge a decision's facts again under the edition and settings that it was taken under."""
    decision = w.session.get(Decision, decision_id)
    if decision is None:
        raise NotFound(NOTHING_THERE)
    application = find(w, decision.application_id).application
    desk = _desk_then(w.program(application.program), application.track, decision)
    anew = judged(
        desk,
        desk.values(decision.facts),
        decision.as_of,
        {row["key"]: Waived("", "", decision.at) for row in decision.verdict["results"] if row["waived"]},
        {},
    ).to_json()
    return Replayed(_outcomes(anew) == _outcomes(decision.verdict), decision.verdict, anew)


def otherwise(w: Work) -> Iterator[Fault]:
    """The decisions that come out otherwise when they are judged anew."""
    for decision_id in w.session.scalars(select(Decision.id).order_by(Decision.id)).all():
        if not reevaluate(w, decision_id).same:
            yield Fault("decision.anew", "decision", str(decision_id), OTHERWISE)
        w.session.expunge_all()


def _desk_then(loaded: LoadedProgram, track: str, decision: Decision) -> Desk:
    rules = loaded.track_rules(track, decision.edition, settings_from(decision.settings))
    return Desk(loaded, loaded.program.track(track), rules)


def _outcomes(verdict: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a verdict says, whatever words it is told in."""
    rows = [(row["key"], row["kind"], row["outcome"], row["waived"]) for row in verdict["results"]]
    return (verdict["outcome"], verdict["unwaived"], rows)
