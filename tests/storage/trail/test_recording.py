"""The audit trail: what is written, by whom and when; what is hidden; what cannot be undone unseen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, Party, SettingOverride, User
from core.storage.models.operations import SettingKind
from core.storage.trail import recording
from tests.conftest import Begin, MakeActor


def organization(number: int = 1, **values: object) -> Party:
    return Party(
        kind=PartyKind.ORGANIZATION,
        **{"name": f"服务机构{number}", "uscc": f"91220200MA0000{number:04d}", "region": "220200", **values},
    )


def events(session: Session) -> Sequence[AuditEvent]:
    session.rollback()
    return session.scalars(
        select(AuditEvent).where(AuditEvent.subject != "app_user").order_by(AuditEvent.id)
    ).all()


def test_a_change_is_written_with_actor_time_and_action(
    make_actor: MakeActor, begin: Begin, session: Session
) -> None:
    actor = make_actor(Role.OFFICER)
    with begin(actor, "2024-05-06T10:00", "party.add") as w:
        w.session.add(organization())
    with begin(actor, "2024-05-07T11:30", "party.edit") as w:
        party = w.session.scalars(select(Party)).one()
        party.name = "新名"
    *_, added, renamed = events(session)
    assert (added.subject, added.subject_id, added.action) == ("party", "1", "party.add")
    assert added.changes["name"] == [None, "服务机构1"]
    assert (renamed.actor_id, renamed.actor, renamed.action) == (actor.user_id, actor.name, "party.edit")
    assert renamed.at == datetime(2024, 5, 7, 3, 30, tzinfo=UTC)
    assert renamed.changes == {"name": ["服务机构1", "新名"]}
    assert recording.verify_chain(session) == []


def test_an_object_has_one_event_a_transaction_with_the_first_and_the_last_value(session: Session) -> None:
    party = organization(address="甲街")
    session.add(party)
    session.commit()
    party.address = "乙街"
    session.flush()
    party.address = "丙街"
    party.profile = {"rooms": 3, "area": 80}
    session.flush()
    party.profile = {"rooms": 4, "area": 80}
    session.commit()
    assert events(session)[-1].changes == {
        "address": ["甲街", "丙街"],
        "profile": [{}, {"area": 80, "rooms": 4}],
    }
    party.profile = {"rooms": 4, "area": 90}
    session.commit()
    assert events(session)[-1].changes == {"profile": [{"area": 80}, {"area": 90}]}


def test_what_comes_and_goes_or_stays_the_same_leaves_no_trace(session: Session) -> None:
    kept = organization(1)
    session.add(kept)
    session.commit()
    passing = organization(2)
    session.add(passing)
    session.flush()
    session.delete(passing)
    kept.address, kept.address = "乙街", ""
    session.commit()
    assert len(events(session)) == 1


def test_the_old_value_is_known_of_an_object_that_was_not_loaded(session: Session) -> None:
    party = organization(address="甲街")
    session.add(party)
    session.commit()
    session.expire(party)
    party.address = "乙街"
    session.commit()
    assert events(session)[-1].changes == {"address": ["甲街", "乙街"]}


def in_savepoint(session: Session, *parties: Party) -> None:
    """Adds the parties one by one, and takes it all back."""
    with session.begin_nested():
        for party in parties:
            session.add(party)
            session.flush()
        raise ZeroDivisionError


def test_a_savepoint_rolled_back_is_not_in_the_trail(session: Session) -> None:
    session.add(organization(1))
    with pytest.raises(ZeroDivisionError):
        in_savepoint(session, organization(2))
    with session.begin_nested():
        session.add(organization(3))
    with pytest.raises(DBAPIError):
        in_savepoint(session, organization(4), organization(1))
    session.commit()
    assert [item.changes["name"][1] for item in events(session)] == ["服务机构1", "服务机构3"]
    session.add(organization(5))
    session.flush()
    session.rollback()
    session.add(organization(6))
    session.commit()
    assert [item.changes["name"][1] for item in events(session)] == ["服务机构1", "服务机构3", "服务机构6"]


def test_personal_data_and_secrets_never_stand_in_the_trail(session: Session) -> None:
    person = Party(
        kind=PartyKind.PERSON,
        name="王芳",
        id_number="110101199003070038",
        mobile="13800138000",
        email="wangfang@example.cn",
        region="220200",
        profile={"id_number": "110101199003070038", "mobile": "13800138000", "education": "bachelor"},
    )
    user = User(email="u@example.cn", password="$argon2id$secret", fs_uniquifier="f" * 32)
    session.add_all([person, user])
    session.commit()
    person.mobile = "13900139000"
    session.commit()
    with session.begin():
        shown = session.scalar(text("SELECT string_agg(changes::text, ' ') FROM audit_event"))
    for secret in ("0307003", "38001380", "39001390", "angfang", "argon2id", "f" * 32):
        assert secret not in shown
    assert events(session)[-1].changes == {"mobile": ["138****8000", "139****9000"]}
    first = next(item for item in events(session) if item.subject == "party")
    assert first.changes["profile"][1]["education"] == "bachelor"
    assert first.changes["id_number"] == [None, "110***********0038"]


def test_columns_of_no_interest_make_no_event(session: Session) -> None:
    user = User(email="u@example.cn", fs_uniquifier="f" * 32)
    session.add(user)
    session.commit()
    before = len(session.scalars(select(AuditEvent)).all())
    user.login_count = 5
    session.commit()
    assert len(session.scalars(select(AuditEvent)).all()) == before


def test_a_bulk_statement_needs_its_own_record(session: Session) -> None:
    session.add(organization())
    session.commit()
    session.execute(update(Party).values(address="丁街"))
    with pytest.raises(
        recording.UnauditedChangeError, match=r"party.*core\.storage\.trail\.recording\.record"
    ):
        session.commit()
    session.rollback()
    session.execute(update(Party).values(address="丁街"))
    recording.record(session, "party", "*", {"address": [None, "丁街"]}, "party.move")
    session.commit()
    last = events(session)[-1]
    assert (last.action, last.subject_id, last.changes) == ("party.move", "*", {"address": [None, "丁街"]})
    session.execute(update(Party).values(name_grams=["^丁"]))
    session.commit()
    assert events(session)[-1].id == last.id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_to_change_the_trail(session: Session, statement: str) -> None:
    session.add(organization())
    session.commit()
    with pytest.raises(DBAPIError, match="written once and stay"):
        session.connection().execute(text(statement))


def _tamper(session: Session, statement: str) -> None:
    session.connection().execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
    session.connection().execute(text(statement))
    session.connection().execute(text("ALTER TABLE audit_event ENABLE TRIGGER USER"))
    session.commit()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE audit_event SET changes = jsonb_set(changes, '{name,1}', '\"改\"') WHERE id = 2",
            ["2: was changed"],
        ),
        ("UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = 3", ["3: was changed"]),
        ("UPDATE audit_event SET actor = 'other' WHERE id = 1", ["1: was changed"]),
        ("DELETE FROM audit_event WHERE id = 2", ["2..2 before it are missing", "3: does not follow"]),
        ("DELETE FROM audit_event WHERE id = 1", ["1..1 before it are missing", "2: does not follow"]),
        (
            "UPDATE audit_event SET hash = repeat('0', 64) WHERE id = 2",
            ["2: was changed", "3: does not follow"],
        ),
    ],
)
def test_tampering_shows_where_it_happened(session: Session, statement: str, found: list[str]) -> None:
    for number in (1, 2, 3):
        session.add(organization(number))
        session.commit()
    _tamper(session, statement)
    faults = recording.verify_chain(session)
    assert [fault for fault in faults if not any(part in fault for part in found)] == []
    assert len(faults) == len(found)


def test_values_of_every_type_keep_their_hash_through_the_database(session: Session) -> None:
    party = organization(
        profile={
            "whole": 5.0,
            "huge": 1e22,
            "tiny": 1e-7,
            "third": 0.1 + 0.2,
            "text": '"引号\\\n',
            "list": [1, 2.5, None, True],
            "nested": {"乙": 1, "甲": {"x": -0.0}},
        }
    )
    override = SettingOverride(
        program="p", kind=SettingKind.PARAMETER, name="n", value=str(Decimal("1.50")),
        effective_on=datetime(2024, 1, 1, tzinfo=UTC).date(), reason="依据",
    )  # fmt: skip
    session.add_all([party, override])
    session.commit()
    assert recording.verify_chain(session) == []


def test_writers_at_once_share_one_chain_without_gaps(engine: Engine, session: Session) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 5):
            with session_factory(engine)() as own:
                own.add(organization(number))
                own.commit()

    threads = [Thread(target=write, args=(start,)) for start in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [item.id for item in events(session)] == list(range(1, 21))
    assert recording.verify_chain(session) == []


def test_bulk_inserts_are_noticed_too(session: Session) -> None:
    values = {"kind": PartyKind.ORGANIZATION, "name": "甲", "uscc": "9", "region": "220200"}
    session.execute(insert(Party), [values])
    with pytest.raises(recording.UnauditedChangeError):
        session.commit()
