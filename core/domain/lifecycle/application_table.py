"""The moves of applications."""

from __future__ import annotations

from core.domain.acts import Act
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import APPLICANT, Ask, Feature, Move, having
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.messages import MessageEvent
from core.domain.roles import DECIDING, Role
from core.rules.text import T

_S = ApplicationState
_RECOMMENDER = frozenset({Role.RECOMMENDER})
_SUBMISSION = (
    Guard.NOT_BARRED,
    Guard.FUNCTIONS_OPEN,
    Guard.MATERIALS_COMPLETE,
    Guard.PARTY_VERIFIED,
    Guard.MOBILE_GIVEN,
)
_REASONED = (Guard.REASON_GIVEN, Guard.NOT_OWN)
_OPTIONAL_STATES = {
    _S.RECOMMENDED: having(Feature.RECOMMENDATION),
    _S.APPROVED: having(Feature.NOTICE),
    _S.ON_NOTICE: having(Feature.NOTICE),
    _S.AGREEMENT: having(Feature.AGREEMENT),
}


def _return(roles: frozenset[Role], has: frozenset[Feature], lacks: frozenset[Feature]) -> Move[_S]:
    return Move(
        source=_S.SUBMITTED,
        action=Action.RETURN,
        target=_S.RETURNED,
        title=T("退回补正", "Return for correction"),
        roles=roles,
        guards=_REASONED,
        act=Act.APPLICATION_RETURN,
        tells=MessageEvent.APPLICATION_RETURNED,
        asks=(Ask.CORRECTIONS,),
        having=has,
        lacking=lacks,
    )


def _approve(
    target: _S, title: T, tells: MessageEvent, has: frozenset[Feature], lacks: frozenset[Feature]
) -> Move[_S]:
    return Move(
        source=_S.UNDER_REVIEW,
        action=Action.APPROVE,
        target=target,
        title=title,
        roles=DECIDING,
        guards=(
            Guard.PANEL_SCORED,
            Guard.VERDICT_ALLOWS,
            Guard.GAPS_EXPLAINED,
            Guard.NOT_OWN,
            Guard.QUOTA_LEFT,
        ),
        act=Act.APPLICATION_DECIDE,
        tells=tells,
        asks=(Ask.REMARK,),
        having=has,
        lacking=lacks,
    )


def _reject(
    source: _S, title: T, guards: tuple[Guard, ...] = (), has: frozenset[Feature] = frozenset()
) -> Move[_S]:
    return Move(
        source=source,
        action=Action.REJECT,
        target=_S.REJECTED,
        title=title,
        roles=DECIDING,
        guards=(*guards, *_REASONED),
        act=Act.APPLICATION_DECIDE,
        tells=MessageEvent.APPLICATION_REJECTED,
        asks=(Ask.REASON,),
        having=has,
    )


def _close_notice(
    target: _S, tells: MessageEvent, has: frozenset[Feature], lacks: frozenset[Feature]
) -> Move[_S]:
    return Move(
        source=_S.ON_NOTICE,
        action=Action.CLOSE_NOTICE,
        target=target,
        title=T("公示期满", "Close the notice"),
        by_system=True,
        guards=(Guard.NOTICE_OVER, Guard.NO_OPEN_OBJECTION),
        tells=tells,
        having=has,
        lacking=lacks,
    )


def _undo(
    source: _S,
    action: Action,
    target: _S,
    title: T,
    has: frozenset[Feature] = frozenset(),
    *,
    more: tuple[Guard, ...] = (),
    act: Act = Act.APPLICATION_DECIDE,
    roles: frozenset[Role] = DECIDING,
) -> Move[_S]:
    return Move(
        source=source,
        action=action,
        target=target,
        title=title,
        roles=roles,
        guards=(*_REASONED, Guard.SECOND_PERSON, *more),
        act=act,
        tells=MessageEvent.DECISION_CORRECTED,
        asks=(Ask.CORRECTION,),
        having=has,
    )


