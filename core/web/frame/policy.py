"""Which endpoint is open to whom, one line each; an endpoint without a line is closed, and a test fails."""

from __future__ import annotations

from enum import Enum

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from core.domain.acts import Act
from core.domain.roles import STAFF
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


LISTS: dict[str, Act] = {
    "parties": Act.PARTY_VIEW,
    "verifications": Act.PARTY_VERIFY,
    "applications": Act.APPLICATION_VIEW,
    "accreditations": Act.ACCREDITATION_VIEW,
    "records": Act.RECORD_VIEW,
    "reports": Act.REPORT_VIEW,
    "campaigns": Act.RECORD_VIEW,
    "nominations": Act.NOMINATION_VIEW,
    "complaints": Act.COMPLAINT_VIEW,
    "findings": Act.FINDING_VIEW,
    "warnings": Act.WARNING_VIEW,
    "exits": Act.EXIT_VIEW,
    "rectifications": Act.RECTIFICATION_VIEW,
    "extensions": Act.EXTENSION_VIEW,
    "changes": Act.CHANGE_VIEW,
    "claims": Act.CLAIM_VIEW,
    "inspections": Act.INSPECTION_VIEW,
    "bans": Act.BAN_VIEW,
    "calls": Act.CALL_VIEW,
    "notices": Act.NOTICE_VIEW,
    "objections": Act.NOTICE_VIEW,
    "users": Act.USER_VIEW,
    "grants": Act.USER_VIEW,
    "settings": Act.SETTING_VIEW,
    "holidays": Act.HOLIDAY_VIEW,
    "jobs": Act.JOB_VIEW,
    "messages": Act.MESSAGE_VIEW,
    "audit": Act.AUDIT_VIEW,
    "access": Act.ACCESS_VIEW,
}
"""Lists of the administration, by their act; rows are limited further by the scope."""
LIST_PAGES = ("index_view", "details_view", "export", "ajax_lookup", "action_view")

