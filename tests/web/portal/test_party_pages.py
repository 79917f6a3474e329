"""A party in its members' hands: registered, kept, verified, its people invited; and its messages read."""

import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.roles import Role
from core.storage.models import Ban, ChangeRequest, Membership, OutboxMessage, Party, User
from tests.services.factory import make_party, uscc
from tests.web.conftest import LogIn, MakeUser
from tests.web.filled_portal import PNG
from tests.web.portal.mailbox import link


@pytest.fixture
def owner(make_user: MakeUser) -> User:
    return make_user()


@pytest.fixture
def browser(owner: User, log_in: LogIn) -> FlaskClient:
    return log_in(owner)


@pytest.fixture
def party(browser: FlaskClient, session: Session) -> int:
    """A party that the browser's user has registered."""
    given = {"name": "沪服务中心", "uscc": uscc(), "region": "310104", "email": "desk@firm.example"}
    answer = browser.post("/my/parties/new", data=given)
    assert answer.status_code == 303
    session.rollback()
    return session.scalars(select(Party.id).where(Party.uscc == given["uscc"])).one()


def test_what_is_wrong_with_a_party_is_told_at_its_fields(browser: FlaskClient) -> None:
    answer = browser.post("/my/parties/new", data={"name": "甲", "uscc": "1", "region": "310104"})
    assert answer.status_code == 422
    assert "不是统一社会信用代码" in answer.text
    assert 'value="甲"' in answer.text
    assert browser.get("/my/parties/new?kind=nothing").status_code == 404


def test_a_party_is_registered_once(browser: FlaskClient, party: int, session: Session) -> None:
    code = session.get_one(Party, party).uscc
    answer = browser.post("/my/parties/new", data={"name": "乙", "uscc": code, "region": "310104"})
    assert answer.status_code == 422
    assert "您已可代表该主体办理业务" in answer.text
    assert 'value="乙"' in answer.text


