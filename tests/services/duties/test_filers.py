"""Who filed is seen by whoever decides, and each look is kept; they get their code by message."""

import io
from dataclasses import replace

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS
from core.services.duties import complaints, filers
from core.services.duties.filers import Filing, reached_at
from core.services.public import notices
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import AuditEvent, Complaint, FilerLook, FilingFile, Membership, OutboxMessage
from tests.services.factory import accredit
from tests.services.journey import PDF

AT = "2025-03-10T09:00"


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("zhao@example.cn", "zhao@example.cn"),
        ("13800138000", "13800138000"),
        ("电话：13800138000（下午）", None),
        ("电话：13800138000", "13800138000"),
        ("赵先生，邮箱：zhao@example.cn", "zhao@example.cn"),
        ("010-62345678 / zhao@example.cn", "zhao@example.cn"),
        ("0531-82412345、138 0013 8000", "13800138000"),
        ("010-62345678", None),
        ("东大街 5 号", None),
        ("", None),
    ],
)
def test_an_address_is_found_in_what_was_given(contact, address):
    found = reached_at(contact)
    assert (found.address if found is not None else None) == address


def pdf(name="收据.pdf", data=PDF):
    return name, io.BytesIO(data)


def kept(engine):
    with session_factory(engine)() as session:
        return [row.filename for row in session.scalars(select(FilingFile).order_by(FilingFile.id))]


def test_files_come_along_and_only_whoever_decides_opens_them(engine, begin, make_actor, unchanged, tmp_path):
    held, store = accredit(engine, "liaocheng/specialized", "2024-03-20"), FileStore.of(tmp_path)
    said = {"complainant": "赵六", "contact": "无", "content": "乱收费"}

    def send(*files):
        with begin(ANONYMOUS, AT) as w:
            return notices.file_complaint(w, held.number, **said, files=files, store=store)

    for files, words in (
        ([pdf(str(number)) for number in range(6)], "至多 5 个文件"),
        ([pdf("程序.exe", b"MZ" + bytes(50))], "程序.exe"),
        ([pdf("空.pdf", b"")], "空.pdf"),
        ([pdf("大.pdf", PDF + bytes(filers.LARGEST))], "超过 5 MB"),
    ):
        with unchanged(Invalid, words):
            send(*files)
    code = send(pdf(), pdf("照片.pdf", PDF + b"%"))
    assert kept(engine) == ["收据.pdf", "照片.pdf"]
    assert send(pdf()) == code, "sent twice"
    assert kept(engine) == ["收据.pdf", "照片.pdf"]
    with session_factory(engine)() as session:
        number = session.scalar(select(FilingFile.id).limit(1))
    with begin(make_actor(Role.OFFICER, "liaocheng"), AT) as w:
        item, stream = filers.open_file(w, number, store)
        assert (item.filename, stream.read()) == ("收据.pdf", PDF)
        stream.close()
    with session_factory(engine)() as session:
        assert len(session.scalars(select(FilerLook)).all()) == 1
    with unchanged(NotAllowed), begin(make_actor(Role.RECOMMENDER, "liaocheng"), AT) as w:
        filers.open_file(w, number, store)


@pytest.fixture
def filed(engine, begin):
    """A complaint, with its accreditation and its code."""
    held = accredit(engine, "liaocheng/specialized", "2024-03-20")
    with begin(ANONYMOUS, AT) as w:
        code = complaints.file_complaint(w, held.number, "赵六", "zhao@example.cn", "乱收费")
    with session_factory(engine)() as session:
        number = session.scalar(select(Complaint.id))
    return held, number, code


def mails(engine):
    with session_factory(engine)() as session:
        query = select(OutboxMessage).where(OutboxMessage.recipient == "zhao@example.cn")
        return list(session.scalars(query.order_by(OutboxMessage.id)))


def test_the_officer_sees_who_it_was_and_each_look_is_kept(engine, begin, filed, make_actor, unchanged):
    _held, number, _code = filed
    officer, other = make_actor(Role.OFFICER, "liaocheng"), make_actor(Role.LEAD, "liaocheng")
    with begin(officer, AT) as w:
        found = filers.look(w, Filing.COMPLAINT, number)
    assert (found.name, found.contact, found.looks) == ("赵六", "zhao@example.cn", [])
    with begin(other, AT) as w:
        assert [who for who, _ in filers.look(w, Filing.COMPLAINT, number).looks] == [officer.name]
    with session_factory(engine)() as session:
        assert len(session.scalars(select(FilerLook)).all()) == 2
        trail = select(AuditEvent.actor).where(AuditEvent.subject == "filer_look").order_by(AuditEvent.id)
        assert list(session.scalars(trail)) == [officer.name, other.name]
    for role in (Role.RECOMMENDER, Role.AUDITOR):
        with unchanged(NotAllowed), begin(make_actor(role, "liaocheng"), AT) as w:
            filers.look(w, Filing.COMPLAINT, number)
    with unchanged(NotFound), begin(make_actor(Role.OFFICER, "hubei"), AT) as w:
        filers.look(w, Filing.COMPLAINT, number)
    with unchanged(NotFound), begin(officer, AT) as w:
        filers.look(w, Filing.OBJECTION, number)


def test_an_officer_who_belongs_to_the_body_does_not_learn_who_it_was(
    engine, begin, filed, make_actor, unchanged
):
    held, number, _code = filed
    officer = make_actor(Role.OFFICER, "liaocheng")
    with session_factory(engine)() as session, session.begin():
        session.add(Membership(party_id=held.party_id, user_id=officer.user_id))
    with unchanged(Refused), begin(replace(officer, parties=frozenset({held.party_id})), AT) as w:
        filers.look(w, Filing.COMPLAINT, number)


def test_the_code_comes_by_message_and_so_does_the_end(engine, begin, filed, make_actor):
    _held, number, code = filed
    (first,) = mails(engine)
    assert first.event == "filing.received"
    assert code not in first.body, "the secret is kept apart until it is sent"
    assert first.party_id is None, "the party that it is about sees nothing of it"
    with begin(make_actor(Role.OFFICER, "liaocheng"), "2025-03-12T09:00") as w:
        complaints.decide_complaint(w, number, verified=False, reason="经核查收费有公示")
    assert [mail.event for mail in mails(engine)] == ["filing.received", "filing.decided"]
    assert "经核查" not in mails(engine)[1].body
