"""Who may enter where: one table, written by hand beside what the site says of itself.

A letter stands for a role: Officer, Lead, Recommender, reViewer, Auditor, System administrator. An address
without a line here is nobody's, and the walk over all addresses fails with its name.
"""

from __future__ import annotations

from core.domain.roles import Role

LETTERS = {
    "O": Role.OFFICER,
    "L": Role.LEAD,
    "R": Role.RECOMMENDER,
    "V": Role.REVIEWER,
    "A": Role.AUDITOR,
    "S": Role.SYSADMIN,
    "P": Role.APPLICANT,
}
ANYONE, ENTERED, NOBODY = "anyone", "entered", "nobody"

DOORS: dict[str, dict[str, str]] = {
    NOBODY: {"admin": "static", "security": "static"},
    ANYONE: {
        "": "static home",
        "about": "accessibility robots_txt security_txt sitemap",
        "account": "again reset reset_code sign_up sign_up_code",
        "comparison": "page",
        "documents": "notice",
        "follow_up": "form receipt",
        "health": "healthz icon metrics readyz",
        "invitations": "page",
        "open_data": "index notices_json register_csv register_json schema",
        "public_complaints": "about file",
        "public_notices": "index object_to page",
        "public_programs": "index program track",
        "register": "body lookup search",
        "security": "login logout mf_recovery tf_select two_factor_rescue two_factor_setup"
        " two_factor_token_validation",
        "statistics_public": "export index",
        "typed": "standing",
        "verification": "form result result_json",
    },
    ENTERED: {
        "": "start",
        "account": "address address_code settings",
        "attachments": "download picture",
        "diary": "delete edit enterprises_json entry export import_errors import_record import_table"
        " import_values index new photos remove_photo submit template",
        "documents": "application appointment certificate decision declined dossier exit_letter extension"
        " rectification report report_returned status_dossier warning",
        "downloads": "again ask file index",
        "echo": "number",
        "eligibility": "index",
        "inbox": "index mark_all page",
        "giving_up": "index",
        "my": "index",
        "my_accreditations": "appeal ask_for_person data exit_case exit_files extension index object_to order"
        " page remove_file report report_files report_form withdrawal",
        "my_applications": "fill history index material materials_page page picture recommender remove"
        " replace save_fact start submit switch turn upload withdraw",
        "my_changes": "index new remove upload withdraw",
        "my_claims": "object_to page remove upload withdraw",
        "my_data": "ask index made",
        "my_members": "cancel hand_over index remove",
        "my_party": "ask_verification confirm edit index new page profile remove upload",
        "my_sessions": "end end_others index",
        "my_roster": "index page remove take template",
        "redactions": "ask page",
        "security": "change_password mf_recovery_codes two_factor_setup_validate verify",
        "system_forms": "regions",
    },
    "OLRVAS": {"admin": "index"},
    "OLRVA": {"application_case": "history material page"},
    "OLRA": {
        "accreditation_case": "page take",
        "application_case": "take",
        "changing": "page",
        "completeness": "page",
        "documents": "inspections plaques recommendation",
        "filing": "party",
        "nominating": "index ranking",
        "recommenders": "export index page",
        "register_forms": "call notice",
        "statistics": "export index",
        "table_pages": "index inspections nominated plaques summary",
    },
    "OLAS": {
        "checking": "page",
        "holiday_years": "page periods",
        "settings_page": "change index",
        "system_forms": "job",
    },
    "OLR": {
        "completeness": "give_back",
        "filing": "include",
        "inspecting": "hand_over index plan record year year_sheet",
        "issuing": "page recall",
        "proposing": "index propose",
        "recommenders": "put_on take take_off template",
        "table_pages": "former template",
    },
    "OLA": {
        "archiving": "index package",
        "claiming": "page",
        "documents": "destruction",
        "keeping": "index page party_holds",
        "panels": "index progress ranking_page ranking_sheet",
    },
    "OL": {
        "application_case": "check fill",
        "changing": "decide new reissue revoke withdraw",
        "claiming": "decide",
        "filers": "file look",
        "filing": "invite new_application new_party numbers turn_down verify_party",
        "archiving": "make receive",
        "keeping": "approve decline lift propose",
        "mergers": "compare find index mark marked take_back undo",
        "nominating": "nominate",
        "recommenders": "add end",
        "panels": "assign change_task count_again decide decide_confirm decide_preview give hand_over remind"
        " set_aside",
        "redactions": "decline index lift redact",
        "register_forms": "close_call edit_call new_call new_campaign new_notice object_to",
        "take_in": "add_documents confirm index remove_document template",
    },
    "LS": {
        "divisions": "add page",
        "held_messages": "discard page release",
        "holiday_years": "enter load template",
        "system_forms": "holiday remove_holiday",
    },
    "LA": {"redactions": "open_sealed"},
    "AS": {"system_forms": "find_user user"},
    "L": {"changing": "correct", "filing": "correct_ban lift_ban", "settings_page": "cancel"},
    "R": {"recommending": "confirm evaluate index preview"},
    "V": {"reviewing": "index task"},
    "S": {
        "checking": "run",
        "succession": "page",
        "system_forms": "change_user factor grant new_user unlock",
    },
}
LISTS = {
    "OLRA": "parties applications accreditations records reports campaigns nominations complaints findings"
    " warnings exits rectifications extensions changes inspections bans calls notices objections",
    "OLAS": "settings holidays jobs messages",
    "OL": "verifications",
    "A": "access",
    "OLA": "claims",
    "ALS": "audit",
    "AS": "users grants",
}
OF_A_LIST = "index_view details_view export ajax_lookup action_view"

