"""Everything about oneself as one download: all of it, and nothing of anybody else."""

import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.clock import moment
from core.domain.errors import NotAllowed, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS, Actor
from core.services.claims import own as claims
from core.services.claims import registering
from core.services.entry import record
from core.services.exports.streaming import ZIP
from core.services.own_data import package
from core.services.own_data.gathering import Gathering
from core.services.own_data.sections import said
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import (
    AnnualReport,
    Attachment,
    DataExport,
    Membership,
    OutboxMessage,
    Party,
    StaffMember,
    User,
)
from core.storage.models.accounts import Look
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.operations import JobState
from tests.services.factory import accredit, id_number, make_party, serve, uscc
from tests.services.journey import PDF

TIME = "2024-06-03T10:00"
AT = moment(TIME)
OTHERS = ("赵别人", "13800000001", "other@example.cn", "李在册")
"""What of other people stands in the register, and must not be in the download."""


def put(engine: Engine, *rows: Any) -> None:
    with session_factory(engine).begin() as session:
        session.add_all(rows)


def attachment(party: int, by: int | None, store: FileStore, content: bytes, name: str) -> Attachment:
    stored = store.put(content, at_most=1000)
    return Attachment(
        purpose=AttachmentPurpose.LICENCE,
        party_id=party,
        filename=name,
        content_type="application/pdf",
        size=stored.size,
        sha256=stored.sha256,
        uploaded_by_id=by,
        uploaded_at=AT,
    )


@pytest.fixture
def expert(engine: Engine, make_actor: Any) -> tuple[Actor, int, str]:
    """Somebody who is an expert in person: the account, the registration and its identity number."""
    number = id_number()
    party = make_party(
        engine,
        PartyKind.PERSON,
        "220202",
        name="王芳",
        id_number=number,
        mobile="13912345678",
        employer="某大学",
        profile={"name": "王芳", "education": "master"},
    )
    actor = make_actor(Role.APPLICANT, parties=[party])
    with session_factory(engine).begin() as session:
        session.scalars(select(Membership).where(Membership.party_id == party)).one().main = True
    return actor, party, number


