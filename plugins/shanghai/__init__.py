"""上海市中小企业服务机构: Shanghai's service bodies for SMEs."""

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
from plugins.shanghai.articles import ARTICLES
from plugins.shanghai.documents import PROGRAM, SUMMARY_TABLES
from plugins.shanghai.duties import DUTIES
from plugins.shanghai.eligibility import CONDITIONS
from plugins.shanghai.exits import EXIT_RULES
from plugins.shanghai.interpretations import INTERPRETATIONS
from plugins.shanghai.materials import MATERIALS
from plugins.shanghai.procedure import PROCEDURE


@hookimpl
def program() -> Program:
    """Whose it is, the two kinds of bodies of part one, and the 2017 edition."""
    return PROGRAM


@hookimpl
def eligibility(track: str) -> tuple[Condition, ...]:
    """Part two: the basic conditions of both kinds, then those of each."""
    return CONDITIONS[track]


@hookimpl
def required_materials() -> tuple[Material, ...]:
    """Part four, the same for both kinds."""
    return MATERIALS


@hookimpl
def procedure() -> Procedure:
    """Part five, with the preference of part three's last paragraph."""
    return PROCEDURE


@hookimpl
def duties(track: str) -> tuple[Duty, ...]:
    """Part three."""
    return DUTIES[track]


@hookimpl
def exit_rules() -> tuple[ExitRule, ...]:
    """None: no exit rule stands in this text."""
    return EXIT_RULES


@hookimpl
def interpretations() -> tuple[Interpretation | Stated, ...]:
    """Where parts one to five can be read in more than one way."""
    return INTERPRETATIONS


@hookimpl
def articles() -> tuple[Article, ...]:
    """Every item of the five parts."""
    return ARTICLES


@hookimpl
def summary_tables() -> tuple[SummaryTable, ...]:
    """Attachment 3, the districts' summary table, for each kind."""
    return SUMMARY_TABLES
