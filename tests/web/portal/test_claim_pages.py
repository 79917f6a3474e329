"""A body that is there is claimed: one answer for what is known and what is not, proof, decision."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import today
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.storage.models import Membership, Party, PartyClaim, User
from core.storage.models.changes import ClaimState
from tests.services.factory import id_number, make_party, uscc
from tests.web.conftest import LogIn, MakeUser
from tests.web.filled_portal import PNG

HOME = "310104"


@pytest.fixture
def claimant(make_user: MakeUser) -> User:
    return make_user()


@pytest.fixture
def browser(claimant: User, log_in: LogIn) -> FlaskClient:
    return log_in(claimant)


@pytest.fixture
def known(engine: Engine) -> str:
    """The code of a body that the register has."""
    code = uscc()
    make_party(engine, region=HOME, uscc=code, name="沪服务中心", email="")
    return code


def send(browser: FlaskClient, code: str, **more: str) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, address and words of the answer to a registration."""
    given = {"name": "沪服务中心", "uscc": code, "region": HOME} | more
    kind = "person" if "id_number" in more else "organization"
    answer = browser.post(f"/my/parties/new?kind={kind}", data=given)
    with browser.session_transaction() as cookie:
        said = cookie.pop("_flashes", [])
    return answer.status_code, answer.headers["Location"], said


def test_the_answer_is_one_whether_the_register_has_the_number_or_not(
    make_user: MakeUser, log_in: LogIn, engine: Engine, known: str
) -> None:
    person = id_number()
    make_party(engine, PartyKind.PERSON, HOME, id_number=person)
    left = make_party(engine, region=HOME)
    merged = uscc()
    make_party(engine, region=HOME, uscc=merged, merged_into_id=left)
    answers = [send(log_in(make_user()), code) for code in (known, merged, uscc())]
    answers += [send(log_in(make_user()), "", id_number=number) for number in (person, id_number())]
    assert len({(status, place, str(said)) for status, place, said in answers}) == 1
    (status, place, said) = answers[0]
    assert (status, place, len(said)) == (303, "/my/parties/", 1)


def test_a_body_that_is_there_is_claimed_objected_to_and_taken_over(
    browser: FlaskClient,
    claimant: User,
    known: str,
    make_user: MakeUser,
    log_in: LogIn,
    session: Session,
) -> None:
    party = session.scalars(select(Party.id).where(Party.uscc == known)).one()
    owner = make_user()
    session.add(Membership(party_id=party, user_id=owner.id, main=True))
    session.commit()
    contact = log_in(owner)
    assert send(browser, known)[0] == 303
    claim = session.scalars(select(PartyClaim.id)).one()
    listed = browser.get("/my/parties/").text
    assert "待交证明材料" in listed
    assert f"/my/claims/{claim}" in listed
    assert "认领申请" in browser.get("/my/").text
    for path in ("", "/edit", "/members/"):
        assert browser.get(f"/my/parties/{party}{path}").status_code == 404
    page = f"/my/claims/{claim}"
    empty = browser.post(page, data={"statement": "负责人授权"})
    assert empty.status_code == 422
    assert "负责人授权" in empty.text
    wrong = browser.post(page, data={"file": (io.BytesIO(b"MZ"), "a.exe"), "statement": "负责人授权"})
    assert (wrong.status_code, "负责人授权" in wrong.text) == (422, True)
    assert "认领" not in contact.get(f"/my/parties/{party}").text
    sent = {"file": (io.BytesIO(PNG), "授权书.png"), "statement": "负责人授权"}
    assert browser.post(page, data=sent).status_code == 303
    assert "待核实" in browser.get(page).text
    # Those who act for it are told on its pages, and see neither the proof nor what was typed.
    assert "有人申请认领本主体" in contact.get(f"/my/parties/{party}").text
    assert claimant.name in contact.get(f"/my/parties/{party}/members/").text
    assert contact.get(page).status_code == 404
    assert contact.post(f"{page}/objection", data={"objection": " "}).status_code == 422
    assert contact.post(f"{page}/objection", data={"objection": "并非我们的人"}).status_code == 303
    assert "并非我们的人" in contact.get(f"/my/parties/{party}/members/").text
    officer = log_in(make_user(Role.OFFICER, "shanghai", "310000"))
    assert "待核实的主体认领" in officer.get("/admin/").text
    assert f"/admin/claims/{claim}" in officer.get("/admin/claims/?state=open").text
    shown = officer.get(f"/admin/claims/{claim}").text
    assert all(word in shown for word in ("授权书.png", "负责人授权", "并非我们的人", "一致", owner.name))
    picture = next(word for word in shown.split('"') if word.endswith("/picture"))
    assert officer.get(picture).data == PNG
    refused = officer.post(f"/admin/claims/{claim}/refuse", data={"refuse-answer": " "})
    assert (refused.status_code, "field-error" in refused.text) == (422, True)
    sent_answer = {"accept-answer": "单位来函属实", "accept-end_others": "y"}
    assert officer.post(f"/admin/claims/{claim}/accept", data=sent_answer).status_code == 303
    session.expire_all()
    found = session.get_one(PartyClaim, claim)
    assert (found.state, found.others_ended) == (ClaimState.ACCEPTED, True)
    # Whoever was ended is out at once; the claimant has the body, verified, and nothing more to look at.
    assert contact.get("/my/").headers["Location"].startswith("/login")
    assert browser.get("/my/parties/").headers["Location"] == f"/my/parties/{party}"
    assert "已核验" in browser.get(f"/my/parties/{party}").text
    assert "不再代表该主体" in officer.get(f"/admin/claims/{claim}").text


