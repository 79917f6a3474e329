"""Which endpoint is open to whom, one line each; an endpoint without a line is closed, and a test fails."""

from __future__ import annotations

from enum import Enum

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core.domain.roles import Role
from core.services.base.access import ACTS
from core.web.frame.pipeline import current_actor


class Open(Enum):
    """Doors that no role opens."""

    CLOSED = "closed"
    """No one: files of a library that no page of ours uses."""
    PUBLIC = "public"
    """Everyone."""
    LOGIN = "login"
    """Whoever has logged in."""
    STAFF = "staff"
    """Whoever has a role in an authority, a recommending body, a panel or the administration."""


STAFF_ROLES = tuple(role for role in Role if role is not Role.APPLICANT)

LISTS: dict[str, str] = {
    "parties": "party.view",
    "verifications": "party.verify",
    "applications": "application.view",
    "accreditations": "accreditation.view",
    "records": "record.view",
    "reports": "report.view",
    "campaigns": "record.view",
    "nominations": "nomination.view",
    "complaints": "complaint.view",
    "findings": "finding.view",
    "warnings": "warning.view",
    "exits": "exit.view",
    "rectifications": "rectification.view",
    "extensions": "extension.view",
    "inspections": "inspection.view",
    "bans": "ban.view",
    "calls": "call.view",
    "notices": "notice.view",
    "objections": "notice.view",
    "users": "user.view",
    "grants": "user.view",
    "settings": "setting.view",
    "holidays": "holiday.view",
    "jobs": "job.view",
    "messages": "message.view",
    "audit": "audit.view",
}
"""Lists of the administration, by their act; rows are limited further by the scope."""
LIST_PAGES = ("index_view", "details_view", "export", "ajax_lookup", "action_view")