APPLICATION_TABLE: tuple[Move[ApplicationState], ...] = (
    Move(
        source=_S.DRAFT,
        action=Action.SUBMIT,
        target=_S.SUBMITTED,
        title=T("提交", "Submit"),
        roles=APPLICANT,
        guards=(
            Guard.WINDOW_OPEN,
            Guard.NOT_BANNED,
            Guard.NONE_IN_FORCE,
            Guard.RECOMMENDER_FIT,
            *_SUBMISSION,
        ),
        tells=MessageEvent.APPLICATION_SUBMITTED,
    ),
    Move(
        source=_S.DRAFT,
        action=Action.INCLUDE,
        target=_S.ACCREDITED,
        title=T("直接纳入", "Include directly"),
        roles=_RECOMMENDER | DECIDING,
        guards=(Guard.SEALED_TABLE, Guard.NOT_BANNED, Guard.NONE_IN_FORCE),
        act=Act.APPLICATION_INCLUDE,
        tells=MessageEvent.APPLICATION_INCLUDED,
        asks=(Ask.SEALED_TABLE,),
        having=having(Feature.DIRECT_INCLUSION),
    ),
    _return(_RECOMMENDER | DECIDING, having(Feature.RECOMMENDATION), having()),
    _return(DECIDING, having(), having(Feature.RECOMMENDATION)),
    Move(
        source=_S.RETURNED,
        action=Action.RESUBMIT,
        target=_S.SUBMITTED,
        title=T("补正后提交", "Submit again"),
        roles=APPLICANT,
        guards=_SUBMISSION,
        tells=MessageEvent.APPLICATION_SUBMITTED,
    ),
    Move(
        source=_S.SUBMITTED,
        action=Action.RECOMMEND,
        target=_S.RECOMMENDED,
        title=T("推荐", "Recommend"),
        roles=_RECOMMENDER,
        guards=(
            Guard.RECOMMENDER_FIT,
            Guard.RECOMMENDATION_OPEN,
            Guard.PAPERS_CHECKED,
            Guard.RECOMMENDATION_COMPLETE,
            Guard.NOT_OWN,
        ),
        act=Act.APPLICATION_RECOMMEND,
        tells=MessageEvent.APPLICATION_RECOMMENDED,
        asks=(Ask.OPINION,),
        having=having(Feature.RECOMMENDATION),
    ),
    Move(
        source=_S.SUBMITTED,
        action=Action.DECLINE,
        target=_S.REJECTED,
        title=T("不予推荐", "Decline to recommend"),
        roles=_RECOMMENDER,
        guards=_REASONED,
        act=Act.APPLICATION_RECOMMEND,
        tells=MessageEvent.APPLICATION_DECLINED,
        asks=(Ask.REASON,),
        having=having(Feature.RECOMMENDATION),
    ),
    Move(
        source=_S.REJECTED,
        action=Action.TURN,
        target=_S.SUBMITTED,
        title=T("另请推荐", "Turn to another recommender"),
        roles=APPLICANT,
        guards=(
            Guard.DECLINED,
            Guard.ANOTHER_RECOMMENDER,
            Guard.RECOMMENDATION_OPEN,
            Guard.NOT_BANNED,
            Guard.NONE_IN_FORCE,
            Guard.NONE_OPEN,
        ),
        tells=MessageEvent.APPLICATION_SUBMITTED,
        asks=(Ask.RECOMMENDER,),
        having=having(Feature.RECOMMENDATION, Feature.OTHER_RECOMMENDERS),
    ),
    Move(
        source=_S.SUBMITTED,
        action=Action.ACCEPT,
        target=_S.UNDER_REVIEW,
        title=T("受理", "Accept for review"),
        roles=DECIDING,
        guards=(Guard.NOT_OWN,),
        act=Act.APPLICATION_REVIEW,
        tells=MessageEvent.APPLICATION_ACCEPTED,
        lacking=having(Feature.RECOMMENDATION),
    ),
    Move(
        source=_S.RECOMMENDED,
        action=Action.START_REVIEW,
        target=_S.UNDER_REVIEW,
        title=T("开始评审", "Start the review"),
        roles=DECIDING,
        guards=(Guard.NOT_OWN,),
        act=Act.APPLICATION_REVIEW,
        tells=MessageEvent.APPLICATION_ACCEPTED,
        having=having(Feature.RECOMMENDATION),
    ),
    _approve(
        _S.APPROVED,
        T("通过并公示", "Approve and publish"),
        MessageEvent.APPLICATION_APPROVED,
        having(Feature.NOTICE),
        having(),
    ),
    _approve(
        _S.AGREEMENT,
        T("通过，待签协议", "Approve, agreement to sign"),
        MessageEvent.AGREEMENT_READY,
        having(Feature.AGREEMENT),
        having(Feature.NOTICE),
    ),
    _approve(
        _S.ACCREDITED,
        T("通过并认定", "Approve and accredit"),
        MessageEvent.APPLICATION_ACCREDITED,
        having(),
        having(Feature.NOTICE, Feature.AGREEMENT),
    ),
    _reject(_S.UNDER_REVIEW, T("不予认定", "Reject")),
    Move(
        source=_S.APPROVED,
        action=Action.PUBLISH,
        target=_S.ON_NOTICE,
        title=T("发布公示", "Publish the notice"),
        roles=DECIDING,
        guards=(Guard.PANEL_SCORED, Guard.NOTICE_PUBLISHED, Guard.NOT_OWN),
        act=Act.NOTICE_PUBLISH,
        tells=MessageEvent.NOTICE_PUBLISHED,
        asks=(Ask.NOTICE,),
        having=having(Feature.NOTICE),
    ),
    _close_notice(
        _S.AGREEMENT, MessageEvent.AGREEMENT_READY, having(Feature.NOTICE, Feature.AGREEMENT), having()
    ),
    _close_notice(
        _S.ACCREDITED, MessageEvent.APPLICATION_ACCREDITED, having(Feature.NOTICE), having(Feature.AGREEMENT)
    ),
    _reject(
        _S.ON_NOTICE,
        T("异议成立，不予认定", "Objection upheld: reject"),
        (Guard.OBJECTION_UPHELD,),
        having(Feature.NOTICE),
    ),
    Move(
        source=_S.AGREEMENT,
        action=Action.SIGN,
        target=_S.ACCREDITED,
        title=T("登记协议并认定", "Record the agreement and accredit"),
        roles=DECIDING,
        guards=(Guard.AGREEMENT_DATED,),
        act=Act.AGREEMENT_SIGN,
        tells=MessageEvent.APPLICATION_ACCREDITED,
        asks=(Ask.AGREEMENT,),
        having=having(Feature.AGREEMENT),
    ),
    _reject(_S.AGREEMENT, T("协议未签，不予认定", "No agreement: reject"), has=having(Feature.AGREEMENT)),
    *(
        _undo(
            state,
            Action.UNDO_APPROVAL,
            _S.UNDER_REVIEW,
            T("更正通过决定", "Correct the approval"),
            has,
            more=(Guard.REVIEWED,),
        )
        for state, has in (
            (_S.APPROVED, having(Feature.NOTICE)),
            (_S.ON_NOTICE, having(Feature.NOTICE)),
            (_S.AGREEMENT, having(Feature.AGREEMENT)),
            (_S.ACCREDITED, having()),
        )
    ),
    _undo(
        _S.REJECTED,
        Action.UNDO_REFUSAL,
        _S.UNDER_REVIEW,
        T("更正不予认定决定", "Correct the refusal"),
        more=(Guard.REFUSED, Guard.NONE_OPEN),
    ),
    _undo(
        _S.ACCREDITED,
        Action.UNDO_INCLUSION,
        _S.WITHDRAWN,
        T("更正直接纳入", "Correct the inclusion"),
        having(Feature.DIRECT_INCLUSION),
        more=(Guard.INCLUDED,),
    ),
    _undo(
        _S.REJECTED,
        Action.UNDO_DECLINE,
        _S.SUBMITTED,
        T("更正不予推荐", "Correct the refusal to recommend"),
        having(Feature.RECOMMENDATION),
        more=(Guard.DECLINED, Guard.NONE_OPEN),
        act=Act.APPLICATION_RETURN,
        roles=_RECOMMENDER | DECIDING,
    ),
    _undo(
        _S.RECOMMENDED,
        Action.UNDO_RECOMMENDATION,
        _S.SUBMITTED,
        T("更正推荐", "Correct the recommendation"),
        having(Feature.RECOMMENDATION),
        more=(Guard.REVIEW_NOT_BEGUN,),
        act=Act.APPLICATION_RETURN,
        roles=_RECOMMENDER | DECIDING,
    ),
    _undo(
        _S.RETURNED,
        Action.UNDO_RETURN,
        _S.SUBMITTED,
        T("更正退回", "Correct the return"),
        act=Act.APPLICATION_RETURN,
    ),
    Move(
        source=_S.WITHDRAWN,
        action=Action.UNDO_CLOSURE,
        target=_S.SUBMITTED,
        title=T("更正主体终止，恢复申请", "End of the applicant corrected: application restored"),
        by_system=True,
        guards=(Guard.NONE_OPEN,),
        tells=MessageEvent.DECISION_CORRECTED,
    ),
    *(
        Move(
            source=state,
            action=Action.WITHDRAW,
            target=_S.WITHDRAWN,
            title=T("撤回申请", "Withdraw the application"),
            roles=APPLICANT,
            tells=MessageEvent.APPLICATION_WITHDRAWN,
            having=_OPTIONAL_STATES.get(state, having()),
        )
        for state in ApplicationState
        if state.is_open
    ),
)
