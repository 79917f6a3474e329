"""湖北省中小企业公共服务严选服务机构: the hooks; each file beside this one holds what one of them returns."""

from core.plugin_api import (
    Article,
    Condition,
    Duty,
    ExitRule,
    Interpretation,
    Material,
    Procedure,
    Program,
    SummaryTable,
    hookimpl,
)
from plugins.hubei.articles import ARTICLES
from plugins.hubei.documents import PROGRAM, SUMMARY_TABLES
from plugins.hubei.duties import DUTIES
from plugins.hubei.eligibility import CONDITIONS
from plugins.hubei.exits import EXITS
from plugins.hubei.interpretations import INTERPRETATIONS
from plugins.hubei.materials import MATERIALS
from plugins.hubei.procedure import PROCEDURES


@hookimpl
def program() -> Program:
    return PROGRAM


@hookimpl
def eligibility(track: str) -> tuple[Condition, ...]:
    return CONDITIONS[track]


@hookimpl
def required_materials() -> tuple[Material, ...]:
    return MATERIALS


@hookimpl
def procedure(track: str) -> Procedure:
    return PROCEDURES[track]


@hookimpl
def duties() -> tuple[Duty, ...]:
    return DUTIES


@hookimpl
def exit_rules() -> tuple[ExitRule, ...]:
    return EXITS


@hookimpl
def interpretations() -> tuple[Interpretation, ...]:
    return INTERPRETATIONS


@hookimpl
def articles() -> tuple[Article, ...]:
    return ARTICLES


@hookimpl
def summary_tables() -> tuple[SummaryTable, ...]:
    return SUMMARY_TABLES
