"""Protections, each with what takes it out of the code, and the test of the gate that notices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Removal:
    """One protection: where it stands, what stands there without it, and the test that fails then."""

    name: str
    module: str
    protects: str
    """The text of the module, which stands there once."""
    without: str
    test: str


WALK = "tests/web/test_authorisation.py::test_"
DOOR, THING = f"{WALK}each_door_lets_in_who_may_and_nobody_else", f"{WALK}no_thing_is_reached_from_outside"
MEMBER, STEP = (
    f"{WALK}what_a_party_has_is_for_its_members",
    f"{WALK}no_step_or_action_is_taken_without_its_role",
)
SCOPE = "tests/web/test_scope.py::test_"
NUMBERS = (
    "tests/web/office/test_pages.py"
    "::test_the_authority_sees_numbers_whole_when_it_asks_and_that_is_kept_and_nobody_else"
)
MEMBERS = "tests/services/people/test_members.py::test_"
REGISTERING = "tests/services/claims/test_registering.py::test_"
CLAIMS = "tests/services/claims/test_claims.py::test_"

REMOVALS = (
    Removal(
        "door of every page",
        "core/web/frame/policy.py",
        "if endpoint is None or may_enter(endpoint):",
        "if True:",
        DOOR,
    ),
    Removal(
        "acts of one door",
        "core/web/frame/policy.py",
        '"mergers.compare": (Act.PARTY_MERGE,),',
        '"mergers.compare": Open.LOGIN,',
        DOOR,
    ),
    Removal(
        "role for an act (require)",
        "core/services/base/access.py",
        "    if not allowed(unit.actor, act, program, region, recommender):",
        "    if False:",
        "tests/services/endings/test_exits.py::test_others_decide_nothing",
    ),
    Removal(
        "membership of a party",
        "core/services/base/access.py",
        "if not (unit.actor.system or party_id in unit.actor.parties):",
        "if False:",
        MEMBER,
    ),
    Removal(
        "programme in the scope",
        "core/services/base/access.py",
        "        if grant.program is not None:",
        "        if False:",
        f"{SCOPE}lists_exports_and_look_ups_hold_nothing_of_theirs",
    ),
    Removal(
        "division in the scope",
        "core/services/base/access.py",
        "        if grant.region is not None:",
        "        if False:",
        f"{SCOPE}lists_exports_and_look_ups_hold_nothing_of_theirs",
    ),
    Removal(
        "division of a grant",
        "core/domain/roles.py",
        " and (grant.region is None or within(region, grant.region))",
        "",
        THING,
    ),
    Removal(
        "scope of lists and exports",
        "core/web/lists/base.py",
        "return self.joined(query).where(self.condition(current_actor()))",
        "return self.joined(query)",
        f"{SCOPE}lists_exports_and_look_ups_hold_nothing_of_theirs",
    ),
    Removal(
        "scope of a row's details",
        "core/web/lists/base.py",
        "query = self.limited().where(self.key == self.read_id(str(id))).options(*self.load)",
        "query = select(self.model).where(self.key == self.read_id(str(id))).options(*self.load)",
        f"{SCOPE}no_row_of_theirs_can_be_opened",
    ),
    Removal(
        "role for a step of a case",
        "core/web/forms/steps.py",
        "return step.act is None or allowed(case.unit.actor, step.act, *case.place)",
        "return True",
        STEP,
    ),
    Removal(
        "scope of plaques and certificates together",
        "core/services/papers/certificates.py",
        "            scope(w.actor, Act.ACCREDITATION_VIEW, Accreditation.program, Accreditation.region),\n",
        "",
        f"{WALK}what_is_gathered_holds_nothing_from_outside",
    ),
    Removal(
        "owner of an export",
        "core/services/exports/long_ones.py",
        "select(DataExport).where(DataExport.id == export_id, DataExport.user_id == _user(w))",
        "select(DataExport).where(DataExport.id == export_id)",
        MEMBER,
    ),
    Removal(
        "who may see an application",
        "core/services/applications/case.py",
        "    if found is None or not may_see(w, found):\n        raise NotFound(NOTHING_THERE)\n"
        "    return Case(w, found)\n\n\ndef lock(",
        "    if found is None:\n        raise NotFound(NOTHING_THERE)\n"
        "    return Case(w, found)\n\n\ndef lock(",
        THING,
    ),
    Removal(
        "who filed a complaint",
        "core/services/duties/filers.py",
        "    require(w, act, *place)\n",
        "",
        "tests/services/duties/test_filers.py",
    ),
    Removal(
        "second officer for a revocation",
        "core/services/endings/exits.py",
        "if case.state is ExitState.CONFIRMED_ONCE and is_same(w, case.first_officer_id):",
        "if False:",
        "tests/services/endings/test_exits.py::test_two_officers_revoke_and_ban",
    ),
    Removal(
        "second person for a correction",
        "core/services/base/access.py",
        "    if is_same(unit, *before, name=name):\n        raise Refused(said, mend=mend)\n",
        "",
        "tests/services/deciding/test_correcting.py::test_neither_of_the_two_who_ended_a_status_corrects_it",
    ),
    Removal(
        "second person for a correction of an application",
        "core/services/applications/guards.py",
        "return Guard.SECOND_PERSON.reason if is_same(case.w, by) else None",
        "return None",
        "tests/services/deciding/test_correcting.py"
        "::test_a_corrected_approval_voids_the_status_and_it_can_be_decided_anew",
    ),
    Removal(
        "reviewer of a task",
        "core/services/review/reviews.py",
        "if found is None or found.reviewer_id != w.actor.user_id:",
        "if found is None:",
        "tests/services/review/test_reviews.py::test_nobody_but_its_reviewer_scores_a_task",
    ),
    Removal(
        "reviewer of a task's page",
        "core/services/review/tasks.py",
        ".where(ReviewAssignment.id == assignment_id, ReviewAssignment.reviewer_id == w.actor.user_id)",
        ".where(ReviewAssignment.id == assignment_id)",
        "tests/services/review/test_reviews.py::test_nobody_but_its_reviewer_scores_a_task",
    ),
    Removal(
        "end of a reviewer's sight with the task",
        "core/services/applications/handling.py",
        "        ReviewAssignment.counts,\n",
        "",
        "tests/services/review/test_reviews.py"
        "::test_a_reviewer_sees_the_case_until_it_is_decided_or_the_task_ends",
    ),
    Removal(
        "reach of a redaction",
        "core/services/redaction/documents.py",
        "if row is not document.row and not own and found.reached(w, Act.DOCUMENT_REDACT):",
        "if row is not document.row:",
        "tests/services/redaction/test_redaction.py"
        "::test_the_same_bytes_beyond_the_reach_of_who_redacts_stay",
    ),
    Removal(
        "masks on the page of a party",
        "core/web/templates/office/party.html",
        "{{ item.mobile|phone_masked|show }}",
        "{{ item.mobile|show }}",
        NUMBERS,
    ),
    Removal(
        "masks in the form for a party's data",
        "core/web/office/counter.py",
        "    known |= {name: mask_telephones(known[name]) for name in MASKED}\n",
        "",
        NUMBERS,
    ),
    Removal(
        "look at whole numbers in the record of access",
        "core/services/people/party_file.py",
        "    looked(w, Look.PARTY, party.id, party_id=party.id, region=party.region, detail=LOOKED)\n",
        "",
        NUMBERS,
    ),
    Removal(
        "masks in papers and tables",
        "core/services/people/party_file.py",
        "return kept if obliged or party.id in w.actor.parties else mask_telephones(kept)",
        "return kept",
        "tests/services/papers/test_numbers.py",
    ),
    Removal(
        "identity numbers in papers",
        "core/services/papers/application.py",
        "mask_id_number(party.id_number)",
        "party.id_number",
        "tests/services/papers/test_papers.py::test_no_paper_carries_an_identity_number_whole",
    ),
    Removal(
        "invited address",
        "core/services/people/invitations.py",
        "    if (refusal := why_not_theirs(w, found.address)) is not None:",
        "    if (refusal := None) is not None:",
        f"{MEMBERS}another_has_one_answer_that_tells_nothing_of_the_invited",
    ),
    Removal(
        "confirmation of the invited address",
        "core/services/people/invitations.py",
        " if given and confirmed_at is not None}",
        " if given}",
        f"{MEMBERS}an_address_that_was_confirmed_since_opens_it",
    ),
    Removal(
        "party that is there",
        "core/services/claims/registering.py",
        "    (found,) = keyed.known(w, kind, [values])\n",
        "    found = None\n",
        f"{REGISTERING}what_is_there_is_claimed_by_its_number_and_given_to_nobody",
    ),
    Removal(
        "party that a table brought",
        "core/services/claims/registering.py",
        "        included = included_before(w, kind, values)\n",
        "        included = None\n",
        f"{REGISTERING}a_body_that_a_table_brought_without_a_number_is_claimed_by_its_name",
    ),
    Removal(
        "one answer for a code that does not fit",
        "core/services/claims/registering.py",
        '            identifiers.uscc(values["uscc"])\n',
        "            pass\n",
        f"{REGISTERING}nothing_that_is_wrong_with_the_input_tells_of_the_register",
    ),
    Removal(
        "parties that an account registers a day",
        "core/services/claims/limits.py",
        "    if made >= most:",
        "    if False:",
        f"{REGISTERING}an_account_registers_so_many_a_day",
    ),
    Removal(
        "claims of an account that wait",
        "core/services/claims/limits.py",
        "    if waiting >= bound:",
        "    if False:",
        f"{REGISTERING}so_many_claims_of_an_account_wait_for_an_answer",
    ),
    Removal(
        "turn of an account that registers",
        "core/services/claims/limits.py",
        '{"key": f"registering/{me}"}',
        '{"key": str(id(w))}',
        f"{REGISTERING}what_an_account_registers_at_once_is_counted_one_after_another",
    ),
    Removal(
        "days to object to a claim",
        "core/services/claims/deciding.py",
        "    waits = waits_until(w, claim)\n",
        "    waits = None\n",
        f"{CLAIMS}a_contact_has_its_days_before_a_claim_is_accepted",
    ),
    Removal(
        "side of a claim that decides on it",
        "core/services/claims/deciding.py",
        "    if is_same(w, found.user_id) or is_own(w, party.id):",
        "    if False:",
        f"{CLAIMS}who_decides_reaches_the_party_and_is_neither_side",
    ),
    Removal(
        "proof of a claim",
        "core/services/attachments/party_files.py",
        "    return not is_own(w, claim.party_id) and bool(w.session.scalar(select(reached)))",
        "    return True",
        f"{CLAIMS}the_proof_is_seen_by_its_claimant_and_by_who_decides",
    ),
    Removal(
        "proof before a claim is accepted",
        "core/services/claims/deciding.py",
        "    if not w.session.scalar(select(proof)):",
        "    if False:",
        f"{CLAIMS}without_a_proof_or_an_account_in_use_nothing_is_accepted",
    ),
    Removal(
        "invitations of those whom a claim ended",
        "core/services/claims/deciding.py",
        "        invitations.cancel_open(w, party.id)\n",
        "        pass\n",
        f"{CLAIMS}those_before_end_with_their_sessions_and_invitations_where_the_officer_says_so",
    ),
    Removal(
        "fresh factor for acts on parties",
        "core/services/people/parties.py",
        "    require_fresh(w, act)\n",
        "    pass\n",
        f"{CLAIMS}who_decides_reaches_the_party_and_is_neither_side",
    ),
    Removal(
        "status that is brought to a body nobody looked at",
        "core/services/people/keyed.py",
        "    suspend(w, party)\n",
        "    pass\n",
        "tests/services/claims/test_unproven.py::test_it_is_claimed_by_who_registered_it",
    ),
    Removal(
        "token of a form (CSRF)",
        "core/web/app.py",
        "    csrf.init_app(app)\n",
        "    app.jinja_env.globals['csrf_token'] = str\n",
        "tests/web/frame/test_frame.py::test_a_post_without_a_token_is_refused",
    ),
    Removal(
        "sandbox of uploaded files",
        "core/web/documents/looking.py",
        "; sandbox",
        "",
        "tests/web/documents/test_uploaded.py",
    ),
    Removal(
        "name of the site",
        "core/web/frame/doors.py",
        'if host == urlsplit(current_app.config["BASE_URL"]).hostname or is_loopback(host):',
        "if host:",
        "tests/web/frame/test_doors.py::test_any_other_name_is_refused_and_the_log_says_what_to_set",
    ),
    Removal(
        "addresses of the site alone after a login",
        "core/web/frame/pipeline.py",
        "    return target if printable and not parts.scheme and not parts.netloc else None",
        "    return target",
        "tests/web/frame/test_frame.py::test_return_addresses_stay_on_the_site",
    ),
    Removal(
        "rate of logins",
        "core/web/security/setup.py",
        "        app.view_functions[endpoint] = limited(app.view_functions[endpoint])",
        "        pass",
        "tests/web/security/test_login.py",
    ),
)
