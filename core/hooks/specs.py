"""The hooks of a programme, one page. The catalogue calls each at start-up (`notify`: once per message).

`track` is one of the programme's track ids, `edition` one of its edition ids; an implementation may leave
out the arguments it has no use for. `docs/plugins.md` says of each who calls it and when, with an example and
a real one.
"""

from collections.abc import Mapping

import pluggy

from core.plugin_api import (
    PROJECT,
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
)

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def program() -> Program:
    """Who the programme is: `Program(id="jilin", title=T("…", "…"), tracks=(…,), editions=(…,), …)`."""


@hookspec
def eligibility(track: str, edition: str) -> tuple[Condition, ...]:
    """Conditions of a track: `(Condition(clause="8(3)", test=facts.satisfaction_pct.at_least(80), …), …)`."""


@hookspec
def required_materials(track: str, edition: str) -> tuple[Material, ...]:
    """The documents of an application: `(Material(clause="12(2)", key="licence", title=…), …)`."""


@hookspec
def procedure(track: str, edition: str) -> Procedure:
    """Stages, term, intake: `Procedure(clause="8", intake=Intake.CALL, stages=(…,), term=…)`."""


@hookspec
def duties(track: str, edition: str) -> tuple[Duty, ...]:
    """What the accredited owe: `(ServiceDuty(clause="10(1)", test=service_hours.at_least(12), …), …)`."""


@hookspec
def exit_rules(track: str, edition: str) -> tuple[ExitRule, ...]:
    """When a status is warned of or ends: `(ExitRule(clause="20(1)", trigger=OnFinding((…,)), …), …)`."""


@hookspec
def interpretations() -> tuple[Interpretation | Stated, ...]:
    """Readings where the text is open, and what it states: `(Interpretation(id="jilin.mode", …), …)`."""


@hookspec
def articles() -> tuple[Article, ...]:
    """Every article of the text: `(Article(clause="13", coverage=Coverage.INFORMATIONAL, …), …)`."""


@hookspec
def summary_tables() -> tuple[SummaryTable, ...]:
    """Tables the text attaches: `(SummaryTable(id="A3", columns=(Column("单位名称", "name"), …), …), …)`."""


@hookspec
def notify(message: Mapping[str, str]) -> bool | None:
    """Optional. Send a message (`to`, `subject`, `body`, `event`) by a further channel; True when taken."""
