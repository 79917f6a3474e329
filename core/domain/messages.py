"""What the register writes to people about: the names under which a message has its texts and is kept."""

from enum import StrEnum


class MessageEvent(StrEnum):
    """An event that somebody is told of."""

    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_RETURNED = "application.returned"
    APPLICATION_RECOMMENDED = "application.recommended"
    APPLICATION_DECLINED = "application.declined"
    APPLICATION_ACCEPTED = "application.accepted"
    APPLICATION_APPROVED = "application.approved"
    APPLICATION_REJECTED = "application.rejected"
    APPLICATION_WITHDRAWN = "application.withdrawn"
    APPLICATION_DEADLINE_EXTENDED = "application.deadline_extended"
    APPLICATION_ACCREDITED = "application.accredited"
    APPLICATION_INCLUDED = "application.included"
    NOTICE_PUBLISHED = "notice.published"
    NOTICE_PROLONGED = "notice.prolonged"
    OBJECTION_RECEIVED = "objection.received"
    OBJECTION_DECIDED = "objection.decided"
    AGREEMENT_READY = "agreement.ready"
    REVIEW_ASSIGNED = "review.assigned"
    REVIEW_REMINDER = "review.reminder"
    NOMINATION_MADE = "nomination.made"
    REMINDER_TERM = "reminder.term"
    REMINDER_DUTY = "reminder.duty"
    REMINDER_REPORT = "reminder.report"
    REMINDER_REVERIFICATION = "reminder.reverification"
    WARNING = "warning"
    RECTIFICATION_ORDERED = "rectification.ordered"
    RECTIFICATION_CLOSED = "rectification.closed"
    FINDING_OPENED = "finding.opened"
    FINDING_DECIDED = "finding.decided"
    COMPLAINT_VERIFIED = "complaint.verified"
    FILING_RECEIVED = "filing.received"
    FILING_DECIDED = "filing.decided"
    FILING_REOPENED = "filing.reopened"
    RECORD_REJECTED = "record.rejected"
    REPORT_RETURNED = "report.returned"
    REPORT_RESTORED = "report.restored"
    EXIT_PROPOSED = "exit.proposed"
    EXIT_DATED = "exit.dated"
    EXIT_OBJECTED = "exit.objected"
    EXIT_HELD = "exit.held"
    EXIT_DISMISSED = "exit.dismissed"
    EXIT_UPHELD = "exit.upheld"
    EXIT_REVOKED = "exit.revoked"
    APPEAL_DECIDED = "appeal.decided"
    BAN = "ban"
    EXTENSION_GRANTED = "extension.granted"
    EXTENSION_REFUSED = "extension.refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CHANGE_GRANTED = "change.granted"
    CHANGE_REFUSED = "change.refused"
    CHANGE_REVOKED = "change.revoked"
    CHANGE_ELSEWHERE = "change.elsewhere"
    CEASED = "ceased"
    DOCUMENT_REDACTED = "document.redacted"
    DOCUMENT_RESTORED = "document.restored"
    REDACTION_DECLINED = "redaction.declined"
    DECISION_FALLEN = "decision.fallen"
    DECISION_CORRECTED = "decision.corrected"
    HOLIDAYS_MISSING = "holidays.missing"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_HELD = "message.held"
    MESSAGE_LATE = "message.late"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CODE = "account.code"
    ACCOUNT_EXISTS = "account.exists"
    ACCOUNT_UNKNOWN = "account.unknown"
    ACCOUNT_ADDRESS_CHANGED = "account.address_changed"
    ACCOUNT_LOCKED = "account.locked"
    ACCOUNT_PASSWORD_RESET = "account.password_reset"  # noqa: S105  # the name of a message
    ACCOUNT_PASSWORD_CHANGED = "account.password_changed"  # noqa: S105  # the name of a message
    ACCOUNT_CHANGED_ON_MACHINE = "account.changed_on_machine"
    ACCOUNT_FACTOR_RESET_OPENED = "account.factor_reset_opened"
    ACCOUNT_FACTOR_RESET = "account.factor_reset"
    ACCOUNT_ROLES_CHANGED = "account.roles_changed"
    ACCOUNT_VERIFIED = "account.verified"
    ACCOUNT_NOT_VERIFIED = "account.not_verified"
    PARTY_MERGED = "party.merged"
    PARTY_PARTED = "party.parted"
    MEMBER_INVITED = "member.invited"
    MEMBER_JOINED = "member.joined"
    MEMBER_REMOVED = "member.removed"
    MEMBER_MAIN = "member.main"
    DIGEST = "digest"
    EXPORT_DONE = "export.done"
    EXPORT_FAILED = "export.failed"
    TRAIL_ANCHORED = "trail.anchored"


PERIOD_BEGINS = frozenset(
    {
        MessageEvent.APPLICATION_RETURNED,
        MessageEvent.AGREEMENT_READY,
        MessageEvent.RECTIFICATION_ORDERED,
        MessageEvent.EXIT_PROPOSED,
        MessageEvent.EXIT_UPHELD,
        MessageEvent.EXIT_REVOKED,
    }
)
"""Events from which a time runs for whoever is told: to correct, sign, rectify, object, appeal."""
TO_FILERS = frozenset({MessageEvent.FILING_RECEIVED, MessageEvent.FILING_DECIDED})
"""What whoever complained or objected is told: their addresses are read by a look that is kept alone."""
