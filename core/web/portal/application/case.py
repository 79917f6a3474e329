"""One's own applications: the blueprint, and the case as its party sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Blueprint

from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.clauses import ConditionKind
from core.rules.evaluate import Outcome
from core.rules.text import T
from core.services.applications import changes, moving
from core.services.applications.own import Moment, own, way
from core.services.applications.verdicts import Row
from core.services.base.work import Work
from core.web.cases.application import ApplicationCase
from core.web.frame.pipeline import reading
from core.web.portal.countdown import left

blueprint = Blueprint("my_applications", __name__, url_prefix="/my/applications")

HANDING_IN = (Action.SUBMIT, Action.RESUBMIT)


@dataclass
class OwnCase(ApplicationCase):
    """An application as the members of its party see it."""

    @property
    def writable(self) -> bool:
        """Whether facts and documents can be changed now."""
        return self.state in (ApplicationState.DRAFT, ApplicationState.RETURNED)

    @property
    def deadline(self) -> datetime | None:
        """The last second in which it can be handed in; None where there is none, or nothing to hand in."""
        call = self.application.call
        if call is None or not self.writable:
            return None
        extended = self.application.deadline_extended_to
        return max(call.submit_by, extended) if extended is not None else call.submit_by

    @property
    def left(self) -> T | None:
        """How long it is until then."""
        return left(self.unit.now, self.deadline) if self.deadline is not None else None

    @cached_property
    def handing_in(self) -> moving.AvailableMove | None:
        """The move that submits it now, with what stands against it."""
        return next((item for item in self.moves if item.move.action in HANDING_IN), None)

    @cached_property
    def withdrawing(self) -> moving.AvailableMove | None:
        """The move that takes it back."""
        return self.move(Action.WITHDRAW)

    @property
    def may_choose(self) -> bool:
        """Whether its recommender is still to be named, among several."""
        return self.state is ApplicationState.DRAFT and len(self.recommenders) > 1

    @property
    def may_turn(self) -> bool:
        """Whether it was declined, and another may still recommend it."""
        found = self.move(Action.TURN)
        return found is not None and not found.blocked

    @cached_property
    def to_correct(self) -> changes.ToCorrect | None:
        """What to change, while it is returned."""
        returned = self.state is ApplicationState.RETURNED
        return changes.to_correct(self.case) if returned else None

    @cached_property
    def since(self) -> changes.Changes | None:
        """What changed since it was last returned."""
        return changes.changes_since(self.case)

    @cached_property
    def marked(self) -> dict[tuple[str, str], changes.Marked]:
        """What the officer marked to be corrected, by kind and key, while it is returned."""
        if self.state is not ApplicationState.RETURNED or self.since is None:
            return {}
        return {(mark.kind.value, mark.key): mark for mark in self.since.marks}

    @cached_property
    def way(self) -> list[Moment]:
        """What happened, and what is to come."""
        return way(self.case)

    @cached_property
    def tally(self) -> dict[str, int]:
        """How many required conditions are met or not, or wait for a statement or a judgement."""
        found = dict.fromkeys(("met", "not_met", "unknown", "judged"), 0)
        for row in self.verdict.rows:
            kind = tally_of(row)
            if kind and row.kind is ConditionKind.REQUIRED:
                found[kind] += 1
        return found

    @property
    def short(self) -> list[Row]:
        """The required conditions that the party itself could still bring about."""
        required = [row for row in self.verdict.rows if row.kind is ConditionKind.REQUIRED and row.lacks]
        return [row for row in required if tally_of(row) != "judged"]

    @property
    def missing_materials(self) -> list[Any]:
        """The materials that must still be handed in."""
        return [row for row in self.checklist if not row.settled]


def tally_of(row: Row) -> str:
    """Where a condition is counted: an unknown one by who has to say something."""
    if row.outcome is Outcome.NOT_APPLICABLE:
        return ""
    if row.outcome is not Outcome.UNKNOWN:
        return row.outcome.value
    return "judged" if row.awaits_judgement else "unknown"


def own_case(application_id: int, unit: Work | None = None) -> OwnCase:
    """The case, for members of its party; for all others there is none."""
    return OwnCase(own(unit or reading(), application_id))
