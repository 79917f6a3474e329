"""Requests to change what the register vouches for: where they stand, and the moves that they take."""

from __future__ import annotations

from enum import StrEnum

from core.domain.acts import Act
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import APPLICANT, Move
from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.domain.roles import DECIDING, Role
from core.rules.text import T


class ChangeState(StrEnum):
    """Where a request for a change stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    CORRECTED = "corrected"
    """The party had ended by it, and goes on."""

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _CHANGE_STATE_LABELS[self]


class ChangeKind(StrEnum):
    """What is asked for: other data, or that the party has ended, went into another or was divided.

    Or that a code is accepted whose check digit does not fit, since the licence bears it.
    """

    DETAILS = "details"
    NUMBER = "number"
    CLOSURE = "closure"
    MERGER = "merger"
    SPLIT = "split"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _CHANGE_KIND_LABELS[self]

    @property
    def names_successors(self) -> bool:
        """Whether others take the party's place."""
        return self in (self.MERGER, self.SPLIT)


_CHANGE_STATE_LABELS = {
    ChangeState.OPEN: T("待决定", "To be answered"),
    ChangeState.GRANTED: T("已准予变更", "Change granted"),
    ChangeState.REFUSED: T("未准变更", "Change refused"),
    ChangeState.WITHDRAWN: T("变更申请已撤回", "Request taken back"),
    ChangeState.REVOKED: T("已撤销核准", "Acceptance withdrawn"),
    ChangeState.CORRECTED: T("决定已更正", "Decision corrected"),
}
_CHANGE_KIND_LABELS = {
    ChangeKind.DETAILS: T("资料变更", "Change of data"),
    ChangeKind.NUMBER: T("核准统一社会信用代码", "Acceptance of a credit code"),
    ChangeKind.CLOSURE: T("注销", "Closure"),
    ChangeKind.MERGER: T("单位合并", "Merger of bodies"),
    ChangeKind.SPLIT: T("分立", "Split"),
}

_S = ChangeState

CHANGE_TABLE: tuple[Move[ChangeState], ...] = (
    Move(
        source=_S.OPEN,
        action=Action.GRANT,
        target=_S.GRANTED,
        title=T("准予变更", "Grant the change"),
        roles=DECIDING,
        guards=(Guard.NOT_OWN,),
        act=Act.CHANGE_DECIDE,
        tells=MessageEvent.CHANGE_GRANTED,
    ),
    Move(
        source=_S.OPEN,
        action=Action.REFUSE,
        target=_S.REFUSED,
        title=T("不予变更", "Refuse the change"),
        roles=DECIDING,
        guards=(Guard.NOT_OWN, Guard.REASON_GIVEN),
        act=Act.CHANGE_DECIDE,
        tells=MessageEvent.CHANGE_REFUSED,
    ),
    # Only of a code that was accepted: other changes stand until the next.
    Move(
        source=_S.GRANTED,
        action=Action.REVOKE,
        target=_S.REVOKED,
        title=T("撤销核准", "Withdraw the acceptance"),
        roles=DECIDING,
        guards=(Guard.NOT_OWN, Guard.REASON_GIVEN),
        act=Act.CHANGE_DECIDE,
        tells=MessageEvent.CHANGE_REVOKED,
    ),
    # Only of an end of the party: what it took away is given back.
    Move(
        source=_S.GRANTED,
        action=Action.UNDO_CLOSURE,
        target=_S.CORRECTED,
        title=T("更正主体终止", "Correct the end of the party"),
        roles=frozenset({Role.LEAD}),
        guards=(Guard.NOT_OWN, Guard.REASON_GIVEN, Guard.SECOND_PERSON),
        act=Act.APPEAL_DECIDE,
        tells=MessageEvent.PARTY_CORRECTED,
    ),
    Move(
        source=_S.OPEN,
        action=Action.WITHDRAW,
        target=_S.WITHDRAWN,
        title=T("撤回变更申请", "Take the request back"),
        roles=APPLICANT,
    ),
)