STEPS: dict[str, dict[str, str]] = {
    "applications": {
        "OL": "recall choose-recommender verify-party attest assign waive upload remove-file extend-deadline"
        " publish hear-party decide-objection correct-undo_approval correct-undo_refusal correct-undo_return"
        " correct-undo_inclusion correct-waiver",
        "OLR": "judge-file paper-copy correct-undo_decline correct-undo_recommendation",
    },
    "accreditations": {
        "OL": "submit-report file-complaint decide-complaint correct-complaint decide-finding correct-finding"
        " excuse-absence close-order nominate request-extension decide-extension correct-extension withdraw"
        " told-exit object-exit ask-person confirm-exit recall-exit dismiss-exit appeal-exit",
        "L": "release-exit correct-exit correct-withdrawal decide-appeal",
        "OLR": "add-record verify-record reject-record accept-report return-report restore-report"
        " open-finding plan-inspection record-inspection propose-exit",
    },
}
"""Steps on a case by whoever may take them."""


def _flat() -> dict[str, str]:
    doors = {
        (f"{part}.{name}" if part else name): letters
        for letters, parts in DOORS.items()
        for part, names in parts.items()
        for name in names.split()
    }
    for letters, lists in LISTS.items():
        doors |= {f"{part}.{name}": letters for part in lists.split() for name in OF_A_LIST.split()}
    return doors


MAY = _flat()
"""By endpoint."""


def may_enter(endpoint: str, role: Role | None, *, entered: bool) -> bool:
    """Whether somebody with that role, or with none, is let in by the address at all."""
    letters = MAY[endpoint]
    if letters in (ANYONE, NOBODY):
        return letters == ANYONE
    if not entered or letters == ENTERED:
        return entered
    return role is not None and holds(letters, role)


def steps(case: str) -> dict[str, str]:
    """The letters of whoever may take each step on such a case."""
    return {name: letters for letters, names in STEPS[case].items() for name in names.split()}


THINGS: dict[str, dict[str, str]] = {
    "application_case": {"application_id": "case", "file_id": "handed_in", "name": "fact"},
    "completeness": {"application_id": "case"},
    "recommending": {"application_id": "waiting"},
    "accreditation_case": {"accreditation_id": "accreditations"},
    "proposing": {"accreditation_id": "accreditations"},
    "inspecting": {"inspection_id": "inspections"},
    "filers": {"filing_id": "complaints"},
    "filing": {"party_id": "party", "ban_id": "bans"},
    "changing": {"request_id": "change", "party_id": "party", "accreditation_id": "accreditations"},
    "claiming": {"claim_id": "claim"},
    "mergers": {
        **{"kept_id": "party", "merged_id": "double", "one_id": "party", "other_id": "double"},
        **{"party_id": "party", "mark_id": "mark", "merger_id": "merger"},
    },
    "take_in": {"accreditation_id": "accreditations", "attachment_id": "licence"},
    "held_messages": {"message_id": "held"},
    "reviewing": {"assignment_id": "task"},
    "redactions": {"document_id": "handed_in", "request_id": "request", "redaction_id": "sealed"},
    "attachments": {"attachment_id": "licence"},
    "documents": {
        **{"application_id": "case", "accreditation_id": "accreditations", "exit_case_id": "exits"},
        **{"request_id": "answered", "rectification_id": "rectifications", "report_id": "reports"},
        "event_id": "warnings",
    },
    "register_forms": {"notice_id": "notices", "application_id": "applications"},
    "my_accreditations": {
        **{"accreditation_id": "accreditations", "case_id": "exits", "order_id": "rectifications"},
        **{"report_id": "reports", "year": "report_year"},
    },
    "my_applications": {"application_id": "own_draft", "file_id": "own_picture", "name": "fact"},
    "my_changes": {"party_id": "party", "request_id": "change"},
    "my_claims": {"claim_id": "own_claim", "attachment_id": "claim_proof"},
    "my_members": {"party_id": "party", "user_id": "user"},
    "my_party": {"party_id": "party", "attachment_id": "licence"},
    "my_roster": {"party_id": "party"},
    "diary": {"entry_id": "entry_draft", "accreditation_id": "accreditations"},
    "inbox": {"message_id": "own_message"},
    "downloads": {"export_id": "export"},
}
"""By part of the site and argument of an address: a thing of the filled register, in its region or party."""
OF_A_PROGRAMME = frozenset({"register_forms.notice", "register_forms.object_to"})
"""Addresses of a thing that is the same for all regions of its programme; an objection is anybody's."""
ALSO_OF_STAFF = frozenset({"my_applications.material", "my_applications.picture"})
"""Addresses of a party's file that its staff, who see the file, may open, too."""

REGIONAL = frozenset({Role.OFFICER, Role.LEAD, Role.RECOMMENDER, Role.REVIEWER, Role.AUDITOR})
"""Roles whose grants end somewhere."""


def reaches(place: str, endpoint: str) -> bool:
    """Whether a grant for that place covers the thing that the endpoint's address names."""
    if endpoint in OF_A_PROGRAMME:
        return place != "another programme"
    return place in ("own", "parent")


def holds(letters: str, role: Role) -> bool:
    """Whether the role is among them; whoever has entered may have any."""
    return letters == ENTERED or any(LETTERS[letter] is role for letter in letters)
