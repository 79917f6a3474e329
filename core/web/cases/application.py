"""One application as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from core.domain.acts import Act
from core.domain.lifecycle.states import Action, ApplicationState, state_in
from core.domain.roles import Place, Role
from core.rules.clauses import StageKind
from core.rules.terms import Fact
from core.rules.text import EMPTY, T
from core.rules.walk import needs
from core.services.applications import facts, moving
from core.services.applications.case import Case, find
from core.services.applications.checklist import ChecklistRow
from core.services.applications.handling import Desk, corrected_words
from core.services.applications.own import marks
from core.services.applications.verdicts import CaseVerdict
from core.services.base.access import allowed
from core.services.base.behalf import on_behalf
from core.services.base.paging import Page
from core.services.base.work import DECISION_DELAY, Work
from core.services.deciding import corrections, pending
from core.services.granting import application_parts
from core.services.recommenders.bodies import name_of
from core.services.review import recommendations, reviews
from core.services.review.measured import Comparison, comparison_of
from core.storage.models import (
    Accreditation,
    Agreement,
    Application,
    AuditEvent,
    Decision,
    DecisionCorrection,
    NoticeItem,
    Objection,
    PendingDecision,
    Recommendation,
    ReviewAssignment,
)
from core.storage.models.deciding import PendingAct
from core.web.forms.fields import PlainForm
from core.web.frame import paging
from core.web.frame.paging import number_of


@dataclass(frozen=True, slots=True)
class MaterialKey:
    """A material of the checklist, as a part of the case that a file is uploaded for."""

    key: str


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts under the clause that asks for them first."""

    clause: str
    title: T
    asked: tuple[facts.Asked, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline."""

    at: datetime
    actor: str
    title: T


def _from_to(before: T | None, after: T | None) -> T:
    if before is None or after is None:
        return after or before or EMPTY
    return T(f"{before.zh} → {after.zh}", f"{before.en} → {after.en}")


def _happened(event: AuditEvent) -> Happened:
    pair = event.changes.get("state") or (None, None)
    before, after = (ApplicationState(value).label if value else None for value in pair)
    return Happened(event.at, event.actor, _from_to(before, after))


@dataclass
class ApplicationCase:
    """What the page reads; nothing is changed through it."""

    case: Case
    failed: tuple[str, str, PlainForm] | None = field(default=None)

    @property
    def unit(self) -> Work:
        """The unit of work that reads."""
        return self.case.w

    @property
    def application(self) -> Application:
        """Of the case."""
        return self.case.application

    @property
    def id(self) -> int:
        """Of the application."""
        return self.application.id

    @property
    def program(self) -> str:
        """Of the application."""
        return self.application.program

    @property
    def region(self) -> str:
        """Of the application."""
        return self.application.region

    @property
    def place(self) -> Place:
        """Of the application."""
        return self.application.place

    @property
    def state(self) -> ApplicationState:
        """Of the application."""
        return self.application.state

    @property
    def direct(self) -> bool:
        """Whether it was included by a table, without the stages of an application."""
        return self.case.direct

    @property
    def desk(self) -> Desk:
        """The rules that it is handled under today."""
        return self.case.desk

    def may(self, act: Act) -> bool:
        """Whether the user may do the act on it."""
        return allowed(self.unit.actor, act, *self.place)

    @property
    def verdict(self) -> CaseVerdict:
        """Condition by condition."""
        return self.case.verdict

    @property
    def checklist(self) -> Sequence[ChecklistRow]:
        """The materials."""
        return self.case.checklist

    @cached_property
    def asked(self) -> Sequence[facts.Asked]:
        """The facts that the rules read."""
        return facts.asked_facts(self.case)

    @cached_property
    def fact_groups(self) -> list[FactGroup]:
        """The facts by the clause that asks for them; those of a function only where it is claimed.

        Of whoever was included directly nothing was asked: what is known.
        """
        claimed = self.application.facts.get(facts.FUNCTIONS) or ()
        return self.grouped(
            [
                item
                for item in self.asked
                if item.value is not None
                or (not self.direct and (not item.function or item.function in claimed))
            ]
        )

    def grouped(self, asked: Iterable[facts.Asked]) -> list[FactGroup]:
        """Facts by the clause that asks for them first."""
        first: dict[str, tuple[str, T]] = {}
        for condition in self.desk.rules.conditions:
            terms = [condition.test]
            terms += [condition.only_if] if condition.only_if is not None else []
            terms += (
                [condition.relaxed.ground, condition.relaxed.test] if condition.relaxed is not None else []
            )
            for term in terms:
                for fact in needs(term):
                    first.setdefault(fact.name, (condition.clause, condition.title))
        groups: dict[tuple[str, str], list[facts.Asked]] = {}
        titles: dict[tuple[str, str], T] = {}
        for item in asked:
            clause, title = first.get(item.fact.name, ("", T("其他", "Other")))
            groups.setdefault((clause, title.zh), []).append(item)
            titles[clause, title.zh] = title
        order = {
            clause: number
            for number, clause in enumerate(dict.fromkeys(clause for clause, _ in first.values()))
        }
        last = len(order)
        keys = sorted(groups, key=lambda key: order.get(key[0], last))
        return [FactGroup(key[0], titles[key], tuple(groups[key])) for key in keys]

    @cached_property
    def judged(self) -> list[Fact]:
        """The facts that an officer judges."""
        return [item.fact for item in self.asked if item.fact.judged]

    @cached_property
    def to_measure(self) -> list[recommendations.ToMeasure]:
        """What the recommender measures, where the text knows a recommendation."""
        stages = {stage.kind for stage in self.desk.rules.procedure.stages}
        known = StageKind.RECOMMENDATION in stages and not self.direct
        return recommendations.form(self.case) if known else []

    @cached_property
    def recommenders(self) -> Sequence[recommendations.Choice]:
        """Who may recommend the applicant; nobody where the text knows no recommendation."""
        return recommendations.choices(self.case)

    @cached_property
    def recommender(self) -> T | None:
        """Through whom it goes, where the text knows a recommendation."""
        if not self.recommenders:
            return None
        item = self.application
        return name_of(self.unit, item.program, item.region, item.recommender)

    @property
    def to_measure_facts(self) -> list[Fact]:
        """The facts that the recommender measures."""
        known = self.desk.vocabulary
        return [known[item.name] for item in self.to_measure]

    @cached_property
    def comparison(self) -> Comparison:
        """What was measured beside what is claimed."""
        return comparison_of(self.case)

    def history(self, name: str) -> Page[facts.Statement]:
        """The page of words on a fact that the address asks for."""
        return facts.history(self.case, name, paging.wish())

    @cached_property
    def moves(self) -> list[moving.AvailableMove]:
        """The moves that this user may take, those for the party at the counter included."""
        own = moving.available_moves(self.case)
        if not self.may(Act.APPLICATION_DRAFT) or self.application.party_id in self.unit.actor.parties:
            return own
        helped = on_behalf(self.unit, self.application.party_id, self.program, self.region)
        known = {item.move.action for item in own}
        theirs = [
            item
            for item in moving.available_moves(self.case.through(helped))
            if Role.APPLICANT in item.move.roles and item.move.action not in known
        ]
        return [*theirs, *own]

    def move(self, action: Action) -> moving.AvailableMove | None:
        """The move of an action, where this user may take it."""
        return next((item for item in self.moves if item.move.action is action), None)

    @cached_property
    def waits(self) -> PendingDecision | None:
        """The decision that waits to be issued, where this user may know of it."""
        return pending.visible(self.unit, PendingAct.APPROVE, self.id)

    @property
    def delay(self) -> int:
        """Minutes from a decision until it is issued."""
        return int(self.unit.operation(DECISION_DELAY))

    @cached_property
    def corrections(self) -> list[DecisionCorrection]:
        """What was corrected of the decisions on it."""
        return corrections.of_application(self.unit, self.id)

    @cached_property
    def recommendations(self) -> list[Recommendation]:
        """The recommender's words, the latest first."""
        return application_parts.recommendations(self.unit, self.id)

    @cached_property
    def corrected_words(self) -> set[int]:
        """The recommender's words that were corrected, by their ids."""
        return corrected_words(self.unit, self.id)

    @cached_property
    def declined(self) -> bool:
        """Whether a recommender's refusal stands."""
        latest = next(iter(self.recommendations), None)
        return latest is not None and not latest.positive and latest.id not in self.corrected_words

    @cached_property
    def assignments(self) -> list[ReviewAssignment]:
        """The reviewers' tasks with their scores."""
        return application_parts.assignments(self.unit, self.id)

    @cached_property
    def sees_panel(self) -> bool:
        """Whether the user may see what the reviewers said: not the party, not another reviewer."""
        return self.may(Act.APPLICATION_VIEW) and self.application.party_id not in self.unit.actor.parties

    @cached_property
    def panel(self) -> reviews.Panel:
        """What the panel came to."""
        return reviews.panel_of(self.unit, self.application)

    @cached_property
    def sheet(self) -> list[dict[str, Any]]:
        """The criteria of the panel; none where opinions are given."""
        return reviews.sheet_of(self.application, scored=self.desk.rules.procedure.is_scored)

    @cached_property
    def notices(self) -> list[NoticeItem]:
        """The notices that it stands or stood on."""
        return application_parts.notices(self.unit, self.id)

    @cached_property
    def objections(self) -> Page[Objection]:
        """The page of objections to it that the address asks for."""
        return application_parts.objections(self.unit, self.id, paging.wish(name="objections"))

    @cached_property
    def decisions(self) -> list[Decision]:
        """What was decided, with what it rests on."""
        return application_parts.decisions(self.unit, self.id)

    @cached_property
    def agreement(self) -> Agreement | None:
        """The agreement signed."""
        return application_parts.agreement(self.unit, self.id)

    @cached_property
    def accreditation(self) -> Accreditation | None:
        """What it became."""
        return application_parts.accreditation(self.unit, self.id)

    @cached_property
    def happened(self) -> Page[Happened]:
        """Its states by the audit trail, the latest first: the page that the address asks for."""
        page = application_parts.states(self.unit, self.id, paging.wish(name="timeline"))
        return page.told(_happened(event) for event in page.rows)

    @property
    def stages(self) -> list[tuple[T, str]]:
        """The stages of the procedure: title, and whether each is `past`, `now` or to come."""
        stages = [stage for stage in self.desk.rules.procedure.stages if state_in(stage.kind) is not None]
        return list(
            zip(
                (stage.title for stage in stages),
                marks([stage.kind for stage in stages], self.state),
                strict=True,
            )
        )

    @property
    def row(self) -> Application:
        """What the case is about, as it is kept."""
        return self.application

    def part(self, name: str, part_id: str) -> Any:
        """A part of the case that a step is about, or None."""
        rows: Mapping[str, Any] = {}
        if name == "conditions":
            rows = {row.key: row for row in self.verdict.rows}
        elif name == "files":
            rows = {str(file.id): file for row in self.checklist for file in row.files}
        elif name == "materials":
            rows = {row.key: MaterialKey(row.key) for row in self.checklist}
        elif name == "tasks":
            rows = {str(task.id): task for task in self.assignments}
        elif name == "objections":
            number = number_of(part_id)
            return application_parts.objection(self.unit, self.id, number) if number is not None else None
        return rows.get(part_id)


def load(unit: Work, application_id: int) -> ApplicationCase:
    """The case for whoever may see it; NotFound for all others."""
    return ApplicationCase(find(unit, application_id))