POLICY: dict[str, Open | tuple[Act, ...]] = {
    "static": Open.PUBLIC,
    "typed.standing": Open.PUBLIC,
    # The public site.
    "home": Open.PUBLIC,
    "register.search": Open.PUBLIC,
    "register.body": Open.PUBLIC,
    "register.lookup": Open.PUBLIC,
    "verification.form": Open.PUBLIC,
    "verification.result": Open.PUBLIC,
    "verification.result_json": Open.PUBLIC,
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
    "about.security_txt": Open.PUBLIC,
    "about.accessibility": Open.PUBLIC,
    "about.robots_txt": Open.PUBLIC,
    "about.sitemap": Open.PUBLIC,
    "open_data.index": Open.PUBLIC,
    "open_data.register_csv": Open.PUBLIC,
    "open_data.register_json": Open.PUBLIC,
    "open_data.notices_json": Open.PUBLIC,
    "open_data.schema": Open.PUBLIC,
    # Accounts, and whoever acts for a party: the services look at the membership.
    "start": Open.LOGIN,
    "echo.number": Open.LOGIN,
    "my.index": Open.LOGIN,
    "eligibility.index": Open.LOGIN,
    "my_applications.index": Open.LOGIN,
    "my_applications.start": Open.LOGIN,
    "my_applications.switch": Open.LOGIN,
    "my_applications.recommender": Open.LOGIN,
    "my_applications.turn": Open.LOGIN,
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
    **{f"my_sessions.{page}": Open.LOGIN for page in ("index", "end", "end_others")},
    **{f"my_data.{page}": Open.LOGIN for page in ("index", "ask", "made")},
    "giving_up.index": Open.LOGIN,
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
    **{f"my_changes.{page}": Open.LOGIN for page in ("index", "new", "upload", "remove", "withdraw")},
    # The service looks at whose claim it is, or at the membership of the claimed party.
    **{f"my_claims.{page}": Open.LOGIN for page in ("page", "upload", "remove", "withdraw", "object_to")},
    **{f"my_members.{page}": Open.LOGIN for page in ("index", "cancel", "hand_over", "remove")},
    # Documents: the services look at the party, the scope and the state.
    **{
        f"documents.{paper}": Open.LOGIN
        for paper in (
            "certificate",
            "appointment",
            "application",
            "dossier",
            "status_dossier",
            "decision",
            "declined",
            "extension",
            "exit_letter",
            "warning",
            "rectification",
            "report_returned",
            "report",
        )
    },
    "documents.recommendation": (Act.APPLICATION_VIEW,),
    "documents.plaques": (Act.ACCREDITATION_VIEW,),
    "documents.inspections": (Act.INSPECTION_VIEW,),
    "documents.destruction": (Act.KEEPING_VIEW,),
    "documents.notice": Open.PUBLIC,
    # Who may open a document reads its page; the service looks at who may do what.
    "redactions.page": Open.LOGIN,
    "redactions.ask": Open.LOGIN,
    "redactions.index": (Act.DOCUMENT_REDACT,),
    "redactions.redact": (Act.DOCUMENT_REDACT,),
    "redactions.decline": (Act.DOCUMENT_REDACT,),
    "redactions.lift": (Act.SEAL_LIFT,),
    "redactions.open_sealed": (Act.SEALED_OPEN,),
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
            "import_values",
            "template",
            "export",
        )
    },
    # The administration.
    "admin.static": Open.CLOSED,
    "security.static": Open.CLOSED,
    "health.healthz": Open.PUBLIC,
    "health.readyz": Open.PUBLIC,
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
    "application_case.page": (Act.APPLICATION_VIEW, Act.MATERIAL_VIEW),
    "application_case.take": (Act.APPLICATION_VIEW,),
    "application_case.check": (Act.APPLICATION_DECIDE,),
    "application_case.fill": (Act.APPLICATION_DRAFT,),
    "application_case.history": (Act.APPLICATION_VIEW, Act.MATERIAL_VIEW),
    "application_case.material": (Act.MATERIAL_VIEW,),
    "accreditation_case.page": (Act.ACCREDITATION_VIEW,),
    "accreditation_case.take": (Act.ACCREDITATION_VIEW,),
    "filers.look": (Act.COMPLAINT_DECIDE, Act.OBJECTION_DECIDE),
    "filers.file": (Act.COMPLAINT_DECIDE, Act.OBJECTION_DECIDE),
    "filing.new_party": (Act.APPLICATION_DRAFT,),
    "filing.new_application": (Act.APPLICATION_DRAFT,),
    "filing.party": (Act.PARTY_VIEW,),
    "filing.verify_party": (Act.PARTY_VERIFY,),
    "filing.numbers": (Act.PARTY_VERIFY,),
    "filing.turn_down": (Act.PARTY_VERIFY,),
    "filing.invite": (Act.PARTY_EDIT,),
    "changing.page": (Act.CHANGE_VIEW,),
    "changing.new": (Act.CHANGE_DECIDE,),
    "changing.decide": (Act.CHANGE_DECIDE,),
    "changing.withdraw": (Act.CHANGE_DECIDE,),
    "changing.revoke": (Act.CHANGE_DECIDE,),
    "changing.reissue": (Act.CERTIFICATE_ISSUE,),
    "archiving.index": (Act.KEEPING_VIEW,),
    "archiving.package": (Act.KEEPING_VIEW,),
    "archiving.make": (Act.ARCHIVE_HAND_OVER,),
    "archiving.receive": (Act.ARCHIVE_HAND_OVER,),
    "keeping.index": (Act.KEEPING_VIEW,),
    "keeping.page": (Act.KEEPING_VIEW,),
    "keeping.party_holds": (Act.KEEPING_VIEW,),
    "keeping.propose": (Act.DESTRUCTION_PROPOSE,),
    "keeping.approve": (Act.DESTRUCTION_APPROVE,),
    "keeping.decline": (Act.DESTRUCTION_APPROVE,),
    "keeping.lift": (Act.HOLD_LIFT,),
    "claiming.page": (Act.CLAIM_VIEW,),
    "claiming.decide": (Act.CLAIM_DECIDE,),
    "filing.lift_ban": (Act.BAN_LIFT,),
    "filing.correct_ban": (Act.BAN_LIFT,),
    "changing.correct": (Act.APPEAL_DECIDE,),
    "mergers.index": (Act.PARTY_MERGE,),
    "mergers.find": (Act.PARTY_MERGE,),
    "mergers.compare": (Act.PARTY_MERGE,),
    "mergers.undo": (Act.PARTY_MERGE,),
    "mergers.marked": (Act.PARTY_MERGE,),
    "mergers.mark": (Act.PARTY_MERGE,),
    "mergers.take_back": (Act.PARTY_MERGE,),
    "filing.include": (Act.APPLICATION_INCLUDE, Act.APPLICATION_RECOMMEND),
    "register_forms.new_call": (Act.CALL_EDIT,),
    "register_forms.call": (Act.CALL_VIEW,),
    "register_forms.edit_call": (Act.CALL_EDIT,),
    "register_forms.close_call": (Act.CALL_EDIT,),
    "register_forms.new_notice": (Act.NOTICE_PUBLISH,),
    "register_forms.notice": (Act.NOTICE_VIEW,),
    "register_forms.object_to": (Act.OBJECTION_DECIDE,),
    "register_forms.new_campaign": (Act.CALL_EDIT,),
    # Recommenders' own screens: what lies outside the territory is not found.
    "recommending.index": (Act.APPLICATION_RECOMMEND,),
    "recommending.preview": (Act.APPLICATION_RECOMMEND,),
    "recommending.confirm": (Act.APPLICATION_RECOMMEND,),
    "recommending.evaluate": (Act.APPLICATION_RECOMMEND,),
    **{f"recommenders.{page}": (Act.RECOMMENDER_VIEW,) for page in ("index", "page", "export")},
    "recommenders.add": (Act.RECOMMENDER_EDIT,),
    "recommenders.end": (Act.RECOMMENDER_EDIT,),
    # Whose list it is says who keeps it: the association, or the authority.
    **{
        f"recommenders.{page}": (Act.MEMBERS_EDIT, Act.RECOMMENDER_EDIT)
        for page in ("put_on", "take", "take_off", "template")
    },
    "inspecting.index": (Act.INSPECTION_EDIT,),
    "inspecting.hand_over": (Act.INSPECTION_EDIT,),
    "inspecting.plan": (Act.INSPECTION_EDIT,),
    "inspecting.record": (Act.INSPECTION_EDIT,),
    "inspecting.year": (Act.INSPECTION_EDIT,),
    "inspecting.year_sheet": (Act.INSPECTION_EDIT,),
    "proposing.index": (Act.EXIT_PROPOSE,),
    "proposing.propose": (Act.EXIT_PROPOSE,),
    # Panels: whoever assigns and decides; the auditor reads.
    "issuing.page": (Act.APPLICATION_DECIDE, Act.APPLICATION_RETURN),
    "issuing.recall": (Act.APPLICATION_DECIDE, Act.APPLICATION_RETURN),
    "panels.index": (Act.PANEL_VIEW,),
    "panels.progress": (Act.PANEL_VIEW,),
    "panels.remind": (Act.APPLICATION_ASSIGN,),
    "panels.change_task": (Act.APPLICATION_ASSIGN,),
    "panels.hand_over": (Act.APPLICATION_ASSIGN,),
    "panels.set_aside": (Act.APPLICATION_ASSIGN,),
    "panels.count_again": (Act.APPLICATION_ASSIGN,),
    "panels.assign": (Act.APPLICATION_ASSIGN,),
    "panels.give": (Act.APPLICATION_ASSIGN,),
    "panels.ranking_page": (Act.PANEL_VIEW,),
    "panels.ranking_sheet": (Act.PANEL_VIEW,),
    "panels.decide": (Act.APPLICATION_DECIDE,),
    "panels.decide_preview": (Act.APPLICATION_DECIDE,),
    "panels.decide_confirm": (Act.APPLICATION_DECIDE,),
    "reviewing.index": (Act.APPLICATION_SCORE,),
    "reviewing.task": (Act.APPLICATION_SCORE,),
    "settings_page.index": (Act.SETTING_VIEW,),
    "settings_page.change": (Act.SETTING_VIEW,),
    "settings_page.cancel": (Act.SETTING_EDIT,),
    "completeness.page": (Act.APPLICATION_VIEW,),
    "completeness.give_back": (Act.APPLICATION_RETURN,),
    "holiday_years.page": (Act.HOLIDAY_VIEW,),
    "holiday_years.enter": (Act.HOLIDAY_EDIT,),
    "holiday_years.template": (Act.HOLIDAY_EDIT,),
    "holiday_years.periods": (Act.HOLIDAY_VIEW,),
    "holiday_years.load": (Act.HOLIDAY_EDIT,),
    "nominating.index": (Act.NOMINATION_VIEW,),
    "nominating.nominate": (Act.NOMINATION_EDIT,),
    "nominating.ranking": (Act.NOMINATION_VIEW,),
    "statistics.index": (Act.ACCREDITATION_VIEW,),
    "statistics.export": (Act.ACCREDITATION_VIEW,),
    "statistics_public.index": Open.PUBLIC,
    "statistics_public.export": Open.PUBLIC,
    "table_pages.index": (Act.APPLICATION_VIEW,),
    "table_pages.summary": (Act.APPLICATION_VIEW,),
    "table_pages.nominated": (Act.NOMINATION_VIEW,),
    "table_pages.plaques": (Act.ACCREDITATION_VIEW,),
    "table_pages.inspections": (Act.INSPECTION_VIEW,),
    "table_pages.template": (Act.APPLICATION_INCLUDE,),
    "table_pages.former": (Act.APPLICATION_INCLUDE,),
    "take_in.index": (Act.TAKE_IN,),
    "take_in.confirm": (Act.TAKE_IN,),
    "take_in.template": (Act.TAKE_IN,),
    "take_in.add_documents": (Act.TAKE_IN,),
    "take_in.remove_document": (Act.TAKE_IN,),
    "system_forms.regions": Open.LOGIN,
    "divisions.page": (Act.HOLIDAY_EDIT,),
    "divisions.add": (Act.HOLIDAY_EDIT,),
    "system_forms.new_user": (Act.USER_EDIT,),
    "system_forms.user": (Act.USER_VIEW,),
    "system_forms.find_user": (Act.USER_VIEW,),
    "system_forms.grant": (Act.USER_EDIT,),
    "system_forms.change_user": (Act.USER_EDIT,),
    "system_forms.factor": (Act.USER_EDIT,),
    "system_forms.unlock": (Act.USER_EDIT,),
    "succession.page": (Act.USER_EDIT,),
    "system_forms.holiday": (Act.HOLIDAY_EDIT,),
    "system_forms.remove_holiday": (Act.HOLIDAY_EDIT,),
    "system_forms.job": (Act.JOB_VIEW,),
    "held_messages.page": (Act.MESSAGE_RELEASE,),
    "held_messages.release": (Act.MESSAGE_RELEASE,),
    "held_messages.discard": (Act.MESSAGE_DISCARD,),
    "checking.page": (Act.JOB_VIEW,),
    "checking.run": (Act.JOB_RUN,),
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
    return rule is Open.LOGIN or actor.has(*STAFF)


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
