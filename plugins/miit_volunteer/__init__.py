"""中小企业志愿服务工作站和专家: volunteer service workstations and experts of the MIIT center, 2023 call."""

from core.plugin_api import (
    Article,
    Condition,
    Duty,
    ExitRule,
    Interpretation,
    Material,
    Procedure,
    Program,
    Stated,
    SummaryTable,
    hookimpl,
)
from plugins.miit_volunteer.articles import ARTICLES
from plugins.miit_volunteer.documents import PROGRAM, SUMMARY_TABLES
from plugins.miit_volunteer.duties import DUTIES
from plugins.miit_volunteer.eligibility import CONDITIONS
from plugins.miit_volunteer.exits import EXIT_RULES
from plugins.miit_volunteer.interpretations import INTERPRETATIONS
from plugins.miit_volunteer.materials import MATERIALS
from plugins.miit_volunteer.procedure import PROCEDURES


@hookimpl
def program() -> Program:
    """Two tracks, each under its own measures: annexes 1 and 2."""
    return PROGRAM


@hookimpl
def eligibility(track: str) -> tuple[Condition, ...]:
    """Annex 1, articles 4 and 5, for workstations; annex 2, article 3, for experts."""
    return CONDITIONS[track]


@hookimpl
def required_materials(track: str) -> tuple[Material, ...]:
    """The application of A1.5(1) or A2.4(1), and the statement that N1 asks for."""
    return MATERIALS[track]


@hookimpl
def procedure(track: str) -> Procedure:
    """A1.5 or A2.4 in the window of the 2023 notice; the term of A1.12 or A2.9."""
    return PROCEDURES[track]


@hookimpl
def duties(track: str) -> tuple[Duty, ...]:
    """N4 and N5 for both tracks; A1.7 to A1.13 for workstations, A2.6 to A2.11 for experts."""
    return DUTIES[track]


@hookimpl
def exit_rules(track: str) -> tuple[ExitRule, ...]:
    """N5 for both tracks; A1.15 and A1.6 for workstations, A2.13 and A2.5 for experts."""
    return EXIT_RULES[track]


@hookimpl
def interpretations() -> tuple[Interpretation | Stated, ...]:
    """Where the notice and its annexes can be read in more than one way."""
    return INTERPRETATIONS


@hookimpl
def articles() -> tuple[Article, ...]:
    """The five items of the notice and every article of its four annexes."""
    return ARTICLES


@hookimpl
def summary_tables() -> tuple[SummaryTable, ...]:
    """Annexes 3 and 4: given out, and taken in from entrusted bodies."""
    return SUMMARY_TABLES
