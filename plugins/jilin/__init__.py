"""吉林市中小企业服务商及志愿服务中小企业专家: service providers and volunteer experts of Jilin City."""

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
from plugins.jilin.articles import ARTICLES
from plugins.jilin.documents import PROGRAM
from plugins.jilin.duties import DUTIES
from plugins.jilin.eligibility import CONDITIONS
from plugins.jilin.exits import EXIT_RULES
from plugins.jilin.interpretations import INTERPRETATIONS
from plugins.jilin.materials import MATERIALS
from plugins.jilin.procedure import PROCEDURES


@hookimpl
def program() -> Program:
    """One register with two tracks: articles 2 to 5 and 12."""
    return PROGRAM


@hookimpl
def eligibility(track: str) -> tuple[Condition, ...]:
    """Article 7(1) for providers, 7(2) for experts."""
    return CONDITIONS[track]


@hookimpl
def required_materials(track: str) -> tuple[Material, ...]:
    """Article 8(2) for providers, 8(3) for experts."""
    return MATERIALS[track]


@hookimpl
def procedure(track: str) -> Procedure:
    """Article 8, with the term and the extension of article 10."""
    return PROCEDURES[track]


@hookimpl
def duties() -> tuple[Duty, ...]:
    """Articles 6, 9 and 10: the same for both tracks."""
    return DUTIES


@hookimpl
def exit_rules() -> tuple[ExitRule, ...]:
    """Article 11: the same for both tracks."""
    return EXIT_RULES


@hookimpl
def interpretations() -> tuple[Interpretation | Stated, ...]:
    """Where articles 7, 10 and 11 can be read in more than one way."""
    return INTERPRETATIONS


@hookimpl
def articles() -> tuple[Article, ...]:
    """Articles 1 to 15."""
    return ARTICLES


@hookimpl
def summary_tables() -> tuple[SummaryTable, ...]:
    """None: the text attaches no table."""
    return ()
