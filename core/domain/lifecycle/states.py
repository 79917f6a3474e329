"""Where applications and accreditations can stand, and what can be done to them."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from core.rules.clauses import StageKind
from core.rules.text import EMPTY, T


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    RECOMMENDED = "recommended"
    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    """Approved, and not published yet, where the text knows a notice."""
    ON_NOTICE = "on_notice"
    AGREEMENT = "agreement"
    ACCREDITED = "accredited"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _APPLICATION_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether the application can still become an accreditation."""
        return self not in (self.ACCREDITED, self.REJECTED, self.WITHDRAWN)


class AccreditationState(StrEnum):
    """Where an accreditation stands; `active` and `rectifying` are in force."""

    ACTIVE = "active"
    RECTIFYING = "rectifying"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    """Its holder was registered twice, and keeps the other status of the track."""
    CEASED = "ceased"
    """Its holder is no more."""
    ANNULLED = "annulled"
    """The approval that it came from was corrected: neither exit nor ban, and its number stays."""

    @property
    def label(self) -> T:
        """The state's name for a screen."""
        return _ACCREDITATION_LABELS[self]

    @property
    def in_force(self) -> bool:
        """Whether the status holds."""
        return self in (self.ACTIVE, self.RECTIFYING)


IN_FORCE = tuple(state for state in AccreditationState if state.in_force)
"""The states in which a status is held."""

_APPLICATION_LABELS = {
    ApplicationState.DRAFT: T("草稿", "Draft"),
    ApplicationState.SUBMITTED: T("已提交", "Submitted"),
    ApplicationState.RETURNED: T("退回补正", "Returned for correction"),
    ApplicationState.RECOMMENDED: T("已推荐", "Recommended"),
    ApplicationState.UNDER_REVIEW: T("评审中", "Under review"),
    ApplicationState.APPROVED: T("待公示", "Approved, notice to come"),
    ApplicationState.ON_NOTICE: T("公示中", "On public notice"),
    ApplicationState.AGREEMENT: T("待签协议", "Agreement to sign"),
    ApplicationState.ACCREDITED: T("已认定", "Accredited"),
    ApplicationState.REJECTED: T("未通过", "Rejected"),
    ApplicationState.WITHDRAWN: T("已撤回", "Withdrawn"),
}
_ACCREDITATION_LABELS = {
    AccreditationState.ACTIVE: T("有效", "In force"),
    AccreditationState.RECTIFYING: T("整改中", "Under rectification"),
    AccreditationState.EXPIRED: T("已到期", "Expired"),
    AccreditationState.REVOKED: T("已撤销", "Revoked"),
    AccreditationState.WITHDRAWN: T("已退出", "Withdrawn"),
    AccreditationState.DUPLICATE: T("重复登记终止", "Ended as a duplicate"),
    AccreditationState.CEASED: T("主体已终止", "Holder no longer exists"),
    AccreditationState.ANNULLED: T("更正，认定无效", "Void by correction"),
}


def state_in(kind: StageKind) -> ApplicationState | None:
    """The state of an application in a stage; None where there is no application yet."""
    match kind:
        case StageKind.VERIFICATION:
            return None
        case StageKind.SUBMISSION:
            return ApplicationState.SUBMITTED
        case StageKind.RECOMMENDATION:
            return ApplicationState.RECOMMENDED
        case StageKind.REVIEW:
            return ApplicationState.UNDER_REVIEW
        case StageKind.NOTICE:
            return ApplicationState.ON_NOTICE
        case StageKind.AGREEMENT:
            return ApplicationState.AGREEMENT
        case StageKind.ACCREDITATION:
            return ApplicationState.ACCREDITED
        case _:
            assert_never(kind)


def what_follows(state: ApplicationState) -> T:
    """What a decision to approve says of the state that it leads to; empty where nothing is left to come."""
    match state:
        case ApplicationState.APPROVED | ApplicationState.ON_NOTICE:
            return T(
                "本决定须经公示，公示期满无异议的，予以认定。",
                "It goes on public notice, and takes effect if no objection is upheld.",
            )
        case ApplicationState.AGREEMENT:
            return T("签订合作协议后予以认定。", "It takes effect with the signed agreement.")
        case ApplicationState.ACCREDITED | ApplicationState.REJECTED | ApplicationState.WITHDRAWN:
            return EMPTY
        case ApplicationState.DRAFT | ApplicationState.SUBMITTED | ApplicationState.RETURNED:
            return EMPTY
        case ApplicationState.RECOMMENDED | ApplicationState.UNDER_REVIEW:
            return EMPTY
        case _:
            assert_never(state)


class Action(StrEnum):
    """What is done to an application or an accreditation."""

    SUBMIT = "submit"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    RECOMMEND = "recommend"
    DECLINE = "decline"
    TURN = "turn"
    ACCEPT = "accept"
    START_REVIEW = "start_review"
    APPROVE = "approve"
    PUBLISH = "publish"
    REJECT = "reject"
    CLOSE_NOTICE = "close_notice"
    SIGN = "sign"
    INCLUDE = "include"
    ORDER_RECTIFICATION = "order_rectification"
    RESUME_RECTIFICATION = "resume_rectification"
    CLOSE_RECTIFICATION = "close_rectification"
    UNDO_APPROVAL = "undo_approval"
    UNDO_REFUSAL = "undo_refusal"
    UNDO_RETURN = "undo_return"
    UNDO_DECLINE = "undo_decline"
    UNDO_RECOMMENDATION = "undo_recommendation"
    UNDO_INCLUSION = "undo_inclusion"
    UNDO_CLOSURE = "undo_closure"
    ANNUL = "annul"
    EXPIRE = "expire"
    SUCCEED = "succeed"
    REVOKE = "revoke"
    EXTEND = "extend"
    REINSTATE = "reinstate"
    REINSTATE_EXPIRED = "reinstate_expired"
    REINSTATE_WITHDRAWN = "reinstate_withdrawn"
    END_DUPLICATE = "end_duplicate"
    RESTORE = "restore"
    RESTORE_EXPIRED = "restore_expired"
    REINSTATE_CEASED = "reinstate_ceased"
    CEASE = "cease"
    GRANT = "grant"
    REFUSE = "refuse"
