"""Where applications and accreditations can stand, and what can be done to them."""

from __future__ import annotations

from enum import StrEnum

from core.rules.text import T


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    RECOMMENDED = "recommended"
    UNDER_REVIEW = "under_review"
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
}


class Action(StrEnum):
    """What is done to an application or an accreditation."""

    SUBMIT = "submit"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    RECOMMEND = "recommend"
    DECLINE = "decline"
    ACCEPT = "accept"
    START_REVIEW = "start_review"
    APPROVE = "approve"
    REJECT = "reject"
    CLOSE_NOTICE = "close_notice"
    SIGN = "sign"
    INCLUDE = "include"
    ORDER_RECTIFICATION = "order_rectification"
    RESUME_RECTIFICATION = "resume_rectification"
    CLOSE_RECTIFICATION = "close_rectification"
    EXPIRE = "expire"
    SUCCEED = "succeed"
    REVOKE = "revoke"
    EXTEND = "extend"
    REINSTATE = "reinstate"
    REINSTATE_EXPIRED = "reinstate_expired"
    REINSTATE_WITHDRAWN = "reinstate_withdrawn"