def test_a_code_whose_check_digit_does_not_fit_is_handed_in_with_the_licence(
    browser: FlaskClient, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    code = uscc()
    code = code[:-1] + ("1" if code[-1] != "1" else "2")
    given = {"name": "沪机构", "uscc": code, "region": "310104", "mobile": "", "phone": "021-62345678"}
    assert 'type="file"' not in browser.get("/my/parties/new").text
    refused = browser.post("/my/parties/new", data=given)
    assert refused.status_code == 422
    assert "凭证书请认定机关核准" in refused.text
    assert 'name="licence"' in refused.text
    sent = {**given, "licence": (io.BytesIO(PNG), "执照.png"), "statement": "证照如此"}
    assert browser.post("/my/parties/new", data=sent).status_code == 303
    session.rollback()
    number = session.scalars(select(Party.id).where(Party.uscc == code)).one()
    page = browser.get(f"/my/parties/{number}").text
    assert "尚未经认定机关核准" in page
    assert "021-62345678" in page
    assert "核准统一社会信用代码" in browser.get(f"/my/parties/{number}/changes/").text
    officer = log_in(make_user(Role.OFFICER, "shanghai", "310000"))
    (asked,) = session.scalars(select(ChangeRequest.id).where(ChangeRequest.party_id == number))
    shown = officer.get(f"/admin/changing/{asked}").text
    assert code in shown
    assert "校验码不符" in shown
    assert officer.post(f"/admin/changing/{asked}/grant", data={"grant-answer": "一致"}).status_code == 303
    assert "尚未经认定机关核准" not in browser.get(f"/my/parties/{number}").text
    held = officer.get(f"/admin/filing/party/{number}").text
    assert f"/admin/changing/{asked}" in held
    assert officer.post(f"/admin/changing/{asked}/revoke", data={"revoke-reason": " "}).status_code == 422
    withdrawn = officer.post(f"/admin/changing/{asked}/revoke", data={"revoke-reason": "证照有误"})
    assert withdrawn.status_code == 303
    assert "已撤销核准" in officer.get(f"/admin/changing/{asked}").text
    assert "尚未经认定机关核准" in browser.get(f"/my/parties/{number}").text


def test_its_pages_are_its_members_own(party: int, make_user: MakeUser, log_in: LogIn) -> None:
    pages = ("", "/edit", "/profile", "/members/")
    for stranger in (log_in(make_user()), log_in(make_user(Role.OFFICER))):
        assert {stranger.get(f"/my/parties/{party}{page}").status_code for page in pages} == {404}
        for action in ("confirm", "verification", "licence"):
            assert stranger.post(f"/my/parties/{party}/{action}").status_code == 404


def test_the_profile_is_kept_and_a_wrong_figure_is_told(
    browser: FlaskClient, party: int, session: Session
) -> None:
    page = f"/my/parties/{party}/profile"
    wrong = browser.post(page, data={"staff_full_time": "many", "legal_form": "enterprise"})
    assert wrong.status_code == 422
    assert "has-error" in wrong.text
    assert browser.post(page, data={"staff_full_time": "12", "fixed_premises": "no"}).status_code == 303
    session.expire_all()
    assert session.get_one(Party, party).profile == {"staff_full_time": 12, "fixed_premises": False}
    assert 'value="12"' in browser.get(page).text


def test_a_party_is_verified_on_its_licence(
    browser: FlaskClient, party: int, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    officer = log_in(make_user(Role.OFFICER, "shanghai", "310000"))
    assert "待核验的主体" not in officer.get("/admin/").text
    assert "申请核验" not in browser.get(f"/my/parties/{party}").text
    for name, data in (("a.exe", b"MZ"), ("执照.png", PNG)):
        browser.post(f"/my/parties/{party}/licence", data={"file": (io.BytesIO(data), name)})
    page = browser.get(f"/my/parties/{party}").text
    assert "申请核验" in page
    assert "a.exe" not in page
    browser.post(f"/my/parties/{party}/verification")
    assert "待核验的主体" in officer.get("/admin/").text
    assert "沪服务中心" in officer.get("/admin/verifications/").text
    shown = officer.get(f"/admin/filing/party/{party}").text
    picture = next(word for word in shown.split('"') if word.endswith("/picture"))
    answer = officer.get(picture)
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    assert (
        officer.get(picture.removesuffix("/picture")).headers["Content-Disposition"].startswith("attachment")
    )
    officer.post(f"/admin/filing/party/{party}/turn-down", data={"remark": "看不清"})
    assert "看不清" in browser.get(f"/my/parties/{party}").text
    browser.post(f"/my/parties/{party}/verification")
    officer.post(f"/admin/filing/party/{party}/verify")
    session.expire_all()
    assert session.get_one(Party, party).verified_at is not None
    assert "沪服务中心" not in officer.get("/admin/verifications/").text


def test_who_has_the_old_address_of_a_merged_party_verifies_the_one_that_is_left(
    engine: Engine, party: int, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    left = make_party(engine, region=session.get_one(Party, party).region, name="留存登记")
    session.get_one(Party, party).verification_requested_at = now()
    session.commit()
    lead = log_in(make_user(Role.LEAD))
    lead.post(f"/admin/mergers/{left}/{party}", data={"reason": "两次登记"})
    queue = lead.get("/admin/verifications/").text
    assert f"/admin/filing/party/{left}" in queue
    assert f"/admin/filing/party/{party}" not in queue
    old = lead.get(f"/admin/filing/party/{party}").text
    assert f"/admin/filing/party/{left}#verification" in old
    assert f"/admin/filing/party/{party}/verify" not in old
    answer = lead.post(f"/admin/filing/party/{party}/verify")
    assert answer.headers["Location"].endswith(f"/admin/filing/party/{left}")
    session.expire_all()
    assert all(session.get_one(Party, number).verified_at is not None for number in (left, party))
    assert "留存登记" not in lead.get("/admin/verifications/").text


def test_a_refused_correction_of_a_ban_keeps_what_was_typed(
    party: int, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    days = {"starts_on": date(2020, 1, 6), "through": date(2020, 12, 31), "lifted_on": date(2020, 2, 3)}
    over = Ban(party_id=party, program="shanghai", clause="12", **days)
    session.add(over)
    session.commit()
    lead = log_in(make_user(Role.LEAD))
    page = f"/admin/filing/party/{party}"
    assert "已于 2020-12-31 届满" in lead.get(page).text
    over.through = date(2999, 12, 31)
    session.commit()
    assert f"/admin/filing/bans/{over.id}/correct" in lead.get(page).text
    empty = lead.post(f"/admin/filing/bans/{over.id}/correct", data={f"ban-{over.id}-reason": " "})
    assert (empty.status_code, "field-error" in empty.text) == (422, True)
    over.through = date(2020, 12, 31)
    session.commit()
    refused = lead.post(f"/admin/filing/bans/{over.id}/correct", data={f"ban-{over.id}-reason": "误点"})
    assert (refused.status_code, "届满" in refused.text) == (422, True)


def test_an_invited_guest_signs_up_and_accepts_once(
    app: Flask, browser: FlaskClient, party: int, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    page = f"/my/parties/{party}/members/"
    assert browser.post(page, data={"address": "guest@example.cn"}).status_code == 303
    assert browser.post(page, data={"address": "guest@example.cn"}).status_code == 422
    path = link(session, "guest@example.cn")
    guest = app.test_client()
    assert "沪服务中心" in guest.get(path).text
    assert guest.post(path).headers["Location"].startswith("/login")
    user = make_user()
    entered = log_in(user)
    refused = entered.get(path).text
    assert "您的账号尚未确认此邮箱或手机号" in refused
    assert "g***@example.cn" in refused
    assert "guest@example.cn" not in refused
    assert "接受邀请" not in refused
    assert entered.post(path).headers["Location"] == path
    user.email, user.confirmed_at = "guest@example.cn", now()
    session.commit()
    assert "接受邀请" in entered.get(path).text
    assert entered.post(path).headers["Location"] == f"/my/parties/{party}"
    assert "已被接受" in log_in(make_user()).get(path).text
    assert guest.get(f"{path}x").status_code == 404
    session.rollback()
    members = set(session.scalars(select(Membership.user_id).where(Membership.party_id == party)))
    assert user.id in members
    assert len(members) == 2
    # Only the main contact invites, hands over and removes.
    assert entered.post(page, data={"address": "x@example.cn"}).status_code == 403
    assert browser.post(f"{page}{user.id}/main").status_code == 303
    assert entered.post(f"{page}{user.id}/remove").status_code == 303
    assert entered.get(page).status_code == 200
    others = members - {user.id}
    assert entered.post(f"{page}{others.pop()}/remove").status_code == 303
    assert browser.get(page).headers["Location"].startswith("/login"), "the session ends with the membership"


def test_an_officer_invites_the_first_member(
    make_user: MakeUser, log_in: LogIn, party: int, session: Session
) -> None:
    officer = log_in(make_user(Role.OFFICER, None, "310000"))
    officer.post(f"/admin/filing/party/{party}/invite", data={"address": "first@example.cn"})
    assert link(session, "first@example.cn").startswith("/account/invitations/")
    elsewhere = log_in(make_user(Role.OFFICER, None, "420000"))
    denied = elsewhere.post(f"/admin/filing/party/{party}/invite", data={"address": "x@example.cn"})
    assert denied.status_code == 404


def test_messages_are_counted_opened_and_marked(
    browser: FlaskClient, party: int, owner: User, session: Session
) -> None:
    for number in range(25):
        session.add(
            OutboxMessage(
                key=f"m{number}",
                event="account.verified",
                channel="email",
                party_id=party,
                recipient="desk@firm.example",
                subject=f"第{number}号通知",
                body="正文",
            )
        )
    session.commit()
    first = browser.get("/inbox/").text
    assert first.count("message-new") == 20
    assert "较早" in first
    second = browser.get("/inbox/?page=1").text
    assert second.count("message-new") == 5
    opened = next(word for word in first.split('"') if word.startswith("/inbox/") and word[7:].isdigit())
    assert "正文" in browser.get(opened).text
    assert browser.get("/inbox/?unread=1&page=1").text.count("message-new") == 4
    browser.post("/inbox/read")
    assert "没有未读消息" in browser.get("/inbox/?unread=1").text
    assert browser.get("/inbox/999999").status_code == 404


def test_the_start_page_leads_on(
    browser: FlaskClient, party: int, make_user: MakeUser, log_in: LogIn
) -> None:
    page = browser.get("/my/").text
    assert "沪服务中心" in page
    assert "填写申报资料" in page
    english = browser.get("/my/?lang=en").text
    assert "Waiting for me" in english
