"""Flask-Admin set up: the dashboard and every list, with one base template."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from core.storage import models
from core.web.admin import menu, party_views
from core.web.admin import register_views as register
from core.web.admin import supervision_views as supervision
from core.web.admin import system_views as system
from core.web.admin.base import ScopedView
from core.web.admin.dashboard import Dashboard
from core.web.admin.objection_view import ObjectionView
from core.web.extensions import db
from core.web.headers import csp_nonce

VIEWS: tuple[tuple[str, type[models.Base], type[ScopedView]], ...] = (
    ("applications", models.Application, register.ApplicationView),
    ("verifications", models.Party, party_views.VerificationView),
    ("calls", models.Call, system.CallView),
    ("notices", models.PublicNotice, system.NoticeView),
    ("objections", models.Objection, ObjectionView),
    ("accreditations", models.Accreditation, register.AccreditationView),
    ("parties", models.Party, party_views.PartyView),
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
    ("users", models.User, system.UserView),
    ("grants", models.Grant, system.GrantView),
    ("settings", models.SettingOverride, system.SettingView),
    ("holidays", models.HolidayDay, system.HolidayView),
    ("jobs", models.JobRun, system.JobView),
    ("messages", models.OutboxMessage, system.MessageView),
    ("audit", models.AuditEvent, system.AuditView),
)
"""Name in the address, entity, view; in the order of the menu."""


def init_app(app: Flask) -> None:
    """Register the dashboard and the lists."""
    admin = Admin(
        app,
        name="accredit",
        url="/admin",
        index_view=Dashboard(url="/admin", endpoint="admin", template="admin/dashboard.html"),
        theme=Bootstrap4Theme(base_template="base.html"),
        csp_nonce_generator=csp_nonce,
    )
    for name, model, view in VIEWS:
        admin.add_view(view(model, db, name=name, endpoint=name))
    app.jinja_env.globals.update(menu=menu.menu, public_menu=menu.public_menu)


BEHIND: dict[str, str] = {
    "applications": "application_case completeness filing.new_application",
    "calls": "register_forms.new_call register_forms.call register_forms.edit_call",
    "notices": "register_forms.new_notice register_forms.notice",
    "accreditations": "accreditation_case",
    "parties": "filing.new_party filing.party",
    "campaigns": "register_forms.new_campaign",
    "users": "system_forms.new_user system_forms.user",
    "holidays": "holiday_years system_forms.holiday",
    "jobs": "system_forms.job",
}
"""Pages that a list leads to: its line of the menu stays marked on them."""

menu.ENTRIES.extend(
    menu.Entry(view.group, view.title, f"{name}.index_view", f"{name} {BEHIND.get(name, '')}")
    for name, _model, view in VIEWS
)
