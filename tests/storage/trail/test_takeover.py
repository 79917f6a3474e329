"""A register of an earlier version is taken into the trail once, as it stands, and then held to it."""

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from core.rules.clauses import PartyKind
from core.storage.models import AuditEvent, AuditLink, Party
from core.storage.trail import takeover
from core.storage.trail.takeover import is_due, take_over
from core.storage.verify.columns import by_columns
from tests.storage.trail.trails import organization

pytestmark = pytest.mark.owner

OLD = {
    "actor": "system", "action": "insert", "subject": "party", "subject_id": "1",
    "changes": {"name": [None, "旧机构"], "mobile": [None, "138****8000"]}, "hash": "0" * 64,
}  # fmt: skip


@pytest.fixture
def old(session: Session) -> Session:
    """A register with rows that an earlier version wrote, one of them deleted since."""
    connection = session.connection()
    values = {"kind": PartyKind.ORGANIZATION, "region": "220200", "mobile": "13800138000"}
    for number in (1, 2, 3):
        connection.execute(insert(Party.__table__).values(name="旧机构", uscc=str(number), **values))
    link = connection.scalar(insert(AuditLink).values(events=1, root="0").returning(AuditLink.id))
    now = session.scalar(text("SELECT now()"))
    rows = [
        {**OLD, "id": number, "subject_id": str(number), "link_id": link, "at": now} for number in (1, 2, 9)
    ]
    rows.append(
        {**rows[0], "id": 4, "action": "delete", "subject_id": "9", "changes": {"name": ["旧机构", None]}}
    )
    connection.execute(insert(AuditEvent), rows)
    connection.execute(text("SELECT setval('audit_event_id_seq', 100)"))
    session.commit()
    return session


def found(session: Session) -> list[tuple[str, str]]:
    faults = [(fault.check, fault.subject_id) for fault in by_columns(session)]
    session.rollback()
    return faults


def test_verify_asks_for_it(old: Session) -> None:
    assert is_due(old)
    assert found(old) == [("audit.taken_over", "*")]


def test_then_every_row_is_held_to_the_trail(old: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeover, "BATCH", 2)
    assert take_over(old) == 3
    assert not is_due(old)
    assert found(old) == []
    for statement, check in (
        ("UPDATE party SET mobile = '1' WHERE id = 2", "audit.state"),
        ("DELETE FROM party WHERE id = 2", "audit.row"),
    ):
        old.connection().execute(text(statement))
        assert found(old) == [(check, "2")]


def test_it_goes_on_where_it_was_broken_off(old: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeover, "BATCH", 2)
    commit, done = old.commit, list[None]()

    def once() -> None:
        if done:
            raise ZeroDivisionError
        done.append(commit())

    with monkeypatch.context() as patch:
        patch.setattr(old, "commit", once)
        with pytest.raises(ZeroDivisionError):
            take_over(old)
    old.rollback()
    assert is_due(old)
    assert take_over(old) == 1
    assert not is_due(old)
    assert found(old) == []


def test_a_register_of_this_version_is_not_taken_over(session: Session) -> None:
    assert not is_due(session)
    session.add(organization())
    session.commit()
    assert not is_due(session)
