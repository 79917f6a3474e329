"""What can be done by a role: the names by which services, steps and screens ask whether somebody may."""

from enum import StrEnum


class Act(StrEnum):
    """An act on a thing of a programme and a region; a party's own acts need membership instead."""

    PARTY_VIEW = "party.view"
    CALL_VIEW = "call.view"
    RECOMMENDER_VIEW = "recommender.view"
    APPLICATION_VIEW = "application.view"
    ACCREDITATION_VIEW = "accreditation.view"
    RECORD_VIEW = "record.view"
    REPORT_VIEW = "report.view"
    COMPLAINT_VIEW = "complaint.view"
    FINDING_VIEW = "finding.view"
    WARNING_VIEW = "warning.view"
    EXIT_VIEW = "exit.view"
    NOTICE_VIEW = "notice.view"
    RECTIFICATION_VIEW = "rectification.view"
    INSPECTION_VIEW = "inspection.view"
    BAN_VIEW = "ban.view"
    EXTENSION_VIEW = "extension.view"
    CHANGE_VIEW = "change.view"
    CLAIM_VIEW = "claim.view"
    NOMINATION_VIEW = "nomination.view"
    PANEL_VIEW = "panel.view"
    SETTING_VIEW = "setting.view"
    HOLIDAY_VIEW = "holiday.view"
    JOB_VIEW = "job.view"
    MESSAGE_VIEW = "message.view"
    AUDIT_VIEW = "audit.view"
    ACCESS_VIEW = "access.view"
    USER_VIEW = "user.view"
    KEEPING_VIEW = "keeping.view"
    PARTY_VERIFY = "party.verify"
    PARTY_EDIT = "party.edit"
    PARTY_MERGE = "party.merge"
    CALL_EDIT = "call.edit"
    CAMPAIGN_EDIT = "campaign.edit"
    RECOMMENDER_EDIT = "recommender.edit"
    MEMBERS_EDIT = "recommender.members"
    APPLICATION_DRAFT = "application.draft"
    APPLICATION_ATTEST = "application.attest"
    APPLICATION_ASSIGN = "application.assign"
    APPLICATION_SCORE = "application.score"
    APPLICATION_WAIVE = "application.waive"
    APPLICATION_EXTEND_DEADLINE = "application.extend_deadline"
    MATERIAL_VIEW = "material.view"
    MATERIAL_JUDGE = "material.judge"
    NOTICE_PUBLISH = "notice.publish"
    OBJECTION_DECIDE = "objection.decide"
    TAKE_IN = "accreditation.take_in"
    RECORD_ADD = "record.add"
    RECORD_JUDGE = "record.judge"
    REPORT_JUDGE = "report.judge"
    COMPLAINT_DECIDE = "complaint.decide"
    FINDING_OPEN = "finding.open"
    FINDING_DECIDE = "finding.decide"
    ABSENCE_EXCUSE = "absence.excuse"
    INSPECTION_EDIT = "inspection.edit"
    EXIT_PROPOSE = "exit.propose"
    EXIT_RELEASE = "exit.release"
    NOMINATION_EDIT = "nomination.edit"
    BAN_LIFT = "ban.lift"
    SETTING_EDIT = "setting.edit"
    HOLIDAY_EDIT = "holiday.edit"
    JOB_RUN = "job.run"
    MESSAGE_RESEND = "message.resend"
    MESSAGE_RELEASE = "message.release"
    MESSAGE_DISCARD = "message.discard"
    USER_EDIT = "user.edit"
    REDACTION_VIEW = "redaction.view"
    DOCUMENT_REDACT = "document.redact"
    SEAL_LIFT = "seal.lift"
    SEALED_OPEN = "sealed.open"
    DESTRUCTION_PROPOSE = "destruction.propose"
    DESTRUCTION_APPROVE = "destruction.approve"
    ARCHIVE_HAND_OVER = "archive.hand_over"
    HOLD_PLACE = "hold.place"
    HOLD_LIFT = "hold.lift"
    APPLICATION_INCLUDE = "application.include"
    APPLICATION_RETURN = "application.return"
    APPLICATION_RECOMMEND = "application.recommend"
    APPLICATION_REVIEW = "application.review"
    APPLICATION_DECIDE = "application.decide"
    AGREEMENT_SIGN = "agreement.sign"
    RECTIFICATION_ORDER = "rectification.order"
    RECTIFICATION_CLOSE = "rectification.close"
    EXIT_DECIDE = "exit.decide"
    EXTENSION_DECIDE = "extension.decide"
    CHANGE_DECIDE = "change.decide"
    CLAIM_DECIDE = "claim.decide"
    CERTIFICATE_ISSUE = "certificate.issue"
    APPEAL_DECIDE = "appeal.decide"


