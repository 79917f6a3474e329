"""The lifecycle of applications and accreditations: the moves of one procedure, found and drawn.

The services make the moves, the screens draw their buttons and the documents their diagram from one table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.domain.errors import NotAllowed, Refused
from core.domain.lifecycle.accreditation_table import ACCREDITATION_TABLE
from core.domain.lifecycle.application_table import APPLICATION_TABLE
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Feature, Move, S
from core.domain.lifecycle.states import AccreditationState, Action, ApplicationState
from core.domain.roles import Role
from core.rules.clauses import Procedure, StageKind
from core.rules.phrases import RELOAD_TO_ACT
from core.rules.text import T

_GUARDS_OF_FEATURES = {
    Guard.PARTY_VERIFIED: Feature.VERIFICATION,
    Guard.MOBILE_GIVEN: Feature.MOBILE,
}


def features(procedure: Procedure) -> frozenset[Feature]:
    """What of the optional parts the procedure has."""
    kinds = {stage.kind for stage in procedure.stages}
    has = {
        Feature.VERIFICATION: StageKind.VERIFICATION in kinds,
        Feature.RECOMMENDATION: StageKind.RECOMMENDATION in kinds,
        Feature.OTHER_RECOMMENDERS: bool(procedure.other_recommenders),
        Feature.NOTICE: StageKind.NOTICE in kinds,
        Feature.AGREEMENT: StageKind.AGREEMENT in kinds,
        Feature.DIRECT_INCLUSION: bool(procedure.direct_inclusion),
        Feature.MOBILE: bool(procedure.mobile_required),
        Feature.EXTENSION: procedure.term.extension is not None,
    }
    return frozenset(feature for feature, there in has.items() if there)


def moves(procedure: Procedure) -> tuple[Move[ApplicationState], ...]:
    """The moves of an application under the procedure; a review comes in every one."""
    return _select(APPLICATION_TABLE, procedure)


def accreditation_moves(procedure: Procedure) -> tuple[Move[AccreditationState], ...]:
    """The moves of an accreditation under the procedure."""
    return _select(ACCREDITATION_TABLE, procedure)


def available(table: Iterable[Move[S]], state: S, roles: frozenset[Role]) -> tuple[Move[S], ...]:
    """The moves from a state that one of the roles may take, guards aside: the buttons of a screen."""
    return tuple(move for move in table if move.source is state and move.roles & roles)


def move_for(table: Iterable[Move[S]], state: S, action: Action, roles: frozenset[Role] | None) -> Move[S]:
    """The move that the action makes from a state, for one of the roles (None: the system).

    Refused where the state knows no such action, NotAllowed where the roles may not take it.
    """
    known = tuple(table)
    for move in known:
        if move.source is state and move.action is action:
            if move.by_system if roles is None else move.roles & roles:
                return move
            raise NotAllowed(
                T(f"您的角色不能执行“{move.title.zh}”", f"your role may not do this: {move.title.en}"),
                field="action",
                mend=T("请由有权限的人员办理", "ask someone who may"),
            )
    title = next((move.title.zh for move in known if move.action is action), action.value)
    raise Refused(
        T(
            f"“{state.label.zh}”状态下不能办理“{title}”",
            f"{action} is not possible in state {state.label.en}",
        ),
        field="action",
        mend=RELOAD_TO_ACT,
    )


def diagram(table: Iterable[Move[S]], start: S, language: str = "zh") -> str:
    """The table as a Mermaid state diagram with labels in `language` (`zh` or `en`)."""
    drawn = tuple(table)
    states = dict.fromkeys([start, *(state for move in drawn for state in (move.source, move.target))])
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label.get(language)}" as {state.value}' for state in states]
    lines.append(f"    [*] --> {start.value}")
    edges = (f"    {m.source.value} --> {m.target.value}: {m.title.get(language)}" for m in drawn)
    lines += dict.fromkeys(edges)
    sources = {move.source for move in drawn}
    lines += [f"    {state.value} --> [*]" for state in states if state not in sources]
    return "\n".join(lines) + "\n"


def _select(table: tuple[Move[S], ...], procedure: Procedure) -> tuple[Move[S], ...]:
    has = features(procedure)
    return tuple(
        replace(move, guards=tuple(g for g in move.guards if _GUARDS_OF_FEATURES.get(g) in (None, *has)))
        for move in table
        if move.having <= has and not move.lacking & has
    )
