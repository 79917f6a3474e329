"""What an application is handled under: its rules, who may see it, and the roles towards it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import exists, select

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.facts import BY_FUNCTION
from core.domain.lifecycle.states import ApplicationState
from core.domain.profile import AS_KEPT, Known, ProfileReading, parse_facts, vocabulary
from core.domain.roles import Role
from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.clauses import Track
from core.rules.phrases import RELOAD_TO_ACT
from core.rules.terms import Fact, Value
from core.rules.text import T
from core.rules.walk import needs
from core.services.base.access import allowed
from core.services.base.work import Work
from core.storage.models import Application, DecisionCorrection, Recommendation, ReviewAssignment
from core.storage.models.deciding import CorrectedKind
from core.storage.one_party import ids_of

RELOAD = T("请刷新后按当前状态办理", "reload, and act on the present state")


@dataclass(frozen=True)
class Desk:
    """The programme, track and resolved rules that applications to the track are handled under."""

    loaded: LoadedProgram
    track: Track
    rules: TrackRules

    # A page asks for it once for each of its fields.
    @cached_property
    def vocabulary(self) -> dict[str, Fact]:
        """The facts that may be said of this kind of party in this programme, by name."""
        return vocabulary(self.track.party, self.loaded.program.extra_facts)

    def asked(self) -> tuple[Fact, ...]:
        """The facts that the rules of the track read, and the service areas: what a form asks, in order."""
        found: dict[Fact, None] = {}
        areas = self.loaded.program.service_areas
        if areas is not None and areas.name in self.vocabulary:
            found[areas] = None
        for condition in self.rules.conditions:
            terms = [condition.test, condition.only_if]
            if condition.relaxed is not None:
                terms += [condition.relaxed.ground, condition.relaxed.test]
            if condition.waiver is not None:
                terms.append(getattr(condition.waiver, "ground", None))
            found.update(dict.fromkeys(fact for term in terms if term is not None for fact in needs(term)))
        for material in self.rules.materials:
            if material.only_if is not None:
                found.update(dict.fromkeys(needs(material.only_if)))
        return tuple(found)

    def read(
        self, raw: Mapping[str, object], today: date | None = None, known: Known = AS_KEPT
    ) -> ProfileReading:
        """Facts as they came in or were kept, each read once; with `today` nothing is dated after it.

        What comes in is held against what is `known` of codes.
        """
        extra = self.loaded.program.extra_facts
        return parse_facts(raw, self.track.party, extra, today=today, known=known)

    def values(self, facts: Mapping[str, object]) -> dict[str, Value]:
        """Stored facts as values; one that the vocabulary no longer has is unknown."""
        return self.read(facts).values


REVIEWED_IN = (
    ApplicationState.SUBMITTED,
    ApplicationState.RETURNED,
    ApplicationState.RECOMMENDED,
    ApplicationState.UNDER_REVIEW,
)
"""While it is so, a reviewer's task goes on; it ends with the decision."""
FUNCTION_OF: dict[str, str] = {
    fact.name: function for function, asked in BY_FUNCTION.items() for fact in asked
}
"""The service function that a fact is asked for, where it is asked for one only."""


def may_see(w: Work, application: Application) -> bool:
    """Whether the actor may see the application: a member, staff in whose scope it lies, or its reviewer."""
    return (
        is_member(w, application)
        or allowed(w.actor, Act.APPLICATION_VIEW, *application.place)
        or is_reviewer(w, application.id)
    )


def is_member(w: Work, application: Application) -> bool:
    """Whether the actor acts for the party."""
    return application.party_id in w.actor.parties


def is_reviewer(w: Work, application_id: int) -> bool:
    """Whether the actor reviews the application: until it is decided, or the task ends before.

    It does when a conflict of interest is declared, and when the review is set aside.
    """
    if w.actor.user_id is None or not w.actor.has(Role.REVIEWER):
        return False
    assigned = exists().where(
        ReviewAssignment.application_id == application_id,
        ReviewAssignment.reviewer_id == w.actor.user_id,
        ReviewAssignment.counts,
        ReviewAssignment.application.has(Application.state.in_(REVIEWED_IN)),
    )
    return bool(w.session.scalar(select(assigned)))


def another_open(w: Work, application: Application, *, besides: int | None = None) -> Application | None:
    """The first open application of the party to the programme under the same call; a party has but one."""
    same = (
        Application.call_id == application.call_id
        if application.call_id is not None
        else Application.call_id.is_(None)
    )
    query = select(Application).where(
        Application.party_id.in_(ids_of(application.party_id)),
        Application.program == application.program,
        same,
        Application.state.in_([state for state in ApplicationState if state.is_open]),
        Application.id != (besides or 0),
    )
    return w.session.scalar(query.order_by(Application.id).limit(1))


def standing_word(w: Work, application_id: int) -> Recommendation | None:
    """The recommender's last word; None where there is none, or it was corrected."""
    row = Recommendation
    query = select(row).where(row.application_id == application_id).order_by(row.round.desc()).limit(1)
    word = w.session.scalar(query)
    return None if word is None or word.id in corrected_words(w, application_id) else word


def present_word(w: Work, application: Application) -> Recommendation | None:
    """The last word of whom it goes through now; a refusal of one that was turned away from is none."""
    word = standing_word(w, application.id)
    return word if word is not None and word.recommender_id == application.recommender_id else None


def corrected_words(w: Work, application_id: int) -> set[int]:
    """The recommender's words that were corrected, by their ids."""
    row, kinds = DecisionCorrection, (CorrectedKind.DECLINE, CorrectedKind.RECOMMENDATION)
    query = select(row.subject_id).where(row.application_id == application_id, row.kind.in_(kinds))
    return set(w.session.scalars(query))


def roles_on(w: Work, application: Application) -> frozenset[Role] | None:
    """The actor's roles for the application; None for the system."""
    if w.actor.system:
        return None
    roles = w.actor.roles(*application.place) - {Role.APPLICANT}
    return roles | {Role.APPLICANT} if is_member(w, application) else roles


def desk_of(
    w: Work, program: str, track: str, *, edition: str | None = None, as_of: date | None = None
) -> Desk:
    """What applications to a track are handled under: an edition, with the overrides in force on a day."""
    loaded = w.program(program)
    rules = w.rules(program, track, as_of or w.today, edition=edition)
    return Desk(loaded, loaded.program.track(track), rules)


def require_state(application: Application, *states: ApplicationState) -> None:
    """Refuse what the present state of the application does not allow."""
    if application.state not in states:
        zh = "、".join(state.label.zh for state in states)
        en = ", ".join(state.label.en for state in states)
        now = application.state.label
        raise Refused(
            T(
                f"申请处于“{now.zh}”状态，此项只能在“{zh}”时办理",
                f"the application is in state {now.en}; this is done in: {en}",
            ),
            mend=RELOAD_TO_ACT,
        )
