"""The diary at its screens: quick entry, double send, drafts, photos, look-up, what others may not see."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.rules.clauses import PartyKind
from core.storage.models import Accreditation, Attachment, Membership, ServiceRecord
from core.storage.models.register import RecordState
from tests.services.factory import Held, accredit, make_party, serve, uscc
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.accredited import ago, enter, entry, photo

pytestmark = pytest.mark.usefixtures("holidays")


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "jilin/expert", ago(130))


@pytest.fixture
def second(engine: Engine, held: Held) -> Held:
    return accredit(engine, "miit_volunteer/expert", ago(100), party_id=held.party_id)


@pytest.fixture
def member(app: Flask, session: Session, make_user: MakeUser, log_in: LogIn, held: Held) -> FlaskClient:
    return enter(session, make_user, log_in, [held.party_id])


@pytest.fixture
def stranger(app: Flask, engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn) -> FlaskClient:
    other = accredit(engine, "jilin/expert", ago(130))
    return enter(session, make_user, log_in, [other.party_id])


def rows(session: Session, held: Held) -> list[ServiceRecord]:
    """The records of the party."""
    session.rollback()
    query = select(ServiceRecord).join(ServiceRecord.accreditation)
    query = query.where(Accreditation.party_id == held.party_id)
    return list(session.scalars(query.order_by(ServiceRecord.id)))


def pictures(session: Session, held: Held) -> list[int]:
    return list(session.scalars(select(Attachment.id).where(Attachment.party_id == held.party_id)))


def send(client: FlaskClient, data: dict[str, Any], path: str = "/my/diary/new") -> Any:
    return client.post(path, data=data, content_type="multipart/form-data")


def test_an_entry_counts_under_both_and_shows_the_progress(
    member: FlaskClient, session: Session, held: Held, second: Held
) -> None:
    page = member.get("/my/diary/new").text
    assert page.count('name="accreditation_ids" type="checkbox"') == 2
    assert page.count("checked") >= 2
    data = entry(held.id, second.id, photos=[photo()])
    answer = send(member, data)
    assert answer.status_code == 303
    saved = member.get(answer.location).text
    for words in ("服务记录已提交", "再填一条", "2.5</b> / 12", "服务企业数 1 / 30", "或"):
        assert words in saved
    assert {row.accreditation_id for row in rows(session, held)} == {held.id, second.id}
    assert len({row.entry_id for row in rows(session, held)}) == 1
    assert member.get(f"/attachments/{pictures(session, held)[0]}/picture").status_code == 200


def test_a_form_sent_twice_is_one_entry(member: FlaskClient, session: Session, held: Held) -> None:
    data = entry(held.id)
    assert send(member, data).status_code == 303
    again = send(member, data)
    assert again.status_code == 303
    assert "没有重复登记" in member.get(again.location).text
    assert len(rows(session, held)) == 1


def test_what_was_typed_stays_when_it_is_refused(
    member: FlaskClient, session: Session, held: Held, second: Held
) -> None:
    code = uscc()
    data = entry(
        held.id,
        second.id,
        service_date=ago(101),
        hours="25",
        enterprise__name=["甲公司", "乙公司"],
        enterprise__uscc=[code, code[:-1] + ("0" if code[-1] != "0" else "1")],
        summary="说明文字",
    )
    answer = send(member, data)
    assert answer.status_code == 422
    for words in (
        "校验码不符",
        "应大于 0",
        f"不在认定 {second.number}",
        "说明文字",
        "乙公司",
        data["entry_id"],
    ):
        assert words in answer.text
    assert rows(session, held) == []
    one = entry(held.id, service_date=ago(101))
    assert send(member, one).status_code == 303


BOUNDS: tuple[tuple[str, object, str], ...] = (
    ("service_date", partial(ago, -1), "还没有发生"),
    ("service_date", "", "请填写"),
    ("hours", "0", "应大于 0"),
    ("hours", "24.01", "不超过 24"),
    ("hours", "x", "请填写数字"),
    ("title", " ", "请填写"),
    ("satisfaction_pct", "100.01", "满意度"),
    ("accreditation_ids", [], "请至少选择一项认定"),
    ("entry_id", "x", ""),
)


def test_bounds(member: FlaskClient, session: Session, held: Held, second: Held) -> None:
    for field, given, words in BOUNDS:
        # The day is that of the test: midnight may be between it and the collection.
        value = given() if callable(given) else given
        answer = send(member, entry(held.id) | {field: value})
        assert answer.status_code == (422 if words else 400), field
        assert words in answer.text, field
    assert rows(session, held) == []
    good = entry(held.id, hours="24", satisfaction_pct="0", service_date=ago(0))
    assert send(member, good).status_code == 303
    assert rows(session, held)[0].satisfaction_pct == 0


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_kept(
    member: FlaskClient, session: Session, held: Held
) -> None:
    bad = (photo()[0], "a.jpg")
    bad[0].seek(0)
    bad[0].truncate(40)
    answer = send(member, entry(held.id, photos=[bad]))
    assert answer.status_code == 422
    assert "不是可用的照片" in answer.text
    assert rows(session, held) == []


def test_a_draft_is_changed_reported_and_then_fixed(
    member: FlaskClient, session: Session, held: Held, second: Held
) -> None:
    first = send(member, entry(held.id, second.id, action="draft"))
    number = rows(session, held)[0].entry_id
    assert "尚未计入" in member.get(first.location).text
    page = member.get(f"/my/diary/entries/{number}/edit").text
    assert "现场诊断" in page
    assert str(number) in page
    changed = entry(held.id, title="改过的服务", entry_id=str(number), action="draft")
    assert send(member, changed, f"/my/diary/entries/{number}/edit").status_code == 303
    assert [(row.title, row.accreditation_id) for row in rows(session, held)] == [("改过的服务", held.id)]
    assert member.post(f"/my/diary/entries/{number}/submit").status_code == 303
    assert rows(session, held)[0].state is RecordState.SUBMITTED
    refused = member.post(f"/my/diary/entries/{number}/delete", follow_redirects=True)
    assert "不能修改或删除" in refused.text
    assert "不能修改" in member.get(f"/my/diary/entries/{number}/edit", follow_redirects=True).text
    send(member, entry(held.id, action="draft"))
    draft = rows(session, held)[-1].entry_id
    assert member.post(f"/my/diary/entries/{draft}/delete").status_code == 303
    assert len(rows(session, held)) == 1


def test_more_rows_without_a_script_keep_what_was_typed(member: FlaskClient, held: Held) -> None:
    answer = send(member, entry(held.id, action="more", enterprise__name=["甲公司", "乙公司"]))
    assert answer.status_code == 200
    assert answer.text.count('name="enterprise-name"') == 3
    assert "乙公司" in answer.text
    assert "请填写" not in answer.text


def test_others_find_nothing(
    member: FlaskClient, stranger: FlaskClient, session: Session, held: Held
) -> None:
    send(member, entry(held.id, photos=[photo()]))
    number = rows(session, held)[0].entry_id
    (picture,) = pictures(session, held)
    for path in (
        f"/my/diary/entries/{number}",
        f"/my/diary/entries/{number}/edit",
        f"/my/diary/?party={held.party_id}",
        f"/my/diary/new?party={held.party_id}",
        f"/my/diary/enterprises?party={held.party_id}&query=甲",
        f"/my/diary/export/{held.id}",
        f"/my/diary/import?party={held.party_id}",
        f"/my/diary/import/template?party={held.party_id}",
        f"/attachments/{picture}/picture",
        "/my/diary/?party=x",
    ):
        assert stranger.get(path).status_code == 404, path
    for path in ("submit", "delete", "photos", f"photos/{picture}/remove"):
        assert stranger.post(f"/my/diary/entries/{number}/{path}").status_code == 404, path
    assert send(stranger, entry(held.id)).status_code == 422
    own = stranger.get("/my/diary/new").text.split('name="accreditation_ids" value="')[1].split('"')[0]
    taken = send(stranger, entry(int(own), entry_id=str(number)))
    assert taken.status_code == 422
    assert "已登记" in taken.text
    assert len(rows(session, held)) == 1


def test_the_look_up_tells_names_and_codes_only(member: FlaskClient, engine: Engine, held: Held) -> None:
    code = uscc()
    make_party(engine, name="青岚机械有限公司", uscc=code, mobile="13800000000")
    make_party(engine, PartyKind.PERSON, name="青岚先生")
    send(member, entry(held.id, enterprise__name=["青岚茶社", ""]))
    found = member.get("/my/diary/enterprises?query=青岚").json
    assert found == [
        {"name": "青岚茶社", "uscc": "", "served": True},
        {"name": "青岚机械有限公司", "uscc": code, "served": False},
    ]
    latest = member.get("/my/diary/enterprises").json or []
    assert [item["name"] for item in latest] == ["青岚茶社"]


def test_the_list_filters_pages_and_keeps_the_address(
    member: FlaskClient, engine: Engine, held: Held, second: Held
) -> None:
    assert "还没有服务记录" in member.get("/my/diary/").text
    for number in range(21):
        serve(engine, held, ago(number + 1))
    serve(engine, second, ago(2), state=RecordState.REJECTED, rejection_reason="无照片")
    page = member.get("/my/diary/").text
    assert "共 22 条" in page
    assert "page=1" in page
    assert "第 2 页" in member.get("/my/diary/?page=1").text
    rejected = member.get("/my/diary/?state=rejected").text
    assert "共 1 条" in rejected
    assert "没有符合条件的记录" in member.get("/my/diary/?function=none").text
    assert "共 22 条" in member.get("/my/diary/?state=x&month=2024-13&accreditation=999").text
    link = rejected.split('href="/my/diary/entries/')[1][:36]
    assert "无照片" in member.get(f"/my/diary/entries/{UUID(link)}").text


def test_photos_are_added_and_taken_away(member: FlaskClient, session: Session, held: Held) -> None:
    send(member, entry(held.id))
    number = rows(session, held)[0].entry_id
    path = f"/my/diary/entries/{number}/photos"
    sent = {"photos": [photo("a.jpg", 10), photo("b.jpg", 20)]}
    member.post(path, data=sent, content_type="multipart/form-data")
    found = pictures(session, held)
    assert len(found) == 2
    assert member.post(f"{path}/{found[0]}/remove").status_code == 303
    assert member.get(f"/attachments/{found[0]}/picture").status_code == 404
    assert "请选择照片" in member.post(path, data={}, follow_redirects=True).text


def test_who_holds_nothing_is_led_to_the_programmes(
    app: Flask, engine: Engine, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    nobody = enter(session, make_user, log_in, [])
    for path in ("/my/diary/", "/my/diary/new"):
        assert "没有关联机构或个人" in nobody.get(path).text
    party = make_party(engine)
    empty = enter(session, make_user, log_in, [party])
    page = empty.get("/my/diary/new").text
    assert "没有有效的认定" in page
    assert 'href="/my/programs/"' in page


def test_who_acts_for_two_changes_between_them(
    engine: Engine, session: Session, member: FlaskClient, held: Held
) -> None:
    other = accredit(engine, "hubei/comprehensive", ago(200))
    query = select(Membership.user_id).where(Membership.party_id == held.party_id)
    session.add(Membership(party_id=other.party_id, user_id=session.scalars(query).one()))
    session.commit()
    assert 'name="party"' in member.get("/my/diary/").text
    page = member.get(f"/my/diary/new?party={other.party_id}").text
    assert other.number in page
    assert held.number not in page
    assert send(member, entry(other.id), f"/my/diary/new?party={held.party_id}").status_code == 422
    assert send(member, entry(other.id), f"/my/diary/new?party={other.party_id}").status_code == 303


def test_english_pages_speak_english(member: FlaskClient, session: Session, held: Held) -> None:
    send(member, entry(held.id))
    number = rows(session, held)[0].entry_id
    assert "Quick entry" in member.get("/my/diary/new?lang=en").text
    page = member.get(f"/my/diary/entries/{number}?saved=1").text
    assert "2.5 of 12 hours, or 1 of 30 enterprises" in page
    assert "Record another" in page
