"""The entities of the register, one module per part of the life of a case."""

from core.storage.models.accounts import (
    AccessRecord,
    FactorReset,
    FormerPassword,
    Guess,
    Invitation,
    LoginSession,
    VerificationCode,
)
from core.storage.models.applications import Application, Call, CorrectionItem, FactEntry, MaterialFile
from core.storage.models.base import Base
from core.storage.models.changes import (
    CertificateIssue,
    ChangeRequest,
    FormerValue,
    PartyClaim,
    Successor,
)
from core.storage.models.deciding import DecisionCorrection, PendingDecision
from core.storage.models.decisions import Agreement, Decision, Recommendation, ReviewAssignment, Score
from core.storage.models.exits import Ban, ExitCase
from core.storage.models.holdings import Attachment, Redaction, RedactionRequest, SealedOpening, StaffMember
from core.storage.models.notices import NoticeItem, Objection, PublicNotice
from core.storage.models.operations import (
    AuditEvent,
    DataExport,
    HolidayDay,
    JobRun,
    OutboxMessage,
    SettingOverride,
)
from core.storage.models.people import Grant, Membership, Merger, NotSame, Party, Region, User
from core.storage.models.register import (
    Accreditation,
    AnnualReport,
    Campaign,
    Nomination,
    ServiceRecord,
    TakenIn,
)
from core.storage.models.supervision import (
    Complaint,
    ExcusedAbsence,
    ExtensionRequest,
    FilerLook,
    FilingFile,
    Finding,
    Inspection,
    Rectification,
    RegisterEvent,
)
from core.storage.models.trail import AuditEnd, AuditLink, AuditValue, PersonKey

__all__ = [
    "AccessRecord",
    "Accreditation",
    "Agreement",
    "AnnualReport",
    "Application",
    "Attachment",
    "AuditEnd",
    "AuditEvent",
    "AuditLink",
    "AuditValue",
    "Ban",
    "Base",
    "Call",
    "Campaign",
    "CertificateIssue",
    "ChangeRequest",
    "Complaint",
    "CorrectionItem",
    "DataExport",
    "Decision",
    "DecisionCorrection",
    "ExcusedAbsence",
    "ExitCase",
    "ExtensionRequest",
    "FactEntry",
    "FactorReset",
    "FilerLook",
    "FilingFile",
    "Finding",
    "FormerPassword",
    "FormerValue",
    "Grant",
    "Guess",
    "HolidayDay",
    "Inspection",
    "Invitation",
    "JobRun",
    "LoginSession",
    "MaterialFile",
    "Membership",
    "Merger",
    "Nomination",
    "NotSame",
    "NoticeItem",
    "Objection",
    "OutboxMessage",
    "Party",
    "PartyClaim",
    "PendingDecision",
    "PersonKey",
    "PublicNotice",
    "Recommendation",
    "Rectification",
    "Redaction",
    "RedactionRequest",
    "Region",
    "RegisterEvent",
    "ReviewAssignment",
    "Score",
    "SealedOpening",
    "ServiceRecord",
    "SettingOverride",
    "StaffMember",
    "Successor",
    "TakenIn",
    "User",
    "VerificationCode",
]
