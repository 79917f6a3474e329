"""The moves of accreditations."""

from __future__ import annotations

from core.domain.acts import Act
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import APPLICANT, Feature, Move, having
from core.domain.lifecycle.states import IN_FORCE, AccreditationState, Action
from core.domain.messages import MessageEvent
from core.domain.roles import DECIDING, Role
from core.rules.text import T

_S = AccreditationState
VALID: tuple[AccreditationState, ...] = tuple(state for state in _S if state is not _S.ANNULLED)
"""What is void stays void."""


def _extend(source: _S, target: _S, *more: Guard) -> Move[_S]:
    return Move(
        source=source,
        action=Action.EXTEND,
        target=target,
        title=T("同意延续", "Grant the extension"),
        roles=DECIDING,
        guards=(Guard.EXTENSION_WINDOW, Guard.NOT_OWN, *more),
        act=Act.EXTENSION_DECIDE,
        tells=MessageEvent.EXTENSION_GRANTED,
        having=having(Feature.EXTENSION),
    )


def _restore(source: _S, title: T, over: T, *more: Guard) -> tuple[Move[_S], ...]:
    """What ended a status has fallen: it stands again, or ended by its term."""
    return (
        Move(
            source=source,
            action=Action.RESTORE,
            target=_S.ACTIVE,
            title=title,
            by_system=True,
            guards=(*more, Guard.TERM_RUNNING, Guard.NO_NEWER),
        ),
        Move(
            source=source,
            action=Action.RESTORE_EXPIRED,
            target=_S.EXPIRED,
            title=over,
            by_system=True,
            guards=(*more, Guard.TERM_OVER),
        ),
    )


def _reinstate(action: Action, target: _S, title: T, *more: Guard) -> Move[_S]:
    return Move(
        source=_S.REVOKED,
        action=action,
        target=target,
        title=title,
        roles=frozenset({Role.LEAD}),
        guards=(Guard.APPEAL_UPHELD, Guard.REASON_GIVEN, Guard.NOT_OWN, *more),
        act=Act.APPEAL_DECIDE,
    )


