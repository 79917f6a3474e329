"""The moves of the lifecycle as data: from, action, who, guards, to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import AccreditationState, Action, ApplicationState
from core.domain.roles import DECIDING, Role
from core.rules.text import Labelled, T


class Feature(StrEnum):
    """What a procedure may have, and moves and guards may hang on."""

    VERIFICATION = "verification"
    RECOMMENDATION = "recommendation"
    SCORES = "scores"
    NOTICE = "notice"
    AGREEMENT = "agreement"
    DIRECT_INCLUSION = "direct_inclusion"
    MOBILE = "mobile"
    EXTENSION = "extension"


S = TypeVar("S", bound=Labelled)


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """One step; `roles` may take it, and the system may where `by_system`; every guard must hold.

    It belongs to procedures that have every feature of `having` and none of `lacking`.
    """

    source: S
    action: Action
    roles: frozenset[Role]
    guards: tuple[Guard, ...]
    target: S
    title: T
    by_system: bool = False
    having: frozenset[Feature] = frozenset()
    lacking: frozenset[Feature] = frozenset()


_A = ApplicationState
_C = AccreditationState
_APPLICANT = frozenset({Role.APPLICANT})
_RECOMMENDER = frozenset({Role.RECOMMENDER})
_NOBODY: frozenset[Role] = frozenset()
_SUBMISSION = (Guard.MATERIALS_COMPLETE, Guard.PARTY_VERIFIED, Guard.MOBILE_GIVEN)
_APPROVAL = (Guard.PANEL_SCORED, Guard.VERDICT_ALLOWS, Guard.NOT_OWN, Guard.QUOTA_LEFT)
_OPTIONAL_STATES = {
    _A.RECOMMENDED: frozenset({Feature.RECOMMENDATION}),
    _A.ON_NOTICE: frozenset({Feature.NOTICE}),
    _A.AGREEMENT: frozenset({Feature.AGREEMENT}),
}


def _having(*features: Feature) -> frozenset[Feature]:
    return frozenset(features)


def _approve(
    target: ApplicationState, title: T, having: frozenset[Feature], lacking: frozenset[Feature]
) -> Move[_A]:
    return Move(
        _A.UNDER_REVIEW, Action.APPROVE, DECIDING, _APPROVAL, target, title, having=having, lacking=lacking
    )


def _close_notice(
    target: ApplicationState, having: frozenset[Feature], lacking: frozenset[Feature]
) -> Move[_A]:
    return Move(
        _A.ON_NOTICE,
        Action.CLOSE_NOTICE,
        _NOBODY,
        (Guard.NOTICE_OVER, Guard.NO_OPEN_OBJECTION),
        target,
        T("公示期满", "Close the notice"),
        by_system=True,
        having=having,
        lacking=lacking,
    )


APPLICATION_TABLE: tuple[Move[ApplicationState], ...] = (
    Move(
        _A.DRAFT,
        Action.SUBMIT,
        _APPLICANT,
        (Guard.WINDOW_OPEN, Guard.NOT_BANNED, Guard.NONE_IN_FORCE, *_SUBMISSION),
        _A.SUBMITTED,
        T("提交", "Submit"),
    ),
    Move(
        _A.DRAFT,
        Action.INCLUDE,
        _RECOMMENDER | DECIDING,
        (Guard.SEALED_TABLE, Guard.NOT_BANNED, Guard.NONE_IN_FORCE),
        _A.ACCREDITED,
        T("直接纳入", "Include directly"),
        having=_having(Feature.DIRECT_INCLUSION),
    ),
    Move(
        _A.SUBMITTED,
        Action.RETURN,
        _RECOMMENDER | DECIDING,
        (Guard.REASON_GIVEN, Guard.NOT_OWN),
        _A.RETURNED,
        T("退回补正", "Return for correction"),
        having=_having(Feature.RECOMMENDATION),
    ),
    Move(
        _A.SUBMITTED,
        Action.RETURN,
        DECIDING,
        (Guard.REASON_GIVEN, Guard.NOT_OWN),
        _A.RETURNED,
        T("退回补正", "Return for correction"),
        lacking=_having(Feature.RECOMMENDATION),
    ),
    Move(
        _A.RETURNED, Action.RESUBMIT, _APPLICANT, _SUBMISSION, _A.SUBMITTED, T("补正后提交", "Submit again")
    ),
    Move(
        _A.SUBMITTED,
        Action.RECOMMEND,
        _RECOMMENDER,
        (Guard.RECOMMENDATION_OPEN, Guard.RECOMMENDATION_COMPLETE, Guard.NOT_OWN),
        _A.RECOMMENDED,
        T("推荐", "Recommend"),
        having=_having(Feature.RECOMMENDATION),
    ),
    Move(
        _A.SUBMITTED,
        Action.DECLINE,
        _RECOMMENDER,
        (Guard.REASON_GIVEN, Guard.NOT_OWN),
        _A.REJECTED,
        T("不予推荐", "Decline to recommend"),
        having=_having(Feature.RECOMMENDATION),
    ),
    Move(
        _A.SUBMITTED,
        Action.ACCEPT,
        DECIDING,
        (Guard.NOT_OWN,),
        _A.UNDER_REVIEW,
        T("受理", "Accept for review"),
        lacking=_having(Feature.RECOMMENDATION),
    ),
    Move(
        _A.RECOMMENDED,
        Action.START_REVIEW,
        DECIDING,
        (Guard.NOT_OWN,),
        _A.UNDER_REVIEW,
        T("开始评审", "Start the review"),
        having=_having(Feature.RECOMMENDATION),
    ),
    _approve(_A.ON_NOTICE, T("通过并公示", "Approve and publish"), _having(Feature.NOTICE), _having()),
    _approve(
        _A.AGREEMENT,
        T("通过，待签协议", "Approve, agreement to sign"),
        _having(Feature.AGREEMENT),
        _having(Feature.NOTICE),
    ),
    _approve(
        _A.ACCREDITED,
        T("通过并认定", "Approve and accredit"),
        _having(),
        _having(Feature.NOTICE, Feature.AGREEMENT),
    ),
    Move(
        _A.UNDER_REVIEW,
        Action.REJECT,
        DECIDING,
        (Guard.REASON_GIVEN, Guard.NOT_OWN),
        _A.REJECTED,
        T("不予认定", "Reject"),
    ),
    _close_notice(_A.AGREEMENT, _having(Feature.NOTICE, Feature.AGREEMENT), _having()),
    _close_notice(_A.ACCREDITED, _having(Feature.NOTICE), _having(Feature.AGREEMENT)),
    Move(
        _A.ON_NOTICE,
        Action.REJECT,
        DECIDING,
        (Guard.OBJECTION_UPHELD, Guard.REASON_GIVEN, Guard.NOT_OWN),
        _A.REJECTED,
        T("异议成立，不予认定", "Objection upheld: reject"),
        having=_having(Feature.NOTICE),
    ),
    Move(
        _A.AGREEMENT,
        Action.SIGN,
        DECIDING,
        (Guard.AGREEMENT_DATED,),
        _A.ACCREDITED,
        T("登记协议并认定", "Record the agreement and accredit"),
        having=_having(Feature.AGREEMENT),
    ),
    Move(
        _A.AGREEMENT,
        Action.REJECT,
        DECIDING,
        (Guard.REASON_GIVEN, Guard.NOT_OWN),
        _A.REJECTED,
        T("协议未签，不予认定", "No agreement: reject"),
        having=_having(Feature.AGREEMENT),
    ),
    *(
        Move(
            state,
            Action.WITHDRAW,
            _APPLICANT,
            (),
            _A.WITHDRAWN,
            T("撤回申请", "Withdraw"),
            having=_OPTIONAL_STATES.get(state, frozenset()),
        )
        for state in ApplicationState
        if state.is_open
    ),
)

ACCREDITATION_TABLE: tuple[Move[AccreditationState], ...] = (
    Move(
        _C.ACTIVE,
        Action.ORDER_RECTIFICATION,
        DECIDING,
        (Guard.DEADLINE_SET,),
        _C.RECTIFYING,
        T("责令整改", "Order to rectify"),
        by_system=True,
    ),
    Move(
        _C.RECTIFYING,
        Action.CLOSE_RECTIFICATION,
        DECIDING,
        (Guard.RECTIFICATION_ACCEPTED,),
        _C.ACTIVE,
        T("整改通过", "Accept the rectification"),
    ),
    *(
        Move(
            state, Action.EXPIRE, _NOBODY, (Guard.TERM_OVER,), _C.EXPIRED, T("到期", "Expire"), by_system=True
        )
        for state in (_C.ACTIVE, _C.RECTIFYING)
    ),
    *(
        Move(
            state,
            Action.REVOKE,
            DECIDING,
            (Guard.EXIT_DECIDED,),
            _C.REVOKED,
            T("撤销认定", "Revoke"),
            by_system=True,
        )
        for state in (_C.ACTIVE, _C.RECTIFYING, _C.EXPIRED, _C.WITHDRAWN)
    ),
    *(
        Move(state, Action.WITHDRAW, _APPLICANT, (), _C.WITHDRAWN, T("主动退出", "Withdraw"))
        for state in (_C.ACTIVE, _C.RECTIFYING)
    ),
    *(
        Move(
            state,
            Action.EXTEND,
            DECIDING,
            (Guard.EXTENSION_WINDOW, Guard.NOT_OWN),
            target,
            T("同意延续", "Grant the extension"),
            having=_having(Feature.EXTENSION),
        )
        for state, target in (
            (_C.ACTIVE, _C.ACTIVE),
            (_C.RECTIFYING, _C.RECTIFYING),
            (_C.EXPIRED, _C.ACTIVE),
        )
    ),
    Move(
        _C.REVOKED,
        Action.REINSTATE,
        frozenset({Role.LEAD}),
        (Guard.APPEAL_UPHELD, Guard.REASON_GIVEN),
        _C.ACTIVE,
        T("申诉成立，恢复认定", "Appeal upheld: reinstate"),
    ),
)
