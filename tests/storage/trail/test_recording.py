"""The audit trail: what is written, by whom and when; what is hidden; what cannot be undone unseen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, AuditLink, Party, SettingOverride, User
from core.storage.models.operations import SettingKind
from core.storage.trail import persons, recording
from core.storage.trail.chain import verify_chain
from core.storage.trail.sealing import seal
from tests.conftest import Begin, MakeActor
from tests.storage.trail.trails import organization


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
        party.region = "220202"
    *_, added, moved = events(session)
    assert (added.subject, added.subject_id, added.action) == ("party", "1", "party.add")
    assert added.changes["uscc"] == [None, organization().uscc]
    assert (moved.actor_id, moved.actor, moved.action) == (actor.user_id, actor.name, "party.edit")
    assert moved.at == datetime(2024, 5, 7, 3, 30, tzinfo=UTC)
    assert moved.changes == {"region": ["220200", "220202"]}
    assert verify_chain(session) == []


def test_an_object_has_one_event_a_transaction_with_the_first_and_the_last_value(session: Session) -> None:
    party = organization(verification_remark="甲")
    session.add(party)
    session.commit()
    party.verification_remark = "乙"
    session.flush()
    party.verification_remark = "丙"
    party.profile = {"rooms": 3, "area": 80}
    session.flush()
    party.profile = {"rooms": 4, "area": 80}
    session.commit()
    assert events(session)[-1].changes == {
        "verification_remark": ["甲", "丙"],
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
    kept.verification_remark, kept.verification_remark = "乙", ""
    session.commit()
    assert len(events(session)) == 1


def test_the_old_value_is_known_of_an_object_that_was_not_loaded(session: Session) -> None:
    party = organization(verification_remark="甲")
    session.add(party)
    session.commit()
    session.expire(party)
    party.verification_remark = "乙"
    session.commit()
    assert events(session)[-1].changes == {"verification_remark": ["甲", "乙"]}


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
    assert [item.subject_id for item in events(session)] == ["1", "3"]
    session.add(organization(5))
    session.flush()
    session.rollback()
    session.add(organization(6))
    session.commit()
    assert [item.changes["uscc"][1][-3:-1] for item in events(session)] == ["01", "03", "06"]


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
    for secret in ("0307003", "38001380", "39001390", "angfang", "argon2id", "f" * 32, "王芳", "u@example"):
        assert secret not in shown
    added, moved = events(session)
    assert added.changes["profile"][1]["education"] == "bachelor"
    read = persons.shown(session, [added, moved])
    assert read[moved.id] == {"mobile": ["138****8000", "139****9000"]}
    assert read[added.id]["id_number"] == [None, "110***********0038"]
    assert read[added.id]["profile"][1]["mobile"] == "138****8000"
    assert read[added.id]["name"] == [None, "王芳"]


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
    session.execute(update(Party).values(region="220202"))
    with pytest.raises(recording.UnauditedChangeError, match=r"party.*trail\.recording\.record_row"):
        session.commit()
    session.rollback()
    session.execute(update(Party).values(region="220202"))
    before, after = {"id": 1, "region": "220200"}, {"id": 1, "region": "220202"}
    recording.record_row(session, Party, before, after, "party.move")
    session.commit()
    last = events(session)[-1]
    told = {"region": ["220200", "220202"]}
    assert (last.action, last.subject_id, last.changes) == ("party.move", "1", told)
    session.execute(update(Party).values(name_grams=["^丁"]))
    session.commit()
    assert events(session)[-1].id == last.id


@pytest.mark.owner
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
    assert verify_chain(session) == []


def test_each_transaction_has_one_link_with_all_its_events(session: Session) -> None:
    session.add_all([organization(1), organization(2)])
    session.commit()
    session.add(organization(3))
    session.commit()
    links = session.scalars(select(AuditLink).order_by(AuditLink.id)).all()
    assert [(link.events, link.number) for link in links] == [(2, None), (1, None)]
    assert [item.link_id for item in events(session)] == [links[0].id, links[0].id, links[1].id]


def test_a_commit_waits_for_no_other(engine: Engine, session: Session) -> None:
    """One has written its events and is about to commit: another commits all the same, and is first."""
    with session_factory(engine)() as slow, session_factory(engine)() as quick:
        # Both would take whatever a writer of the trail takes; two seconds stand for ever.
        quick.execute(text("SET LOCAL lock_timeout = '2s'"))
        slow.add(organization(1))
        recording._write(slow)
        quick.add(organization(2))
        quick.commit()
        seal(session_factory(engine))
        slow.commit()
    seal(session_factory(engine))
    order = select(AuditEvent.changes["uscc"][1].astext).join(AuditLink).order_by(AuditLink.number)
    assert [number[-2] for number in session.scalars(order)] == ["2", "1"]
    assert verify_chain(session) == []


def test_bulk_inserts_are_noticed_too(session: Session) -> None:
    values = {"kind": PartyKind.ORGANIZATION, "name": "甲", "uscc": "9", "region": "220200"}
    session.execute(insert(Party), [values])
    with pytest.raises(recording.UnauditedChangeError):
        session.commit()