FRESH_FACTOR: dict[Act, bool] = {
    # Looking, and the work before a decision.
    Act.PARTY_VIEW: False,
    Act.ACCESS_VIEW: False,
    Act.CALL_VIEW: False,
    Act.RECOMMENDER_VIEW: False,
    Act.APPLICATION_VIEW: False,
    Act.ACCREDITATION_VIEW: False,
    Act.RECORD_VIEW: False,
    Act.REPORT_VIEW: False,
    Act.COMPLAINT_VIEW: False,
    Act.FINDING_VIEW: False,
    Act.WARNING_VIEW: False,
    Act.EXIT_VIEW: False,
    Act.NOTICE_VIEW: False,
    Act.RECTIFICATION_VIEW: False,
    Act.INSPECTION_VIEW: False,
    Act.BAN_VIEW: False,
    Act.EXTENSION_VIEW: False,
    Act.CHANGE_VIEW: False,
    Act.CLAIM_VIEW: False,
    Act.NOMINATION_VIEW: False,
    Act.PANEL_VIEW: False,
    Act.SETTING_VIEW: False,
    Act.HOLIDAY_VIEW: False,
    Act.JOB_VIEW: False,
    Act.MESSAGE_VIEW: False,
    Act.AUDIT_VIEW: False,
    Act.USER_VIEW: False,
    Act.KEEPING_VIEW: False,
    Act.PARTY_VERIFY: False,
    Act.PARTY_EDIT: False,
    Act.CALL_EDIT: False,
    Act.CAMPAIGN_EDIT: False,
    Act.RECOMMENDER_EDIT: False,
    Act.MEMBERS_EDIT: False,
    Act.APPLICATION_DRAFT: False,
    Act.APPLICATION_ATTEST: False,
    Act.APPLICATION_ASSIGN: False,
    Act.APPLICATION_SCORE: False,
    Act.APPLICATION_EXTEND_DEADLINE: False,
    Act.MATERIAL_VIEW: False,
    Act.MATERIAL_JUDGE: False,
    Act.RECORD_ADD: False,
    Act.RECORD_JUDGE: False,
    Act.REPORT_JUDGE: False,
    Act.FINDING_OPEN: False,
    Act.ABSENCE_EXCUSE: False,
    Act.INSPECTION_EDIT: False,
    Act.HOLIDAY_EDIT: False,
    Act.JOB_RUN: False,
    Act.MESSAGE_RESEND: False,
    Act.MESSAGE_RELEASE: False,
    Act.REDACTION_VIEW: False,
    Act.DESTRUCTION_PROPOSE: False,
    Act.ARCHIVE_HAND_OVER: False,
    Act.HOLD_PLACE: False,
    Act.APPLICATION_REVIEW: False,
    # What decides on somebody, ends or gives a status or a right, or opens what is sealed.
    Act.PARTY_MERGE: True,
    Act.APPLICATION_WAIVE: True,
    Act.NOTICE_PUBLISH: True,
    Act.OBJECTION_DECIDE: True,
    Act.TAKE_IN: True,
    Act.COMPLAINT_DECIDE: True,
    Act.FINDING_DECIDE: True,
    Act.EXIT_PROPOSE: True,
    Act.EXIT_RELEASE: True,
    Act.NOMINATION_EDIT: True,
    Act.BAN_LIFT: True,
    Act.SETTING_EDIT: True,
    Act.MESSAGE_DISCARD: True,
    Act.USER_EDIT: True,
    Act.DOCUMENT_REDACT: True,
    Act.SEAL_LIFT: True,
    Act.SEALED_OPEN: True,
    Act.DESTRUCTION_APPROVE: True,
    Act.HOLD_LIFT: True,
    Act.APPLICATION_INCLUDE: True,
    Act.APPLICATION_RETURN: True,
    Act.APPLICATION_RECOMMEND: True,
    Act.APPLICATION_DECIDE: True,
    Act.AGREEMENT_SIGN: True,
    Act.RECTIFICATION_ORDER: True,
    Act.RECTIFICATION_CLOSE: True,
    Act.EXIT_DECIDE: True,
    Act.EXTENSION_DECIDE: True,
    Act.CHANGE_DECIDE: True,
    Act.CLAIM_DECIDE: True,
    Act.CERTIFICATE_ISSUE: True,
    Act.APPEAL_DECIDE: True,
}
"""Whether an act asks for the second factor again, where the last one was too long ago."""
