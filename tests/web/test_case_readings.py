"""A page reads what it shows once: facts, rules, verdict, checklist and statements; rules of a status."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from tests.counted import at_most
from tests.services.factory import accredit
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.accredited import ago, enter
from tests.web.portal.applicant import Applicant, applicant
from tests.web.screens import Browser

RULES: Any = {"rules": 1}
ONCE: Any = {"parse_facts": 1, "rules": 1, "judged": 1, "rows_of": 1, "entries_of": 1}


def ready(session: Session, make_user: MakeUser, log_in: LogIn) -> Applicant:
    """Someone whose application waits to be handed in."""
    someone = applicant(session, make_user, log_in)
    someone.begin()
    someone.fill(staff_full_time=12)
    someone.hand_in()
    return someone


def test_an_applicants_pages_read_its_case_once(session: Session, make_user: MakeUser, log_in: LogIn) -> None:
    someone = ready(session, make_user, log_in)
    path = someone.path
    for page in ("", "/facts", "/materials", "/submit"):
        with at_most(**ONCE):
            assert someone.browser.get(f"{path}{page}").status == 200


def test_handing_in_reads_the_case_once_to_look_and_once_to_act(
    session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    someone = ready(session, make_user, log_in)
    page = someone.browser.get(f"{someone.path}/submit")
    # The page before, the act with its message, and the page after.
    with at_most(parse_facts=3, rules=4, judged=3, rows_of=2, entries_of=3):
        page.send(declared="y")
    assert someone.application.state is ApplicationState.SUBMITTED


def test_an_officers_pages_read_the_case_once(session: Session, make_user: MakeUser, log_in: LogIn) -> None:
    someone = ready(session, make_user, log_in)
    someone.browser.get(f"{someone.path}/submit").send(declared="y")
    number = someone.application.id
    officer = Browser(log_in(make_user(Role.OFFICER)))
    for page in ("", "/completeness"):
        with at_most(**ONCE):
            assert officer.get(f"/admin/applications/{number}{page}").status == 200
    recommender = Browser(log_in(make_user(Role.RECOMMENDER)))
    # Which tracks are recommended at all is asked of the rules of each.
    tracks = sum(len(loaded.program.tracks) for loaded in catalogue().programs.values())
    with at_most(**ONCE | {"rules": 1 + tracks}):
        assert recommender.get(f"/admin/recommending/{number}").status == 200


def test_the_pages_of_an_accreditation_read_its_rules_once(
    engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    held = accredit(engine, "jilin/expert", ago(130))
    member = Browser(enter(session, make_user, log_in, [held.party_id]))
    for page in ("/my/", "/my/accreditations/", f"/my/accreditations/{held.id}"):
        with at_most(**RULES):
            assert member.get(page).status == 200
    with at_most(**RULES):
        assert member.get(f"/my/accreditations/{held.id}/extension").status == 200
    officer = Browser(log_in(make_user(Role.OFFICER)))
    with at_most(**RULES):
        assert officer.get(f"/admin/accreditations/{held.id}").status == 200