ACCREDITATION_TABLE: tuple[Move[AccreditationState], ...] = (
    *(
        Move(
            source=state,
            action=Action.ORDER_RECTIFICATION,
            target=_S.RECTIFYING,
            title=T("责令整改", "Order to rectify"),
            roles=DECIDING,
            by_system=True,
            guards=(Guard.DEADLINE_SET, Guard.NOT_OWN),
            act=Act.RECTIFICATION_ORDER,
            tells=MessageEvent.RECTIFICATION_ORDERED,
        )
        for state in IN_FORCE
    ),
    Move(
        source=_S.ACTIVE,
        action=Action.RESUME_RECTIFICATION,
        target=_S.RECTIFYING,
        title=T("续行整改", "Go on with the rectification"),
        by_system=True,
        guards=(Guard.RECTIFICATION_OPEN,),
    ),
    Move(
        source=_S.RECTIFYING,
        action=Action.CLOSE_RECTIFICATION,
        target=_S.ACTIVE,
        title=T("整改通过", "Accept the rectification"),
        roles=DECIDING,
        guards=(Guard.RECTIFICATION_ACCEPTED, Guard.NOT_OWN),
        act=Act.RECTIFICATION_CLOSE,
    ),
    *(
        Move(
            source=state,
            action=Action.EXPIRE,
            target=_S.EXPIRED,
            title=T("到期", "Expire"),
            by_system=True,
            guards=(Guard.TERM_OVER,),
            tells=MessageEvent.EXPIRED,
        )
        for state in IN_FORCE
    ),
    *(
        Move(
            source=state,
            action=Action.SUCCEED,
            target=_S.EXPIRED,
            title=T("由新的认定接续", "Followed by a new accreditation"),
            by_system=True,
            guards=(Guard.SUCCESSION,),
        )
        for state in IN_FORCE
    ),
    *(
        Move(
            source=state,
            action=Action.REVOKE,
            target=_S.REVOKED,
            title=T("撤销认定", "Revoke"),
            roles=DECIDING,
            by_system=True,
            guards=(Guard.EXIT_DECIDED, Guard.NOT_OWN),
            act=Act.EXIT_DECIDE,
            tells=MessageEvent.EXIT_UPHELD,
        )
        # Of an ended status too: a ban may follow, and of two cases the second stands if the first falls.
        for state in VALID
    ),
    *(
        Move(
            source=state,
            action=Action.ANNUL,
            target=_S.ANNULLED,
            title=T("因更正而失效", "Made void by a correction"),
            by_system=True,
            guards=(Guard.APPROVAL_CORRECTED,),
            tells=MessageEvent.DECISION_CORRECTED,
        )
        for state in VALID
    ),
    *(
        Move(
            source=state,
            action=Action.WITHDRAW,
            target=_S.WITHDRAWN,
            title=T("主动退出", "Withdraw"),
            roles=APPLICANT,
            tells=MessageEvent.WITHDRAWN,
        )
        for state in IN_FORCE
    ),
    *(
        Move(
            source=state,
            action=Action.END_DUPLICATE,
            target=_S.DUPLICATE,
            title=T("按重复登记终止", "End as a duplicate"),
            by_system=True,
            guards=(Guard.HELD_TWICE,),
        )
        for state in IN_FORCE
    ),
    *_restore(
        _S.DUPLICATE,
        T("撤销合并，恢复认定", "Merger undone: accreditation restored"),
        T("撤销合并，按到期终止", "Merger undone: ended by its term"),
    ),
    *_restore(
        _S.EXPIRED,
        T("接续的认定无效，恢复认定", "What followed is void: accreditation restored"),
        T("接续的认定无效，按到期终止", "What followed is void: ended by its term"),
        Guard.END_FALLEN,
    ),
    *_restore(
        _S.WITHDRAWN,
        T("更正退出登记，恢复认定", "Withdrawal corrected: accreditation restored"),
        T("更正退出登记，按到期终止", "Withdrawal corrected: ended by its term"),
        Guard.END_FALLEN,
    ),
    *_restore(
        _S.CEASED,
        T("更正主体终止，恢复认定", "End of the holder corrected: accreditation restored"),
        T("更正主体终止，按到期终止", "End of the holder corrected: ended by its term"),
        Guard.END_FALLEN,
    ),
    *(
        Move(
            source=state,
            action=Action.CEASE,
            target=_S.CEASED,
            title=T("主体终止", "End with its holder"),
            by_system=True,
            tells=MessageEvent.CEASED,
        )
        for state in IN_FORCE
    ),
    _extend(_S.ACTIVE, _S.ACTIVE),
    _extend(_S.RECTIFYING, _S.RECTIFYING),
    _extend(_S.EXPIRED, _S.ACTIVE, Guard.NO_NEWER),
    _reinstate(
        Action.REINSTATE,
        _S.ACTIVE,
        T("申诉成立，恢复认定", "Appeal upheld: accreditation reinstated"),
        Guard.NOT_LEFT,
        Guard.TERM_RUNNING,
        Guard.NO_NEWER,
    ),
    _reinstate(
        Action.REINSTATE_EXPIRED,
        _S.EXPIRED,
        T("申诉成立，按到期终止", "Appeal upheld: ended by its term"),
        Guard.NOT_LEFT,
        Guard.ENDED_MEANWHILE,
    ),
    _reinstate(
        Action.REINSTATE_WITHDRAWN,
        _S.WITHDRAWN,
        T("申诉成立，按退出终止", "Appeal upheld: ended by its withdrawal"),
        Guard.LEFT_BEFORE,
    ),
    _reinstate(
        Action.REINSTATE_CEASED,
        _S.CEASED,
        T("申诉成立，按主体终止办理", "Appeal upheld: ended with its holder"),
        Guard.CEASED_BEFORE,
    ),
)
