"""聊城市中小企业公共服务示范平台: the hooks; each file beside this one holds what one of them returns."""

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
from plugins.liaocheng.articles import ARTICLES
from plugins.liaocheng.documents import PROGRAM, SUMMARY_TABLES
from plugins.liaocheng.duties import DUTIES
from plugins.liaocheng.eligibility import CONDITIONS
from plugins.liaocheng.exits import EXITS
from plugins.liaocheng.interpretations import INTERPRETATIONS
from plugins.liaocheng.materials import MATERIALS
from plugins.liaocheng.procedure import PROCEDURE


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
def procedure() -> Procedure:
    return PROCEDURE


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
