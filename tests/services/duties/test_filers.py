"""Who filed is seen by whoever decides, and each look is kept; they get their code by message."""

import pytest
from sqlalchemy import select

from core.domain.errors import NotAllowed, NotFound
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS
from core.services.duties import complaints, filers
from core.services.duties.filers import Filing, reached_at
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, Complaint, FilerLook, OutboxMessage
from tests.services.factory import accredit

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
        ("东大街 5 号", None),
        ("", None),
    ],
)
def test_an_address_is_found_in_what_was_given(contact, address):
    found = reached_at(contact)
    assert (found.address if found is not None else None) == address


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
