"""The record of access: what stands in it, who reads it, and for how long it is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.errors import NotFound
from core.domain.roles import Role
from core.services.base.work import ACCESS_MONTHS, ANONYMOUS, SYSTEM
from core.services.entry import record
from core.services.entry.guesses import Place, bounded
from core.services.people import factor_resets, users
from core.services.settings.values import set_operation
from core.storage.engine import session_factory
from core.storage.models import AccessRecord
from core.storage.models.accounts import AccessKind, GuessKind, Look
from tests.databases import as_owner
from tests.services.factory import make_party

AT = now()
TIME = AT.strftime("%Y-%m-%dT%H:%M")


def kinds(session: Session, who_id: int | None) -> list[str]:
    query = select(AccessRecord.kind).where(AccessRecord.who_id == who_id)
    return [kind.value for kind in session.scalars(query.order_by(AccessRecord.id))]


def test_wrong_guesses_and_the_lock_are_entered_whatever_becomes_of_the_request(
    engine: Engine, session: Session, make_actor
) -> None:
    owner = make_actor(Role.OFFICER)
    for _ in range(5):
        bounded(session_factory(engine), Place(GuessKind.PASSWORD, "::1", owner.user_id), AT, lambda: False)
    assert kinds(session, owner.user_id) == [*["not_entered"] * 5, "locked"]
    row = session.scalars(select(AccessRecord)).first()
    assert (row.address, row.detail, row.kind.is_refused) == ("::1", "password", True)


def test_an_account_that_there_is_not_is_entered_too(engine: Engine, session: Session) -> None:
    bounded(session_factory(engine), Place(GuessKind.PASSWORD, "::1"), AT, lambda: False)
    assert session.scalars(select(AccessRecord.kind).where(AccessRecord.who_id.is_(None))).all() == [
        "not_entered"
    ]


def test_whoever_asks_for_a_code_has_guessed_nothing(engine: Engine, session: Session) -> None:
    bounded(session_factory(engine), Place(GuessKind.CODE_ASKED, "::1"), AT, lambda: None)
    assert session.scalar(select(func.count()).select_from(AccessRecord)) == 0


def test_a_change_of_password_or_factor_is_entered_with_who_made_it(
    session: Session, make_actor, begin
) -> None:
    owner, admin, second = (make_actor(role) for role in (Role.OFFICER, Role.SYSADMIN, Role.SYSADMIN))
    with begin(owner, TIME) as w:
        users.replace_password(w, users.by_id(w.session, owner.user_id), "Kiefer7-Ufer-Glas")
        users.by_id(w.session, owner.user_id).tf_primary_method = "authenticator"
    with begin(admin, TIME) as w:
        factor_resets.open_reset(w, owner.user_id, "手机遗失")
    with begin(second, TIME) as w:
        factor_resets.confirm(w, owner.user_id)
    rows = session.scalars(select(AccessRecord).order_by(AccessRecord.id)).all()
    assert [(row.kind, row.who_id, row.by_id) for row in rows] == [
        (AccessKind.PASSWORD_CHANGED, owner.user_id, None),
        (AccessKind.FACTOR_CHANGED, owner.user_id, second.user_id),
    ]


def test_what_an_operator_of_the_machine_does_bears_the_operators_name(
    session: Session, make_actor, begin
) -> None:
    owner = make_actor(Role.OFFICER)
    with begin(SYSTEM, TIME) as w:
        users.replace_password(w, users.by_id(w.session, owner.user_id), "Kiefer7-Ufer-Glas")
    assert session.scalars(select(AccessRecord.detail)).all() == ["system"]


def test_a_change_that_was_taken_back_is_not_entered(session: Session, make_actor, begin) -> None:
    owner = make_actor(Role.OFFICER)

    def break_off() -> None:
        with begin(owner, TIME) as w:
            users.replace_password(w, users.by_id(w.session, owner.user_id), "Kiefer7-Ufer-Glas")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert kinds(session, owner.user_id) == []


def test_nobody_looks_at_their_own_data(begin, make_actor) -> None:
    officer, member = make_actor(Role.OFFICER), replace(make_actor(Role.OFFICER), parties=frozenset({3}))
    for actor, shown in ((officer, 2), (member, 1), (ANONYMOUS, 0), (SYSTEM, 0)):
        with begin(actor, TIME) as w:
            record.looked(w, Look.PARTY, 3, party_id=3)
            record.looked(w, Look.PARTY, 4, party_id=4)
            record.looked(w, Look.PARTY, 4, party_id=4)
            record.looked(w, Look.ACCOUNT, actor.user_id)
            assert len(record.looks_of(w.session)) == shown
            assert record.looks_of(w.session) == []


def test_no_entry_holds_a_value_of_a_person() -> None:
    """Numbers of rows, closed sets, and names of pages and lists: no column takes more."""
    texts = {column.name for column in AccessRecord.__table__.columns if column.type.python_type is str}
    assert texts == {"address", "program", "region", "detail"}


def test_who_looked_is_told_to_whose_data_it_is_and_to_auditors(
    engine: Engine, session: Session, make_actor, begin
) -> None:
    party, other = make_party(engine), make_party(engine)
    officer, auditor = make_actor(Role.OFFICER), make_actor(Role.AUDITOR)
    member = make_actor(Role.APPLICANT, parties=[party])
    with begin(officer, TIME) as w:
        for number in (party, other):
            record.looked(w, Look.PARTY, number, party_id=number)
        record.write(w.session, record.looks_of(w.session))
        record.note(w, AccessKind.LEFT)
    for reader in (member, auditor):
        with begin(reader, TIME) as w:
            page = record.who_looked(w, party)
            assert [(row.who_id, row.look, row.party_id) for row in page.rows] == [
                (officer.user_id, Look.PARTY, party)
            ]
    for stranger in (officer, make_actor(Role.SYSADMIN), make_actor(Role.LEAD)):
        with pytest.raises(NotFound), begin(stranger, TIME) as w:
            record.who_looked(w, party)


@pytest.mark.parametrize(
    ("role", "reads"),
    [(role, role is Role.AUDITOR) for role in Role if role is not Role.APPLICANT],
)
def test_the_record_is_read_by_auditors_alone(
    engine: Engine, make_actor, begin, role: Role, reads: bool
) -> None:
    with begin(make_actor(role), TIME) as w:
        record.note(w, AccessKind.LEFT)
        assert bool(w.session.scalars(record.entries(w)).all()) is reads


def put(engine: Engine, *days: int) -> None:
    with session_factory(engine).begin() as session:
        session.execute(
            insert(AccessRecord.__table__), [{"at": AT - timedelta(days=ago), "kind": "left"} for ago in days]
        )


def left(session: Session) -> list[int]:
    session.rollback()
    return sorted((AT - at).days for at in session.scalars(select(AccessRecord.at)))


def test_what_was_kept_long_enough_goes(engine: Engine, session: Session) -> None:
    put(engine, 1, 182, 185, 187, 400)
    assert record.clear(session_factory(engine), AT) == 2
    assert left(session) == [1, 182, 185]


def test_a_longer_time_is_a_setting(engine: Engine, session: Session, make_actor, begin) -> None:
    with begin(make_actor(Role.LEAD), TIME) as w:
        set_operation(w, ACCESS_MONTHS, "12", w.today, "本单位要求保存一年")
    put(engine, 187, 371, 373)
    assert record.clear(session_factory(engine), AT) == 1
    assert left(session) == [187, 371]


def test_the_database_lets_nothing_go_before_six_months(engine: Engine, session: Session) -> None:
    put(engine, 1, 180, 190)
    with engine.begin() as connection:
        gone = connection.scalar(text("SELECT accredit_forget_access(now() + interval '1 year')"))
    assert gone == 1
    assert left(session) == [1, 180]
    with (
        as_owner(engine) as owner,
        pytest.raises(DBAPIError, match="written once"),
        owner.begin() as connection,
    ):
        connection.execute(text("DELETE FROM access_record"))
    with (
        as_owner(engine) as owner,
        pytest.raises(DBAPIError, match="written once"),
        owner.begin() as connection,
    ):
        connection.execute(text("UPDATE access_record SET kind = 'entered'"))