def gathered(begin: Any, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    with begin(actor, TIME) as w:
        return {item.key: [dict(row) for row in item.rows] for item in Gathering(w).sections()}


def text(begin: Any, actor: Actor) -> str:
    return str(gathered(begin, actor))


def test_a_person_gets_all_of_the_own_registration(
    engine: Engine, begin: Any, make_actor: Any, expert: tuple[Actor, int, str]
) -> None:
    actor, party, number = expert
    held = accredit(engine, "jilin/expert", "2024-01-08", party_id=party)
    serve(engine, held, "2024-03-01", names=("甲公司",))
    put(
        engine,
        AnnualReport(accreditation_id=held.id, year=2023, submitted_on=date(2024, 1, 20), summary="年报"),
        OutboxMessage(
            key="a",
            event="warning",
            channel="email",
            party_id=party,
            recipient="w@example.cn",
            subject="提醒",
            body="请及时记录服务",
        ),
        OutboxMessage(
            key="b",
            event="account.code",
            channel="email",
            user_id=actor.user_id,
            recipient="w@example.cn",
            subject="验证码",
            body="验证码 123456",
        ),
    )
    officer = make_actor(Role.OFFICER)
    with begin(officer, TIME) as w:
        record.looked(w, Look.PARTY, party, party_id=party, program="jilin", region="220202")
        record.write(w.session, record.looks_of(w.session))
    found = gathered(begin, actor)
    assert [(row["id"], row["name"]) for row in found["account"]] == [(actor.user_id, actor.name)]
    assert found["parties"][0]["id_number"] == number
    assert found["parties"][0]["employer"] == "某大学"
    assert {row["fact"]: row["value"] for row in found["profiles"]} == {"name": "王芳", "education": "master"}
    assert [row["number"] for row in found["accreditations"]] == [held.number]
    assert [row["enterprises"] for row in found["records"]] == [[{"name": "甲公司"}]]
    assert [row["summary"] for row in found["reports"]] == ["年报"]
    assert [row["body"] for row in found["messages"]] == ["请及时记录服务"], "a code is in no inbox"
    (look,) = found["looks"]
    assert look["look"] is Look.PARTY
    assert "Jilin" in said(look["program"], "en")
    assert officer.name not in str(found), "the office is named, and not who"


def test_who_merely_helps_a_person_gets_nothing_of_that_person(
    engine: Engine, begin: Any, make_actor: Any, store: FileStore, expert: tuple[Actor, int, str]
) -> None:
    actor, party, number = expert
    helper = make_actor(Role.APPLICANT, parties=[party])
    put(engine, attachment(party, actor.user_id, store, b"diploma", "王芳的学历.pdf"))
    found = text(begin, helper)
    assert [word for word in ("王芳", number, "13912345678", "某大学", "master") if word in found] == []
    assert "王芳的学历.pdf" in text(begin, actor)


def test_of_a_body_no_other_person_is_told(
    engine: Engine, begin: Any, make_actor: Any, store: FileStore
) -> None:
    name, mobile, email, listed = OTHERS
    body = make_party(
        engine,
        contact_name=name,
        mobile=mobile,
        email=email,
        address="长宁路 1 号",
        profile={"mobile": mobile, "email": email, "staff_full_time": 12},
    )
    member, colleague = (make_actor(Role.APPLICANT, parties=[body]) for _ in range(2))
    put(
        engine,
        StaffMember(party_id=body, name=listed, id_key="0" * 64, id_masked="3****1", imported_at=AT),
        attachment(body, member.user_id, store, b"mine", "执照.pdf"),
        attachment(body, colleague.user_id, store, b"theirs", "赵别人的证明.pdf"),
        OutboxMessage(
            key="c",
            event="member.joined",
            channel="email",
            party_id=body,
            user_id=colleague.user_id,
            recipient=email,
            subject="新成员",
            body=f"{name}已加入",
        ),
    )
    found = text(begin, member)
    assert [word for word in (*OTHERS, colleague.name) if word in found] == []
    assert [word for word in ("执照.pdf", "长宁路 1 号", "12") if word not in found] == []


def test_a_contact_of_a_body_finds_the_own_address(engine: Engine, begin: Any, make_actor: Any) -> None:
    body = make_party(engine, contact_name="某人")
    member = make_actor(Role.APPLICANT, parties=[body])
    with session_factory(engine).begin() as session:
        own = session.get_one(User, member.user_id)
        session.get_one(Party, body).email = own.email or ""
        email = own.email
    (party,) = gathered(begin, member)["parties"]
    assert (party["email"], party["contact_name"], party["mobile"]) == (email, None, "")


def test_what_strangers_have_is_not_there(engine: Engine, begin: Any, make_actor: Any) -> None:
    other = accredit(engine, "shanghai/specialized", "2024-01-08")
    serve(engine, other, "2024-03-01", summary="别家的服务")
    found = gathered(begin, make_actor(Role.APPLICANT))
    assert {key: rows for key, rows in found.items() if rows and key not in ("account", "roles")} == {}
    with begin(ANONYMOUS, TIME) as w, pytest.raises(NotAllowed):
        Gathering(w).sections()


def test_the_zip_has_a_page_the_same_as_json_and_the_files(
    engine: Engine, begin: Any, store: FileStore, expert: tuple[Actor, int, str]
) -> None:
    actor, party, number = expert
    gone = attachment(party, None, store, b"gone", "丢失.pdf")
    put(engine, attachment(party, None, store, b"diploma", "学历.pdf"), gone)
    with session_factory(engine)() as session:
        lost = session.scalars(select(Attachment.sha256).where(Attachment.filename == "丢失.pdf")).one()
    store.path(lost).chmod(0o640)
    store.path(lost).unlink()
    told: list[tuple[int, int]] = []
    with begin(actor, TIME) as w:
        file = package.made(w, store, "en", lambda done, total: told.append((done, total)))
    with zipfile.ZipFile(file) as packed:
        names = packed.namelist()
        data, page = json.loads(packed.read("data.json")), packed.read("index.html").decode()
        (missing,) = json.loads(packed.read("missing.json"))
        assert packed.read(next(name for name in names if name.endswith("学历.pdf"))) == b"diploma"
    assert data["schema"] == package.SCHEMA
    assert data["parties"][0]["id_number"] == number
    assert number in page
    assert "noindex" in page
    assert "丢失.pdf" in missing["file"]
    assert told == [(sum(len(rows) for rows in data.values() if isinstance(rows, list)),) * 2]


def test_three_a_day_and_one_at_a_time(engine: Engine, begin: Any, make_actor: Any) -> None:
    actor, other = make_actor(Role.APPLICANT), make_actor(Role.APPLICANT)

    def ask(who: Actor, at: str) -> int:
        with begin(who, at) as w:
            return package.ask(w, "my_data.made", "/account/data/package", "zh")

    def finish() -> None:
        with session_factory(engine).begin() as session:
            running = select(DataExport).where(DataExport.state == JobState.RUNNING)
            for row in session.scalars(running):
                row.state, row.sha256, row.finished_at = JobState.DONE, "0" * 64, AT

    first = ask(actor, "2024-06-03T00:00")
    assert ask(actor, "2024-06-03T00:01") == first, "it is being made"
    for _ in range(package.PER_DAY - 1):
        finish()
        assert ask(actor, "2024-06-03T23:59") != first
    finish()
    with pytest.raises(Refused, match="3 times a day"):
        ask(actor, "2024-06-03T23:59")
    assert ask(other, "2024-06-03T23:59")
    assert ask(actor, "2024-06-04T00:00"), "the day after"
    with begin(actor, "2024-06-04T10:00") as w:
        assert package.left_today(w) == package.PER_DAY - 1
        assert {row.file_format for row in w.session.scalars(select(DataExport))} == {ZIP}
    with begin(ANONYMOUS, TIME) as w, pytest.raises(NotAllowed):
        package.ask(w, "my_data.made", "/", "zh")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ("", ""),
        (True, "是"),
        ([Look.PARTY, "x"], "主体登记资料、x"),
        ({"a": 1, "b": date(2024, 1, 2)}, "a: 1；b: 2024-01-02"),
        (AT + timedelta(minutes=5), "2024-06-03 10:05"),
    ],
)
def test_values_are_said_in_words(value: Any, words: str) -> None:
    assert said(value, "zh") == words