POLICY: dict[str, Open | tuple[str, ...]] = {
    "static": Open.PUBLIC,
    # The public site.
    "home": Open.PUBLIC,
    "register.search": Open.PUBLIC,
    "register.body": Open.PUBLIC,
    "register.lookup": Open.PUBLIC,
    "verification.form": Open.PUBLIC,
    "verification.result": Open.PUBLIC,
    "public_notices.index": Open.PUBLIC,
    "public_notices.page": Open.PUBLIC,
    "public_notices.object_to": Open.PUBLIC,
    "follow_up.form": Open.PUBLIC,
    "follow_up.receipt": Open.PUBLIC,
    "public_complaints.file": Open.PUBLIC,
    "public_complaints.about": Open.PUBLIC,
    "public_programs.index": Open.PUBLIC,
    "public_programs.program": Open.PUBLIC,
    "public_programs.track": Open.PUBLIC,
    "comparison.page": Open.PUBLIC,
    "open_data.index": Open.PUBLIC,
    "open_data.register_csv": Open.PUBLIC,
    "open_data.register_json": Open.PUBLIC,
    "open_data.notices_json": Open.PUBLIC,
    "open_data.schema": Open.PUBLIC,
    # Accounts, and whoever acts for a party: the services look at the membership.
    "start": Open.LOGIN,
    "my.index": Open.LOGIN,
    "eligibility.index": Open.LOGIN,
    "my_applications.index": Open.LOGIN,
    "my_applications.start": Open.LOGIN,
    "my_applications.page": Open.LOGIN,
    "my_applications.history": Open.LOGIN,
    "my_applications.fill": Open.LOGIN,
    "my_applications.save_fact": Open.LOGIN,
    "my_applications.materials_page": Open.LOGIN,
    "my_applications.upload": Open.LOGIN,
    "my_applications.replace": Open.LOGIN,
    "my_applications.remove": Open.LOGIN,
    "my_applications.material": Open.LOGIN,
    "my_applications.picture": Open.LOGIN,
    "my_applications.submit": Open.LOGIN,
    "my_applications.withdraw": Open.LOGIN,
    "my_roster.index": Open.LOGIN,
    "my_roster.template": Open.LOGIN,
    "my_roster.page": Open.LOGIN,
    "my_roster.take": Open.LOGIN,
    "my_roster.remove": Open.LOGIN,
    # Long exports: each sees those of its own.
    "downloads.index": Open.LOGIN,
    "downloads.ask": Open.LOGIN,
    "downloads.again": Open.LOGIN,
    "downloads.file": Open.LOGIN,
    "account.sign_up": Open.PUBLIC,
    "account.sign_up_code": Open.PUBLIC,
    "account.reset": Open.PUBLIC,
    "account.reset_code": Open.PUBLIC,
    "account.again": Open.PUBLIC,
    "account.settings": Open.LOGIN,
    "account.address": Open.LOGIN,
    "account.address_code": Open.LOGIN,
    "invitations.page": Open.PUBLIC,
    "inbox.index": Open.LOGIN,
    "inbox.page": Open.LOGIN,
    "inbox.mark_all": Open.LOGIN,
    **{
        f"my_party.{page}": Open.LOGIN
        for page in (
            "index",
            "new",
            "page",
            "edit",
            "profile",
            "confirm",
            "upload",
            "remove",
            "ask_verification",
        )
    },
    **{f"my_members.{page}": Open.LOGIN for page in ("index", "cancel", "hand_over", "remove")},
    # Documents: the services look at the party, the scope and the state.
    **{
        f"documents.{paper}": Open.LOGIN
        for paper in (
            "certificate",
            "appointment",
            "application",
            "dossier",
            "decision",
            "declined",
            "extension",
            "exit_letter",
            "warning",
            "rectification",
            "report",
        )
    },
    "documents.recommendation": ("application.view",),
    "documents.plaques": ("accreditation.view",),
    "documents.inspections": ("inspection.view",),
    "documents.notice": Open.PUBLIC,
    "attachments.download": Open.LOGIN,
    "attachments.picture": Open.LOGIN,
    **{
        f"my_accreditations.{page}": Open.LOGIN
        for page in (
            "index",
            "page",
            "extension",
            "withdrawal",
            "order",
            "remove_file",
            "data",
            "report_form",
            "report",
            "report_files",
            "exit_case",
            "object_to",
            "ask_for_person",
            "appeal",
            "exit_files",
        )
    },
    **{
        f"diary.{page}": Open.LOGIN
        for page in (
            "index",
            "new",
            "entry",
            "edit",
            "submit",
            "delete",
            "photos",
            "remove_photo",
            "enterprises_json",
            "import_table",
            "import_record",
            "import_errors",
            "template",
            "export",
        )
    },
    # The administration.
    "admin.static": Open.CLOSED,
    "security.static": Open.CLOSED,
    "health.healthz": Open.PUBLIC,
    "health.icon": Open.PUBLIC,
    "health.metrics": Open.PUBLIC,
    "security.login": Open.PUBLIC,
    "security.logout": Open.PUBLIC,
    "security.verify": Open.LOGIN,
    "security.change_password": Open.LOGIN,
    "security.two_factor_setup": Open.PUBLIC,
    "security.two_factor_setup_validate": Open.LOGIN,
    "security.two_factor_token_validation": Open.PUBLIC,
    "security.two_factor_rescue": Open.PUBLIC,
    "security.tf_select": Open.PUBLIC,
    "security.mf_recovery": Open.PUBLIC,
    "security.mf_recovery_codes": Open.LOGIN,
    "admin.index": Open.STAFF,
    # Whoever may see one: the case itself is found or not by the service.
    "application_case.page": ("application.view", "material.view"),
    "application_case.take": ("application.view",),
    "application_case.fill": ("application.draft",),
    "application_case.history": ("application.view", "material.view"),
    "application_case.material": ("material.view",),
    "accreditation_case.page": ("accreditation.view",),
    "accreditation_case.take": ("accreditation.view",),
    "filing.new_party": ("application.draft",),
    "filing.new_application": ("application.draft",),
    "filing.party": ("party.view",),
    "filing.verify_party": ("party.verify",),
    "filing.turn_down": ("party.verify",),
    "filing.invite": ("party.edit",),
    "filing.lift_ban": ("ban.lift",),
    "filing.include": ("application.include", "application.recommend"),
    "register_forms.new_call": ("call.edit",),
    "register_forms.call": ("call.view",),
    "register_forms.edit_call": ("call.edit",),
    "register_forms.close_call": ("call.edit",),
    "register_forms.new_notice": ("notice.publish",),
    "register_forms.notice": ("notice.view",),
    "register_forms.object_to": ("objection.decide",),
    "register_forms.new_campaign": ("call.edit",),
    # Recommenders' own screens: what lies outside the territory is not found.
    "recommending.index": ("application.recommend",),
    "recommending.preview": ("application.recommend",),
    "recommending.confirm": ("application.recommend",),
    "recommending.evaluate": ("application.recommend",),
    "inspecting.index": ("inspection.edit",),
    "inspecting.plan": ("inspection.edit",),
    "inspecting.record": ("inspection.edit",),
    "inspecting.year": ("inspection.edit",),
    "inspecting.year_sheet": ("inspection.edit",),
    "proposing.index": ("exit.propose",),
    "proposing.propose": ("exit.propose",),
    # Panels: whoever assigns and decides; the auditor reads.
    "panels.index": ("panel.view",),
    "panels.progress": ("panel.view",),
    "panels.remind": ("application.assign",),
    "panels.change_task": ("application.assign",),
    "panels.assign": ("application.assign",),
    "panels.give": ("application.assign",),
    "panels.ranking_page": ("panel.view",),
    "panels.ranking_sheet": ("panel.view",),
    "panels.decide": ("application.decide",),
    "panels.decide_preview": ("application.decide",),
    "panels.decide_confirm": ("application.decide",),
    "reviewing.index": ("application.score",),
    "reviewing.task": ("application.score",),
    "settings_page.index": ("setting.view",),
    "settings_page.change": ("setting.view",),
    "settings_page.cancel": ("setting.edit",),
    "completeness.page": ("application.view",),
    "completeness.give_back": ("application.return",),
    "holiday_years.page": ("holiday.view",),
    "holiday_years.load": ("holiday.edit",),
    "nominating.index": ("nomination.view",),
    "nominating.nominate": ("nomination.edit",),
    "nominating.ranking": ("nomination.view",),
    "statistics.index": ("accreditation.view",),
    "statistics.export": ("accreditation.view",),
    "statistics_public.index": Open.PUBLIC,
    "statistics_public.export": Open.PUBLIC,
    "table_pages.index": ("application.view",),
    "table_pages.summary": ("application.view",),
    "table_pages.nominated": ("nomination.view",),
    "table_pages.plaques": ("accreditation.view",),
    "table_pages.inspections": ("inspection.view",),
    "table_pages.template": ("application.include",),
    "table_pages.former": ("application.include",),
    "system_forms.regions": Open.LOGIN,
    "system_forms.new_user": ("user.edit",),
    "system_forms.user": ("user.view",),
    "system_forms.grant": ("user.edit",),
    "system_forms.change_user": ("user.edit",),
    "system_forms.holiday": ("holiday.edit",),
    "system_forms.change_holidays": ("holiday.edit",),
    "system_forms.job": ("job.view",),
    "checking.page": ("job.view",),
    "checking.run": ("job.run",),
    **{f"{name}.{page}": (act,) for name, act in LISTS.items() for page in LIST_PAGES},
}
"""By endpoint: a door, or the acts of which one must be held somewhere; how far, view and service check."""


def may_enter(endpoint: str) -> bool:
    """Whether the current user may call the endpoint at all."""
    rule = POLICY.get(endpoint)
    if rule is Open.PUBLIC:
        return True
    if rule in (None, Open.CLOSED) or not current_user.is_authenticated:
        return False
    actor = current_actor()
    if isinstance(rule, tuple):
        return any(actor.has(*ACTS[act]) for act in rule)
    return rule is Open.LOGIN or actor.has(*STAFF_ROLES)


def init_app(app: Flask) -> None:
    """Stand before every view."""

    @app.before_request
    def gate() -> ResponseReturnValue | None:
        endpoint = request.endpoint
        if endpoint is None or may_enter(endpoint):
            return None
        closed = POLICY.get(endpoint, Open.CLOSED) is Open.CLOSED
        if closed or current_user.is_authenticated:
            abort(403)
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))

    app.jinja_env.globals["may_enter"] = may_enter
