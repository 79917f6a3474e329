"""Locks: told once to whoever owns the account, listed for administrators, lifted with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import moment
from core.domain.errors import Invalid, NotAllowed, Refused, TooMany
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS
from core.services.entry import locks
from core.services.entry.guesses import Place, bounded
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, OutboxMessage
from core.storage.models.accounts import GuessKind

AT = moment("2026-03-02T09:00")
TIME = "2026-03-02T09:00"


def guess(engine: Engine, user_id: int, times: int, *, address: str = "203.0.113.5", at=AT) -> None:
    for _ in range(times):
        bounded(session_factory(engine), Place(GuessKind.PASSWORD, address, user_id), at, lambda: False)


def told(session: Session, user_id: int) -> list[str]:
    query = select(OutboxMessage.body).where(
        OutboxMessage.event == "account.locked",
        OutboxMessage.user_id == user_id,
        OutboxMessage.channel == "email",
    )
    return list(session.scalars(query))


@pytest.mark.parametrize(("failures", "mails"), [(4, 0), (5, 1)])
def test_the_owner_is_told_of_a_lock(
    engine: Engine, session: Session, make_actor, failures: int, mails: int
) -> None:
    owner = make_actor(Role.OFFICER)
    guess(engine, owner.user_id, failures)
    for _ in range(2):
        locks.tell(session_factory(engine), AT)
    written = told(session, owner.user_id)
    assert len(written) == mails
    if mails:
        assert "203.0.113.5" in written[0]
        assert "09:15" in written[0]


def test_a_flood_of_locks_is_one_mail_a_day(engine: Engine, session: Session, make_actor) -> None:
    owner = make_actor(Role.OFFICER)
    for number in range(3):
        guess(engine, owner.user_id, 5, address=f"198.51.100.{number}")
        locks.tell(session_factory(engine), AT)
    assert len(told(session, owner.user_id)) == 1
    later = AT + timedelta(days=2)
    guess(engine, owner.user_id, 5, at=later)
    locks.tell(session_factory(engine), later)
    assert len(told(session, owner.user_id)) == 2


def test_a_lock_that_is_over_or_of_nobody_is_told_to_nobody(engine: Engine, session: Session) -> None:
    guess(engine, 999, 5)
    assert locks.tell(session_factory(engine), AT + timedelta(hours=1)) == 1
    assert locks.tell(session_factory(engine), AT + timedelta(hours=1)) == 0
    assert session.scalars(select(OutboxMessage)).all() == []


def test_an_administrator_lifts_it_with_a_reason(engine: Engine, session: Session, make_actor, begin) -> None:
    owner, admin = make_actor(Role.OFFICER), make_actor(Role.SYSADMIN)
    guess(engine, owner.user_id, 5)
    with begin(admin, TIME) as w:
        (row,) = locks.of_account(w, owner.user_id)
        assert (row.address, row.failures) == ("203.0.113.5", 5)
        with pytest.raises(Invalid):
            locks.lift(w, owner.user_id, "  ")
    with begin(admin, TIME) as w:
        locks.lift(w, owner.user_id, "本人来电，已核对工号")
    assert bounded(
        session_factory(engine), Place(GuessKind.PASSWORD, "203.0.113.5", owner.user_id), AT, lambda: True
    )
    query = select(AuditEvent.changes).where(AuditEvent.subject_id == str(owner.user_id))
    changes = session.scalars(query.where(AuditEvent.subject == "app_user").order_by(AuditEvent.id)).all()
    assert changes[-1] == {"locked": [True, False], "reason": [None, "本人来电，已核对工号"]}
    with pytest.raises(Refused), begin(admin, TIME) as w:
        locks.lift(w, owner.user_id, "再一次")


def test_nobody_else_lifts_or_sees_it(engine: Engine, make_actor, begin) -> None:
    owner = make_actor(Role.OFFICER)
    guess(engine, owner.user_id, 5)
    for role in (Role.LEAD, Role.OFFICER, Role.RECOMMENDER, Role.REVIEWER, Role.AUDITOR):
        with pytest.raises(NotAllowed), begin(make_actor(role), TIME) as w:
            locks.lift(w, owner.user_id, "理由")
        if role is not Role.AUDITOR:
            with pytest.raises(NotAllowed), begin(make_actor(role), TIME) as w:
                locks.of_account(w, owner.user_id)
    with pytest.raises(NotAllowed), begin(ANONYMOUS, TIME) as w:
        locks.of_account(w, owner.user_id)
    with pytest.raises(TooMany):
        guess(engine, owner.user_id, 1)