def test_a_claim_and_its_proof_are_their_claimants_and_tell_nothing_of_the_party(
    engine: Engine, begin: Any, make_actor: Any, tmp_path: Path
) -> None:
    code, store = uscc(), FileStore(tmp_path)
    member = make_actor(
        Role.APPLICANT,
        parties=[make_party(engine, region="371502", name="旧名中心", uscc=code, mobile=OTHERS[1])],
    )
    claimant = make_actor(Role.APPLICANT)
    given = {"name": "聊城甲服务中心", "region": "371502", "uscc": code, "mobile": "13912345678"}
    with begin(claimant, TIME) as w:
        made = registering.register(w, PartyKind.ORGANIZATION, given, lambda: 0).claim_id
        assert made is not None
        claims.hand_in(w, made, claims.Proof("授权书.pdf", PDF), store, "原联系人已离职")
    with begin(member, TIME) as w:
        claims.object_to(w, made, "并非我们的人")
    found = gathered(begin, claimant)
    (row,) = found["claims"]
    assert (row["uscc"], row["mobile"], row["statement"]) == (code, "13912345678", "原联系人已离职")
    assert [file["filename"] for file in found["files"]] == ["授权书.pdf"]
    for other in ("旧名中心", OTHERS[1], "并非我们的人"):
        assert other not in str(found), other
    assert gathered(begin, member)["claims"] == []
    assert "授权书" not in text(begin, member)
