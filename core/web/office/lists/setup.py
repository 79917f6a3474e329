"""The lists of the authority, registered in the order of the menu."""

from __future__ import annotations

from flask import Flask

from core.storage import models
from core.web.lists.administration import Listed, add_lists
from core.web.office.lists import changes, claims, intake, parties, register, supervision

VIEWS: tuple[Listed, ...] = (
    ("applications", models.Application, register.ApplicationView),
    ("verifications", models.Party, parties.VerificationView),
    ("calls", models.Call, intake.CallView),
    ("notices", models.PublicNotice, intake.NoticeView),
    ("objections", models.Objection, intake.ObjectionView),
    ("accreditations", models.Accreditation, register.AccreditationView),
    ("parties", models.Party, parties.PartyView),
    ("changes", models.ChangeRequest, changes.ChangeView),
    ("claims", models.PartyClaim, claims.ClaimView),
    ("records", models.ServiceRecord, register.ServiceRecordView),
    ("reports", models.AnnualReport, register.AnnualReportView),
    ("campaigns", models.Campaign, register.CampaignView),
    ("nominations", models.Nomination, register.NominationView),
    ("complaints", models.Complaint, supervision.ComplaintView),
    ("findings", models.Finding, supervision.FindingView),
    ("warnings", models.RegisterEvent, supervision.WarningView),
    ("rectifications", models.Rectification, supervision.RectificationView),
    ("exits", models.ExitCase, supervision.ExitCaseView),
    ("extensions", models.ExtensionRequest, supervision.ExtensionView),
    ("inspections", models.Inspection, supervision.InspectionView),
    ("bans", models.Ban, supervision.BanView),
)
BEHIND = {
    "applications": "application_case completeness filing.new_application",
    "calls": "register_forms.new_call register_forms.call register_forms.edit_call",
    "notices": "register_forms.new_notice register_forms.notice",
    "accreditations": "accreditation_case",
    "parties": "filing.new_party filing.party",
    "changes": "changing",
    "claims": "claiming",
    "campaigns": "register_forms.new_campaign",
}
"""Pages that a list leads to: its line of the menu stays marked on them."""


def init_app(app: Flask) -> None:
    """Register them."""
    add_lists(app, VIEWS, BEHIND)
