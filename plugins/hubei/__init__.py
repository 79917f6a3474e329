"""湖北省中小企业公共服务严选服务机构: Hubei's selected service bodies for SMEs."""

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
from plugins.hubei.articles import ARTICLES
from plugins.hubei.documents import PROGRAM, SUMMARY_TABLES
from plugins.hubei.duties import DUTIES
from plugins.hubei.eligibility import CONDITIONS
from plugins.hubei.exits import EXIT_RULES
from plugins.hubei.interpretations import INTERPRETATIONS
from plugins.hubei.materials import MATERIALS
from plugins.hubei.procedure import PROCEDURES


@hookimpl
def program() -> Program:
    """Whose it is, and the two kinds of bodies: articles 2 and 4."""
    return PROGRAM


@hookimpl
def eligibility(track: str) -> tuple[Condition, ...]:
    """Article 5 for both kinds, then articles 4 and 6 or 7, and 8."""
    return CONDITIONS[track]


@hookimpl
def required_materials() -> tuple[Material, ...]:
    """Article 11, the same for both kinds."""
    return MATERIALS


@hookimpl
def procedure(track: str) -> Procedure:
    """Articles 9 to 15, with the nominations of article 19."""
    return PROCEDURES[track]


@hookimpl
def duties() -> tuple[Duty, ...]:
    """What articles 15 and 18 expect, the same for both kinds."""
    return DUTIES


@hookimpl
def exit_rules() -> tuple[ExitRule, ...]:
    """Articles 15 and 18, the same for both kinds."""
    return EXIT_RULES


@hookimpl
def interpretations() -> tuple[Interpretation | Stated, ...]:
    """Where articles 4, 5 and 18 can be read in more than one way."""
    return INTERPRETATIONS


@hookimpl
def articles() -> tuple[Article, ...]:
    """Articles 1 to 22."""
    return ARTICLES


@hookimpl
def summary_tables() -> tuple[SummaryTable, ...]:
    """The recommendations of article 10, as a list for each kind."""
    return SUMMARY_TABLES