def test_a_claim_is_taken_back_and_can_be_made_again(
    browser: FlaskClient, known: str, session: Session
) -> None:
    send(browser, known)
    first = session.scalars(select(PartyClaim.id)).one()
    assert browser.post(f"/my/claims/{first}/withdraw").status_code == 303
    assert "认领已撤回" in browser.get(f"/my/claims/{first}").text
    send(browser, known)
    session.rollback()
    assert session.scalars(select(PartyClaim.id).order_by(PartyClaim.id)).all() != [first]


def test_what_was_typed_is_kept_where_the_day_s_bound_is_reached(
    browser: FlaskClient, known: str, session: Session
) -> None:
    for _ in range(5):
        assert send(browser, uscc())[0] == 303
    answer = browser.post("/my/parties/new", data={"name": "第六家", "uscc": known, "region": HOME})
    assert answer.status_code == 422
    assert "今天已满" in answer.text
    assert 'value="第六家"' in answer.text
    assert session.scalars(select(PartyClaim)).all() == []


def test_before_its_contact_had_time_the_page_offers_no_acceptance(
    browser: FlaskClient, known: str, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    party = session.scalars(select(Party.id).where(Party.uscc == known)).one()
    session.add(Membership(party_id=party, user_id=make_user().id, main=True))
    session.commit()
    send(browser, known)
    claim = session.scalars(select(PartyClaim.id)).one()
    browser.post(f"/my/claims/{claim}", data={"file": (io.BytesIO(PNG), "授权书.png")})
    officer = log_in(make_user(Role.OFFICER, "shanghai", "310000"))
    shown = officer.get(f"/admin/claims/{claim}").text
    assert "提出异议" in shown
    assert f"/admin/claims/{claim}/accept" not in shown
    refused = officer.post(f"/admin/claims/{claim}/accept", data={})
    assert refused.status_code == 422
    session.expire_all()
    found = session.get_one(PartyClaim, claim)
    assert (found.state, found.told_on) == (ClaimState.OPEN, today())


def test_a_code_that_does_not_fit_goes_the_same_way_with_its_licence(
    make_user: MakeUser, log_in: LogIn, engine: Engine, session: Session
) -> None:
    known, new = (code[:-1] + ("1" if code[-1] != "1" else "2") for code in (uscc(), uscc()))
    make_party(engine, region=HOME, uscc=known)
    answers = []
    for code in (known, new):
        browser = log_in(make_user())
        given = {"name": "沪机构", "uscc": code, "region": HOME}
        refused = browser.post("/my/parties/new", data=given)
        assert (refused.status_code, "凭证书请认定机关核准" in refused.text) == (422, True)
        sent = {**given, "licence": (io.BytesIO(PNG), "执照.png"), "statement": "证照如此"}
        answer = browser.post("/my/parties/new", data=sent)
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers == [(303, "/my/parties/")] * 2
    # The licence is the claim's proof: it stands before the authority at once.
    claim = session.scalars(select(PartyClaim)).one()
    assert (claim.uscc, claim.state, claim.statement) == (known, ClaimState.OPEN, "证照如此")
