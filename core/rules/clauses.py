"""What a policy text is made of, each item with its clause id and a title in our own words.

Numbers marked `parameter` (and every bound inside a term) can be overridden by the authority from a date on;
anything wrapped in `ByReading` follows an interpretation. Nothing else about a clause changes at run time.
An *operational* number is one that no text needs to set: its default is the register's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, assert_never

from core.rules.numbers import OPERATIONAL, PARAMETER
from core.rules.terms import ByReading, EnumFact, Fact, SetFact, Term
from core.rules.text import EMPTY, T

V = TypeVar("V")
_LAST = "(last)"
_UNNUMBERED = {
    "withdrawal": T("自愿退出", "voluntary withdrawal"),
    "agreement": T("协议约定", "terms of the agreement"),
}
"""Clause ids of what stands in no article of a text."""


def clause_name(clause: str) -> T:
    """A clause's id as a reader is told it; in words where the text has no number for it."""
    if clause.endswith(_LAST):
        article = clause.removesuffix(_LAST)
        return T(f"{article}末段", f"{article}, last paragraph")
    return _UNNUMBERED.get(clause, T(clause, clause))


class ConditionKind(StrEnum):
    """Required conditions decide; preferred ones only rank."""

    REQUIRED = "required"
    PREFERRED = "preferred"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _CONDITION_KIND_LABELS[self]


_CONDITION_KIND_LABELS = {
    ConditionKind.REQUIRED: T("必备", "Required"),
    ConditionKind.PREFERRED: T("优先", "Preferred"),
}


@dataclass(frozen=True, slots=True)
class Relaxation:
    """An easier test that holds by itself once its ground is there."""

    clause: str
    ground: Term
    test: Term


@dataclass(frozen=True, slots=True)
class Waiver:
    """A person may set the failed condition aside, with a written reason, where the ground is there."""

    clause: str
    title: T
    ground: Term | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of eligibility."""

    clause: str
    title: T
    test: Term
    kind: ConditionKind = ConditionKind.REQUIRED
    only_if: Term | None = None
    relaxed: Relaxation | None = None
    waiver: Waiver | ByReading[Any] | None = None
    bars: bool = False
    """The text says that who fails it cannot apply: nothing is submitted without a ground to waive it."""
    follows: tuple[str, ...] = ()
    """Ids of the interpretations that the condition follows."""


@dataclass(frozen=True, slots=True)
class Material:
    """A document that the applicant hands in; `key` is unique within the track."""

    clause: str
    key: str
    title: T
    required: bool = True
    only_if: Term | None = None
    note: T = EMPTY
    template: str = ""
    """Name of the form the text attaches (附件), if any."""


class Actor(StrEnum):
    """Who acts in a stage."""

    APPLICANT = "applicant"
    RECOMMENDER = "recommender"
    REVIEWER = "reviewer"
    AUTHORITY = "authority"
    SYSTEM = "system"


class RecommenderKind(StrEnum):
    """By what a body may recommend an applicant."""

    TERRITORY = "territory"
    """It lies in the body's division."""
    MEMBERSHIP = "membership"
    """It stands on the list of members that the body keeps."""
    ASSIGNMENT = "assignment"
    """The authority assigned it to the body, a department of its own."""

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _RECOMMENDER_KIND_LABELS[self]


_RECOMMENDER_KIND_LABELS = {
    RecommenderKind.TERRITORY: T("属地推荐", "By territory"),
    RecommenderKind.MEMBERSHIP: T("协会、商会推荐会员", "By membership"),
    RecommenderKind.ASSIGNMENT: T("业务部门推荐", "By assignment"),
}


class StageKind(StrEnum):
    """The stages that a programme's procedure is put together from, in the order in which they come."""

    VERIFICATION = "verification"
    SUBMISSION = "submission"
    RECOMMENDATION = "recommendation"
    REVIEW = "review"
    NOTICE = "notice"
    AGREEMENT = "agreement"
    ACCREDITATION = "accreditation"

    @property
    def label(self) -> T:
        """The stage's name for a screen."""
        return _STAGE_LABELS[self]


