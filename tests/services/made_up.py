"""A programme with what none of the five has: a conditional material, an agreement after a notice."""

from types import SimpleNamespace

from core.hooks.catalogue import Catalogue, load_catalogue
from core.plugin_api import (
    Actor,
    Article,
    Condition,
    Coverage,
    Edition,
    Intake,
    Material,
    PartyKind,
    Procedure,
    Program,
    Stage,
    StageKind,
    T,
    Track,
    ValidityTerm,
    facts,
    hookimpl,
)

STAGES = (
    (StageKind.SUBMISSION, Actor.APPLICANT),
    (StageKind.REVIEW, Actor.AUTHORITY),
    (StageKind.NOTICE, Actor.AUTHORITY),
    (StageKind.AGREEMENT, Actor.AUTHORITY),
    (StageKind.ACCREDITATION, Actor.AUTHORITY),
)
TEXT = T("虚构项目", "A made-up programme")


@hookimpl
def program() -> Program:
    """One track for the whole country."""
    track = Track("body", TEXT, PartyKind.ORGANIZATION, "MU-{year}-{sequence}")
    return Program("made_up", TEXT, TEXT, TEXT, TEXT, "", 0, (track,), (Edition("one", TEXT),))


@hookimpl
def eligibility() -> tuple[Condition, ...]:
    """Eight people."""
    return (Condition("1", TEXT, facts.staff_full_time.at_least(8)),)


@hookimpl
def required_materials() -> tuple[Material, ...]:
    """A lease from those who have premises."""
    lease = T("租赁合同", "Lease")
    return (Material("2", "lease", lease, only_if=facts.fixed_premises.holds()),)


@hookimpl
def procedure() -> Procedure:
    """Without a call."""
    stages = tuple(
        Stage(kind, "3", TEXT, actor, working_days=5 if kind is StageKind.NOTICE else 0)
        for kind, actor in STAGES
    )
    return Procedure("3", Intake.ROLLING, stages, ValidityTerm("4", 1, "5", by_agreement=True))


@hookimpl
def articles() -> tuple[Article, ...]:
    """Five of them."""
    return tuple(Article(str(number), TEXT, Coverage.ENCODED, by=TEXT) for number in range(1, 6))


def made_up() -> Catalogue:
    """The catalogue of that programme alone."""
    plugin = SimpleNamespace(
        program=program,
        eligibility=eligibility,
        required_materials=required_materials,
        procedure=procedure,
        articles=articles,
        duties=hookimpl(lambda: ()),
        exit_rules=hookimpl(lambda: ()),
        interpretations=hookimpl(lambda: ()),
        summary_tables=hookimpl(lambda: ()),
    )
    found = load_catalogue([("made_up", plugin)])
    assert not found.problems, found.problems
    return found
