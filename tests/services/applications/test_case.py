"""A case is read once where it is found or locked, passed on, and told of what is written to it.

Of the rules, a message asks once more: whether it has to go to a mobile telephone.
"""

from datetime import date

from core.domain.lifecycle.states import Action
from core.rules.evaluate import Outcome
from core.services.applications import facts, materials
from core.services.applications.case import Case as Found
from core.services.applications.case import find, lock
from core.services.applications.moving import available_moves
from core.services.base.behalf import on_behalf
from core.services.granting import decisions, starting
from core.storage.models import Decision, Party
from core.storage.models.applications import Provenance
from tests.counted import at_most
from tests.services.journey import PDF, REASON, Town, claims

KEY, STAFF = "shanghai/comprehensive", "2.1(2)"
RECOGNIZED = {"highest_recognition_level": "city"}


def outcome(case: Found, clause: str = STAFF) -> Outcome:
    """What becomes of a condition."""
    return next(row.outcome for row in case.verdict.rows if row.clause == clause)


def test_an_application_is_begun_under_rules_read_once(town: Town) -> None:
    user, party = town.applicant(KEY, "2024-06-01T09:00")
    call = town.call(KEY, date(2024, 6, 1))
    with town.begin(user, "2024-06-01T09:00") as w:
        w.session.get_one(Party, party).profile = claims(KEY)
    with town.begin(user, "2024-06-01T09:00") as w, at_most(parse_facts=1, rules=1, entries_of=2):
        starting.start(w, "shanghai", "comprehensive", party, call)


def test_what_is_saved_is_parsed_once(town: Town) -> None:
    case = town.start(KEY)
    seen = dict.fromkeys(claims(KEY))
    with case.as_applicant() as w, at_most(parse_facts=1, rules=1, entries_of=1):
        facts.save_facts(w, case.application_id, claims(KEY), Provenance.CLAIMED, seen=seen)


def test_handing_in_reads_facts_and_checklist_once(town: Town) -> None:
    case = town.start(KEY).fill().attach_all()
    with case.as_applicant() as w, at_most(parse_facts=1, rules=2, judged=1, rows_of=1, entries_of=1):
        starting.submit(w, case.application_id)


def test_a_decision_rests_on_the_verdict_that_allowed_it(town: Town) -> None:
    # The checklist tells which documents it rests on.
    case = town.start(KEY).reviewed()
    with (
        case.as_officer(4) as w,
        at_most(parse_facts=1, rules=2, judged=1, rows_of=1, entries_of=1),
    ):
        decisions.approve(w, case.application_id, REASON)


def test_a_page_looks_at_all_of_a_case_with_one_reading(town: Town) -> None:
    case = town.start(KEY).reviewed()
    with (
        case.as_officer(4) as w,
        at_most(parse_facts=1, rules=1, judged=1, rows_of=1, entries_of=1),
    ):
        found = find(w, case.application_id)
        assert found.verdict.obstacles == ()
        assert available_moves(found)
        assert facts.asked_facts(found)
        assert all(row.settled for row in found.checklist)


def test_a_verdict_after_a_save_is_the_new_one(town: Town) -> None:
    case = town.start(KEY).fill({"staff_full_time": 9})
    with case.as_applicant() as w:
        found = lock(w, case.application_id)
        assert outcome(found) is Outcome.NOT_MET
        facts.save(found, {"staff_full_time": 10}, Provenance.CLAIMED)
        assert outcome(found) is not Outcome.NOT_MET
        assert found.origins["staff_full_time"] is Provenance.CLAIMED
        facts.save(found, {"staff_full_time": None}, Provenance.CLAIMED)
        assert "staff_full_time" not in found.values
        assert "staff_full_time" not in found.origins


def test_a_condition_set_aside_is_so_at_once(town: Town) -> None:
    case = town.start(KEY).fill({"staff_full_time": 9} | RECOGNIZED)
    case.attach_all().submit().recommend().review()
    with case.as_officer(3) as w:
        (row,) = find(w, case.application_id).verdict.obstacles
        number = decisions.waive(w, case.application_id, row.key, REASON)
        assert find(w, case.application_id).verdict.obstacles == ()
        kept = w.session.get_one(Decision, number).verdict
    # What the decision rests on is what was looked at, before it was set aside.
    assert [item["waived"] for item in kept["results"] if item["key"] == row.key] == [False]


def test_a_draft_from_before_its_call_is_held_against_the_edition_of_the_call(town: Town) -> None:
    case = town.start(KEY)
    with case.as_applicant() as w:
        found = lock(w, case.application_id)
        before = found.desk
        assert found.verdict.edition == found.application.edition
        found.changed()
        assert found.desk is before
        found.changed(edition=True)
        assert found.desk is not before


def test_a_checklist_after_a_file_was_handed_in_or_taken_back_is_the_new_one(town: Town) -> None:
    case = town.start(KEY)
    with case.as_applicant() as w:
        key = materials.checklist(w, case.application_id)[0].key
        number = materials.attach(w, case.application_id, key, "a.pdf", PDF, town.store)
        assert [file.id for file in materials.checklist(w, case.application_id)[0].present] == [number]
        materials.remove_file(w, number)
        assert materials.checklist(w, case.application_id)[0].present == ()


def test_who_helps_a_party_sees_the_same_case_with_the_moves_of_the_party(town: Town) -> None:
    case = town.start(KEY).fill().attach_all()
    with case.as_officer() as w, at_most(parse_facts=1, rules=1, judged=1, rows_of=1, entries_of=1):
        found = find(w, case.application_id)
        own = {item.move.action for item in available_moves(found)}
        assert found.checklist
        application = found.application
        helped = on_behalf(w, case.party_id, application.program, application.region)
        theirs = {item.move.action for item in available_moves(found.through(helped))}
    assert Action.SUBMIT in theirs - own