_STAGE_LABELS = {
    StageKind.VERIFICATION: T("主体核验", "Verification"),
    StageKind.SUBMISSION: T("申报", "Submission"),
    StageKind.RECOMMENDATION: T("推荐", "Recommendation"),
    StageKind.REVIEW: T("评审", "Review"),
    StageKind.NOTICE: T("公示", "Public notice"),
    StageKind.AGREEMENT: T("签订协议", "Signing the agreement"),
    StageKind.ACCREDITATION: T("认定", "Accreditation"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the procedure."""

    kind: StageKind
    clause: str
    title: T
    actor: Actor
    working_days: int = field(default=0, metadata=PARAMETER)
    """Length of the stage in working days: for a public notice."""
    scored: bool = False
    """Whether a panel of reviewers scores in this stage."""


class Intake(StrEnum):
    """When applications are taken."""

    ROLLING = "rolling"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Extension:
    """A term can be extended on application and consent."""

    clause: str
    years: int = field(metadata=PARAMETER)
    days_before: int = field(default=90, metadata=PARAMETER)
    days_after: int = field(default=90, metadata=PARAMETER)


@dataclass(frozen=True, slots=True)
class ValidityTerm:
    """How long an accreditation lasts and how it goes on or ends by request.

    Without `extension` a request to extend is refused with a pointer to a new application; with
    `reapply_in_final_year` a new application is taken within the calendar year in which the term ends.
    """

    clause: str
    years: int = field(metadata=PARAMETER)
    withdrawal_clause: str
    extension: Extension | None = None
    reapply_in_final_year: bool = False
    by_agreement: bool = False
    """The agreement's dates decide; `years` is what is proposed."""
    follows: tuple[str, ...] = ()
    first_reminder: int = field(default=90, metadata=OPERATIONAL)
    """Days before the end of the term on which the party is reminded; 0 for not at all. So the next two."""
    second_reminder: int = field(default=30, metadata=OPERATIONAL)
    last_reminder: int = field(default=7, metadata=OPERATIONAL)

    @property
    def reminders(self) -> frozenset[int]:
        """The days before the end of the term on which the party is reminded, each once."""
        return frozenset({self.first_reminder, self.second_reminder, self.last_reminder} - {0})


@dataclass(frozen=True, slots=True)
class Window:
    """An intake window that the text itself sets; times are Asia/Shanghai, the last second included."""

    clause: str
    opens_at: str
    """ISO 8601 local date-time."""
    submit_by: str
    recommend_by: str = ""
    closed_clause: str = ""
    closed_functions: tuple[str, ...] = ()
    """Service functions of the text that are not taken in this window, and the clause that says so."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """How one becomes accredited in a track."""

    clause: str
    intake: Intake
    stages: tuple[Stage, ...]
    term: ValidityTerm
    window: Window | None = None
    once_a_year: str = ""
    """Clause under which there is one call a year; a second one of a year gives its reason."""
    direct_inclusion: str = ""
    """Clause under which an entrusted body's summary table includes its rows directly."""
    mobile_required: str = ""
    """Clause that asks for a reachable mobile number at submission."""
    self_recommendation_refused: str = ""
    """Clause behind the rule that a recommender may not recommend itself; it holds in every programme."""
    other_recommenders: tuple[tuple[str, RecommenderKind], ...] = ()
    """(clause, kind) of those who recommend beside the bodies of the territory."""
    measured: tuple[Fact, ...] | None = None
    """What the recommender measures; None for the results and satisfaction that required conditions read."""
    compliance: str = ""
    """Clause under which the recommender checks the papers, item by item."""
    paper_copy: str = ""
    """Clause under which nothing is recommended before the paper copy is registered."""
    functions: tuple[str, ...] = ()
    """The service functions of the text, in its order: what applicants may claim and records may name."""
    exit_proposal: str = ""
    """Clause under which the recommender may propose an exit."""
    nomination: tuple[tuple[str, str, T], ...] = ()
    """(clause, target, title): where the authority nominates accredited bodies; a target `program/track` here
    is an application pre-filled there, any other is an exported list."""

    @property
    def is_scored(self) -> bool:
        """Whether reviewers give points; elsewhere whoever is asked gives an opinion."""
        return any(stage.scored for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A choice between readings of an open text; the authority may choose another, with a reason."""

    id: str
    clause: str
    question: T
    values: tuple[tuple[str, T], ...]
    default: str
    why: T


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text means where one may ask, and there is nothing to choose."""

    id: str
    clause: str
    question: T
    answer: T
    why: T


class Coverage(StrEnum):
    """How an article of a text ends in the product."""

    ENCODED = "encoded"
    INTERPRETED = "interpreted"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the text: what encodes it, or why nothing does.

    `by` names what is not a clause of a rule: a screen, an import, a document. Rules are found by their
    clause.
    """

    clause: str
    title: T
    coverage: Coverage
    by: T = EMPTY


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a summary table: the text's header, and the fact (or `number`, `address` ...) in it."""

    header: str
    fact: str


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """A table that the text attaches, column for column."""

    id: str
    clause: str
    track: str
    title: T
    columns: tuple[Column, ...]
    head: tuple[str, ...] = ()
    """Lines above the table that the sender fills in."""
    imported: bool = False
    """Whether a filled table is taken in as well as given out."""
    choices: tuple[tuple[str, str], ...] = ()
    """Words of the table and the choices of the vocabulary they stand for."""
    telephones: bool = False
    """Whether the text names the column of telephones: whoever must fill it gives those of its cases."""


class PartyKind(StrEnum):
    """Who can be accredited."""

    ORGANIZATION = "organization"
    PERSON = "person"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _PARTY_KIND_LABELS[self]

    def pick(self, *, organization: V, person: V) -> V:
        """The one that goes with the kind; a further kind would ask every caller for its own."""
        match self:
            case PartyKind.ORGANIZATION:
                return organization
            case PartyKind.PERSON:
                return person
            case _:
                assert_never(self)


_PARTY_KIND_LABELS = {
    PartyKind.ORGANIZATION: T("机构", "Organisation"),
    PartyKind.PERSON: T("个人", "Person"),
}


@dataclass(frozen=True, slots=True)
class Track:
    """One kind of accreditation within a programme."""

    id: str
    title: T
    party: PartyKind
    number_pattern: str
    """Python format of certificate numbers over `year` and `sequence`, e.g. `JL-F-{year}-{sequence:04d}`."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of the text. Without a date the first edition holds for all earlier days too."""

    id: str
    title: T
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A programme: whose it is, where it holds, and its tracks."""

    id: str
    title: T
    authority: T
    recommenders: T
    register: T
    region: str
    """Division code of the territory; empty for the whole country."""
    recommender_level: int
    """Digits of the division code of a recommender's territory: 2 province, 4 city, 6 county; 0 for none."""
    tracks: tuple[Track, ...]
    editions: tuple[Edition, ...]
    service_areas: SetFact | EnumFact | None = None
    extra_facts: tuple[Fact, ...] = ()

    def track(self, track_id: str) -> Track:
        """The track of that id; KeyError names the ones there are."""
        for track in self.tracks:
            if track.id == track_id:
                return track
        raise KeyError(f"{self.id} has no track {track_id!r}; it has {', '.join(t.id for t in self.tracks)}")
