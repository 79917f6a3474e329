"""聊城市中小企业公共服务示范平台: Liaocheng's demonstration platforms for SMEs."""

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
from plugins.liaocheng.articles import ARTICLES
from plugins.liaocheng.documents import PROGRAM, SUMMARY_TABLES
from plugins.liaocheng.duties import DUTIES
from plugins.liaocheng.eligibility import CONDITIONS
from plugins.liaocheng.exits import EXIT_RULES
from plugins.liaocheng.interpretations import INTERPRETATIONS
from plugins.liaocheng.materials import MATERIALS
from plugins.liaocheng.procedure import PROCEDURE


@hookimpl
def program() -> Program:
    """Whose it is, and the two kinds of platforms: articles 2, 3, 7."""
    return PROGRAM


@hookimpl
def eligibility(track: str) -> tuple[Condition, ...]:
    """Articles 8 to 10: the basic conditions of both kinds, then those of each."""
    return CONDITIONS[track]


@hookimpl
def required_materials() -> tuple[Material, ...]:
    """Article 12, the same for both kinds."""
    return MATERIALS


@hookimpl
def procedure() -> Procedure:
    """Articles 11 to 15 and the term of article 18, the same for both kinds."""
    return PROCEDURE


@hookimpl
def duties() -> tuple[Duty, ...]:
    """Article 17, the same for both kinds."""
    return DUTIES


@hookimpl
def exit_rules() -> tuple[ExitRule, ...]:
    """Article 20, the same for both kinds."""
    return EXIT_RULES


@hookimpl
def interpretations() -> tuple[Interpretation | Stated, ...]:
    """Where articles 8, 17 and 20 can be read in more than one way."""
    return INTERPRETATIONS


@hookimpl
def articles() -> tuple[Article, ...]:
    """Articles 1 to 23."""
    return ARTICLES


@hookimpl
def summary_tables() -> tuple[SummaryTable, ...]:
    """The counties' recommendations of article 11, as a list for each kind."""
    return SUMMARY_TABLES
